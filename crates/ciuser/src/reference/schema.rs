//! The JSON Schemas: one for each kind of document, one for the spec file, and those of lines that are read or written.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, schema_for};
use serde_json::{Value, json};

use super::spec_file;
use crate::document::{
    AllUsers, Check, CircleciConfig, Compare, Decided, Deleted, Document, Errors, Explain, Export, FORMAT_VERSION,
    History, HistoryPrune, HistoryRun, Init, KeyList, KeyVerify, KeyWhere, Kind, ManagedPolicy, Minimise, OneUser,
    PlanAndLines, PoliciesFound, Resume, SandboxProject, SandboxReset, SandboxServe, Simulate, SimulateRequest,
};

/// Returns every schema under its name: the document's kind, or the file's name.
pub(super) fn all() -> BTreeMap<String, Schema> {
    let documents = [
        document::<AllUsers>(Kind::Apply),
        document::<Check>(Kind::Check),
        document::<CircleciConfig>(Kind::CircleciConfig),
        document::<Compare>(Kind::Compare),
        document::<OneUser>(Kind::Create),
        document::<Deleted>(Kind::Delete),
        document::<Errors>(Kind::Error),
        document::<Explain>(Kind::Explain),
        document::<Export>(Kind::Export),
        document::<History>(Kind::History),
        document::<HistoryPrune>(Kind::HistoryPrune),
        document::<HistoryRun>(Kind::HistoryRun),
        document::<Init>(Kind::Init),
        document::<KeyList>(Kind::KeyList),
        document::<OneUser>(Kind::KeyRotate),
        document::<KeyVerify>(Kind::KeyVerify),
        document::<KeyWhere>(Kind::KeyWhere),
        document::<Minimise>(Kind::Minimise),
        document::<PlanAndLines<'_>>(Kind::Plan),
        document::<PoliciesFound>(Kind::PoliciesSearch),
        document::<ManagedPolicy>(Kind::Policy),
        document::<Resume>(Kind::Resume),
        document::<SandboxProject>(Kind::SandboxAddProject),
        document::<SandboxReset>(Kind::SandboxReset),
        document::<SandboxServe>(Kind::SandboxServe),
        document::<Simulate<'_>>(Kind::Simulate),
    ];
    let mut all = BTreeMap::from(documents);
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(
        json!(names),
        schema_for!(Kind).to_value()["enum"],
        "every kind has a schema"
    );
    all.insert("ciuser.toml".to_owned(), spec_file::schema());
    all.insert("simulate-request".to_owned(), schema_for!(SimulateRequest<'_>));
    all.insert("simulate-result".to_owned(), line::<Decided<'_>>());
    all
}

/// Makes the schema of a line that the program writes, one of many.
fn line<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(open));
    settings.into_generator().into_root_schema_for::<T>()
}

/// Makes the schema of what the program writes under one kind.
fn document<T: JsonSchema>(kind: Kind) -> (String, Schema) {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(open));
    let mut schema = settings.into_generator().into_root_schema_for::<Document<T>>();
    let name = word(kind);
    // A reader who got this schema already knows which document it is about.
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut).unwrap();
    constant(properties, "format_version", json!(FORMAT_VERSION));
    constant(properties, "kind", json!(name));
    schema.insert("title".to_owned(), json!(format!("ciuser {name}")));
    if let Some(description) = schema_for!(T).get("description") {
        schema.insert("description".to_owned(), description.clone());
    }
    without_unused(&mut schema);
    (name, schema)
}

fn constant(properties: &mut serde_json::Map<String, Value>, property: &str, value: Value) {
    let description = properties[property]["description"].clone();
    properties[property] = json!({ "description": description, "const": value });
}

/// Takes away the definitions that nothing refers to any more.
fn without_unused(schema: &mut Schema) {
    let text = schema.as_value().to_string();
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        definitions.retain(|name, _| text.contains(&format!("\"#/$defs/{name}\"")));
        if definitions.is_empty() {
            schema.remove("$defs");
        }
    }
}

/// Lets a reader accept fields that a later version of the program adds.
fn open(schema: &mut Schema) {
    if schema.get("additionalProperties") == Some(&json!(false)) {
        schema.remove("additionalProperties");
    }
}

fn word(kind: Kind) -> String {
    json!(kind).as_str().unwrap().to_owned()
}
