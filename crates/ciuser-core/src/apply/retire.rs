//! The end of a deletion: takes the deleted keys away from their targets.
//!
//! INVARIANT: comes after the steps that delete the keys, so that no key is left alive whose secret nobody has. Only
//! what is provably a key of this user is taken away; what somebody else put there meanwhile is reported and stays.

use super::{Event, Failure, Retired, RetiredTarget, Still, UserOutcome, World};
use crate::name::RunId;
use crate::plan::{Held, Holder, Past, Plan, Retirement, UserPlan, see};
use crate::port::{Entry, Known, TargetError};
use crate::target::Target;

/// Clears the targets that were reviewed to be cleared. One that cannot be is no failure: the outcome lists it.
///
/// # Errors
/// When the journal cannot be used, or the person asked to stop.
pub(crate) async fn retire(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    retirement: &Retirement,
    part: &mut UserOutcome,
) -> Result<(), Failure> {
    if user.steps.is_empty() && user.has_changes() {
        let user = user.user.clone();
        world.journal.record(run, &Entry::Changing { user })?;
    }
    let known = world.journal.known(&plan.scope, &user.user)?;
    let clearing = Clearing {
        world,
        run,
        plan,
        user,
        retirement,
        known: &known,
    };
    let mut targets = Vec::new();
    for holder in &retirement.clear {
        if world.hold.interrupted() {
            let stopped = Failure::untouched(format!("stopped before clearing `{}`, as asked", holder.target));
            return Err(stopped.with_hint("`ciuser resume` carries on").partial());
        }
        targets.push(clearing.clear(holder, part).await);
    }
    targets.extend(
        retirement
            .leave
            .iter()
            .map(|holder| clearing.outcome(holder, Still::Holds)),
    );
    part.retired = Some(Retired {
        user_deleted: user.deletes_user(),
        keys: retirement.keys.iter().map(|key| key.id.clone()).collect(),
        targets,
    });
    Ok(())
}

/// Makes sure that a deletion which has begun is not carried on against another user of the same name.
///
/// # Errors
/// When the user was made anew meanwhile, or cannot be read.
pub(crate) async fn still_the_same_user(
    world: &World<'_>,
    user: &UserPlan,
    retirement: &Retirement,
) -> Result<(), Failure> {
    match world.iam.get_user(&user.user).await {
        Ok(there) if Some(there.created) == retirement.user_created => Ok(()),
        Ok(there) => Err(Failure::refused(format!(
            "user `{}` was made anew at {} while it was being deleted; the new one is left alone",
            user.user, there.created
        ))),
        Err(error) if error.is_no_such_entity() => Ok(()),
        Err(error) => Err(Failure::of_call(&format!("reading user `{}`", user.user), &error)),
    }
}

/// One user's targets, with everything that clearing them needs.
struct Clearing<'a> {
    world: &'a World<'a>,
    run: &'a RunId,
    plan: &'a Plan,
    user: &'a UserPlan,
    retirement: &'a Retirement,
    known: &'a [Known],
}

impl Clearing<'_> {
    async fn clear(&self, holder: &Holder, part: &mut UserOutcome) -> RetiredTarget {
        let Holder { target, key } = holder;
        self.world.report.event(Event::ClearBegins { target });
        let still = match self.clear_place(holder).await {
            Ok(()) => {
                part.changed = true;
                self.note(holder);
                self.world.report.event(Event::Cleared { target, key });
                Still::Cleared
            }
            Err(TargetError { message: why, .. }) => {
                self.world.report.event(Event::ClearFailed { target, why: &why });
                part.unfinished
                    .push(format!("`{target}` still holds access key {key}: {why}"));
                Still::Failed(why)
            }
        };
        self.outcome(holder, still)
    }

    async fn clear_place(&self, holder: &Holder) -> Result<(), TargetError> {
        let owner = self.plan.owner(self.user, self.run);
        match &holder.target {
            Target::Store(spec) => {
                let store = self.world.targets.store(spec)?;
                let seen = store.check(&owner, true).await?.holdings;
                match self.judge(holder, &seen)? {
                    Found::Nothing => Ok(()),
                    Found::TheKey => store.clear(&owner, &seen).await,
                }
            }
            Target::Provider(spec) => {
                let provider = self.world.targets.provider(spec)?;
                let seen = provider.check(&owner).await?.holdings;
                match self.judge(holder, &seen)? {
                    Found::Nothing => Ok(()),
                    Found::TheKey => provider.clear(&owner, &seen).await,
                }
            }
        }
    }

    fn judge(&self, holder: &Holder, seen: &crate::port::Holdings) -> Result<Found, TargetError> {
        match see(seen, &self.retirement.keys, Past::of(self.known, &holder.target)) {
            Held::Nothing => Ok(Found::Nothing),
            Held::Live(id) | Held::Dead { id, .. } if id == holder.key => Ok(Found::TheKey),
            Held::Live(id) | Held::Dead { id, .. } => Err(TargetError::new(format!("it holds {id} by now"))),
            Held::Occupied(what) => Err(TargetError::new(format!("it holds {what} by now"))),
            Held::Locked => Err(TargetError::new("it is locked")),
        }
    }

    /// A journal that cannot be written costs history here: the next plan looks at the target itself.
    fn note(&self, holder: &Holder) {
        let entry = Entry::Cleared {
            user: self.user.user.clone(),
            key: holder.key.clone(),
            target: holder.target.clone(),
            at: self.world.clock.now(),
        };
        if let Err(error) = self.world.journal.record(self.run, &entry) {
            self.world.report.event(Event::Warning {
                text: &error.with_hint(),
            });
        }
    }

    fn outcome(&self, holder: &Holder, still: Still) -> RetiredTarget {
        let opened = match &holder.target {
            Target::Store(spec) => self.world.targets.store(spec).map(|store| store.describe()),
            Target::Provider(spec) => self.world.targets.provider(spec).map(|provider| provider.describe()),
        };
        RetiredTarget {
            target: holder.target.clone(),
            key: holder.key.clone(),
            still,
            describe: opened.unwrap_or_default(),
        }
    }
}

/// What is there to be cleared.
enum Found {
    /// Nothing any more.
    Nothing,
    /// The key that was reviewed.
    TheKey,
}
