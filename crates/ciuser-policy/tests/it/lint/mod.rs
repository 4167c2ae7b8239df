//! What lint finds, and what it does not.

mod cases;
mod managed;
mod size;

use ciuser_policy::document::{PolicyDocument, PolicyKind, faults};
use ciuser_policy::lint::{Finding, Mark, lint};

/// Returns the text that a mark is about.
fn covered<'t>(text: &'t str, mark: &Mark) -> &'t str {
    text.get(mark.span.start..mark.span.end).unwrap()
}

/// Returns what is found in a text, which IAM must accept.
fn found(text: &str, kind: PolicyKind) -> Vec<Finding> {
    assert_eq!(faults(text, kind), [], "{text}");
    lint(PolicyDocument::parse_as(text, kind).unwrap().document(), kind)
}
