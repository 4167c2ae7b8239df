//! Users.

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{State, User};
use crate::iam::{boundary, quota, refusal, tag};
use crate::principal::Principal;
use crate::wire::{AwsError, Xml};

impl User {
    pub(super) fn arn(&self, account_id: &str) -> String {
        format!("arn:aws:iam::{account_id}:user{}{}", self.path, self.name)
    }
}

pub(super) fn create_user(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let name = params.name("UserName", 64)?;
    let path = params.path("Path")?.unwrap_or("/");
    let tags = tag::tags_of_a_user(params)?;
    let boundary = boundary::requested(params)?;
    if call.state.users.contains_key(&name.to_ascii_lowercase()) {
        return Err(refusal::user_exists(name));
    }
    if let Some(arn) = boundary {
        boundary::check_policy(call, arn)?;
    }
    if call.state.users.len() >= quota::USERS {
        return Err(refusal::quota("UsersPerAccount", quota::USERS));
    }
    let id = entropy::id("AIDA", 17, call.entropy);
    let user = User {
        visible_from: call.visible_from,
        tags,
        boundary: boundary.map(str::to_owned),
        ..User::new(name, path, id, call.date)
    };
    xml.element("User", |xml| write_whole(xml, &user, call.account_id));
    call.state.users.insert(name.to_ascii_lowercase(), user);
    Ok(())
}

pub(super) fn get_user(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    if call.params.get("UserName").is_none() && *call.caller == Principal::Root {
        xml.element("User", |xml| {
            xml.text("UserId", call.account_id);
            xml.text("Arn", &call.caller.arn(call.account_id));
        });
        return Ok(());
    }
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user(&name, call.now)?;
    xml.element("User", |xml| write_whole(xml, user, call.account_id));
    Ok(())
}

pub(super) fn list_users(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let prefix = call.params.path_prefix()?;
    let users = call
        .state
        .visible_users(call.now)
        .filter(|user| user.path.starts_with(prefix))
        .collect();
    let page = Page::of(users, call.params, |user: &&User| user.name.to_ascii_lowercase())?;
    xml.members("Users", &page.items, |xml, user| write(xml, user, call.account_id));
    page.end(xml);
    Ok(())
}

pub(super) fn update_user(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let name = params.name("UserName", 128)?;
    let new_path = params.path("NewPath")?;
    let new_name = params.optional_name("NewUserName", 64)?.unwrap_or(name);
    call.state.user(name, call.now)?;
    let (key, new_key) = (name.to_ascii_lowercase(), new_name.to_ascii_lowercase());
    if key != new_key && call.state.users.contains_key(&new_key) {
        return Err(refusal::user_exists(new_name));
    }
    let mut user = call
        .state
        .users
        .remove(&key)
        .ok_or_else(|| refusal::no_such_user(name))?;
    if params.get("NewUserName").is_some() {
        new_name.clone_into(&mut user.name);
    }
    if let Some(path) = new_path {
        path.clone_into(&mut user.path);
    }
    call.state.users.insert(new_key, user);
    Ok(())
}

pub(super) fn delete_user(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 128)?;
    let user = call.state.user(name, call.now)?;
    if let Some(message) = what_hangs_on(call.state, user) {
        return Err(refusal::delete_conflict(message));
    }
    call.state.users.remove(&name.to_ascii_lowercase());
    Ok(())
}

/// Returns AWS's words for what has to go before the user can.
fn what_hangs_on(state: &State, user: &User) -> Option<&'static str> {
    if user.login_profile.is_some() {
        return Some("Cannot delete entity, must delete login profile first.");
    }
    if !user.access_keys.is_empty() {
        return Some("Cannot delete entity, must delete access keys first.");
    }
    if state.mfa_devices_of(&user.id).next().is_some() {
        return Some("Cannot delete entity, must delete MFA device first.");
    }
    if !user.permissions.inline.is_empty() {
        return Some("Cannot delete entity, must delete policies first.");
    }
    if !user.permissions.attached.is_empty() {
        return Some("Cannot delete entity, must detach all policies first.");
    }
    if state.groups_of(&user.id).next().is_some() {
        return Some("Cannot delete entity, must remove users from group first.");
    }
    let others = [
        user.ssh_keys.len(),
        user.certificates.len(),
        user.service_credentials.len(),
    ];
    (others != [0; 3]).then_some("Cannot delete entity, must remove referenced objects first.")
}

/// Writes a user as listings give it: without boundary and tags.
pub(super) fn write(xml: &mut Xml, user: &User, account_id: &str) {
    xml.text("Path", &user.path);
    xml.text("UserName", &user.name);
    xml.text("UserId", &user.id);
    xml.text("Arn", &user.arn(account_id));
    xml.time("CreateDate", user.created);
}

fn write_whole(xml: &mut Xml, user: &User, account_id: &str) {
    write(xml, user, account_id);
    write_extras(xml, user);
}

/// Writes a user's boundary and tags, which are left out when there are none.
pub(super) fn write_extras(xml: &mut Xml, user: &User) {
    if let Some(arn) = &user.boundary {
        xml.element("PermissionsBoundary", |xml| {
            xml.text("PermissionsBoundaryType", "Policy");
            xml.text("PermissionsBoundaryArn", arn);
        });
    }
    if !user.tags.is_empty() {
        tag::write(xml, &user.tags);
    }
}
