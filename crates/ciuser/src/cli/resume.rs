//! `ciuser resume`: carries on, or settles, what earlier runs left.

use ciuser_core::apply::{Failure, Outcome};
use ciuser_core::handover::Resumed;
use ciuser_core::port::Journal as _;
use clap::Args;
use serde_json::{Value, json};

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::run::resume_all;
use crate::clock::SystemClock;
use crate::ui::apply_json;

/// Arguments of `resume`.
#[derive(Debug, Args)]
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
                documents.push(json!({ "run": run.as_str(), "busy": true }));
                exit = Exit::Refused;
            }
            Resumed::Went(outcome) => {
                documents.push(show(&live, outcome)?);
                if outcome.failure.is_some() || !outcome.unfinished().is_empty() {
                    exit = Exit::Partial;
                }
            }
        }
    }
    if live.ui.is_json() {
        live.ui.json(&json!({ "format_version": 1, "kind": "resume", "account": live.scope.account.as_str(), "runs": documents }));
    } else if resumed.is_empty() {
        live.ui.result(&format!(
            "no unfinished run for account {} at `{}`",
            live.scope.account, live.scope.endpoint
        ));
    }
    Ok(exit)
}

fn show(live: &Live<'_>, outcome: &Outcome) -> Result<Value, CliError> {
    let account = live.scope.account.as_str();
    if let Some(failure) = &outcome.failure {
        live.ui.failure(failure);
    }
    if !live.ui.is_json() {
        live.ui.outcome(outcome, account);
        return Ok(Value::Null);
    }
    let mut known = Vec::new();
    for user in &outcome.users {
        known.push(live.journal.known(&live.scope, &user.user).map_err(Failure::from)?);
    }
    Ok(apply_json("resume", account, outcome, &known))
}
