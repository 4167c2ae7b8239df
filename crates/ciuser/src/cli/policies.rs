//! `ciuser policies`: search and show managed policies, AWS's from the catalogue and the account's own.

use ciuser_core::name::{PolicyArn, PolicyName};
use ciuser_core::port::{Iam as _, ManagedPolicy as Listed};
use ciuser_core::spec::PolicyRef;
use ciuser_policy::catalogue::search::{Hit, Matched, Scope, Searchable, search};
use ciuser_policy::catalogue::{Catalogue, ManagedPolicy, vanished};
use clap::{Args, Subcommand};

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use crate::clock::SystemClock;
use crate::document::{self, Document, Kind};
use crate::ui::PolicyRow;

/// Arguments of `policies`.
#[derive(Debug, Args)]
pub(super) struct PoliciesArgs {
    #[command(subcommand)]
    command: PoliciesCommand,
}

#[derive(Debug, Subcommand)]
enum PoliciesCommand {
    /// Search by name, path and actions; best matches first
    Search(SearchArgs),
    /// Show the default version of a policy
    Show(ShowArgs),
}

const SEARCH_EXAMPLES: &str = "\
Examples:
  By words of the name, in any order:
    ciuser policies search s3 read
  By an action that the policy allows, the account's own ones as well:
    ciuser policies search cloudfront:CreateInvalidation --account";

#[derive(Debug, Args)]
#[command(after_help = SEARCH_EXAMPLES)]
struct SearchArgs {
    /// Words that must all be found, such as `s3 read`, or an action such as `s3:PutObject`
    #[arg(required = true)]
    words: Vec<String>,
    /// Also show policies of service roles, which users are hardly ever given
    #[arg(long)]
    all: bool,
    /// Also search the account's own policies
    #[arg(long)]
    account: bool,
    /// How many to show
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
}

const SHOW_EXAMPLES: &str = "\
Examples:
  One of AWS's own, from the catalogue in the program:
    ciuser policies show AmazonS3FullAccess
  One of the account's:
    ciuser policies show arn:aws:iam::111122223333:policy/ci-boundary";

#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowArgs {
    /// Name or ARN
    policy: PolicyRef,
}

/// A policy of either kind, as the search sees it.
enum Found {
    Aws(&'static ManagedPolicy),
    Own(Own),
}

/// One of the account's own policies.
struct Own {
    listed: Listed,
    actions: Vec<String>,
}

impl Searchable for Found {
    fn name(&self) -> &str {
        match self {
            Found::Aws(policy) => policy.name,
            Found::Own(own) => own.listed.arn.policy_name(),
        }
    }

    fn path(&self) -> &str {
        match self {
            Found::Aws(policy) => policy.path,
            Found::Own(own) => own.listed.path.as_str(),
        }
    }

    fn actions(&self) -> Vec<String> {
        match self {
            Found::Aws(policy) => policy.actions(),
            Found::Own(own) => own.actions.clone(),
        }
    }
}

/// Runs `policies`.
pub(super) async fn run(args: &PoliciesArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    match &args.command {
        PoliciesCommand::Search(args) => search_policies(args, setting).await,
        PoliciesCommand::Show(args) => show(&args.policy, setting).await,
    }
}

async fn search_policies(args: &SearchArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let mut policies: Vec<Found> = Catalogue::embedded().policies().iter().map(Found::Aws).collect();
    if args.account {
        policies.extend(own_policies(setting).await?.into_iter().map(Found::Own));
    }
    let words = args.words.join(" ");
    let hits = search(&words, &policies, Scope { all: args.all });
    if setting.ui.is_json() {
        let found = document::PoliciesFound {
            matches: hits.len(),
            policies: hits.iter().take(args.limit).map(hit_in_document).collect(),
            query: words,
        };
        setting.ui.json(&Document::new(Kind::PoliciesSearch, found));
        return Ok(Exit::Done);
    }
    if hits.is_empty() {
        let near = Catalogue::embedded().nearest(&words);
        let hint = if near.is_empty() {
            "try fewer or other words".to_owned()
        } else {
            format!("near: {}", near.join(", "))
        };
        return Err(CliError::failed(format!("no policy has `{words}` in its name, path or actions")).with_hint(hint));
    }
    let rows: Vec<PolicyRow> = hits.iter().map(row).collect();
    setting.ui.policies(&rows, args.limit);
    Ok(Exit::Done)
}

fn row(hit: &Hit<'_, Found>) -> PolicyRow {
    let why = match &hit.matched {
        Matched::Name => "name".to_owned(),
        Matched::Path => format!("path {}", hit.policy.path()),
        Matched::Action(action) => action.clone(),
    };
    let (owner, updated) = match hit.policy {
        Found::Aws(policy) => ("AWS managed", policy.updated.to_owned()),
        Found::Own(own) => (
            "customer managed",
            own.listed.updated.map(|at| at.to_string()).unwrap_or_default(),
        ),
    };
    let updated = updated.get(..10).unwrap_or_default().to_owned();
    PolicyRow {
        name: hit.policy.name().to_owned(),
        owner,
        path: hit.policy.path().to_owned(),
        updated,
        why,
    }
}

fn hit_in_document(hit: &Hit<'_, Found>) -> document::Found {
    let row = row(hit);
    document::Found {
        name: row.name,
        path: row.path,
        owner: row.owner,
        changed: row.updated,
        found_in: row.why,
    }
}

async fn own_policies(setting: &Setting<'_>) -> Result<Vec<Own>, CliError> {
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let failed = |error| CliError::failed(format!("reading the account's own policies: {error}"));
    let mut own = Vec::new();
    for listed in live.iam.list_policies(false).await.map_err(failed)? {
        let document = live
            .iam
            .get_policy_version(&listed.arn, &listed.default_version)
            .await
            .map_err(failed)?;
        let actions = ciuser_policy::document::allowed_actions(&document);
        own.push(Own { listed, actions });
    }
    Ok(own)
}

async fn show(policy: &PolicyRef, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let name = match policy {
        PolicyRef::Name(name) => name.as_str(),
        PolicyRef::Arn(arn) if arn.is_aws_managed() => arn.policy_name(),
        PolicyRef::Arn(arn) => return show_own(arn, setting).await,
    };
    match Catalogue::embedded().by_name(name) {
        Some(found) => Ok(show_catalogued(found, setting)),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> CliError {
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
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let failed = |error| CliError::failed(format!("reading policy `{arn}`: {error}"));
    let policy = live.iam.get_policy(arn).await.map_err(failed)?;
    let text = live
        .iam
        .get_policy_version(arn, &policy.default_version)
        .await
        .map_err(failed)?;
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
fn pretty(document: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(document);
    parsed
        .ok()
        .and_then(|json| serde_json::to_string_pretty(&json).ok())
        .unwrap_or_else(|| document.to_owned())
}
