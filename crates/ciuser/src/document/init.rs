//! `init`: a spec file that was written.

use serde::Serialize;

/// A spec file that was written, or only made.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Init {
    /// Where it was written; `null` when it was to be printed.
    pub(crate) file: Option<String>,
    /// The text of the file; `null` when it was written.
    pub(crate) text: Option<String>,
    /// The documents of inline policies that were written beside it.
    pub(crate) documents: Vec<String>,
    /// Those that the file names and that were not written, because the file was not.
    pub(crate) unwritten: Vec<InitDocument>,
    /// The users of the file; empty for the template.
    pub(crate) users: Vec<InitUser>,
}

/// The document of an inline policy.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InitDocument {
    /// Where the file expects it.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A user of the file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InitUser {
    /// Its name.
    pub(crate) name: String,
    /// What a person should know of it that the file cannot say; for people, may change.
    pub(crate) remarks: Vec<String>,
    /// The `ciuser create` command that asks for the same, with `--adopt` if that is needed; `null` when flags cannot
    /// say it, or a document that it would name was not written.
    pub(crate) command: Option<String>,
}
