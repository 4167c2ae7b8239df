//! A text that IAM accepts as a policy, with its parts; or everything that is wrong with it.

use super::draft::Draft;
use super::error::{DocumentError, Found};
use super::model::Document;
use super::place::Place;
use super::reader::Reading;
use super::{PolicyKind, accept, json, order, reader};

/// A policy document that IAM accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDocument {
    text: String,
    document: Document,
}

/// Returns everything that can be found wrong with a document at once; first what IAM would say. None: IAM accepts it.
pub fn faults(text: &str, kind: PolicyKind) -> Vec<DocumentError> {
    let mut reading = checked(text, kind);
    let found = std::mem::take(&mut reading.faults);
    found
        .into_iter()
        .map(|found| located(found, text, kind, reading.drafts()))
        .collect()
}

/// Returns the size of a document that counts against IAM's quotas, in characters.
///
/// IAM does not count white space. Whether it counts the spaces inside strings is not documented, so they are
/// counted: what fits by this measure fits.
pub fn size_of(text: &str) -> usize {
    json::minified(text).chars().count()
}

impl PolicyDocument {
    /// Checks an inline policy of a user, group or role.
    ///
    /// # Errors
    /// Says what IAM would refuse; [`DocumentError::iam_message`] is how IAM says it.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Self::parse_as(text, PolicyKind::Identity)
    }

    /// Checks a document of some kind.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[expect(
        clippy::expect_used,
        reason = "a part that could not be read is a fault, and there is none; the fuzz target looks for others"
    )]
    pub fn parse_as(text: &str, kind: PolicyKind) -> Result<Self, DocumentError> {
        let mut reading = checked(text, kind);
        if !reading.faults.is_empty() {
            let found = reading.faults.swap_remove(0);
            return Err(located(found, text, kind, reading.drafts()));
        }
        Ok(Self {
            text: text.to_owned(),
            document: reading.document().expect("a reading without faults is whole"),
        })
    }

    /// Returns the document's parts.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the document as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the document without white space between its tokens, otherwise as it was written.
    pub fn minified(&self) -> String {
        json::minified(&self.text)
    }

    /// Returns the size that counts against IAM's quotas, as [`size_of`] says.
    pub fn size(&self) -> usize {
        size_of(&self.text)
    }

    /// Returns whether two documents differ in writing only, as [`Document::same_as`] says.
    pub fn same_as(&self, other: &Self) -> bool {
        self.document.same_as(&other.document)
    }

    /// Returns whether `text` is a document that is the same as this one. IAM need not accept it.
    pub fn same_as_text(&self, text: &str) -> bool {
        Document::read(text).is_some_and(|other| self.document.same_as(&other))
    }
}

impl Document {
    /// Returns the parts of a text that has the structure of a policy, whether or not IAM accepts what is in them.
    pub fn read(text: &str) -> Option<Self> {
        reader::read(text).document()
    }
}

fn checked(text: &str, kind: PolicyKind) -> Reading {
    let mut reading = reader::read(text);
    accept::check(text, &mut reading, kind);
    order::sort(&mut reading.faults, kind);
    reading
}

fn located(found: Found, text: &str, kind: PolicyKind, drafts: &[Draft]) -> DocumentError {
    let named = |index: usize| {
        let draft = drafts.iter().find(|draft| draft.index == index);
        let sid = draft
            .and_then(|draft| draft.sid.as_ref())
            .filter(|sid| !sid.value.is_empty());
        sid.map_or_else(|| (index + 1).to_string(), |sid| format!("`{}`", sid.value))
    };
    DocumentError {
        fault: Box::new(found.fault),
        kind,
        span: found.span,
        place: Place::of(text, found.span.start),
        statement: found.statement.map(named),
    }
}
