//! The JSON Schema of `ciuser.toml`.
//!
//! The parser reads the file by hand, for the sake of its messages; what is written here mirrors it, and
//! `tests/foreign/test_schemas.py` asks parser and schema about the same files. The schema is the weaker of the two:
//! what it refuses, the parser refuses, but the parser also knows what contradicts what.
#![expect(dead_code, reason = "the fields are read by the derived schema only")]

use std::collections::BTreeMap;

use ciuser_core::spec::{Attach, SealSpec};
use ciuser_core::target::{ProviderSpec, StoreSpec};
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

/// The users, the permissions and the places of their keys that `ciuser plan` and `ciuser apply` bring about.
/// Absence never deletes. No secret is ever in this file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "ciuser.toml")]
struct File {
    /// The version of the file's form.
    #[schemars(with = "Value", extend("const" = 1))]
    version: u32,
    /// Who owns what is named here; `default` if absent.
    #[schemars(regex(pattern = r"^[A-Za-z0-9._/-]{1,64}$"))]
    project: Option<String>,
    account: Option<Account>,
    seal: Option<SealSpec>,
    /// The users.
    #[schemars(length(min = 1))]
    user: Vec<User>,
}

/// The account that the file is for.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Account {
    /// The account's id. ciuser refuses to run in any other.
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    id: Option<String>,
    /// What the pipeline gets as `AWS_REGION` and `AWS_DEFAULT_REGION`.
    #[schemars(regex(pattern = r"^(?=.*-)[a-z0-9-]{3,32}$"))]
    region: Option<String>,
}

/// One user.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct User {
    /// Its name. IAM ignores case in it.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"))]
    name: String,
    /// The path of a new user; `/` if absent.
    #[schemars(regex(pattern = r"^/([!-\x7f]{0,510}/)?$"))]
    path: Option<String>,
    /// Managed policies, by name or ARN: AWS's of that name, or else the account's own.
    policies: Option<Vec<String>>,
    /// Whether policies are attached to the user, or to a group that ciuser makes for it; `direct` if absent.
    attach: Option<Attach>,
    /// Groups that the user shall be in.
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,128}$")))]
    groups: Option<Vec<String>>,
    /// Inline policies: name, and the path of the document, relative to this file.
    #[schemars(extend("propertyNames" = { "pattern": "^[A-Za-z0-9_+=,.@-]{1,128}$" }))]
    inline: Option<BTreeMap<String, String>>,
    /// Tags that shall be there. Others are left alone.
    tags: Option<BTreeMap<String, String>>,
    /// Keys of tags that shall not be there.
    untag: Option<Vec<String>>,
    /// The ARN of the permissions boundary.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/"))]
    boundary: Option<String>,
    /// Where the key is kept so that it can be read back; a KeePass file if absent, and no key at all if empty.
    store: Option<Vec<StoreSpec>>,
    /// The CI systems' places that get the key.
    deliver: Option<Vec<ProviderSpec>>,
}

pub(super) fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(WithoutNull);
    let mut schema = settings.into_generator().into_root_schema_for::<File>();
    // The file may leave the path of a store open; it is filled in before the store is read.
    let stores = schema
        .pointer_mut("/$defs/StoreSpec/oneOf")
        .and_then(Value::as_array_mut);
    for store in stores.unwrap() {
        let required = store["required"].as_array().unwrap();
        let required: Vec<Value> = required.iter().filter(|key| *key != "path").cloned().collect();
        store["required"] = json!(required);
    }
    schema
}

/// Takes `null` out of every type: TOML has none, a key is left out instead.
#[derive(Clone)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        let Some(Value::Array(choices)) = schema.remove("anyOf") else {
            return;
        };
        let choices: Vec<Value> = choices.into_iter().filter(|choice| choice["type"] != "null").collect();
        match choices.as_slice() {
            [Value::Object(only)] => {
                for (key, value) in only.clone() {
                    schema.insert(key, value);
                }
            }
            _ => {
                schema.insert("anyOf".to_owned(), Value::Array(choices));
            }
        }
    }
}
