//! Policy documents: is this one that IAM accepts as an identity-based policy, and is it the same as that one?
//!
//! What was written is kept as it was written: it is what goes to IAM and what the user is shown. What a document
//! means (which requests it allows) is not decided here, nor whether its actions and resources exist.

mod actions;
mod error;
mod json;
mod kind;
mod model;
mod reader;
mod same;

pub use actions::allowed_actions;
pub use error::{DocumentError, StatementFault};
pub use kind::PolicyKind;
pub use model::{
    Document, Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Span, Statement, Strings, Version, Written,
};

use serde_json::Value;

/// A policy document that IAM accepts as an identity-based policy, as far as its structure goes.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDocument {
    text: String,
    value: Value,
    document: Document,
}

impl PolicyDocument {
    /// Checks a document.
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
    pub fn parse_as(text: &str, kind: PolicyKind) -> Result<Self, DocumentError> {
        let value = json::parse(text).map_err(|error| DocumentError::Json(error.to_string()))?;
        let document = reader::read(text, kind)?;
        Ok(Self {
            text: text.to_owned(),
            value,
            document,
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

    /// Returns the document as JSON.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the document without white space between its tokens, otherwise as it was written.
    pub fn minified(&self) -> String {
        json::minified(&self.text)
    }

    /// Returns the size that counts against IAM's quotas.
    ///
    /// IAM does not count white space. Whether it counts the spaces inside strings is not documented, so they are
    /// counted: what fits by this measure fits.
    pub fn size(&self) -> usize {
        self.minified().chars().count()
    }

    /// Returns whether two documents differ in writing only: white space, the order of elements, a single value or a
    /// list of one, the order of a list's values. The order of statements is a difference.
    pub fn same_as(&self, other: &Self) -> bool {
        same::canonical(&self.value) == same::canonical(&other.value)
    }

    /// Returns whether `text` is a document that is the same as this one.
    pub fn same_as_text(&self, text: &str) -> bool {
        json::parse(text).is_ok_and(|value| same::canonical(&value) == same::canonical(&self.value))
    }
}
