//! When two documents differ in writing only.

use serde_json::{Map, Value};

/// Returns a form that is equal for documents that mean the same to the letter: every member of an object is a list,
/// and lists of strings are sorted. (The order of an object's members never counts when values are compared.)
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(members.iter().map(canonical_member).collect::<Map<_, _>>()),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            if items.iter().all(Value::is_string) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Value::Array(items)
        }
        scalar => scalar.clone(),
    }
}

fn canonical_member((key, value): (&String, &Value)) -> (String, Value) {
    let value = match value {
        list @ Value::Array(_) => canonical(list),
        single => Value::Array(vec![canonical(single)]),
    };
    (key.clone(), value)
}

#[cfg(test)]
mod tests {
    use crate::document::PolicyDocument;

    fn same(left: &str, right: &str) -> bool {
        PolicyDocument::parse(left)
            .unwrap()
            .same_as(&PolicyDocument::parse(right).unwrap())
    }

    const ONE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],
        "Resource":["*"],"Condition":{"StringEquals":{"aws:username":["x"]}}}]}"#;

    #[test]
    fn single_values_white_space_and_order_make_no_difference() {
        let other = r#"{"Statement":{"Condition":{"StringEquals":{"aws:username":"x"}},
            "Resource":"*","Action":["s3:List*","s3:Get*"],"Effect":"Allow"},"Version":"2012-10-17"}"#;
        assert!(same(ONE, other));
        assert!(PolicyDocument::parse(ONE).unwrap().same_as_text(other));
    }

    #[test]
    fn another_action_effect_or_version_is_a_difference() {
        for (from, to) in [
            ("s3:Get*", "s3:Put*"),
            ("Allow", "Deny"),
            ("2012", "2008"),
            (r#"["x"]"#, r#"["y"]"#),
        ] {
            assert!(!same(ONE, &ONE.replace(from, to)), "{to}");
        }
    }

    #[test]
    fn text_that_is_no_document_is_not_the_same() {
        assert!(!PolicyDocument::parse(ONE).unwrap().same_as_text("{"));
    }
}
