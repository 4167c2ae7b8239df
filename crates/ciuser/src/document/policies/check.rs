//! `check`: findings about policies.

use ciuser_policy::lint;
use serde::Serialize;

use crate::finding::{self, Subject};

/// What was found about policies.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Check {
    /// Whether the policies were taken to be those of one user.
    pub(crate) together: bool,
    /// The permissions boundary; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) boundary: Option<String>,
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
    /// What was found, in the order of the text.
    findings: Vec<Finding>,
}

/// A finding. The texts are for people and may change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding {
    /// Which check found it: `MalformedPolicyDocument`, or an id of `docs/reference/findings.md`.
    id: &'static str,
    /// How bad it is: `error`, `security-warning`, `warning` or `suggestion`.
    severity: &'static str,
    /// What is the matter.
    message: String,
    /// What to do about it.
    hint: Option<String>,
    /// Where it begins. In managed policies lines are those that `policies show` prints.
    start: Position,
    /// Where it ends: the first character behind it.
    end: Position,
    /// A few words about that place.
    label: String,
    /// Other places that have to do with it.
    marks: Vec<Mark>,
    /// What the check looks for.
    title: String,
    /// The checks of IAM Access Analyzer that find it, by the names of its reference.
    access_analyzer: &'static [&'static str],
    /// The controls of public benchmarks that ask for its absence.
    benchmarks: &'static [&'static str],
    /// The address of a page that explains it.
    help: &'static str,
}

/// A place in one of the policies.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Mark {
    /// The policy, which may be another one than the finding is listed with.
    policy: String,
    /// Where it begins.
    start: Position,
    /// Where it ends: the first character behind it.
    end: Position,
    /// A few words about that place.
    label: String,
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
    /// Describes the findings about one of the policies.
    pub(crate) fn of(
        number: usize,
        subject: &Subject,
        r#type: &'static str,
        all: &[Subject],
        findings: &[lint::Finding],
    ) -> CheckedPolicy {
        let its = findings.iter().filter(|finding| finding.at.document == number);
        CheckedPolicy {
            policy: subject.name.clone(),
            r#type,
            findings: its.filter_map(|finding| Finding::of(finding, all)).collect(),
        }
    }
}

impl Finding {
    fn of(finding: &lint::Finding, all: &[Subject]) -> Option<Finding> {
        let Mark { start, end, label, .. } = Mark::of(&finding.at, all)?;
        let check = finding.check;
        Some(Finding {
            id: check.id,
            severity: check.severity.as_str(),
            message: finding.to_string(),
            hint: finding.hint.clone(),
            start,
            end,
            label,
            marks: finding.more.iter().filter_map(|mark| Mark::of(mark, all)).collect(),
            title: finding::title(check),
            access_analyzer: check.access_analyzer,
            benchmarks: check.benchmarks,
            help: check.help,
        })
    }
}

impl Mark {
    fn of(mark: &lint::Mark, all: &[Subject]) -> Option<Mark> {
        let Subject { name, text, .. } = all.get(mark.document)?;
        Some(Mark {
            policy: name.clone(),
            start: Position::of(text, mark.span.start),
            end: Position::of(text, mark.span.end),
            label: mark.label.clone(),
        })
    }
}

impl Position {
    fn of(text: &str, byte: usize) -> Position {
        let finding::Position { line, column } = finding::Position::of(text, byte);
        Position { line, column }
    }
}
