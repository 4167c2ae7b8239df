//! What is tried before the first write: stores open and writable, spool and seal at work.

use super::{Event, Failure, World};
use crate::name::RunId;
use crate::plan::{KeyPlan, Plan, UserPlan};
use crate::port::{Entry, Holdings, JournalError, TargetError};
use crate::target::{StoreSpec, Target};

/// Opens every store that the plan writes or reads, asking for passphrases, and proves that it can be written.
/// Returns what each of them holds.
///
/// # Errors
/// The first store that cannot be used.
pub(crate) async fn open_stores(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
) -> Result<Vec<(Target, Holdings)>, Failure> {
    let mut opened = Vec::new();
    for target in user.key.touched() {
        let Target::Store(spec) = &target else { continue };
        let there = check_store(world, run, plan, user, spec)
            .await
            .map_err(|error| Failure::of_target(&format!("opening `{target}`"), error))?;
        opened.push((target, there));
    }
    Ok(opened)
}

/// Makes sure that no store that was locked when the plan was made turns out to hold something of others.
///
/// # Errors
/// The first that does, unless it may be overwritten.
pub(super) fn refuse_foreign(user: &UserPlan, opened: &[(Target, Holdings)]) -> Result<(), Failure> {
    for (target, there) in opened {
        let mut deliveries = user.key.deliveries().iter();
        let kept = deliveries.any(|delivery| delivery.target == *target && !delivery.may_overwrite);
        if let (true, Holdings::Foreign { what }) = (kept, there) {
            return Err(Failure::refused(format!(
                "`{target}` holds {what}, which is not a key of user `{}`",
                user.user
            ))
            .with_hint("plan again: the review shows what is lost"));
        }
    }
    Ok(())
}

async fn check_store(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    spec: &StoreSpec,
) -> Result<Holdings, TargetError> {
    let store = world.targets.store(spec)?;
    Ok(store.check(&plan.owner(user, run), true).await?.holdings)
}

/// Reserves the spool of every handover, and proves that sealing works.
///
/// # Errors
/// The first that cannot be reserved.
pub(super) fn reserve_seals(world: &World<'_>, run: &RunId, plan: &Plan) -> Result<(), Failure> {
    for user in plan.users.iter().filter(|user| matches!(user.key, KeyPlan::Issue(_))) {
        match world.seal.reserve(run, &user.user) {
            Ok(None) => {}
            Ok(Some(text)) => world.report.event(Event::Warning { text: &text }),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Ends a run that changed nothing: removes its spools, which hold no secret of a live key. What cannot be removed
/// is left to `resume`, which finds these parts done.
pub(crate) fn abandon(world: &World<'_>, run: &RunId, plan: &Plan) {
    let mut left = false;
    for user in plan.users.iter().filter(|user| matches!(user.key, KeyPlan::Issue(_))) {
        left |= world.seal.discard(run, &user.user).is_err();
    }
    let noted = if left {
        all_done(world, run, plan)
    } else {
        world.journal.finish(run)
    };
    if let Err(error) = noted {
        world.report.event(Event::Warning {
            text: &error.with_hint(),
        });
    }
}

fn all_done(world: &World<'_>, run: &RunId, plan: &Plan) -> Result<(), JournalError> {
    plan.users.iter().try_for_each(|user| {
        let user = user.user.clone();
        world.journal.record(run, &Entry::Done { user })
    })
}
