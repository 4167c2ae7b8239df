//! Issues the key and seals it.

use jiff::SignedDuration;

use super::deliver::Handover;
use super::listing::{check_strangers, list_all_keys};
use super::orphan::{Orphan, look_for_orphan};
use crate::apply::{Event, Failure, Patience, World, again};
use crate::name::{AccessKeyId, RunId};
use crate::plan::{IssueKey, Plan, UserPlan};
use crate::port::{AccessKeyStatus, Entry, IamError, Reached};
use crate::secret::AccessKey;

/// How long the one request, and its repeats while it is throttled, may take: the window in which a lost key can
/// have been made. The transport gives up on an answer after half of it.
const REQUEST_TIMEOUT: SignedDuration = SignedDuration::from_secs(60);

/// How often a lost answer is settled and the key issued again, before a person has to look at the network.
const ATTEMPTS: usize = 2;

/// A key that is sealed, and the ids that were there before it.
pub(super) struct Issued {
    /// The new key.
    pub(super) key: AccessKey,
    /// The ids that were there before.
    pub(super) seen: Vec<AccessKeyId>,
}

/// Issues the key and seals it. When the answer is lost, the orphan is settled before the next attempt.
///
/// # Errors
/// When there is no key, or when there is one whose secret nobody has: the failure says which.
pub(super) async fn issue(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    issue: &IssueKey,
) -> Result<Issued, Failure> {
    let mut attempt = 1;
    loop {
        let before = list_all_keys(world, plan, user).await?;
        let date = before.date.unwrap_or_else(|| world.clock.now());
        let seen: Vec<AccessKeyId> = before.keys.iter().map(|key| key.id.clone()).collect();
        check_strangers(user, issue, &before)?;
        if world.hold.interrupted() {
            return Err(Failure::untouched(format!("{}: stopped, as asked", doing(user))));
        }
        world.hold.hold();
        world.report.event(Event::SignalsHeld);
        let sent_by = world.trail.run();
        let issued = create_and_seal(world, run, plan, user, &seen, date).await;
        world.hold.release();
        match issued {
            Ok(key) => return Ok(Issued { key, seen }),
            Err(Unissued::Failed(failure)) => return Err(failure),
            Err(Unissued::AnswerLost(error)) => {
                let window = Orphan {
                    seen: &seen,
                    date,
                    timeout: REQUEST_TIMEOUT,
                    sent_by: &sent_by,
                    user_is_ours: user.creates_user(),
                };
                look_for_orphan(world, run, user, &window).await?;
                if attempt == ATTEMPTS {
                    return Err(Failure::of_call(&doing(user), &error)
                        .with_note("no key was left behind")
                        .then("`ciuser resume` asks for a key again")
                        .partial());
                }
                attempt += 1;
            }
        }
    }
}

enum Unissued {
    /// It is known what happened.
    Failed(Failure),
    /// It is not known whether a key was made.
    AnswerLost(IamError),
}

fn doing(user: &UserPlan) -> String {
    format!("creating access key for user `{}`", user.user)
}

async fn create_and_seal(
    world: &World<'_>,
    run: &RunId,
    plan: &Plan,
    user: &UserPlan,
    seen: &[AccessKeyId],
    date: jiff::Timestamp,
) -> Result<AccessKey, Unissued> {
    let failed = |failure: Failure| Unissued::Failed(failure);
    let creating = Entry::Creating {
        user: user.user.clone(),
        seen: seen.to_vec(),
        date,
        timeout: REQUEST_TIMEOUT,
        sent_by: Some(world.trail.run()),
    };
    world
        .journal
        .record(run, &creating)
        .map_err(|error| failed(error.into()))?;
    let key = match create_once_known(world, user).await {
        Ok(key) => key,
        Err(error) if error.reached == Reached::Unknown => return Err(Unissued::AnswerLost(error)),
        Err(error) => {
            let refused = Failure::of_call(&doing(user), &error);
            let noted = world.journal.record(
                run,
                &Entry::NotCreated {
                    user: user.user.clone(),
                },
            );
            return Err(failed(noted.err().map_or(refused, Failure::from)));
        }
    };
    if let Err(error) = world.seal.seal(run, &plan.owner(user, run), &key) {
        let handover = Handover::new(world, run, plan, user);
        return Err(failed(take_back(&handover, &key, error.into()).await));
    }
    // The seal is what resume looks at first, so a journal that cannot be written now loses nothing.
    let sealed = Entry::Sealed {
        user: user.user.clone(),
        key: key.id.clone(),
    };
    if let Err(error) = world.journal.record(run, &sealed) {
        world.report.event(Event::Warning {
            text: &error.with_hint(),
        });
    }
    world.report.event(Event::KeySealed { key: &key.id });
    Ok(key)
}

/// Sends the one request. Only a user that this run just made, and that IAM does not know yet, is asked for again:
/// `NoSuchEntity` is a refusal, so nothing was made.
async fn create_once_known(world: &World<'_>, user: &UserPlan) -> Result<AccessKey, IamError> {
    let too_early =
        |error: &IamError| user.creates_user() && error.reached == Reached::Refused && error.is_no_such_entity();
    again(
        world,
        Patience::LOST_ANSWER,
        "IAM to know the new user",
        too_early,
        || world.iam.create_access_key(&user.user),
    )
    .await
}

/// Makes a key go away whose secret could not be sealed. If it stays, a store gets it.
async fn take_back(handover: &Handover<'_>, key: &AccessKey, cause: Failure) -> Failure {
    let Handover { world, run, user, .. } = handover;
    let what = format!(
        "the secret of access key `{}` could not be sealed: {}",
        key.id, cause.what
    );
    let failure = Failure {
        hint: cause.hint,
        ..Failure::untouched(what)
    };
    let _ = world
        .iam
        .update_access_key(&user.user, &key.id, AccessKeyStatus::Inactive)
        .await;
    match world.iam.delete_access_key(&user.user, &key.id).await {
        Ok(()) => {
            // What sealing left must not look like a live key to `resume`.
            let _ = world.seal.discard(run, &user.user);
            let note = match world.journal.record(
                run,
                &Entry::Reaped {
                    user: user.user.clone(),
                    key: key.id.clone(),
                },
            ) {
                Ok(()) => "the key was deleted again".to_owned(),
                Err(error) => format!("the key was deleted again, which the journal could not note: {error}"),
            };
            failure.with_note(note)
        }
        Err(error) => {
            let whereabouts = match handover.rescue(key).await {
                Some(store) => format!("; its secret is in `{store}`"),
                None => ", and nobody has its secret".to_owned(),
            };
            handover.note(&Entry::Unsealed {
                user: user.user.clone(),
                key: key.id.clone(),
            });
            failure
                .with_note(format!("deleting it failed too: {error}"))
                .with_note(format!(
                    "access key `{}` of user `{}` exists{whereabouts}",
                    key.id, user.user
                ))
                .with_hint(delete_command(user, &key.id))
                .partial()
        }
    }
}

/// Returns the command with which a person settles an orphan.
pub(super) fn delete_command(user: &UserPlan, key: &AccessKeyId) -> String {
    format!(
        "`aws iam delete-access-key --user-name {} --access-key-id {key}` removes it",
        user.user
    )
}
