//! `minimise`: policies as short as they get.

use serde::Serialize;

/// Policies as short as they get, one by one.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Minimise {
    /// The policies, as they were named.
    pub(crate) policies: Vec<MinimisedPolicy>,
}

/// A policy as short as it gets.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct MinimisedPolicy {
    /// The policy: its name, or its file as it was typed.
    pub(crate) policy: String,
    /// `identity-based policy`, `resource-based policy`, `trust policy`, ...
    pub(crate) r#type: &'static str,
    /// The size that it had, in characters without white space, as IAM's quotas count it.
    pub(crate) size_before: usize,
    /// The size of this document. As before if it gets no shorter.
    pub(crate) size: usize,
    /// For what it is proven to allow and deny the same as before.
    pub(crate) proven: ProvenFor,
    /// The document.
    pub(crate) document: serde_json::Value,
}

/// What a proof is about.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProvenFor {
    /// Every request that there can be.
    EveryRequest,
    /// Requests for the actions that AWS has now (`--allow-future`).
    KnownActions,
}
