//! Groups.

use std::collections::BTreeSet;

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{Group, Permissions, User};
use crate::iam::{quota, refusal, user};
use crate::wire::{AwsError, Xml};

impl Group {
    pub(super) fn arn(&self, account_id: &str) -> String {
        format!("arn:aws:iam::{account_id}:group{}{}", self.path, self.name)
    }
}

pub(super) fn create_group(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("GroupName", 128)?;
    let path = call.params.path("Path")?.unwrap_or("/");
    if call.state.groups.contains_key(&name.to_ascii_lowercase()) {
        return Err(refusal::group_exists(name));
    }
    if call.state.groups.len() >= quota::GROUPS {
        return Err(refusal::quota("GroupsPerAccount", quota::GROUPS));
    }
    let group = Group {
        name: name.to_owned(),
        path: path.to_owned(),
        id: entropy::id("AGPA", 17, call.entropy),
        created: call.date,
        permissions: Permissions::default(),
        members: BTreeSet::new(),
    };
    xml.element("Group", |xml| write(xml, &group, call.account_id));
    call.state.groups.insert(name.to_ascii_lowercase(), group);
    Ok(())
}

pub(super) fn get_group(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let group = call.state.group(call.params.name("GroupName", 128)?)?;
    let members = call
        .state
        .visible_users(call.now)
        .filter(|user| group.members.contains(&user.id))
        .collect();
    let page = Page::of(members, call.params, |user: &&User| user.name.to_ascii_lowercase())?;
    xml.element("Group", |xml| write(xml, group, call.account_id));
    xml.members("Users", &page.items, |xml, user| {
        user::write(xml, user, call.account_id)
    });
    page.end(xml);
    Ok(())
}

pub(super) fn list_groups(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let prefix = call.params.path_prefix()?;
    let groups = call
        .state
        .groups
        .values()
        .filter(|group| group.path.starts_with(prefix))
        .collect();
    write_page(call, xml, groups)
}

pub(super) fn update_group(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let name = params.name("GroupName", 128)?;
    let new_path = params.path("NewPath")?;
    let new_name = params.optional_name("NewGroupName", 128)?.unwrap_or(name);
    call.state.group(name)?;
    let (key, new_key) = (name.to_ascii_lowercase(), new_name.to_ascii_lowercase());
    if key != new_key && call.state.groups.contains_key(&new_key) {
        return Err(refusal::group_exists(new_name));
    }
    let mut group = call
        .state
        .groups
        .remove(&key)
        .ok_or_else(|| refusal::no_such_group(name))?;
    if params.get("NewGroupName").is_some() {
        new_name.clone_into(&mut group.name);
    }
    if let Some(path) = new_path {
        path.clone_into(&mut group.path);
    }
    call.state.groups.insert(new_key, group);
    Ok(())
}

pub(super) fn delete_group(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("GroupName", 128)?;
    let group = call.state.group(name)?;
    if !group.members.is_empty() {
        return Err(refusal::delete_conflict(
            "Cannot delete entity, must remove users from group first.",
        ));
    }
    if !group.permissions.inline.is_empty() {
        return Err(refusal::delete_conflict(
            "Cannot delete entity, must delete policies first.",
        ));
    }
    if !group.permissions.attached.is_empty() {
        return Err(refusal::delete_conflict(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    call.state.groups.remove(&name.to_ascii_lowercase());
    Ok(())
}

/// Writes a page of groups.
pub(super) fn write_page(call: &Call<'_>, xml: &mut Xml, groups: Vec<&Group>) -> Result<(), AwsError> {
    let page = Page::of(groups, call.params, |group: &&Group| group.name.to_ascii_lowercase())?;
    xml.members("Groups", &page.items, |xml, group| write(xml, group, call.account_id));
    page.end(xml);
    Ok(())
}

pub(super) fn write(xml: &mut Xml, group: &Group, account_id: &str) {
    xml.text("Path", &group.path);
    xml.text("GroupName", &group.name);
    xml.text("GroupId", &group.id);
    xml.text("Arn", &group.arn(account_id));
    xml.time("CreateDate", group.created);
}
