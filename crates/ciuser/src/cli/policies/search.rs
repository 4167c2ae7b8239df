//! `ciuser policies search`: finds managed policies, AWS's in the catalogue and the account's own.

use ciuser_core::port::{Iam as _, ManagedPolicy as Listed};
use ciuser_policy::catalogue::search::{Hit, Matched, Scope, Searchable, search};
use ciuser_policy::catalogue::{Catalogue, ManagedPolicy};
use clap::Args;

use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::cli::live::{Live, Process};
use crate::clock::SystemClock;
use crate::document::{self, Document, Kind};
use crate::ui::PolicyRow;

const EXAMPLES: &str = "\
Examples:
  By words of the name, in any order:
    ciuser policies search s3 read
  By an action that the policy allows, the account's own ones as well:
    ciuser policies search cloudfront:CreateInvalidation --account";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SearchArgs {
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

/// Runs `policies search`.
pub(super) async fn run(args: &SearchArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
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
