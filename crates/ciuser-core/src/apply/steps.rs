//! The IAM calls of a plan, each idempotent, so that a run can be carried on from any point.

use super::{Event, Failure, Next, Patience, World, again};
use crate::name::{GroupName, Path, RunId, Tag, TagKey, UserName};
use crate::plan::{Step, UserPlan};
use crate::port::{Entry, IamError, IamErrorKind, NewUser, Reached, User};

/// Makes all calls for one user, in order.
///
/// # Errors
/// The first that failed; those before it are done.
pub(crate) async fn run_steps(
    world: &World<'_>,
    run: &RunId,
    user: &UserPlan,
    changed: &mut bool,
) -> Result<(), Failure> {
    let fresh = user.creates_user();
    if !user.steps.is_empty() {
        let user = user.user.clone();
        world.journal.record(run, &Entry::Changing { user })?;
    }
    for step in &user.steps {
        if world.hold.interrupted() {
            let stopped = Failure::untouched(format!("stopped before `{}`, as asked", step.line(&user.user)));
            return Err(if *changed {
                stopped.with_hint("`ciuser resume` carries on")
            } else {
                stopped
            });
        }
        let line = step.line(&user.user);
        world.report.event(Event::StepBegins { line: &line });
        run_step(world, &user.user, fresh, step)
            .await
            .map_err(|error| explain(user, step, error))?;
        *changed = true;
        if matches!(step, Step::CreateUser(_)) {
            world.journal.record(
                run,
                &Entry::UserCreated {
                    user: user.user.clone(),
                },
            )?;
        }
        world.report.event(Event::StepDone { line: &line });
    }
    if !user.steps.is_empty() {
        world.journal.record(
            run,
            &Entry::Changed {
                user: user.user.clone(),
            },
        )?;
    }
    Ok(())
}

fn explain(user: &UserPlan, step: &Step, error: IamError) -> Failure {
    let line = step.line(&user.user);
    let whose = if matches!(step, Step::CreateUser(_)) {
        String::new()
    } else {
        format!(" for user `{}`", user.user)
    };
    let doing = format!("`{line}`{whose}");
    let failure = Failure::untouched(format!("{doing}: {error}"));
    match error.kind {
        // Emulators deny without saying what is missing; the call is called as its permission.
        IamErrorKind::AccessDenied if error.missing_permission().is_none() => {
            failure.with_hint(format!("the caller needs the permission `iam:{}`", line.call))
        }
        IamErrorKind::EntityAlreadyExists => {
            failure.with_hint("somebody made it meanwhile: run `ciuser plan` again, with `--adopt` if it is yours")
        }
        _ if is_conflict(&error) => failure.with_hint(format!(
            "somebody gave it something new meanwhile: `ciuser delete {}` plans what is left",
            user.user
        )),
        // It may have been carried out all the same.
        _ if error.reached == Reached::Unknown => Failure::of_call(&doing, &error)
            .then("`ciuser resume` carries on")
            .partial(),
        _ => Failure::of_call(&doing, &error),
    }
}

async fn run_step(world: &World<'_>, user: &UserName, fresh: bool, step: &Step) -> Result<(), IamError> {
    match step {
        Step::CreateUser(new) => create_user(world, new).await,
        Step::CreateGroup { group, path } => create_group(world, group, path).await,
        Step::DeleteGroup { .. } | Step::DeleteUser => {
            let too_early = |error: &IamError| is_conflict(error) || is_concurrent(error);
            let what = "IAM to know what was just deleted";
            again(world, Patience::LOST_ANSWER, what, too_early, || {
                plain_step(world, user, step)
            })
            .await
        }
        step => {
            // What this run made a moment ago may not be known everywhere yet.
            let too_early = |error: &IamError| {
                fresh_entity_unknown(error, fresh || step_is_of_own_group(step)) || is_concurrent(error)
            };
            again(
                world,
                Patience::PROPAGATION,
                "IAM to know what was just made",
                too_early,
                || plain_step(world, user, step),
            )
            .await
        }
    }
}

fn step_is_of_own_group(step: &Step) -> bool {
    matches!(step, Step::AttachGroupPolicy { .. } | Step::AddUserToGroup { .. })
}

/// `NoSuchEntity` of the user or group, not of the policy: "The user with name X cannot be found."
fn fresh_entity_unknown(error: &IamError, fresh: bool) -> bool {
    fresh && error.is_no_such_entity() && !error.message.starts_with("Policy")
}

/// Two changes of one user at a time, or a change of what was made a moment ago: IAM refuses, and the SDK does not
/// repeat it.
fn is_concurrent(error: &IamError) -> bool {
    has_code(error, "ConcurrentModification") || has_code(error, "EntityTemporarilyUnmodifiable")
}

/// What is left of the user or group: something that was put there meanwhile, or what this run deleted and IAM does not
/// know everywhere yet.
fn is_conflict(error: &IamError) -> bool {
    has_code(error, "DeleteConflict")
}

fn has_code(error: &IamError, start: &str) -> bool {
    error.code.as_deref().is_some_and(|code| code.starts_with(start))
}

