//! `policies-search` and `policy`: managed policies; and what is found out about policies of any kind.

mod check;
mod compare;
mod explain;
mod minimise;
mod simulate;

pub(crate) use check::{Check, CheckedPolicy};
pub(crate) use compare::{Compare, Witness};
pub(crate) use explain::{Explain, Explanation};
pub(crate) use minimise::{Minimise, MinimisedPolicy, ProvenFor};
pub(crate) use simulate::{Decided, Simulate, SimulateRequest, StatementAt};

use serde::Serialize;

/// The managed policies that a search found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PoliciesFound {
    /// What was searched for.
    pub(crate) query: String,
    /// How many were found, shown or not.
    pub(crate) matches: usize,
    /// The best of them, up to `--limit`, best first.
    pub(crate) policies: Vec<Found>,
}

/// One managed policy that was found.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Found {
    /// Its name.
    pub(crate) name: String,
    /// Its path.
    pub(crate) path: String,
    /// `AWS managed` or `customer managed`.
    pub(crate) owner: &'static str,
    /// The day on which it last changed, `YYYY-MM-DD`; empty when that is not known.
    pub(crate) changed: String,
    /// `name`, a path, or the action that was found.
    pub(crate) found_in: String,
}

/// A managed policy and the document of its default version.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ManagedPolicy {
    /// Its name.
    pub(crate) name: String,
    /// Its path.
    pub(crate) path: String,
    /// The version that is in force.
    pub(crate) default_version_id: String,
    /// When it last changed; empty when that is not known.
    pub(crate) changed: String,
    /// The newest change in the catalogue that is built into the program; missing for the account's own policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) catalogue_as_of: Option<String>,
    /// The policy document.
    pub(crate) document: serde_json::Value,
}
