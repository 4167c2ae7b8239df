//! `export`: users for other tools.

use serde::Serialize;

use crate::export::Format;

/// The users of a spec file, written for another tool.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Export {
    /// For which tool.
    pub(crate) format: Format,
    /// Where it was written; `null` when it was to be printed.
    pub(crate) file: Option<String>,
    /// The text; `null` when it was written.
    pub(crate) text: Option<String>,
}
