//! `circleci config`: the deploy jobs of a pipeline.

use serde::Serialize;

use crate::pipeline::Service;

/// A pipeline file with deploy jobs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CircleciConfig {
    /// Where it was written; `null` when it was to be printed.
    pub(crate) file: Option<String>,
    /// Whether the file changed.
    pub(crate) changed: bool,
    /// The text; `null` when it was written.
    pub(crate) text: Option<String>,
    /// The users whose key goes to CircleCI, in the order of the spec file.
    pub(crate) deploys: Vec<CircleciDeploy>,
    /// The variables that the context or the project must have, because no flag says their values.
    pub(crate) variables: Vec<String>,
}

/// What one user deploys.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CircleciDeploy {
    /// The name of the user.
    pub(crate) user: String,
    /// The services that there is a job for.
    pub(crate) services: Vec<Service>,
    /// The contexts that the jobs use; empty where the project has the key.
    pub(crate) contexts: Vec<String>,
}
