//! `sandbox-serve` and `sandbox-reset`.

use std::collections::BTreeMap;

use serde::Serialize;

/// A sandbox that is being served.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SandboxServe {
    /// Where it is served.
    pub(crate) url: String,
    /// The environment that makes other clients use it. Its keys open nothing but the sandbox.
    pub(crate) env: BTreeMap<&'static str, String>,
}

/// A sandbox that starts over with its next use.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SandboxReset {}

/// A project that the sandbox's CircleCI has now.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SandboxProject {
    /// Its slug; after `circleci/` come new ids.
    pub(crate) slug: String,
}
