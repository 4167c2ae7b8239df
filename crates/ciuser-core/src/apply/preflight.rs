//! What is tried before the first write: stores open and writable, spool and seal at work.

use super::{Event, Failure, World};
use crate::name::RunId;
use crate::plan::{KeyPlan, Plan, UserPlan};
use crate::port::{Entry, JournalError};
use crate::target::{StoreSpec, Target};

/// Opens every store that the plan writes or reads, asking for passphrases, and proves that it can be written.
///
/// # Errors
/// The first store that cannot be used.
pub(crate) async fn open_stores(world: &World<'_>, run: &RunId, plan: &Plan, user: &UserPlan) -> Result<(), Failure> {
    for target in user.key.touched() {
        let Target::Store(spec) = &target else { continue };
        check_store(world, run, plan, user, spec)
            .await
            .map_err(|error| Failure::of_target(&format!("opening `{target}`"), error))?;
    }
    Ok(())
}

async fn check_store(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    spec: &StoreSpec,
) -> Result<(), crate::port::TargetError> {
    let store = world.targets.store(spec)?;
    store.check(&plan.owner(user, run), true).await.map(|_| ())
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
