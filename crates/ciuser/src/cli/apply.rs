//! `ciuser apply`: carries out a spec file, or a plan that was reviewed.

use std::path::{Path, PathBuf};

use ciuser_core::apply::Freshness;
use ciuser_core::plan::{Plan, read_plan};
use clap::Args;

use super::complete::complete;
use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::plan::read_spec_file;
use super::run::{ChoiceArgs, act_on, make_plan};
use super::unfinished::resume_first;
use crate::clock::SystemClock;
use crate::document::Kind;
use crate::place;

const EXAMPLES: &str = "\
Examples:
  Bring the account and every target to what the file says:
    ciuser apply -f ciuser.toml
  Carry out a plan that was reviewed:
    ciuser apply ci-user.plan.json";

/// Arguments of `apply`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ApplyArgs {
    /// Plan file, as `plan --out` writes it; carried out without asking again
    #[arg(value_name = "PLAN", conflicts_with_all = ["file", "adopt", "overwrite"])]
    plan: Option<PathBuf>,
    /// Spec file
    #[arg(long, short, value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
    #[command(flatten)]
    choices: ChoiceArgs,
}

/// Runs `apply`.
pub(super) async fn run(args: &ApplyArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    match &args.plan {
        Some(file) => apply_plan_file(file, setting).await,
        None => apply_spec_file(args, setting).await,
    }
}

async fn apply_spec_file(args: &ApplyArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let spec = read_spec_file(&args.file, setting)?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let spec = complete(spec, setting, &live)?;
    let users: Vec<_> = spec.users.iter().map(|user| &user.name).collect();
    resume_first(&live, setting, &users).await?;
    let plan = make_plan(&live, &spec, &args.choices.choices()).await?;
    act_on(&live, &plan, setting, None, Kind::Apply).await
}

async fn apply_plan_file(file: &Path, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let plan = load(file, setting)?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    if plan.scope != live.scope {
        let (made, now) = (&plan.scope, &live.scope);
        return Err(CliError::refused(format!(
            "this plan was made for account {} at `{}`, and this is account {} at `{}`",
            made.account, made.endpoint, now.account, now.endpoint
        ))
        .with_hint("use the same `--profile`, `--endpoint-url` or `--sandbox` as for `plan`"));
    }
    if let Some(user) = plan.users.iter().find(|user| user.retirement().is_some()) {
        let what = format!(
            "this plan deletes user `{0}` or its keys, and its name was not typed",
            user.user
        );
        return Err(CliError::refused(what).with_hint(format!("`ciuser delete {}` asks for it", user.user)));
    }
    let users: Vec<_> = plan.users.iter().map(|user| &user.user).collect();
    resume_first(&live, setting, &users).await?;
    // Whoever hands over a plan file has reviewed it; what is still to be checked is that the world has not moved.
    act_on(&live, &plan, setting, Some(Freshness::Reviewed), Kind::Apply).await
}

fn load(file: &Path, setting: &Setting<'_>) -> Result<Plan, CliError> {
    let path = place::absolute(
        setting.environment.current_dir(),
        Some(setting.environment.home()),
        &file.to_string_lossy(),
    );
    let text = match place::read_text(&path) {
        Ok(Some(text)) => text,
        Ok(None) => return Err(CliError::usage(format!("plan file `{}` is not there", file.display()))),
        Err(error) => return Err(CliError::failed(error.to_string())),
    };
    read_plan(&text).map_err(|error| CliError::usage(format!("plan file `{}`: {error}", file.display())))
}
