//! What there is to know about policy documents: faults, findings about what they say, and what they allow together.
//!
//! All of it takes the form of the linter's findings; terminal, JSON and SARIF render it. Decides nothing itself.

use std::collections::HashSet;
use std::sync::LazyLock;

use ciuser_policy::document::{Document, DocumentError, PolicyKind, faults};
use ciuser_policy::lint::{Check, Finding, Mark, Severity, lint, risks, ways_and_needs};

/// What IAM answers to documents that it does not take.
static MALFORMED: Check = Check {
    id: "MalformedPolicyDocument",
    severity: Severity::Error,
    title: "IAM refuses the document",
    label: "here",
    access_analyzer: &[],
    benchmarks: &[],
    help: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html",
};

/// A policy's text, what it is called, and of which kind it is.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// Its name, or its file as it was typed.
    pub(crate) name: String,
    /// The document, which may be no policy at all.
    pub(crate) text: String,
    /// The kind.
    pub(crate) kind: PolicyKind,
    /// Whether AWS made it, whose policies have no quotas.
    pub(crate) is_of_aws: bool,
}

/// Returns what there is to know about one of the policies by itself, its number as the document of every place.
pub(crate) fn of_document(number: usize, subject: &Subject) -> Vec<Finding> {
    let faults = faults(&subject.text, subject.kind);
    let mut findings: Vec<Finding> = faults.iter().map(of_fault).collect();
    if let Some(document) = Document::read(&subject.text) {
        let is_meant = |finding: &Finding| !(subject.is_of_aws && is_about_quotas(finding.id()));
        findings.extend(lint(&document, subject.kind).into_iter().filter(is_meant));
    }
    for finding in &mut findings {
        renumber(finding, &[number]);
    }
    findings
}

/// Returns what policies with these numbers allow together within a boundary. Those that cannot be read allow nothing.
pub(crate) fn of_permissions(policies: &[(usize, &Subject)], boundary: Option<&Document>) -> Vec<Finding> {
    let read = policies.iter().filter_map(|(number, subject)| {
        let document = Document::read(&subject.text)?;
        Some((*number, subject.name.as_str(), document))
    });
    let read: Vec<(usize, &str, Document)> = read.collect();
    let named: Vec<(&str, &Document)> = read.iter().map(|(_, name, document)| (*name, document)).collect();
    let numbers: Vec<usize> = read.iter().map(|(number, ..)| *number).collect();
    let mut findings = risks(&named, boundary);
    for finding in &mut findings {
        renumber(finding, &numbers);
    }
    findings
}

/// Puts findings into the order of the texts; at one place the worst first.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| {
        let Mark { document, span, .. } = finding.at;
        (document, span.start, finding.severity(), finding.id())
    });
}

/// Tells whether a check looks for a way to more permissions.
pub(crate) fn is_way(check: &Check) -> bool {
    static WAYS: LazyLock<HashSet<&str>> = LazyLock::new(|| ways_and_needs().map(|(id, ..)| id).collect());
    WAYS.contains(check.id)
}

/// Returns what a check looks for: one line. The title of a way is what can be done.
pub(crate) fn title(check: &Check) -> String {
    if is_way(check) {
        format!("Lets its holder {}", check.title)
    } else {
        check.title.to_owned()
    }
}

/// Returns the severity as people read it.
pub(crate) fn in_words(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::SecurityWarning => "security warning",
        Severity::Warning => "warning",
        Severity::Suggestion => "suggestion",
    }
}

fn of_fault(fault: &DocumentError) -> Finding {
    Finding {
        check: &MALFORMED,
        // The message names it.
        statement: None,
        message: fault.to_string(),
        hint: fault.hint(),
        at: Mark {
            document: 0,
            span: fault.span(),
            label: fault.label().to_owned(),
        },
        more: Vec::new(),
    }
}

fn is_about_quotas(id: &str) -> bool {
    matches!(id, "near-quota" | "over-quota")
}

/// Gives the places the numbers that the documents have here.
fn renumber(finding: &mut Finding, numbers: &[usize]) {
    for mark in std::iter::once(&mut finding.at).chain(&mut finding.more) {
        mark.document = numbers.get(mark.document).copied().unwrap_or(mark.document);
    }
}

/// A place as editors count: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// Returns the place of a byte in a text. Behind the end it is the end.
    pub(crate) fn of(text: &str, byte: usize) -> Position {
        let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
        let before = String::from_utf8_lossy(before);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Position {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str, text: &str) -> Subject {
        Subject {
            name: name.to_owned(),
            text: text.to_owned(),
            kind: PolicyKind::Managed,
            is_of_aws: false,
        }
    }

    fn allow(action: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
        )
    }

    fn ids(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(Finding::id).collect()
    }

    #[test]
    fn places_are_counted_in_lines_and_characters_from_one() {
        let text = "{\n  \"ä\": 1\n}";
        for (byte, line, column) in [(0, 1, 1), (2, 2, 1), (8, 2, 6), (99, 3, 2)] {
            assert_eq!(Position::of(text, byte), Position { line, column }, "{byte}");
        }
    }

    #[test]
    fn all_faults_are_found_and_what_the_rest_says() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Alow", "Action": "s3:GetObject", "Resource": "*", "Sid": "a b"},
            {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]}"#;
        let findings = of_document(3, &subject("a", text));
        assert_eq!(ids(&findings), ["MalformedPolicyDocument", "MalformedPolicyDocument"]);
        let text = text.replace("Alow", "Allow");
        let findings = of_document(3, &subject("a", &text));
        assert_eq!(ids(&findings), ["MalformedPolicyDocument", "unknown-action"]);
        assert!(findings.iter().all(|finding| finding.at.document == 3));
    }

    #[test]
    fn a_way_through_two_policies_has_a_place_in_each() {
        let (pass, run) = (
            subject("pass", &allow("iam:PassRole")),
            subject("run", &allow("ec2:RunInstances")),
        );
        let together = of_permissions(&[(2, &pass), (5, &run)], None);
        let way = together
            .iter()
            .find(|finding| finding.more.iter().any(|mark| mark.document == 5));
        assert_eq!(way.map(|way| (way.at.document, is_way(way.check))), Some((2, true)));
        assert_eq!(of_permissions(&[(0, &run)], None), []);
    }

    #[test]
    fn policies_of_aws_have_no_quota() {
        let actions = (0..400).map(|number| format!("s3:GetObject{number}"));
        let text = allow(&actions.collect::<Vec<_>>().join("\",\""))
            .replace("\"Action\": ", "\"Action\": [")
            .replace(", \"Resource\"", "], \"Resource\"");
        let own = subject("own", &text);
        assert!(ids(&of_document(0, &own)).contains(&"over-quota"));
        let of_aws = Subject { is_of_aws: true, ..own };
        assert!(!ids(&of_document(0, &of_aws)).contains(&"over-quota"));
    }
}
