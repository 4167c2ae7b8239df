//! Inline policies of users and groups. A document comes back as it was put, white space and all.

use ciuser_policy::document::{PolicyDocument, PolicyKind, size_of};

use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::Permissions;
use crate::iam::{document, quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn put_user_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let (name, policy) = (params.name("UserName", 128)?, params.name("PolicyName", 128)?);
    let text = document::requested(params)?;
    let user = call.state.user_mut(name, call.now)?;
    let document = document::checked(text, PolicyKind::Identity)?;
    let too_large = refusal::inline_too_large(quota::USER_POLICY_SIZE, "user", &user.name);
    put(
        &mut user.permissions,
        policy,
        &document,
        quota::USER_POLICY_SIZE,
        too_large,
    )
}

pub(super) fn get_user_policy(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let (name, policy) = (call.params.name("UserName", 128)?, call.params.name("PolicyName", 128)?);
    let user = call.state.user(name, call.now)?;
    let text = user.permissions.inline.get(policy);
    let text = text.ok_or_else(|| refusal::no_such_inline_policy("user", policy))?;
    xml.text("UserName", &user.name);
    write(xml, policy, text);
    Ok(())
}

pub(super) fn delete_user_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let (name, policy) = (call.params.name("UserName", 128)?, call.params.name("PolicyName", 128)?);
    let removed = call.state.user_mut(name, call.now)?.permissions.inline.remove(policy);
    removed
        .map(drop)
        .ok_or_else(|| refusal::no_such_inline_policy("user", policy))
}

pub(super) fn list_user_policies(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let user = call.state.user(call.params.name("UserName", 128)?, call.now)?;
    list(call, xml, &user.permissions)
}

pub(super) fn put_group_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let (name, policy) = (params.name("GroupName", 128)?, params.name("PolicyName", 128)?);
    let text = document::requested(params)?;
    let group = call.state.group_mut(name)?;
    let document = document::checked(text, PolicyKind::Identity)?;
    let too_large = refusal::inline_too_large(quota::GROUP_POLICY_SIZE, "group", &group.name);
    put(
        &mut group.permissions,
        policy,
        &document,
        quota::GROUP_POLICY_SIZE,
        too_large,
    )
}

pub(super) fn get_group_policy(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let (name, policy) = (
        call.params.name("GroupName", 128)?,
        call.params.name("PolicyName", 128)?,
    );
    let group = call.state.group(name)?;
    let text = group.permissions.inline.get(policy);
    let text = text.ok_or_else(|| refusal::no_such_inline_policy("group", policy))?;
    xml.text("GroupName", &group.name);
    write(xml, policy, text);
    Ok(())
}

pub(super) fn delete_group_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let (name, policy) = (
        call.params.name("GroupName", 128)?,
        call.params.name("PolicyName", 128)?,
    );
    let removed = call.state.group_mut(name)?.permissions.inline.remove(policy);
    removed
        .map(drop)
        .ok_or_else(|| refusal::no_such_inline_policy("group", policy))
}

pub(super) fn list_group_policies(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let group = call.state.group(call.params.name("GroupName", 128)?)?;
    list(call, xml, &group.permissions)
}

/// Writes an inline policy.
pub(super) fn write(xml: &mut Xml, name: &str, text: &str) {
    xml.text("PolicyName", name);
    xml.text("PolicyDocument", &document::on_the_wire(text));
}

/// The quota is for the sum over all inline policies, the new one in place of its predecessor.
fn put(
    permissions: &mut Permissions,
    name: &str,
    document: &PolicyDocument,
    limit: usize,
    too_large: AwsError,
) -> Result<(), AwsError> {
    let others = permissions
        .inline
        .iter()
        .filter(|(other, _)| *other != name)
        .map(|(_, text)| size_of(text));
    if others.sum::<usize>() + document.size() > limit {
        return Err(too_large);
    }
    permissions.inline.insert(name.to_owned(), document.text().to_owned());
    Ok(())
}

fn list(call: &Call<'_>, xml: &mut Xml, permissions: &Permissions) -> Result<(), AwsError> {
    let names = permissions.inline.keys().map(String::as_str).collect();
    let page = Page::of(names, call.params, |name: &&str| (*name).to_owned())?;
    xml.text_members("PolicyNames", page.items.iter().copied());
    page.end(xml);
    Ok(())
}
