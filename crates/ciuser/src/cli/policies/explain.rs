//! `ciuser policies explain`: what policies say, in plain words. Asks nobody but for policies of the account.

use ciuser_policy::explain::explain;
use clap::Args;

use super::policy_type::{PolicyType, in_words};
use super::source::read_all;
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::document::{self, Document, Kind};

pub(super) const ABOUT: &str = "\
Say in plain words what a policy allows and denies

Service by service in a table, then statement by statement: which actions, on which resources, to whom, and when each \
condition holds; and what is broader than it may seem, or not understood.";

const EXAMPLES: &str = "\
Examples:
  A policy of one's own:
    ciuser policies explain deploy.json
  One of AWS's, by name:
    ciuser policies explain CloudFrontFullAccess
  All of a directory, for a script:
    ciuser policies explain policies/*.json --output json";

/// Arguments of `policies explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// Files, or names or ARNs of managed policies
    #[arg(value_name = "POLICY", required = true)]
    policies: Vec<String>,
    /// Kind of the policies [default: told from each document]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    policy_type: Option<PolicyType>,
}

/// Runs `policies explain`.
pub(super) async fn run(args: &ExplainArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let mut explanations = Vec::new();
    for source in read_all(args.policies.iter().map(String::as_str), setting).await? {
        let kind = source.kind(args.policy_type);
        let policy = source.parse(kind)?;
        let explained = explain(policy.document());
        if setting.ui.is_json() {
            explanations.push(document::Explanation::of(
                &policy.name,
                in_words(kind),
                policy.size(),
                &explained,
            ));
        } else {
            let about = format!("{}, {} characters", in_words(kind), policy.size());
            setting.ui.explanation(&policy.name, &about, &explained);
        }
    }
    if setting.ui.is_json() {
        let body = document::Explain { policies: explanations };
        setting.ui.json(&Document::new(Kind::Explain, body));
    }
    Ok(Exit::Done)
}
