//! Managed policies attached to users and groups. Attaching twice is fine; detaching what is not attached is not.

use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::Permissions;
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn attach_user_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let arn = call.params.policy_arn("PolicyArn")?;
    call.state.user(name, call.now)?;
    check_policy(call, arn)?;
    let permissions = &mut call.state.user_mut(name, call.now)?.permissions;
    attach(permissions, arn, "PoliciesPerUser", quota::ATTACHED_POLICIES_PER_USER)
}

pub(super) fn detach_user_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let arn = call.params.policy_arn("PolicyArn")?;
    detach(&mut call.state.user_mut(name, call.now)?.permissions, arn)
}

pub(super) fn list_attached_user_policies(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let prefix = call.params.policy_path_prefix()?;
    list(call, xml, &call.state.user(name, call.now)?.permissions, prefix)
}

pub(super) fn attach_group_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("GroupName", 128)?;
    let arn = call.params.policy_arn("PolicyArn")?;
    call.state.group(name)?;
    check_policy(call, arn)?;
    let permissions = &mut call.state.group_mut(name)?.permissions;
    attach(permissions, arn, "PoliciesPerGroup", quota::ATTACHED_POLICIES_PER_GROUP)
}

pub(super) fn detach_group_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("GroupName", 128)?;
    let arn = call.params.policy_arn("PolicyArn")?;
    detach(&mut call.state.group_mut(name)?.permissions, arn)
}

pub(super) fn list_attached_group_policies(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("GroupName", 128)?;
    let prefix = call.params.policy_path_prefix()?;
    list(call, xml, &call.state.group(name)?.permissions, prefix)
}

/// Writes what is attached, by name.
pub(super) fn write(xml: &mut Xml, list: &str, arns: &[&str]) {
    xml.members(list, arns, |xml, arn| {
        xml.text("PolicyName", policy_name(arn));
        xml.text("PolicyArn", arn);
    });
}

/// Returns the name in a policy's ARN: what follows the path.
pub(super) fn policy_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn check_policy(call: &Call<'_>, arn: &str) -> Result<(), AwsError> {
    let policy = call.state.managed(call.account_id, arn);
    let policy = policy.ok_or_else(|| refusal::policy_not_there_to_attach(arn))?;
    if policy.is_attachable() {
        Ok(())
    } else {
        Err(refusal::not_attachable())
    }
}

fn attach(permissions: &mut Permissions, arn: &str, quota: &str, limit: usize) -> Result<(), AwsError> {
    if permissions.attached.iter().any(|attached| attached == arn) {
        return Ok(());
    }
    if permissions.attached.len() >= limit {
        return Err(refusal::quota(quota, limit));
    }
    permissions.attached.push(arn.to_owned());
    Ok(())
}

fn detach(permissions: &mut Permissions, arn: &str) -> Result<(), AwsError> {
    let at = permissions.attached.iter().position(|attached| attached == arn);
    permissions
        .attached
        .remove(at.ok_or_else(|| refusal::no_such_policy(arn))?);
    Ok(())
}

fn list(call: &Call<'_>, xml: &mut Xml, permissions: &Permissions, prefix: &str) -> Result<(), AwsError> {
    let arns = permissions
        .attached
        .iter()
        .map(String::as_str)
        .filter(|arn| path_of(arn).starts_with(prefix));
    let page = Page::of(arns.collect(), call.params, |arn: &&str| {
        format!("{} {arn}", policy_name(arn).to_lowercase())
    })?;
    write(xml, "AttachedPolicies", &page.items);
    page.end(xml);
    Ok(())
}

/// Returns the path in a policy's ARN, from slash to slash.
fn path_of(arn: &str) -> &str {
    let resource = arn.split_once(":policy").map_or("/", |(_, resource)| resource);
    resource.strip_suffix(policy_name(arn)).unwrap_or("/")
}
