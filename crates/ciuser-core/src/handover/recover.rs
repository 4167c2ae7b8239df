//! Finds out what became of the key of a run that died: still to be delivered, gone, or an orphan to be settled.
//!
//! What must stay true: a key is delivered only while IAM says that it is active, so that no target is given a key
//! that was deleted or made inactive since. Deletes by itself only what no target was ever given: a key that this
//! run was taking back when it died.

use super::deliver::Handover;
use super::issue::delete_command;
use super::orphan::{Orphan, look_for_orphan, reap};
use super::state::{State, has_begun, state_of};
use jiff::SignedDuration;

use crate::apply::{Failure, Next, Patience, World, check_fingerprints, still_the_same_user};
use crate::name::{AccessKeyId, RunId};
use crate::plan::{IssueKey, KeyPlan, Plan, UserPlan};
use crate::port::{AccessKeyStatus, Entry, RunRecord};
use crate::secret::AccessKey;

/// Makes sure that no other run has a key of the same user in hand. One may have begun, and died, between the look at
/// the journal and the lock.
///
/// # Errors
/// When one has, or the journal cannot be read.
pub(crate) fn refuse_unsettled(world: &World<'_>, plan: &Plan) -> Result<(), Failure> {
    let open = world.journal.unfinished(&plan.scope)?;
    for user in plan.users.iter().filter(|user| matches!(user.key, KeyPlan::Issue(_))) {
        let mut open = open.iter();
        if let Some(record) = open.find(|record| state_of(record, &user.user).may_hold_key()) {
            let what = format!("run {} has a key of user `{}` in hand", record.run, user.user);
            return Err(Failure::refused(what).with_hint("`ciuser resume` carries it on; then repeat the command"));
        }
    }
    Ok(())
}

/// How long the steps of a plan may be repeated after it was reviewed: what others did to the user since is not seen.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Makes sure that a run without a key may still be carried on as it was reviewed.
///
/// # Errors
/// When nothing of it was sent and the world is another one now, or when it began too long ago.
pub(super) async fn still_fits(world: &World<'_>, record: &RunRecord, user: &UserPlan) -> Result<(), Failure> {
    if !has_begun(record, &user.user) {
        let alone = Plan {
            users: vec![user.clone()],
            ..record.plan.clone()
        };
        return check_fingerprints(world, &record.run, &alone).await;
    }
    if let KeyPlan::Retire(retirement) = &user.key {
        still_the_same_user(world, user, retirement).await?;
    }
    if world.clock.now().duration_since(record.begun) > STALE_AFTER {
        let what = format!(
            "run {} stopped over an hour ago, and others may have changed the user since",
            record.run
        );
        return Err(Failure::refused(what));
    }
    Ok(())
}

/// Returns the key of the run that is still to be delivered; `None` when a new one is to be issued.
///
/// # Errors
/// When there is something that must not be settled without a person.
pub(super) async fn recover_key(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    issue: &IssueKey,
) -> Result<Option<AccessKey>, Failure> {
    let run = &record.run;
    match state_of(record, &user.user) {
        // What may lie in the spool then is the secret of a key that was deleted again.
        State::NoKey | State::Done => world.seal.discard(run, &user.user)?,
        State::Creating(entry) => match world.seal.open(run, &user.user)? {
            None => settle(world, record, user, entry).await?,
            Some(key) => match status_of(world, user, &key.id).await? {
                // The process died between sealing and noting it.
                Some(AccessKeyStatus::Active) => return Ok(Some(key)),
                // It died while it took the key back.
                _ => {
                    reap(world, run, user, &key.id).await?;
                    world.seal.discard(run, &user.user)?;
                }
            },
        },
        State::Unsealed(id) => reap(world, run, user, id).await?,
        State::Sealed(id) => match status_of(world, user, id).await? {
            Some(AccessKeyStatus::Active) => return sealed_key(world, record, user, issue, id).await.map(Some),
            Some(AccessKeyStatus::Inactive) => return Err(made_inactive(user, id)),
            None => forget(world, run, user, id)?,
        },
    }
    Ok(None)
}

