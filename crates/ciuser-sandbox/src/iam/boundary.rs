//! Permissions boundaries of users.

use crate::iam::action::Call;
use crate::iam::refusal;
use crate::wire::{AwsError, Params, Xml};

pub(super) fn put_user_permissions_boundary(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let arn = call.params.policy_arn("PermissionsBoundary")?;
    call.state.user(name, call.now)?;
    check_policy(call, arn)?;
    call.state.user_mut(name, call.now)?.boundary = Some(arn.to_owned());
    Ok(())
}

pub(super) fn delete_user_permissions_boundary(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let user = call.state.user_mut(name, call.now)?;
    user.boundary.take().map(drop).ok_or_else(|| refusal::no_boundary(name))
}

/// Returns the boundary that `CreateUser` asks for.
pub(super) fn requested(params: &Params) -> Result<Option<&str>, AwsError> {
    params
        .get("PermissionsBoundary")
        .map(|_| params.policy_arn("PermissionsBoundary"))
        .transpose()
}

/// Checks that a policy can be a boundary.
pub(super) fn check_policy(call: &Call<'_>, arn: &str) -> Result<(), AwsError> {
    let policy = call.state.managed(call.account_id, arn);
    let policy = policy.ok_or_else(|| refusal::no_such_boundary_policy(arn))?;
    if policy.is_attachable() {
        Ok(())
    } else {
        Err(refusal::not_attachable())
    }
}
