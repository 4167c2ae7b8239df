//! Says of managed policies what lint finds in them.
//!
//! Reads lines `{"document": "..."}` from standard input; answers each with a line
//! `{"faults": 0, "findings": [{"id": "...", "at": "..."}]}`: how many faults IAM would find, and what lint finds with the text
//! that it is about.
#![allow(clippy::print_stdout, reason = "its answers are its output")]

use std::io::{BufRead as _, stdin};

use ciuser_policy::document::{Document, PolicyKind, faults};
use ciuser_policy::lint::lint;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let document = line.get("document").and_then(Value::as_str).unwrap_or_default();
        let findings = Document::read(document).map_or_else(Vec::new, |read| lint(&read, PolicyKind::Managed));
        let findings = findings.iter().map(|finding| {
            let at = document.get(finding.at.span.start..finding.at.span.end);
            json!({"id": finding.id(), "at": at})
        });
        let faults = faults(document, PolicyKind::Managed).len();
        println!(
            "{}",
            json!({"faults": faults, "findings": findings.collect::<Vec<_>>()})
        );
    }
    Ok(())
}
