//! Properties of reading, printing and comparing documents.

use ciuser_policy::document::PolicyDocument;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::properties;

/// One value or a list of some, as a policy may write it.
fn one_or_list(one: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![one.clone(), prop::collection::vec(one, 1..4).prop_map(Value::from)]
}

fn matching(pattern: &'static str) -> impl Strategy<Value = Value> + Clone {
    pattern.prop_map(Value::from)
}

fn actions() -> impl Strategy<Value = Value> {
    one_or_list(prop_oneof![
        matching(r#"[a-z0-9]{1,4}:[A-Za-z*? "\\é]{1,8}"#),
        matching(r"\*")
    ])
}

fn resources() -> impl Strategy<Value = Value> {
    one_or_list(prop_oneof![
        matching(r#"arn:aws:(sqs|logs):[a-z*]{0,4}:[0-9*]{0,4}:[a-z/:*?\\"\$\{\} é☃]{0,12}"#),
        matching(r"\*"),
    ])
}

fn conditions() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        matching(r#"[ -~é☃🔑\n]{0,6}"#),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
    ];
    let keys = prop::collection::hash_map("[a-z:/]{1,8}", one_or_list(value), 0..3);
    let operator = "(ForAnyValue:|ForAllValues:|)(StringLike|ArnEquals|Bool|NumericLessThan)(IfExists|)";
    prop::collection::hash_map(operator, keys, 0..3).prop_map(|blocks| json!(blocks))
}

fn statement() -> impl Strategy<Value = Value> {
    let names = (
        prop_oneof![Just("Allow"), Just("Deny")],
        prop_oneof![Just("Action"), Just("NotAction")],
        prop_oneof![Just("Resource"), Just("NotResource")],
    );
    (names, actions(), resources(), prop::option::of(conditions())).prop_map(
        |((effect, action, resource), actions, resources, conditions)| {
            let mut statement = json!({"Effect": effect, action: actions, resource: resources});
            if let Some(conditions) = conditions {
                statement["Condition"] = conditions;
            }
            statement
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4).prop_map(|mut statements| {
        let one = statements.len() == 1 && statements[0]["Effect"] == "Deny";
        let statements = if one { statements.remove(0) } else { statements.into() };
        json!({"Version": "2012-10-17", "Statement": statements})
    })
}

/// Escapes what a text of IAM's cannot have.
fn for_iam(json: &str) -> String {
    let escaped = |c: char| if c > '\u{ff}' { escape(c) } else { c.to_string() };
    json.chars().map(escaped).collect()
}

fn escape(c: char) -> String {
    c.encode_utf16(&mut [0; 2])
        .iter()
        .map(|unit| format!("\\u{unit:04X}"))
        .collect()
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
        let (short, long) = (for_iam(&document.to_string()), for_iam(&serde_json::to_string_pretty(&document).unwrap()));
        let read = PolicyDocument::parse(&long).unwrap();
        prop_assert_eq!(read.text(), &long);
        prop_assert_eq!(read.minified(), short.clone());
        prop_assert_eq!(read.size(), short.chars().count());
        prop_assert!(read.same_as_text(&short));
    }

    #[test]
    fn other_writing_is_the_same_document(document in document()) {
        let one = PolicyDocument::parse(&for_iam(&document.to_string())).unwrap();
        prop_assert!(one.same_as_text(&rewritten(&document, false).to_string()));
    }

    #[test]
    fn another_effect_is_another_document(document in document()) {
        let one = PolicyDocument::parse(&for_iam(&document.to_string())).unwrap();
        let mut changed = document;
        let statements = &mut changed["Statement"];
        let statement = if statements.is_array() { &mut statements[0] } else { statements };
        let effect = &mut statement["Effect"];
        *effect = if *effect == "Allow" { "Deny".into() } else { "Allow".into() };
        prop_assert!(!one.same_as_text(&changed.to_string()));
    }

    #[test]
    fn what_is_accepted_prints_without_loss(document in document()) {
        let text = for_iam(&document.to_string());
        PolicyDocument::parse(&text).unwrap();
        properties::hold_for(&text);
    }

    #[test]
    fn a_document_with_a_slip_of_the_finger_is_read_in_one_way(
        document in document(), at in any::<prop::sample::Index>(), slip in r#"[\[\]{}":,.\\ueE0-9 *-]?"#
    ) {
        let mut text: Vec<char> = document.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, slip.chars());
        properties::hold_for(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_text_is_read_in_one_way(text in r#"[\[\]{}":,a-zA-Z0-9\\ ]{0,60}"#) {
        properties::hold_for(&text);
    }

    #[test]
    fn any_json_is_read_in_one_way(text in r#"(\[|\{"a":|\{"a":1,"b":|\{"a":1,"a":){0,4}(-?[0-9]{1,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?|"[\\"u0-9dD/]{0,9}"|null|true)(\]|\}){0,4}"#) {
        properties::hold_for(&text);
    }
}
