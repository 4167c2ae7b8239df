//! `history`, `history-run` and `history-prune`: what the journal tells.

use std::path::Path;

use ciuser_core::name::{AccessKeyId, AccountId, ProjectName, RunId, UserName};
use ciuser_core::plan::{Plan, UserPlan};
use ciuser_core::port::{Entry, Proof};
use jiff::Timestamp;
use serde::Serialize;

use super::run::Place;
use crate::journal::{Delivered, Noted, Prunable, Reached, RunHistory, RunState};

/// The runs of this machine, of every endpoint and account.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct History {
    /// The journal's file, also of one that is not there yet.
    journal: String,
    /// The runs, newest first.
    runs: Vec<RunSummary>,
}

/// One run, and its whole story.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HistoryRun<'a> {
    #[serde(flatten)]
    summary: RunSummary,
    /// Who carried it out.
    caller: &'a str,
    /// The plan that it carried out, as a plan file has it.
    plan: &'a Plan,
    /// What happened, oldest first.
    entries: Vec<Happened>,
    /// The targets that got a key, then those that were to get one and did not.
    targets: Vec<Received>,
}

/// What was forgotten.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HistoryPrune {
    /// Whether nothing was forgotten yet: with `--dry-run`.
    dry_run: bool,
    /// The runs that were, or would be, forgotten, newest first.
    runs: Vec<RunId>,
    /// How many more would have been, did they not have the last proof of what a target holds.
    kept_for_last_proof: usize,
}

/// One run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RunSummary {
    /// Its id.
    run: RunId,
    /// When it began.
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    begun: Timestamp,
    /// The account.
    account: AccountId,
    /// `aws` for the real one, `sandbox`, or the URL of another endpoint.
    endpoint: String,
    /// The project that the users belong to.
    project: ProjectName,
    /// How it stands.
    state: RunState,
    /// What was planned: one line for each call, in order.
    lines: Vec<String>,
    /// How far it came, for each user of the plan.
    users: Vec<Progress>,
    /// The command that carries it on; null when it is over.
    resume: Option<String>,
}

/// How far a run came for a user.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Progress {
    /// The user's name.
    name: UserName,
    /// The last thing that is known of it.
    reached: Reached,
    /// The key that the run issued or delivered, as far as it is known.
    key: Option<AccessKeyId>,
    /// How many targets were to get a key.
    targets: usize,
    /// How many of them have this one.
    delivered: usize,
}

/// Something that happened.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Happened {
    /// When it was noted.
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    at: Timestamp,
    /// What it is, as the journal calls it.
    entry: EntryKind,
    /// The user that it is about.
    user: UserName,
    /// The key that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<AccessKeyId>,
    /// The target that got the key, or lost it.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Place>,
    /// How well that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum EntryKind {
    UserCreated,
    Changing,
    Changed,
    Planned,
    Creating,
    Sealed,
    Unsealed,
    NotCreated,
    Confirmed,
    Delivering,
    Delivered,
    Cleared,
    Deactivated,
    Reaped,
    Done,
}

/// What a target got in a run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Received {
    /// The name of the user whose key it is.
    user: UserName,
    #[serde(flatten)]
    target: Place,
    /// The key; null when it got none.
    key: Option<AccessKeyId>,
    /// How well that is known.
    proof: Option<Proof>,
    /// Whether the proof is more than that the API took the value.
    proven: bool,
    /// When it was noted.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    proven_at: Option<Timestamp>,
}

impl History {
    /// Describes runs.
    pub(crate) fn of(journal: &Path, runs: &[RunHistory]) -> History {
        History {
            journal: journal.to_string_lossy().into_owned(),
            runs: runs.iter().map(RunSummary::of).collect(),
        }
    }
}

