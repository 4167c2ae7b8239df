//! `ciuser policies show`: prints the default version of a managed policy.

use ciuser_core::name::{PolicyArn, PolicyName};
use ciuser_core::spec::PolicyRef;
use ciuser_policy::catalogue::{Catalogue, ManagedPolicy, vanished};
use clap::Args;

use super::account::{self, Own};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Document, Kind};

const EXAMPLES: &str = "\
Examples:
  One of AWS's own, from the catalogue in the program:
    ciuser policies show AmazonS3FullAccess
  One of the account's:
    ciuser policies show arn:aws:iam::111122223333:policy/ci-boundary";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowArgs {
    /// Name or ARN
    policy: PolicyRef,
}

/// Runs `policies show`.
pub(super) async fn run(args: &ShowArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let name = match &args.policy {
        PolicyRef::Name(name) => name.as_str(),
        PolicyRef::Arn(arn) if arn.is_aws_managed() => arn.policy_name(),
        PolicyRef::Arn(arn) => return show_own(arn, setting).await,
    };
    match Catalogue::embedded().by_name(name) {
        Some(found) => Ok(show_catalogued(found, setting)),
        None => Err(unknown(name)),
    }
}

/// Says that there is no such policy, and which one may be meant.
pub(super) fn unknown(name: &str) -> CliError {
    let failed = CliError::failed(format!("the catalogue has no AWS managed policy `{name}`"));
    let gone = vanished::successor(name).and_then(|gone| gone.successor);
    let near = Catalogue::embedded().nearest(name);
    match (gone, near.as_slice()) {
        (Some(successor), _) => failed.with_hint(format!("AWS withdrew it; its successor is `{successor}`")),
        (None, []) => failed.with_hint("a policy of the account is shown by its ARN"),
        (None, near) => failed.with_hint(format!("did you mean `{}`?", near.join("` or `"))),
    }
}

fn show_catalogued(policy: &ManagedPolicy, setting: &Setting<'_>) -> Exit {
    let source = Catalogue::embedded().source();
    if setting.ui.is_json() {
        let shown = document::ManagedPolicy {
            name: policy.name.to_owned(),
            path: policy.path.to_owned(),
            default_version_id: policy.default_version_id.to_owned(),
            changed: policy.updated.to_owned(),
            catalogue_as_of: Some(source.as_of.to_owned()),
            document: serde_json::from_str(policy.document()).unwrap_or_default(),
        };
        setting.ui.json(&Document::new(Kind::Policy, shown));
    } else {
        setting.ui.policy(
            &[
                ("policy", policy.name.to_owned()),
                ("ARN", policy.arn("aws")),
                (
                    "version",
                    format!("{} (default), changed {}", policy.default_version_id, policy.updated),
                ),
                (
                    "source",
                    format!(
                        "embedded catalogue as of {}; the account may have a newer version",
                        source.as_of
                    ),
                ),
            ],
            &pretty(policy.document()),
        );
    }
    Exit::Done
}

async fn show_own(arn: &PolicyArn, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let mut read = account::read(std::slice::from_ref(arn), setting).await?;
    let Some(Own { policy, text }) = read.pop() else {
        return Err(unknown(arn.policy_name()));
    };
    let changed = policy.updated.map(|at| at.to_string()).unwrap_or_default();
    let name = PolicyName::new(arn.policy_name())
        .map(|name| name.to_string())
        .unwrap_or_default();
    if setting.ui.is_json() {
        let shown = document::ManagedPolicy {
            name,
            path: policy.path.to_string(),
            default_version_id: policy.default_version,
            changed,
            catalogue_as_of: None,
            document: serde_json::from_str(&text).unwrap_or_default(),
        };
        setting.ui.json(&Document::new(Kind::Policy, shown));
    } else {
        let version = format!("{} (default), changed {changed}", policy.default_version);
        setting.ui.policy(
            &[("policy", name), ("ARN", arn.to_string()), ("version", version)],
            &pretty(&text),
        );
    }
    Ok(Exit::Done)
}

/// Returns the document laid out for reading, or as it is when it is not JSON.
pub(super) fn pretty(document: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(document);
    parsed
        .ok()
        .and_then(|json| serde_json::to_string_pretty(&json).ok())
        .unwrap_or_else(|| document.to_owned())
}
