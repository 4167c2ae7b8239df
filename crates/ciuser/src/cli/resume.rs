//! `ciuser resume`: carries on, or settles, what earlier runs left.

use ciuser_core::apply::{Failure, Outcome};
use ciuser_core::handover::Resumed;
use ciuser_core::port::Journal as _;
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::run::resume_all;
use crate::clock::SystemClock;
use crate::document::{AllUsers, Document, Kind, Resume, Resumed as ResumedRun, RunSummary};
use crate::journal::Which;

const EXAMPLES: &str = "\
Examples:
  In the account of a profile:
    ciuser resume --profile admin
  In the sandbox:
    ciuser resume --sandbox";

/// Arguments of `resume`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ResumeArgs {}

/// Runs `resume`.
pub(super) async fn run(_args: &ResumeArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let resumed = resume_all(&live).await?;
    let mut exit = Exit::Done;
    let mut documents = Vec::new();
    for one in &resumed {
        match one {
            Resumed::Busy(run) => {
                live.ui
                    .warn(&format!("run {run} is being worked on by another process"));
                documents.push(ResumedRun::busy(run));
                exit = Exit::Refused;
            }
            Resumed::Went(outcome) => {
                documents.extend(show(&live, outcome)?);
                if let Some(failure) = &outcome.failure {
                    exit = failure.standing.into();
                } else if !outcome.unfinished().is_empty() {
                    exit = Exit::Partial;
                }
            }
        }
    }
    let mut elsewhere = live.journal.runs(Which::Unfinished).map_err(Failure::from)?;
    elsewhere.retain(|run| run.scope != live.scope);
    if live.ui.is_json() {
        let account = live.scope.account.clone();
        let resume = Resume {
            account,
            runs: documents,
            unfinished_elsewhere: elsewhere.iter().map(RunSummary::of).collect(),
        };
        live.ui.json(&Document::new(Kind::Resume, resume));
    } else if resumed.is_empty() {
        live.ui.result(&format!(
            "no unfinished run for account {} at `{}`",
            live.scope.account, live.scope.endpoint
        ));
        live.ui.unfinished_elsewhere(&elsewhere);
    }
    Ok(exit)
}

fn show(live: &Live<'_>, outcome: &Outcome) -> Result<Option<ResumedRun>, CliError> {
    let account = &live.scope.account;
    if let Some(failure) = &outcome.failure {
        live.ui.failure(failure);
    }
    if !live.ui.is_json() {
        live.ui.outcome(outcome, account.as_str());
        return Ok(None);
    }
    let mut known = Vec::new();
    for user in &outcome.users {
        known.push(live.journal.known(&live.scope, &user.user).map_err(Failure::from)?);
    }
    Ok(Some(ResumedRun::went(AllUsers::of(account, outcome, &known))))
}
