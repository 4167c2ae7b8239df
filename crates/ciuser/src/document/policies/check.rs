//! `check`: findings about policies.

use serde::Serialize;

use crate::finding;

/// What was found about policies, one by one.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Check {
    /// The policies, as they were named.
    pub(crate) policies: Vec<CheckedPolicy>,
}

/// What was found about one policy.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CheckedPolicy {
    /// The policy: its name, or its file as it was typed.
    policy: String,
    /// `identity-based policy`, `resource-based policy`, `trust policy`, ...
    r#type: &'static str,
    /// What was found.
    findings: Vec<Finding>,
}

/// A finding. The texts are for people and may change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding {
    /// Which finding it is.
    id: &'static str,
    /// How grave it is: `error`.
    severity: &'static str,
    /// What is the matter.
    message: String,
    /// What to do about it.
    hint: Option<String>,
    /// Where it begins; null if it is about the whole.
    start: Option<Position>,
    /// Where it ends: the first character behind it.
    end: Option<Position>,
}

/// A place in a text.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Position {
    /// The line, counted from 1.
    line: usize,
    /// The column, counted from 1, in characters.
    column: usize,
}

impl CheckedPolicy {
    /// Describes the findings about a text.
    pub(crate) fn of(policy: &str, r#type: &'static str, text: &str, findings: &[finding::Finding]) -> CheckedPolicy {
        CheckedPolicy {
            policy: policy.to_owned(),
            r#type,
            findings: findings.iter().map(|finding| Finding::of(finding, text)).collect(),
        }
    }
}

impl Finding {
    fn of(finding: &finding::Finding, text: &str) -> Finding {
        let span = finding.at.as_ref().map(|at| at.span);
        Finding {
            id: finding.id,
            severity: finding.severity.word(),
            message: finding.message.clone(),
            hint: finding.hint.clone(),
            start: span.map(|span| Position::of(text, span.start)),
            end: span.map(|span| Position::of(text, span.end)),
        }
    }
}

impl Position {
    fn of(text: &str, byte: usize) -> Position {
        let finding::Position { line, column } = finding::Position::of(text, byte);
        Position { line, column }
    }
}
