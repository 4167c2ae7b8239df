//! Runs a plan from its locks to its outcome.

use super::preflight::{abandon, open_stores, refuse_foreign, reserve_seals};
use super::{Event, Failure, Outcome, Standing, UserOutcome, World, retire, run_steps};
use crate::handover::{self, Sealed};
use crate::inventory::{Reader, UserInventory, gather_again};
use crate::name::RunId;
use crate::plan::{KeyPlan, Plan, UserPlan, fingerprint};
use crate::port::LockGuard;

/// Whether the inventory behind a plan may have changed since it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It was read by this process a moment ago, and nobody was asked anything since.
    JustRead,
    /// Time has passed: read again and compare before anything is written.
    Reviewed,
}

/// Carries out a plan. Never returns early without saying in which state things are.
pub async fn apply(world: &World<'_>, run: &RunId, plan: &Plan, freshness: Freshness) -> Outcome {
    let mut outcome = Outcome {
        run: run.clone(),
        users: Vec::new(),
        failure: None,
    };
    let locks = match begin(world, run, plan, freshness).await {
        Ok(locks) => locks,
        Err(failure) => {
            outcome.failure = Some(failure);
            return outcome;
        }
    };
    let mut sealed = Vec::new();
    for user in &plan.users {
        let mut part = UserOutcome::new(user);
        let answer = apply_user(world, run, plan, user, &mut part).await;
        outcome.users.push(part);
        match answer {
            Ok(key) => sealed.push(key),
            Err(failure) => {
                let touched = outcome.changed() || failure.standing == Standing::Partial;
                outcome.failure = Some(if touched { failure.partial() } else { failure });
                break;
            }
        }
    }
    let open = outcome.users.iter_mut().zip(sealed);
    let open = open.filter_map(|(part, sealed)| Some((sealed?, part))).collect();
    handover::finish(world, plan, open).await;
    conclude(world, run, plan, &mut outcome);
    drop(locks);
    outcome
}

async fn begin(world: &World<'_>, run: &RunId, plan: &Plan, freshness: Freshness) -> Result<Vec<LockGuard>, Failure> {
    let mut locks = Vec::new();
    for user in plan.users.iter().filter(|user| user.has_changes()) {
        match world.lock.try_lock(&plan.scope, &user.user)? {
            Some(guard) => locks.push(guard),
            None => {
                let busy = format!("another run of ciuser works on user `{}` of this account", user.user);
                return Err(Failure::refused(busy).with_hint("wait until it is done, then repeat the command"));
            }
        }
    }
    handover::refuse_unsettled(world, plan)?;
    if freshness == Freshness::Reviewed {
        check_fingerprints(world, run, plan).await?;
    }
    for user in &plan.users {
        let opened = open_stores(world, run, plan, user).await?;
        refuse_foreign(user, &opened)?;
    }
    if let Err(error) = world.journal.begin(&plan.scope, run, world.clock.now(), plan) {
        // It may have been written all the same; `resume` shall not carry out what is told to have failed.
        let _ = world.journal.finish(run);
        return Err(error.into());
    }
    if let Err(failure) = reserve_seals(world, run, plan) {
        abandon(world, run, plan);
        return Err(failure);
    }
    Ok(locks)
}

/// Reads again what the plan depends on, and compares.
///
/// # Errors
/// When it has changed, or cannot be read.
pub(crate) async fn check_fingerprints(world: &World<'_>, run: &RunId, plan: &Plan) -> Result<(), Failure> {
    let now = read_again(world, run, plan).await?;
    for (user, there) in plan.users.iter().zip(&now) {
        if user.has_changes() && fingerprint(there, &user.key) != user.fingerprint {
            let made = plan.made.strftime("%Y-%m-%d %H:%M:%S UTC");
            return Err(Failure::refused(format!(
                "this plan was made for another state of account {}: user `{}` or a target of it has changed since {made}",
                plan.scope.account, user.user
            ))
            .with_hint("run `ciuser plan` again and review the new plan"));
        }
    }
    Ok(())
}

/// Reads again what the plan depends on; locked stores are opened.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn read_again(world: &World<'_>, run: &RunId, plan: &Plan) -> Result<Vec<UserInventory>, Failure> {
    let reader = Reader {
        iam: world.iam,
        targets: world.targets,
        journal: world.journal,
        scope: &plan.scope,
        run,
        unlock: true,
    };
    Ok(gather_again(reader, plan).await?)
}

/// Makes the changes of one user. A key that it issues is sealed and stored then, and waits to be proven.
async fn apply_user<'a>(
    world: &'a World<'a>,
    run: &'a RunId,
    plan: &'a Plan,
    user: &'a UserPlan,
    part: &mut UserOutcome,
) -> Result<Option<Sealed<'a>>, Failure> {
    if user.has_changes() {
        world.report.event(Event::UserBegins {
            user: &user.user,
            lines: user.lines().len(),
        });
    }
    let answer = match run_steps(world, run, user, &mut part.changed).await {
        Ok(()) => hand_over(world, run, plan, user, part).await,
        Err(failure) => Err(failure),
    };
    if answer.is_err() {
        part.leave_the_rest();
    }
    answer
}

/// Does what the plan says of the key, up to the proof of a new one.
async fn hand_over<'a>(
    world: &'a World<'a>,
    run: &'a RunId,
    plan: &'a Plan,
    user: &'a UserPlan,
    part: &mut UserOutcome,
) -> Result<Option<Sealed<'a>>, Failure> {
    match &user.key {
        KeyPlan::Keep { id } => part.key = Some(id.clone()),
        KeyPlan::LeaveAlone => {}
        KeyPlan::Unavailable { missing, .. } => part.unfinished.extend(
            missing
                .iter()
                .map(|target| format!("`{target}` does not hold a live key")),
        ),
        KeyPlan::Retire(retirement) => retire(world, run, plan, user, retirement, part).await?,
        KeyPlan::Deliver(deliver) => handover::deliver_from_store(world, run, plan, user, deliver, part).await?,
        KeyPlan::Issue(issue) => {
            let sealed = handover::issue_and_store(world, run, plan, user, issue, part).await?;
            return Ok(Some(sealed));
        }
    }
    Ok(None)
}

/// Notes how the run ended: over, or left for `resume`.
fn conclude(world: &World<'_>, run: &RunId, plan: &Plan, outcome: &mut Outcome) {
    let failed = outcome.failure.as_ref();
    if failed.is_some_and(|failure| failure.standing != Standing::Partial) {
        return abandon(world, run, plan);
    }
    if outcome.leaves_work(plan) {
        return;
    }
    if let Err(error) = world.journal.finish(run) {
        // The work is done; a run that stays open is looked at again by `resume`, which finds nothing to do.
        world.report.event(Event::Warning {
            text: &error.with_hint(),
        });
    }
}