/// The sealed key; if the spool is gone, a store may have it.
async fn sealed_key(
    world: &World<'_>,
    record: &RunRecord,
    user: &UserPlan,
    issue: &IssueKey,
    id: &AccessKeyId,
) -> Result<AccessKey, Failure> {
    let opened = world.seal.open(&record.run, &user.user);
    if let Ok(Some(key)) = opened {
        return Ok(key);
    }
    let handover = Handover::new(world, &record.run, &record.plan, user);
    match (handover.read_from_stores(id, issue).await, opened) {
        (Some(key), _) => Ok(key),
        (None, Err(error)) => Err(Failure::from(error).partial()),
        (None, Ok(_)) => Err(lost_seal(user, id)),
    }
}

/// What IAM says of a key of this run; `None` when somebody deleted it. A new one may take a while to show.
pub(super) async fn status_of(
    world: &World<'_>,
    user: &UserPlan,
    id: &AccessKeyId,
) -> Result<Option<AccessKeyStatus>, Failure> {
    let begun = world.clock.uptime();
    loop {
        let found = match world.iam.list_access_keys(&user.user).await {
            Ok(listed) => listed.keys.into_iter().find(|key| key.id == *id),
            Err(error) if error.is_no_such_entity() => None,
            Err(error) => {
                return Err(Failure::of_call(&looking_for(user, id), &error));
            }
        };
        if found.is_some() {
            return Ok(found.map(|key| key.status));
        }
        let what = "IAM to show the sealed key";
        match Patience::LOST_ANSWER.next_try(world, begun, what).await {
            Next::Try => {}
            Next::Enough => return Ok(None),
            // INVARIANT: what was not looked for to the end is not gone; its sealed secret stays.
            Next::Stopped => {
                let doing = looking_for(user, id);
                return Err(Failure::untouched(format!("{doing}: stopped, as asked"))
                    .with_hint("`ciuser resume` looks again")
                    .partial());
            }
        }
    }
}

fn looking_for(user: &UserPlan, id: &AccessKeyId) -> String {
    format!("looking for access key `{id}` of user `{}`", user.user)
}

/// Notes that there is no such key any more. It is not deleted: it is not there, and if that were wrong, the targets
/// may use it.
fn forget(world: &World<'_>, run: &RunId, user: &UserPlan, key: &AccessKeyId) -> Result<(), Failure> {
    let (user, key) = (user.user.clone(), key.clone());
    world.journal.record(
        run,
        &Entry::Reaped {
            user: user.clone(),
            key,
        },
    )?;
    world.seal.discard(run, &user)?;
    Ok(())
}

async fn settle(world: &World<'_>, record: &RunRecord, user: &UserPlan, creating: &Entry) -> Result<(), Failure> {
    let Entry::Creating {
        seen,
        date,
        timeout,
        sent_by,
        ..
    } = creating
    else {
        return Ok(());
    };
    let mut entries = record.entries.iter();
    let made = entries.any(|entry| matches!(entry, Entry::UserCreated { user: made } if *made == user.user));
    let orphan = Orphan {
        seen,
        date: *date,
        timeout: *timeout,
        sent_by: sent_by.as_ref().unwrap_or(&record.run),
        user_is_ours: made || user.creates_user(),
    };
    look_for_orphan(world, &record.run, user, &orphan).await
}

/// The journal says that the secret was sealed, but the spool is gone and no store gives the secret back.
fn lost_seal(user: &UserPlan, key: &AccessKeyId) -> Failure {
    let what = format!(
        "the sealed secret of access key `{key}` of user `{}` is gone from this machine",
        user.user
    );
    Failure::untouched(what)
        .with_note(format!("no store gives it back either: {}", delete_command(user, key)))
        .with_hint(format!("`ciuser key rotate {}` issues a new key", user.user))
        .partial()
}

/// Says that somebody made a key of this run inactive.
pub(super) fn inactive_in_words(user: &UserPlan, key: &AccessKeyId) -> String {
    format!(
        "access key `{key}` of user `{}` was made inactive before every target had it",
        user.user
    )
}

/// Somebody made the key inactive before it was delivered everywhere.
fn made_inactive(user: &UserPlan, key: &AccessKeyId) -> Failure {
    Failure::untouched(inactive_in_words(user, key))
        .with_note("ciuser did not do that, and does not undo it")
        .with_hint(format!(
            "make it active again, or {}; then `ciuser resume`",
            delete_command(user, key)
        ))
        .partial()
}
