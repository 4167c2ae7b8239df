//! What lint finds, and what it does not.

mod cases;
mod managed;
mod page;
mod risks;
mod size;
mod ways;

use ciuser_policy::document::{PolicyDocument, PolicyKind, faults};
use ciuser_policy::lint::{Finding, Mark, lint};
use serde_json::{Value, json};

/// Returns the text that a mark is about.
fn covered<'t>(text: &'t str, mark: &Mark) -> &'t str {
    text.get(mark.span.start..mark.span.end).unwrap()
}

/// Returns what is found in a text, which IAM must accept.
fn found(text: &str, kind: PolicyKind) -> Vec<Finding> {
    assert_eq!(faults(text, kind), [], "{text}");
    lint(PolicyDocument::parse_as(text, kind).unwrap().document(), kind)
}

/// Returns a document of statements, in the language of 2012.
fn document(statements: &Value) -> PolicyDocument {
    PolicyDocument::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn allow(actions: &Value, resources: &Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}