impl HistoryRun<'_> {
    /// Describes one run in full.
    pub(crate) fn of(run: &RunHistory) -> HistoryRun<'_> {
        HistoryRun {
            summary: RunSummary::of(run),
            caller: &run.plan.caller,
            plan: &run.plan,
            entries: run.entries.iter().map(Happened::of).collect(),
            targets: run.plan.users.iter().flat_map(|user| received(run, user)).collect(),
        }
    }
}

impl HistoryPrune {
    /// Describes what was, or with `dry_run` would be, forgotten.
    pub(crate) fn of(found: &Prunable, dry_run: bool) -> HistoryPrune {
        HistoryPrune {
            dry_run,
            runs: found.runs.clone(),
            kept_for_last_proof: found.last_proofs,
        }
    }
}

impl RunSummary {
    /// Describes one run in short.
    pub(crate) fn of(run: &RunHistory) -> RunSummary {
        RunSummary {
            run: run.run.clone(),
            begun: run.begun,
            account: run.scope.account.clone(),
            endpoint: run.scope.endpoint.clone(),
            project: run.plan.project.clone(),
            state: run.state(),
            lines: run.plan.lines(),
            users: run.plan.users.iter().map(|user| Progress::of(run, user)).collect(),
            resume: (!run.finished).then(|| run.resume_command()),
        }
    }
}

impl Progress {
    fn of(run: &RunHistory, user: &UserPlan) -> Progress {
        let progress = run.progress(&user.user);
        Progress {
            name: user.user.clone(),
            reached: progress.reached,
            key: progress.key.cloned(),
            targets: user.key.deliveries().len(),
            delivered: progress.delivered,
        }
    }
}

impl Happened {
    fn of(noted: &Noted) -> Happened {
        use EntryKind as Kind;
        let (entry, key) = match &noted.entry {
            Entry::UserCreated { .. } => (Kind::UserCreated, None),
            Entry::Changing { .. } => (Kind::Changing, None),
            Entry::Changed { .. } => (Kind::Changed, None),
            Entry::Planned(_) => (Kind::Planned, None),
            Entry::Creating { .. } => (Kind::Creating, None),
            Entry::NotCreated { .. } => (Kind::NotCreated, None),
            Entry::Done { .. } => (Kind::Done, None),
            Entry::Sealed { key, .. } => (Kind::Sealed, Some(key)),
            Entry::Unsealed { key, .. } => (Kind::Unsealed, Some(key)),
            Entry::Confirmed { key, .. } => (Kind::Confirmed, Some(key)),
            Entry::Delivering { key, .. } => (Kind::Delivering, Some(key)),
            Entry::Delivered { key, .. } => (Kind::Delivered, Some(key)),
            Entry::Cleared { key, .. } => (Kind::Cleared, Some(key)),
            Entry::Deactivated { key, .. } => (Kind::Deactivated, Some(key)),
            Entry::Reaped { key, .. } => (Kind::Reaped, Some(key)),
        };
        let (target, proof) = match &noted.entry {
            Entry::Delivered { target, proof, .. } => (Some(Place::of(target)), Some(*proof)),
            Entry::Delivering { target, .. } | Entry::Cleared { target, .. } => (Some(Place::of(target)), None),
            _ => (None, None),
        };
        Happened {
            at: noted.at,
            entry,
            user: noted.entry.user().clone(),
            key: key.cloned(),
            target,
            proof,
        }
    }
}

fn received(run: &RunHistory, user: &UserPlan) -> Vec<Received> {
    let held = |one: &Delivered<'_>| Received {
        user: user.user.clone(),
        target: Place::of(one.target),
        key: Some(one.key.clone()),
        proof: Some(one.proof),
        proven: one.proof.is_proven(),
        proven_at: Some(one.at),
    };
    let lacking = |target| Received {
        user: user.user.clone(),
        target: Place::of(target),
        key: None,
        proof: None,
        proven: false,
        proven_at: None,
    };
    let delivered = run.delivered(&user.user);
    let missing = run.undelivered(user).into_iter().map(lacking);
    delivered.iter().map(held).chain(missing).collect()
}

#[cfg(test)]
mod tests;
