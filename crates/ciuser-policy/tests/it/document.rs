//! Properties of reading and comparing documents.

use ciuser_policy::document::PolicyDocument;
use proptest::prelude::*;
use serde_json::{Value, json};

/// One string or a list of them, as a policy may write it.
fn names() -> impl Strategy<Value = Value> {
    let name = r#"[a-z0-9]{1,4}:[A-Za-z*? "\\é]{1,8}"#;
    prop_oneof![
        name.prop_map(Value::from),
        prop::collection::vec(name, 1..4).prop_map(Value::from)
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![Just("Allow"), Just("Deny")];
    let action = prop_oneof![Just("Action"), Just("NotAction")];
    let resource = prop_oneof![Just("Resource"), Just("NotResource")];
    (effect, action, names(), resource, names(), prop::option::of(names())).prop_map(
        |(effect, action, actions, resource, resources, condition)| {
            let mut statement = json!({"Effect": effect, action: actions, resource: resources});
            if let Some(values) = condition {
                statement["Condition"] = json!({"StringLike": {"aws:username": values}});
            }
            statement
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

/// The same document in other writing: lists turned round, lists of one as a single value, members turned round.
fn rewritten(value: &Value, in_statement: bool) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(key, value)| (key.clone(), rewritten(value, key != "Statement")))
            .collect(),
        Value::Array(items) if items.len() == 1 => rewritten(&items[0], in_statement),
        Value::Array(items) if in_statement => items.iter().rev().cloned().collect(),
        Value::Array(items) => items.iter().map(|item| rewritten(item, true)).collect(),
        scalar => scalar.clone(),
    }
}

proptest! {
    #[test]
    fn reading_keeps_the_text_and_white_space_does_not_count(document in document()) {
        let (short, long) = (document.to_string(), serde_json::to_string_pretty(&document).unwrap());
        let read = PolicyDocument::parse(&long).unwrap();
        prop_assert_eq!(read.text(), &long);
        prop_assert_eq!(read.minified(), short.clone());
        prop_assert_eq!(read.size(), short.chars().count());
        prop_assert!(read.same_as_text(&short));
    }

    #[test]
    fn other_writing_is_the_same_document(document in document()) {
        let one = PolicyDocument::parse(&document.to_string()).unwrap();
        let other = PolicyDocument::parse(&rewritten(&document, false).to_string()).unwrap();
        prop_assert!(one.same_as(&other) && other.same_as(&one));
    }

    #[test]
    fn another_effect_is_another_document(document in document()) {
        let one = PolicyDocument::parse(&document.to_string()).unwrap();
        let mut changed = document;
        let effect = &mut changed["Statement"][0]["Effect"];
        *effect = if *effect == "Allow" { "Deny".into() } else { "Allow".into() };
        prop_assert!(!one.same_as_text(&changed.to_string()));
    }

    #[test]
    fn nothing_that_is_typed_makes_the_reader_panic(text in r#"[\[\]{}":,a-zA-Z0-9\\ ]{0,60}"#) {
        let _ = PolicyDocument::parse(&text);
    }
}
