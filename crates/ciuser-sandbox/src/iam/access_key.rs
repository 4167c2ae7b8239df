//! Access keys. The secret is answered once, by `CreateAccessKey`; inactive keys count against the quota.

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{AccessKey, Status, User, is_visible};
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn create_access_key(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user_mut(&name, call.now)?;
    if user.access_keys.len() >= quota::ACCESS_KEYS_PER_USER {
        return Err(refusal::quota("AccessKeysPerUser", quota::ACCESS_KEYS_PER_USER));
    }
    let key = AccessKey {
        id: entropy::id("AKIA", 16, call.entropy),
        secret: entropy::secret(40, call.entropy),
        status: Status::Active,
        created: call.date,
        visible_from: call.visible_from,
        last_used: None,
    };
    xml.element("AccessKey", |xml| {
        xml.text("UserName", &user.name);
        xml.text("AccessKeyId", &key.id);
        xml.text("Status", key.status.as_str());
        xml.text("SecretAccessKey", &key.secret);
        xml.time("CreateDate", key.created);
    });
    user.access_keys.push(key);
    Ok(())
}

pub(super) fn list_access_keys(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user(&name, call.now)?;
    let keys = user
        .access_keys
        .iter()
        .filter(|key| is_visible(key.visible_from, call.now))
        .collect();
    let page = Page::of(keys, call.params, |key: &&AccessKey| {
        format!("{} {}", key.created, key.id)
    })?;
    xml.members("AccessKeyMetadata", &page.items, |xml, key| {
        xml.text("UserName", &user.name);
        xml.text("AccessKeyId", &key.id);
        xml.text("Status", key.status.as_str());
        xml.time("CreateDate", key.created);
    });
    page.end(xml);
    Ok(())
}

pub(super) fn update_access_key(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let id = call.params.id("AccessKeyId", 16)?;
    call.params.required("Status")?;
    let status = match call.params.one_of("Status", &["Active", "Inactive"])? {
        Some("Active") => Status::Active,
        _ => Status::Inactive,
    };
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user_mut(&name, call.now)?;
    let key = user.access_keys.iter_mut().find(|key| key.id == id);
    key.ok_or_else(|| refusal::no_such_access_key(id))?.status = status;
    Ok(())
}

pub(super) fn delete_access_key(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let id = call.params.id("AccessKeyId", 16)?;
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user_mut(&name, call.now)?;
    if !user.access_keys.iter().any(|key| key.id == id) {
        return Err(refusal::no_such_access_key(id));
    }
    user.access_keys.retain(|key| key.id != id);
    Ok(())
}

/// An unknown key is answered with `AccessDenied`, so that nobody can probe for the keys of other accounts.
pub(super) fn get_access_key_last_used(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let id = call.params.id("AccessKeyId", 16)?;
    let of_user = |user: &User| user.access_keys.iter().position(|key| key.id == id);
    let found = call
        .state
        .users
        .values()
        .find_map(|user| Some((user, user.access_keys.get(of_user(user)?)?)));
    let (user, key) = found.ok_or_else(|| refusal::unknown_key_last_used(&call.caller.arn(call.account_id), id))?;
    xml.text("UserName", &user.name);
    xml.element("AccessKeyLastUsed", |xml| {
        if let Some(used) = &key.last_used {
            xml.time("LastUsedDate", used.time);
        }
        let (service, region) = key
            .last_used
            .as_ref()
            .map_or(("N/A", "N/A"), |used| (used.service.as_str(), used.region.as_str()));
        xml.text("ServiceName", service);
        xml.text("Region", region);
    });
    Ok(())
}
