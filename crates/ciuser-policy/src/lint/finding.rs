//! What was found, where, and what to do about it.

use std::fmt;

use super::check::{Check, Severity};
use crate::document::{Span, one_line};

/// Something that is wrong, dangerous or odd in a document.
///
/// As a [`DocumentError`](crate::document::DocumentError) it carries what a renderer of diagnostics wants, and none of a
/// renderer's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub check: &'static Check,
    /// The statement that it is in: its `Sid` in backticks, or its number. Nothing if it is about the whole document, or
    /// about what several statements allow together.
    pub statement: Option<String>,
    /// What is wrong: one line, lower case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where it is.
    pub at: Mark,
    /// Other places that have to do with it.
    pub more: Vec<Mark>,
}

/// A place in a document, with what to write there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which of the documents that were asked about, counted from 0.
    pub document: usize,
    /// The place, in bytes of its text.
    pub span: Span,
    /// A few words.
    pub label: String,
}

impl Finding {
    /// Makes a finding of a place in a document.
    pub(super) fn new(check: &'static Check, document: usize, span: Span, message: &str) -> Self {
        Self {
            check,
            statement: None,
            message: one_line(message),
            hint: None,
            at: Mark {
                document,
                span,
                label: check.label.to_owned(),
            },
            more: Vec::new(),
        }
    }

    /// Returns the id of the check.
    pub fn id(&self) -> &'static str {
        self.check.id
    }

    /// Returns how bad it is.
    pub fn severity(&self) -> Severity {
        self.check.severity
    }

    /// Returns the address of a page that explains it.
    pub fn help(&self) -> &'static str {
        self.check.help
    }

    /// Adds what to do.
    pub(super) fn hint(&mut self, hint: impl AsRef<str>) -> &mut Self {
        self.hint = Some(one_line(hint.as_ref()));
        self
    }

    /// Adds another place of the same document.
    pub(super) fn also(&mut self, span: Span, label: &str) -> &mut Self {
        self.more.push(Mark {
            document: self.at.document,
            span,
            label: label.to_owned(),
        });
        self
    }
}

/// Writes the message as that of a fault of the document: with the statement in front.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.statement {
            write!(f, "statement {}: ", one_line(name))?;
        }
        f.write_str(&self.message)
    }
}

/// What is found in one document.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// The name of the statement that is being looked at.
    statement: Option<String>,
}

impl Findings {
    /// Turns to a statement, or to the document as a whole.
    pub(super) fn turn_to(&mut self, statement: Option<String>) {
        self.statement = statement;
    }

    /// Adds a finding. Returns it for whoever has more to say.
    pub(super) fn add(&mut self, check: &'static Check, span: Span, message: impl AsRef<str>) -> &mut Finding {
        self.found.push_mut(Finding {
            statement: self.statement.clone(),
            ..Finding::new(check, 0, span, message.as_ref())
        })
    }

    /// Returns what was found, in the order of the text; at one place the worst first.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.found
            .sort_by_key(|finding| (finding.at.span.start, finding.severity(), finding.id()));
        self.found
    }
}