async fn plain_step(world: &World<'_>, user: &UserName, step: &Step) -> Result<(), IamError> {
    let iam = world.iam;
    match step {
        Step::TagUser { tags } => iam.tag_user(user, tags).await,
        Step::UntagUser { keys } => iam.untag_user(user, keys).await,
        Step::PutUserPermissionsBoundary { boundary } => iam.put_user_permissions_boundary(user, boundary).await,
        Step::DeleteUserPermissionsBoundary => gone_is_fine(iam.delete_user_permissions_boundary(user).await),
        Step::AttachGroupPolicy { group, policy } => iam.attach_group_policy(group, policy).await,
        Step::DetachGroupPolicy { group, policy } => gone_is_fine(iam.detach_group_policy(group, policy).await),
        Step::AddUserToGroup { group } => iam.add_user_to_group(user, group).await,
        Step::RemoveUserFromGroup { group } => gone_is_fine(iam.remove_user_from_group(user, group).await),
        Step::AttachUserPolicy { policy } => iam.attach_user_policy(user, policy).await,
        Step::DetachUserPolicy { policy } => gone_is_fine(iam.detach_user_policy(user, policy).await),
        Step::PutUserPolicy { name, document } => iam.put_user_policy(user, name, document).await,
        Step::DeleteUserPolicy { name } => gone_is_fine(iam.delete_user_policy(user, name).await),
        Step::UpdateAccessKey { key, status } => gone_is_fine(iam.update_access_key(user, key, *status).await),
        Step::DeleteAccessKey { key } => gone_is_fine(iam.delete_access_key(user, key).await),
        Step::DeleteLoginProfile => gone_is_fine(iam.delete_login_profile(user).await),
        Step::DeactivateMFADevice { device } => gone_is_fine(iam.deactivate_mfa_device(user, device).await),
        Step::DeleteVirtualMFADevice { device } => gone_is_fine(iam.delete_virtual_mfa_device(device).await),
        Step::DeleteSSHPublicKey { key } => gone_is_fine(iam.delete_ssh_public_key(user, key).await),
        Step::DeleteSigningCertificate { certificate } => {
            gone_is_fine(iam.delete_signing_certificate(user, certificate).await)
        }
        Step::DeleteServiceSpecificCredential { credential } => {
            gone_is_fine(iam.delete_service_specific_credential(user, credential).await)
        }
        Step::DeleteGroup { group } => gone_is_fine(iam.delete_group(group).await),
        Step::DeleteUser => gone_is_fine(iam.delete_user(user).await),
        // Both are sent by their own functions, which know how to tell a lost answer from a failure.
        Step::CreateUser(_) | Step::CreateGroup { .. } => Ok(()),
    }
}

fn gone_is_fine(answer: Result<(), IamError>) -> Result<(), IamError> {
    match answer {
        Err(error) if error.is_no_such_entity() => Ok(()),
        answer => answer,
    }
}

/// Makes the user. When the answer is lost, or the user is there already, the tag of the run decides whose it is.
async fn create_user(world: &World<'_>, new: &NewUser) -> Result<(), IamError> {
    let error = match world.iam.create_user(new).await {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    if error.reached != Reached::Unknown && error.kind != IamErrorKind::EntityAlreadyExists {
        return Err(error);
    }
    // Not known everywhere yet, or the network that lost the answer is still down.
    let too_early = |error: &IamError| error.is_no_such_entity() || error.reached != Reached::Refused;
    let found = again(
        world,
        Patience::LOST_ANSWER,
        "IAM to show whether the user was made",
        too_early,
        || world.iam.get_user(&new.name),
    )
    .await;
    match found {
        Ok(user) if carries_run_of(&user, new) => Ok(()),
        _ => Err(error),
    }
}

/// The run in the tag is the one that made the plan: a plan file may be carried out by a later one.
fn carries_run_of(user: &User, new: &NewUser) -> bool {
    let run = |tags: &[Tag]| {
        tags.iter()
            .find(|tag| tag.key.same_as(&TagKey::run()))
            .map(|tag| tag.value.clone())
    };
    run(&user.tags).is_some_and(|there| run(&new.tags) == Some(there))
}

/// Makes the user's own group. One that is there under `/ciuser/` is the one that was wanted.
async fn create_group(world: &World<'_>, group: &GroupName, path: &Path) -> Result<(), IamError> {
    let error = match world.iam.create_group(group, path).await {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    if error.reached != Reached::Unknown && error.kind != IamErrorKind::EntityAlreadyExists {
        return Err(error);
    }
    let begun = world.clock.uptime();
    loop {
        // No answer here counts as not seen: the network that lost the first one may still be down.
        let there = world.iam.list_groups().await.unwrap_or_default();
        if there.iter().any(|(name, at)| name.same_as(group) && at == path) {
            return Ok(());
        }
        let what = "IAM to show whether the group was made";
        if Patience::LOST_ANSWER.next_try(world, begun, what).await != Next::Try {
            return Err(error);
        }
    }
}
