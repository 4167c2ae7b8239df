//! Settles what a lost answer of CreateAccessKey may have left behind: a live key whose secret nobody has.
//!
//! Never touches an id that was there before. Deletes by itself only what can be nobody else's: exactly one
//! new key, made within the window of the request, on a user that this run made. Everything else is asked, and
//! then only made inactive.

use jiff::{SignedDuration, Timestamp};

use super::issue::delete_command;
use crate::apply::{Event, Failure, Next, Patience, World};
use crate::name::{AccessKeyId, RunId};
use crate::plan::UserPlan;
use crate::port::{AccessKeyStatus, Entry, ListedKey};

/// What is known of the request whose answer was lost.
pub(super) struct Orphan<'a> {
    /// The ids that were there before.
    pub(super) seen: &'a [AccessKeyId],
    /// The server's clock just before.
    pub(super) date: Timestamp,
    /// How long the request may have taken.
    pub(super) timeout: SignedDuration,
    /// The run in the user agent of the request.
    pub(super) sent_by: &'a RunId,
    /// Whether this run made the user.
    pub(super) user_is_ours: bool,
}

impl Orphan<'_> {
    /// Tells whether a new key was made while the request was under way. IAM keeps creation times in whole seconds,
    /// and its `Date` header too.
    fn fits(&self, key: &ListedKey) -> bool {
        let slack = SignedDuration::from_secs(1);
        let from = self.date.checked_sub(slack).unwrap_or(self.date);
        let to = self
            .date
            .checked_add(self.timeout.saturating_add(slack))
            .unwrap_or(self.date);
        from <= key.created && key.created <= to
    }
}

/// Looks for the orphan until it shows or half a minute has passed, and settles it.
///
/// # Errors
/// When there is something that must not be settled without a person.
pub(super) async fn look_for_orphan(
    world: &World<'_>,
    run: &RunId,
    user: &UserPlan,
    orphan: &Orphan<'_>,
) -> Result<(), Failure> {
    let candidates = poll(world, user, orphan).await?;
    match candidates.as_slice() {
        [] => not_ours(world, run, user),
        [one] if orphan.fits(one) && orphan.user_is_ours => reap(world, run, user, &one.id).await,
        [one] if in_trail(world, user, orphan, &one.id).await => reap(world, run, user, &one.id).await,
        several => leave_to_person(world, run, user, several).await,
    }
}

/// Tells whether CloudTrail shows that the key was made by this very request. Its events come minutes late, and the caller may
/// not see them: then a person decides.
async fn in_trail(world: &World<'_>, user: &UserPlan, orphan: &Orphan<'_>, key: &AccessKeyId) -> bool {
    let made = world
        .trail
        .lookup_created_access_keys(&user.user, orphan.sent_by, orphan.date)
        .await;
    made.is_ok_and(|made| made.contains(key))
}

/// Lists the keys for half a minute: IAM may show late what it made, and a second candidate changes the answer.
async fn poll(world: &World<'_>, user: &UserPlan, orphan: &Orphan<'_>) -> Result<Vec<ListedKey>, Failure> {
    let begun = world.clock.uptime();
    let doing = format!("looking for a key of user `{}` that a lost answer left", user.user);
    loop {
        let listed = world.iam.list_access_keys(&user.user).await;
        let what = "a key that a lost answer may have left";
        match (Patience::LOST_ANSWER.next_try(world, begun, what).await, listed) {
            (Next::Try, _) => {}
            (Next::Stopped, _) => {
                let stopped = Failure::untouched(format!("{doing}: stopped, as asked"));
                return Err(stopped.then("`ciuser resume` looks again").partial());
            }
            (Next::Enough, Ok(listed)) => {
                return Ok(listed
                    .keys
                    .into_iter()
                    .filter(|key| !orphan.seen.contains(&key.id))
                    .collect());
            }
            // The network that lost the answer may still be down.
            (Next::Enough, Err(error)) => {
                return Err(Failure::of_call(&doing, &error)
                    .then("`ciuser resume` looks again")
                    .partial());
            }
        }
    }
}

/// Makes a key inactive and deletes it; gone already is no error.
///
/// # Errors
/// When it may still be there, or the journal cannot note it.
pub(super) async fn reap(world: &World<'_>, run: &RunId, user: &UserPlan, key: &AccessKeyId) -> Result<(), Failure> {
    let doing = format!(
        "deleting access key `{key}` of user `{}`, whose secret was lost on the way",
        user.user
    );
    let unsettled = |error| {
        Failure::of_call(&doing, &error)
            .then("`ciuser resume` tries again")
            .partial()
    };
    for answer in [
        world
            .iam
            .update_access_key(&user.user, key, AccessKeyStatus::Inactive)
            .await,
        world.iam.delete_access_key(&user.user, key).await,
    ] {
        match answer {
            Err(error) if !error.is_no_such_entity() => return Err(unsettled(error)),
            _ => {}
        }
    }
    world.journal.record(
        run,
        &Entry::Reaped {
            user: user.user.clone(),
            key: key.clone(),
        },
    )?;
    world.report.event(Event::OrphanReaped { key });
    Ok(())
}

/// Notes that no key of this run is left to look for.
fn not_ours(world: &World<'_>, run: &RunId, user: &UserPlan) -> Result<(), Failure> {
    let user = user.user.clone();
    Ok(world.journal.record(run, &Entry::NotCreated { user })?)
}

async fn leave_to_person(
    world: &World<'_>,
    run: &RunId,
    user: &UserPlan,
    candidates: &[ListedKey],
) -> Result<(), Failure> {
    let ids: Vec<_> = candidates.iter().map(|key| format!("`{}`", key.id)).collect();
    let ids = ids.join(", ");
    let question = format!(
        "The answer to creating an access key for user `{}` was lost, and meanwhile {ids} appeared there. \
         If nobody else made it, its secret is lost. Make it inactive?",
        user.user
    );
    let left = |what: &str| {
        let failure = Failure::untouched(format!("user `{}` has {ids}, {what}", user.user)).partial();
        match candidates.first() {
            Some(first) => failure.with_hint(delete_command(user, &first.id)),
            None => failure,
        }
    };
    match world.ask.confirm(&question) {
        None => Err(left(
            "which may be a key whose secret was lost; there is nobody to ask here, so it was left as it is",
        )),
        Some(false) => {
            not_ours(world, run, user)?;
            Err(left("which was left as it is"))
        }
        Some(true) => {
            for key in candidates {
                let doing = format!("making access key `{}` of user `{}` inactive", key.id, user.user);
                world
                    .iam
                    .update_access_key(&user.user, &key.id, AccessKeyStatus::Inactive)
                    .await
                    .map_err(|error| Failure::of_call(&doing, &error).partial())?;
            }
            not_ours(world, run, user)?;
            Err(left("now inactive; it still takes one of the two places for keys"))
        }
    }
}
