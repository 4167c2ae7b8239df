//! A fault of a document at its place: for a person in our words, with a hint; and in IAM's words, which name no place.

use std::borrow::Cow;
use std::fmt;

use super::fault::Fault;
use super::place::{Place, Span};
use super::print::escape;
use super::{PolicyKind, hint, iam};

/// One thing that is wrong with a policy document, and where.
///
/// It carries what a renderer of diagnostics wants (message, span, label, hint) and none of a renderer's types: this crate
/// knows no terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    pub(super) fault: Box<Fault>,
    pub(super) kind: PolicyKind,
    pub(super) span: Span,
    pub(super) place: Place,
    /// Its `Sid`, in backticks, or its number.
    pub(super) statement: Option<String>,
}

impl DocumentError {
    /// Returns what is wrong.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Returns where it is wrong, in bytes of the text.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Returns where it is wrong, as people count.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Returns what to write at that place: a few words.
    pub fn label(&self) -> &'static str {
        hint::label(&self.fault)
    }

    /// Returns what to do about it, where that is not plain. As the message, it is of one line.
    pub fn hint(&self) -> Option<String> {
        hint::hint(&self.fault, self.kind).map(|hint| one_line(&hint))
    }

    /// Returns the message with which IAM refuses such a document (`MalformedPolicyDocument`, but for characters that it
    /// does not take, which are a `ValidationError`).
    pub fn iam_message(&self) -> Cow<'static, str> {
        iam::message(&self.fault, self.kind)
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.statement {
            write!(f, "statement {}: ", one_line(name))?;
        }
        f.write_str(&one_line(&self.fault.to_string()))
    }
}

impl std::error::Error for DocumentError {}

/// Escapes what would break a line, or do something to a terminal: names are those of the document.
pub(crate) fn one_line(message: &str) -> String {
    let escaped = |c: char| if c.is_control() { escape(c) } else { c.to_string() };
    message.chars().map(escaped).collect()
}

/// A fault, before it has got its statement's name.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) fault: Fault,
    pub(super) span: Span,
    /// The index of its statement.
    pub(super) statement: Option<usize>,
}
