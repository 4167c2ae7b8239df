//! The JSON documents that scripts read: one type for each `kind` of `--output json`.
//!
//! Invariants: within a format version fields are only added; no field holds a secret, except that `sandbox-serve`
//! hands out the sandbox's own keys. The schemas in `docs/reference/schema` are generated from these types, so that
//! what a doc comment says here is what a reader of the schema is told. Prints nothing: that is `ui`'s.

mod circleci_config;
mod delete;
mod export;
mod history;
mod init;
mod key;
mod plan;
mod policies;
mod run;
mod sandbox;
mod trouble;
mod whereabouts;

pub(crate) use circleci_config::{CircleciConfig, CircleciDeploy};
pub(crate) use delete::Deleted;
pub(crate) use export::Export;
pub(crate) use history::{History, HistoryPrune, HistoryRun, RunSummary};
pub(crate) use init::{Init, InitDocument, InitUser};
pub(crate) use key::{KeyList, Listed};
pub(crate) use plan::PlanAndLines;
pub(crate) use policies::{
    Check, CheckedPolicy, Compare, Decided, Explain, Explanation, Found, ManagedPolicy, Minimise, MinimisedPolicy,
    PoliciesFound, ProvenFor, Simulate, SimulateRequest, StatementAt, Witness,
};
pub(crate) use run::{AllUsers, OneUser, Resume, Resumed};
pub(crate) use sandbox::{SandboxProject, SandboxReset, SandboxServe};
pub(crate) use trouble::{Errors, Trouble};
pub(crate) use whereabouts::{KeyVerify, KeyWhere};

use serde::Serialize;

/// The version of all documents. A new one is a break for every script.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// Which document this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Apply,
    Check,
    CircleciConfig,
    Compare,
    Create,
    Delete,
    Error,
    Explain,
    Export,
    History,
    HistoryPrune,
    HistoryRun,
    Init,
    KeyList,
    KeyRotate,
    KeyVerify,
    KeyWhere,
    Minimise,
    Plan,
    PoliciesSearch,
    Policy,
    Resume,
    SandboxAddProject,
    SandboxReset,
    SandboxServe,
    Simulate,
}

/// A document: what every one of them begins with, then what its kind says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Document<T> {
    /// The version of the document's form; within a version fields are only added.
    format_version: u32,
    /// Which document this is.
    kind: Kind,
    #[serde(flatten)]
    body: T,
}

impl<T: Serialize> Document<T> {
    /// Makes the document of this kind.
    pub(crate) fn new(kind: Kind, body: T) -> Document<T> {
        Document {
            format_version: FORMAT_VERSION,
            kind,
            body,
        }
    }
}

#[cfg(test)]
mod tests;
