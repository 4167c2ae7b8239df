//! The keys that a user has just before one is issued, and whether all of them were reviewed.
//!
//! IAM has no conditional writes, so this list, a moment before the request, is as near as it gets. Decides nothing
//! about keys that are not known: the run is refused, and a person plans again.

use jiff::SignedDuration;

use crate::apply::{Failure, Next, Patience, World, again};
use crate::name::AccessKeyId;
use crate::plan::{IssueKey, Plan, UserPlan};
use crate::port::{AccessKeyStatus, IamError, ListedKeys};

/// How long a key that this machine handed over may be missing from IAM's list.
const LATELY: SignedDuration = SignedDuration::from_mins(2);

/// Lists the keys, those included that this machine handed over so lately that IAM may not list them yet: a command
/// that is repeated at once must not issue a second key.
///
/// # Errors
/// When journal or IAM cannot be read.
pub(super) async fn list_all_keys(world: &World<'_>, plan: &Plan, user: &UserPlan) -> Result<ListedKeys, Failure> {
    let known = if user.creates_user() {
        Vec::new()
    } else {
        world.journal.known(&plan.scope, &user.user)?
    };
    let now = world.clock.now();
    // A clock that was set back makes it the future.
    let lately: Vec<_> = known
        .into_iter()
        .filter(|known| now.duration_since(known.at) < LATELY)
        .collect();
    let begun = world.clock.uptime();
    loop {
        let listed = list_keys(world, user).await?;
        let is_listed = |id: &AccessKeyId| listed.keys.iter().any(|key| key.id == *id);
        let what = "IAM to list the key that was handed over a moment ago";
        if lately.iter().all(|known| is_listed(&known.key))
            || Patience::LOST_ANSWER.next_try(world, begun, what).await != Next::Try
        {
            return Ok(listed);
        }
    }
}

async fn list_keys(world: &World<'_>, user: &UserPlan) -> Result<ListedKeys, Failure> {
    let too_early = |error: &IamError| user.creates_user() && error.is_no_such_entity();
    again(
        world,
        Patience::PROPAGATION,
        "IAM to know the new user",
        too_early,
        || world.iam.list_access_keys(&user.user),
    )
    .await
    .map_err(|error| Failure::of_call(&format!("listing the access keys of user `{}`", user.user), &error))
}

/// Makes sure that nobody else issued a key since this one was planned.
///
/// # Errors
/// When there is an active key that was not there then.
pub(super) fn check_strangers(user: &UserPlan, issue: &IssueKey, before: &ListedKeys) -> Result<(), Failure> {
    let active = before.keys.iter().filter(|key| key.status == AccessKeyStatus::Active);
    let strangers: Vec<String> = active
        .filter(|key| !issue.beside.contains(&key.id))
        .map(|key| format!("`{}`", key.id))
        .collect();
    if strangers.is_empty() {
        return Ok(());
    }
    let what = format!(
        "user `{}` has {}, which was not there when this was planned",
        user.user,
        strangers.join(", ")
    );
    let hint = format!(
        "somebody else issued it, or IAM was slow to list it; `ciuser key list {}` shows it, then plan again",
        user.user
    );
    Err(Failure::refused(what).with_hint(hint))
}
