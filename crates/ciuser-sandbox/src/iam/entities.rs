//! `ListEntitiesForPolicy`: which users and groups a policy is attached to, or is the boundary of.

use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::refusal;
use crate::iam::state::{Group, User};
use crate::wire::{AwsError, Xml};

const FILTERS: &[&str] = &["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

enum Entity<'a> {
    Group(&'a Group),
    User(&'a User),
}

impl Entity<'_> {
    fn key(&self) -> String {
        match self {
            Entity::Group(group) => format!("group {}", group.name.to_ascii_lowercase()),
            Entity::User(user) => format!("user {}", user.name.to_ascii_lowercase()),
        }
    }
}

pub(super) fn list_entities_for_policy(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let arn = params.policy_arn("PolicyArn")?;
    let only = params.one_of("EntityFilter", FILTERS)?;
    let used_as = params.one_of("PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
    let prefix = params.path_prefix()?;
    call.state
        .managed(call.account_id, arn)
        .ok_or_else(|| refusal::no_such_policy(arn))?;

    let mut entities = Vec::new();
    if only.is_none_or(|only| only == "Group") && used_as != Some("PermissionsBoundary") {
        let groups = call
            .state
            .groups
            .values()
            .filter(|group| group.path.starts_with(prefix));
        let attached = groups.filter(|group| group.permissions.attached.iter().any(|attached| attached == arn));
        entities.extend(attached.map(Entity::Group));
    }
    if only.is_none_or(|only| only == "User") {
        let users = call
            .state
            .visible_users(call.now)
            .filter(|user| user.path.starts_with(prefix));
        entities.extend(users.filter(|user| uses(user, arn, used_as)).map(Entity::User));
    }
    let page = Page::of(entities, params, Entity::key)?;
    let groups = page.items.iter().filter_map(|entity| {
        if let Entity::Group(group) = entity {
            Some(group)
        } else {
            None
        }
    });
    let users = page.items.iter().filter_map(|entity| {
        if let Entity::User(user) = entity {
            Some(user)
        } else {
            None
        }
    });
    xml.members("PolicyGroups", groups, |xml, group| {
        xml.text("GroupName", &group.name);
        xml.text("GroupId", &group.id);
    });
    xml.members("PolicyUsers", users, |xml, user| {
        xml.text("UserName", &user.name);
        xml.text("UserId", &user.id);
    });
    xml.text_members("PolicyRoles", []);
    page.end(xml);
    Ok(())
}

fn uses(user: &User, arn: &str, used_as: Option<&str>) -> bool {
    let attached = user.permissions.attached.iter().any(|attached| attached == arn);
    let boundary = user.boundary.as_deref() == Some(arn);
    match used_as {
        Some("PermissionsPolicy") => attached,
        Some(_) => boundary,
        None => attached || boundary,
    }
}
