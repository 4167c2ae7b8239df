//! Carries on a run that did not end: from its plan, its entries, its spool and what IAM says.

use super::deliver::Handover;
use super::issue::Issued;
use super::recover::{recover_key, still_fits};
use super::state::{State, seen_of, state_of};
use super::{deliver_from_store, finish, issue_and_store};
use crate::apply::{Event, Failure, Outcome, UserOutcome, World, abandon, open_stores, read_again, retire, run_steps};
use crate::name::RunId;
use crate::plan::{IssueKey, KeyPlan, Plan, UserPlan, occupied};
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

/// Carries on one unfinished run of the journal, if it gets the locks. The world's seal is the one of its plan.
///
/// # Errors
/// When the journal or a lock cannot be used; what the run came to is in its outcome.
pub async fn resume(world: &World<'_>, record: RunRecord) -> Result<Resumed, Failure> {
    let scope = &record.plan.scope.clone();
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
        if answer.is_err() {
            part.leave_the_rest();
        }
        outcome.users.push(part);
        // The other users' secrets are not to wait for this one's trouble; the first failure is told in full.
        if let Err(failure) = answer {
            match &outcome.failure {
                None => outcome.failure = Some(failure),
                Some(_) => world.report.event(Event::Warning { text: &failure.what }),
            }
        }
    }
    conclude(world, scope, &record, &mut outcome)?;
    drop(locks);
    Ok(Resumed::Went(outcome))
}

/// Leaves a run open only while it holds a key, or may hold one. Everything else shows in the next plan, and a run
/// that failed twice would fail for ever.
fn conclude(world: &World<'_>, scope: &Scope, record: &RunRecord, outcome: &mut Outcome) -> Result<(), Failure> {
    if !outcome.leaves_work(&record.plan) {
        return Ok(world.journal.finish(&record.run)?);
    }
    let now = world
        .journal
        .unfinished(scope)?
        .into_iter()
        .find(|one| one.run == record.run);
    if let (Some(failure), Some(now)) = (outcome.failure.take(), now) {
        let mut holds_key = false;
        for (user, part) in record.plan.users.iter().zip(&mut outcome.users) {
            let state = state_of(&now, &user.user);
            holds_key |= state.may_hold_key();
            if let State::Sealed(key) = state
                && part.key.is_none()
            {
                part.key = Some(key.clone());
                part.unfinished
                    .push(format!("access key `{key}` is sealed and waits to be delivered"));
            }
        }
        let partial = holds_key || outcome.changed();
        let failure = if partial { failure.partial() } else { failure };
        outcome.failure = Some(if holds_key {
            failure
        } else {
            abandon(world, &record.run, &record.plan);
            failure.with_note(format!(
                "run {} holds no key and is given up; repeating its command plans what is left",
                record.run
            ))
        });
    }
    Ok(())
}

async fn resume_user(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let (run, plan) = (&record.run, &record.plan);
    if state_of(record, &user.user) == State::Done {
        world.seal.discard(run, &user.user)?;
        return Ok(());
    }
    if state_of(record, &user.user) == State::NoKey {
        still_fits(world, record, user).await?;
    }
    open_stores(world, run, plan, user).await?;
    let user = &without_occupied(world, run, plan, user, part).await?;
    if let KeyPlan::Issue(issue) = &user.key {
        if let Some(key) = recover_key(world, record, user, issue).await? {
            return deliver_recovered(world, record, user, issue, key, part).await;
        }
        world.seal.reserve(run, &user.user)?;
    }
    run_steps(world, run, user, &mut part.changed).await?;
    go_on(world, run, plan, user, part).await
}

/// Leaves out the targets that hold somebody else's key by now: what was reviewed was another state of theirs.
async fn without_occupied(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    part: &mut UserOutcome,
) -> Result<UserPlan, Failure> {
    let mut user = user.clone();
    if !matches!(user.key, KeyPlan::Issue(_)) {
        return Ok(user);
    }
    let alone = Plan {
        users: vec![user.clone()],
        ..plan.clone()
    };
    let there = read_again(world, run, &alone).await?;
    if let (KeyPlan::Issue(IssueKey { deliveries, .. }), Some(there)) = (&mut user.key, there.first()) {
        deliveries.retain(|delivery| match occupied(there, &delivery.target) {
            Some(what) if !delivery.may_overwrite => {
                let target = &delivery.target;
                part.unfinished.push(format!(
                    "`{target}` holds {what} by now, and was left as it is: free it and resume again, or end the run with \
                     `ciuser resume --give-up {run}` and repeat its command with `--overwrite {target}`"
                ));
                false
            }
            _ => true,
        });
    }
    Ok(user)
}

async fn go_on(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    match &user.key {
        KeyPlan::Issue(issue) => {
            let sealed = issue_and_store(world, run, plan, user, issue, part).await?;
            finish(world, plan, vec![(sealed, part)]).await;
            Ok(())
        }
        KeyPlan::Deliver(deliver) => deliver_from_store(world, run, plan, user, deliver, part).await,
        KeyPlan::Retire(retirement) => retire(world, run, plan, user, retirement, part).await,
        KeyPlan::Keep { .. } | KeyPlan::LeaveAlone | KeyPlan::Unavailable { .. } => Ok(()),
    }
}

async fn deliver_recovered(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    issue: &IssueKey,
    key: AccessKey,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    let handover = Handover::new(world, &record.run, &record.plan, user);
    if !matches!(state_of(record, &user.user), State::Sealed(_)) {
        handover.note(&Entry::Sealed {
            user: user.user.clone(),
            key: key.id.clone(),
        });
    }
    let seen = seen_of(record, &user.user);
    let sealed = handover.store(Issued { key, seen }, issue, part).await;
    finish(world, &record.plan, vec![(sealed, part)]).await;
    Ok(())
}
