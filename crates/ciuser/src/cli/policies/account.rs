//! The account's own managed policies, read from IAM.

use ciuser_core::name::PolicyArn;
use ciuser_core::port::{Iam as _, ManagedPolicy};

use crate::cli::exit::CliError;
use crate::cli::global::Setting;
use crate::cli::live::{Live, Process};
use crate::clock::SystemClock;

/// A policy of the account.
pub(super) struct Own {
    /// What IAM says of it.
    pub(super) policy: ManagedPolicy,
    /// The document of its default version.
    pub(super) text: String,
}

/// Reads policies of the account, in this order.
pub(super) async fn read(arns: &[PolicyArn], setting: &Setting<'_>) -> Result<Vec<Own>, CliError> {
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let mut read = Vec::new();
    for arn in arns {
        let failed = |error| CliError::failed(format!("reading policy `{arn}`: {error}"));
        let policy = live.iam.get_policy(arn).await.map_err(failed)?;
        let version = live.iam.get_policy_version(arn, &policy.default_version).await;
        read.push(Own {
            text: version.map_err(failed)?,
            policy,
        });
    }
    Ok(read)
}
