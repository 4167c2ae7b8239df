//! What is looked for: each check with its stable id.

use super::{
    access, actions, addresses, arn_place, arns, company, elements, keys, named_values, operators, pairing, principals,
    quantifiers, redundancy, risk, trust, values, variables,
};

/// How bad something is, in the classes of IAM Access Analyzer. The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A part of the document does not do what it says.
    Error,
    /// It allows more than is good.
    SecurityWarning,
    /// It may not mean what it seems to mean.
    Warning,
    /// It could be said better.
    Suggestion,
}

impl Severity {
    /// Returns the severity as documents write it: `security-warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::SecurityWarning => "security-warning",
            Self::Warning => "warning",
            Self::Suggestion => "suggestion",
        }
    }
}

/// One thing that is looked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id, which stays the same for ever: `unknown-action`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it finds, in one line.
    pub title: &'static str,
    /// What to write at the place where it is found: a few words.
    pub label: &'static str,
    /// The checks of IAM Access Analyzer that find it, by the names of its reference.
    pub access_analyzer: &'static [&'static str],
    /// The controls of public benchmarks that ask for its absence, with their versions and titles.
    pub benchmarks: &'static [&'static str],
    /// The address of a page that explains it.
    pub help: &'static str,
}

impl Check {
    const fn new(severity: Severity, id: &'static str, title: &'static str, label: &'static str) -> Self {
        Self {
            id,
            severity,
            title,
            label,
            access_analyzer: &[],
            benchmarks: &[],
            help: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
        }
    }

    pub(super) const fn error(id: &'static str, title: &'static str, label: &'static str) -> Self {
        Self::new(Severity::Error, id, title, label)
    }

    pub(super) const fn security(id: &'static str, title: &'static str, label: &'static str) -> Self {
        Self::new(Severity::SecurityWarning, id, title, label)
    }

    pub(super) const fn warning(id: &'static str, title: &'static str, label: &'static str) -> Self {
        Self::new(Severity::Warning, id, title, label)
    }

    pub(super) const fn suggestion(id: &'static str, title: &'static str, label: &'static str) -> Self {
        Self::new(Severity::Suggestion, id, title, label)
    }

    /// Names the checks of Access Analyzer that find the same.
    pub(super) const fn found_by(self, access_analyzer: &'static [&'static str]) -> Self {
        Self {
            access_analyzer,
            ..self
        }
    }

    /// Names the controls of benchmarks.
    pub(super) const fn asked_by(self, benchmarks: &'static [&'static str]) -> Self {
        Self { benchmarks, ..self }
    }

    /// Names another page that explains it.
    pub(super) const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }
}

/// Returns all checks: first those of one document, then those of what policies allow together. Ways to more permissions
/// come last.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    let groups = [
        elements::CHECKS,
        actions::CHECKS,
        arns::CHECKS,
        arn_place::CHECKS,
        pairing::CHECKS,
        keys::CHECKS,
        company::CHECKS,
        operators::CHECKS,
        quantifiers::CHECKS,
        values::CHECKS,
        addresses::CHECKS,
        named_values::CHECKS,
        variables::CHECKS,
        principals::CHECKS,
        trust::CHECKS,
        access::CHECKS,
        redundancy::CHECKS,
        risk::CHECKS,
    ];
    let ways = risk::ways().map(|way| &way.check);
    groups.into_iter().flatten().copied().chain(ways)
}
