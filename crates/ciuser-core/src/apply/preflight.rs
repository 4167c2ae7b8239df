//! What is tried before the first write: stores open and writable, spool and seal at work.

use super::{Event, Failure, World};
use crate::name::RunId;
use crate::plan::{KeyPlan, Plan, UserPlan};
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
/// The first that cannot be reserved. What was reserved before it is given back.
pub(super) fn reserve_seals(world: &World<'_>, run: &RunId, plan: &Plan) -> Result<(), Failure> {
    for user in plan.users.iter().filter(|user| matches!(user.key, KeyPlan::Issue(_))) {
        match world.seal.reserve(run, &user.user) {
            Ok(None) => {}
            Ok(Some(text)) => world.report.event(Event::Warning { text: &text }),
            Err(error) => {
                give_back(world, run, plan);
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// Removes the spools of a run that does not begin. What cannot be removed is empty, and `resume` removes it.
pub(super) fn give_back(world: &World<'_>, run: &RunId, plan: &Plan) {
    for user in plan.users.iter().filter(|user| matches!(user.key, KeyPlan::Issue(_))) {
        let _ = world.seal.discard(run, &user.user);
    }
}
