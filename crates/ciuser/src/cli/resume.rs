//! `ciuser resume`: carries on, or settles, what earlier runs left.

use ciuser_core::apply::{Ask as _, Failure, Outcome};
use ciuser_core::handover::Resumed;
use ciuser_core::name::RunId;
use ciuser_core::port::{Journal as _, RunRecord, Seal as _};
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::unfinished::resume_one;
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
pub(super) struct ResumeArgs {
    /// End this run instead, when it cannot be carried on; its sealed secret is removed
    #[arg(long, value_name = "RUN")]
    give_up: Option<RunId>,
}

/// Runs `resume`.
pub(super) async fn run(args: &ResumeArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let open = live.journal.unfinished(&live.scope).map_err(Failure::from)?;
    if let Some(run) = &args.give_up {
        return give_up(&live, setting, run, open);
    }
    let (mut exit, mut documents) = (Exit::Done, Vec::new());
    let nothing = open.is_empty();
    for record in open {
        match resume_one(&live, record).await? {
            Resumed::Busy(run) => {
                live.ui
                    .warn(&format!("run {run} is being worked on by another process"));
                documents.push(ResumedRun::busy(&run));
                exit = exit.graver(Exit::Refused);
            }
            Resumed::Went(outcome) => {
                documents.extend(show(&live, &outcome)?);
                exit = exit.graver(exit_of(&outcome));
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
    } else if nothing {
        live.ui.result(&format!(
            "no unfinished run for account {} at `{}`",
            live.scope.account, live.scope.endpoint
        ));
        live.ui.unfinished_elsewhere(&elsewhere);
    }
    Ok(exit)
}

fn exit_of(outcome: &Outcome) -> Exit {
    match &outcome.failure {
        Some(failure) => failure.standing.into(),
        None if outcome.unfinished().is_empty() => Exit::Done,
        None => Exit::Partial,
    }
}

/// Ends a run that cannot be carried on: its spool is removed, and what it left in the account is named.
fn give_up(live: &Live<'_>, setting: &Setting<'_>, run: &RunId, open: Vec<RunRecord>) -> Result<Exit, CliError> {
    let Some(record) = open.into_iter().find(|record| record.run == *run) else {
        return Err(CliError::usage(format!(
            "run `{run}` is not unfinished in this account"
        )));
    };
    let question = format!("Give up run {run}? A secret that only its spool has is lost, and its key must be deleted.");
    match setting
        .global
        .yes
        .then_some(true)
        .or_else(|| setting.ui.confirm(&question))
    {
        Some(true) => {}
        Some(false) => return Err(CliError::refused("declined; nothing was changed")),
        None => return Err(CliError::refused("giving a run up needs a person's consent").with_hint("`--yes` gives it")),
    }
    let seal = live.seal(&record.plan.seal);
    for user in &record.plan.users {
        seal.discard(run, &user.user).map_err(Failure::from)?;
    }
    live.journal.finish(run).map_err(Failure::from)?;
    if live.ui.is_json() {
        let (account, runs) = (live.scope.account.clone(), Vec::new());
        let unfinished_elsewhere = Vec::new();
        live.ui.json(&Document::new(
            Kind::Resume,
            Resume {
                account,
                runs,
                unfinished_elsewhere,
            },
        ));
    } else {
        live.ui.result(&format!("run {run} is given up"));
        let list = record
            .plan
            .users
            .iter()
            .map(|user| format!("`ciuser key list {}` shows what it left", user.user));
        live.ui.next(&list.collect::<Vec<_>>());
    }
    Ok(Exit::Done)
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
