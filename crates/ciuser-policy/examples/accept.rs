//! Says of documents whether IAM accepts them, and with which messages it refuses them.
//!
//! Reads lines `{"kind": "Managed", "document": "..."}` from standard input; answers each with a line
//! `{"messages": [...]}`: none for a document that is accepted, otherwise the one first that IAM names.
#![allow(clippy::print_stdout, reason = "its answers are its output")]

use std::io::{BufRead as _, stdin};

use ciuser_policy::document::{PolicyKind, faults};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let faults = faults(text("document"), kind(text("kind"))?);
        let messages: Vec<_> = faults.iter().map(|fault| fault.iam_message()).collect();
        println!("{}", json!({ "messages": messages }));
    }
    Ok(())
}

fn kind(name: &str) -> Result<PolicyKind, String> {
    Ok(match name {
        "Identity" => PolicyKind::Identity,
        "Managed" => PolicyKind::Managed,
        "Resource" => PolicyKind::Resource,
        "Trust" => PolicyKind::Trust,
        "ServiceControl" => PolicyKind::ServiceControl,
        "ResourceControl" => PolicyKind::ResourceControl,
        other => return Err(format!("there is no kind of policy `{other}`")),
    })
}
