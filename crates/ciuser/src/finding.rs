//! Findings about policy documents: what, how grave, and where.
//!
//! What comes out of the policy engine takes this one form; terminal, JSON and SARIF render it. Decides nothing itself.

use ciuser_policy::document::{PolicyDocument, PolicyKind, Span};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// IAM refuses the document.
    Error,
}

impl Severity {
    /// Returns the severity as people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
        }
    }

    /// Tells whether a check fails by it.
    pub(crate) fn is_grave(self) -> bool {
        match self {
            Severity::Error => true,
        }
    }
}

/// Something to know about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Which finding it is: stays the same whatever the words are.
    pub(crate) id: &'static str,
    /// How grave it is.
    pub(crate) severity: Severity,
    /// What is the matter.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// Where it is, if it is at some place.
    pub(crate) at: Option<At>,
}

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    /// The place in the text.
    pub(crate) span: Span,
    /// What to write beside it.
    pub(crate) label: String,
}

/// What IAM answers to documents that it does not take.
const MALFORMED: &str = "MalformedPolicyDocument";

/// Returns everything that there is to know about a document of a kind, in the order of the text.
pub(crate) fn findings(text: &str, kind: PolicyKind) -> Vec<Finding> {
    let faults = PolicyDocument::parse_as(text, kind).err().into_iter();
    let findings = faults.map(|fault| Finding {
        id: MALFORMED,
        severity: Severity::Error,
        message: fault.to_string(),
        hint: None,
        at: None,
    });
    findings.collect()
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

    #[test]
    fn places_are_counted_in_lines_and_characters_from_one() {
        let text = "{\n  \"ä\": 1\n}";
        for (byte, line, column) in [(0, 1, 1), (2, 2, 1), (8, 2, 6), (99, 3, 2)] {
            assert_eq!(Position::of(text, byte), Position { line, column }, "{byte}");
        }
    }
}
