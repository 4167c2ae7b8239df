//! Carries on a run that did not end: from its plan, its entries, its spool and what IAM says.

use super::deliver::Handover;
use super::issue::delete_command;
use super::orphan::{Orphan, look_for_orphan};
use super::{deliver_from_store, issue_and_deliver};
use crate::apply::{Failure, Outcome, UserOutcome, World, open_stores, run_steps};
use crate::name::{AccessKeyId, RunId, UserName};
use crate::plan::{IssueKey, KeyPlan, Plan, UserPlan};
use crate::port::{Entry, RunRecord, Scope};
use crate::secret::AccessKey;

/// What became of one unfinished run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resumed {
    /// It was carried on, to this outcome.
    Went(Outcome),
    /// Another process works on it.
    Busy(RunId),
}

/// Carries on every unfinished run of the scope whose locks it gets, oldest first.
///
/// # Errors
/// When the journal or a lock cannot be used; what a run came to is in its outcome.
pub async fn resume(world: &World<'_>, scope: &Scope) -> Result<Vec<Resumed>, Failure> {
    let mut resumed = Vec::new();
    for record in world.journal.unfinished(scope)? {
        resumed.push(resume_one(world, scope, record).await?);
    }
    Ok(resumed)
}

async fn resume_one(world: &World<'_>, scope: &Scope, record: RunRecord) -> Result<Resumed, Failure> {
    let mut locks = Vec::new();
    for user in record.plan.users.iter().filter(|user| user.has_changes()) {
        match world.lock.try_lock(scope, &user.user)? {
            Some(guard) => locks.push(guard),
            None => return Ok(Resumed::Busy(record.run)),
        }
    }
    // Another process may have finished it between reading the journal and taking the locks.
    let Some(record) = world
        .journal
        .unfinished(scope)?
        .into_iter()
        .find(|one| one.run == record.run)
    else {
        return Ok(Resumed::Went(Outcome {
            run: record.run,
            users: Vec::new(),
            failure: None,
        }));
    };
    let mut outcome = Outcome {
        run: record.run.clone(),
        users: Vec::new(),
        failure: None,
    };
    for user in &record.plan.users {
        let mut part = UserOutcome::new(user);
        let answer = resume_user(world, &record, user, &mut part).await;
        outcome.users.push(part);
        if let Err(failure) = answer {
            outcome.failure = Some(failure.partial());
            break;
        }
    }
    if outcome.failure.is_none() && outcome.unfinished().is_empty() {
        world.journal.finish(&record.run)?;
    }
    drop(locks);
    Ok(Resumed::Went(outcome))
}

/// How far a user's handover came, as the journal has it.
#[derive(Debug, PartialEq, Eq)]
enum State<'a> {
    /// Nothing was sent, or what was sent made no key.
    NoKey,
    /// CreateAccessKey was sent, and the answer is not known.
    Creating(&'a Entry),
    /// The secret of this key is in the spool.
    Sealed(&'a AccessKeyId),
    /// All is done.
    Done,
}

fn state_of<'a>(record: &'a RunRecord, name: &UserName) -> State<'a> {
    let mut state = State::NoKey;
    for entry in &record.entries {
        state = match entry {
            Entry::Creating { user, .. } if user == name => State::Creating(entry),
            Entry::Sealed { user, key } if user == name => State::Sealed(key),
            Entry::NotCreated { user } | Entry::Reaped { user, .. } if user == name => State::NoKey,
            Entry::Done { user } if user == name => State::Done,
            _ => state,
        };
    }
    state
}

/// The ids that were there before the last CreateAccessKey.
fn seen_of(record: &RunRecord, name: &UserName) -> Vec<AccessKeyId> {
    let mut seen = Vec::new();
    for entry in &record.entries {
        if let Entry::Creating { user, seen: before, .. } = entry
            && user == name
        {
            seen.clone_from(before);
        }
    }
    seen
}

async fn resume_user(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let (run, plan) = (&record.run, &record.plan);
    let state = state_of(record, &user.user);
    if state == State::Done {
        world.seal.discard(run, &user.user)?;
        return Ok(());
    }
    open_stores(world, run, plan, user).await?;
    let ours = record
        .entries
        .iter()
        .any(|entry| matches!(entry, Entry::UserCreated { user: made } if *made == user.user));
    if let KeyPlan::Issue(issue) = &user.key {
        // The spool is looked at first: the process may have died between sealing and noting it.
        if let Some(key) = world.seal.open(run, &user.user)? {
            return deliver_opened(world, record, user, issue, &key, part).await;
        }
        match state {
            State::Sealed(key) => return Err(lost_seal(user, key)),
            State::Creating(entry) => settle(world, run, user, entry, ours || user.creates_user()).await?,
            State::NoKey | State::Done => {}
        }
        world.seal.reserve(run, &user.user)?;
    }
    run_steps(world, run, user, &mut part.changed).await?;
    go_on(world, run, plan, user, part).await
}

async fn go_on(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    match &user.key {
        KeyPlan::Issue(issue) => issue_and_deliver(world, run, plan, user, issue, part).await,
        KeyPlan::Deliver(deliver) => deliver_from_store(world, run, plan, user, deliver, part).await,
        KeyPlan::Keep { .. } | KeyPlan::Unavailable { .. } => Ok(()),
    }
}

async fn deliver_opened(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    issue: &IssueKey,
    key: &AccessKey,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let handover = Handover::new(world, &record.run, &record.plan, user);
    if !matches!(state_of(record, &user.user), State::Sealed(_)) {
        handover.note(&Entry::Sealed {
            user: user.user.clone(),
            key: key.id.clone(),
        });
    }
    handover
        .deliver_sealed(key, &seen_of(record, &user.user), issue, part)
        .await;
    Ok(())
}

async fn settle(
    world: &World<'_>,
    run: &RunId,
    user: &UserPlan,
    creating: &Entry,
    user_is_ours: bool,
) -> Result<(), Failure> {
    let Entry::Creating {
        seen, date, timeout, ..
    } = creating
    else {
        return Ok(());
    };
    let orphan = Orphan {
        seen,
        date: *date,
        timeout: *timeout,
        user_is_ours,
    };
    look_for_orphan(world, run, user, &orphan).await
}

/// The journal says that the secret was sealed, but the spool is gone: a store may still have it.
fn lost_seal(user: &UserPlan, key: &AccessKeyId) -> Failure {
    let what = format!(
        "the sealed secret of access key `{key}` of user `{}` is gone from this machine",
        user.user
    );
    Failure::untouched(what)
        .with_note(format!(
            "if no store has it either, nobody has: {}",
            delete_command(user, key)
        ))
        .with_hint(format!("`ciuser key rotate {}` issues a new key", user.user))
        .partial()
}
