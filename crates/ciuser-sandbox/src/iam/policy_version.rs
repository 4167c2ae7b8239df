//! Versions of managed policies. Numbers are never used twice, and the default version cannot be deleted.

use ciuser_policy::document::PolicyKind;

use crate::iam::action::Call;
use crate::iam::managed::Version;
use crate::iam::page::Page;
use crate::iam::state::PolicyVersion;
use crate::iam::{document, policy, quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn create_policy_version(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let arn = params.policy_arn("PolicyArn")?;
    let text = document::requested(params)?;
    let policy = call.state.customer_policy_mut(call.account_id, arn)?;
    policy::check_size(&document::checked(text, PolicyKind::Managed)?)?;
    if policy.versions.len() >= quota::VERSIONS_PER_POLICY {
        return Err(refusal::too_many_versions());
    }
    policy.latest_version += 1;
    let number = policy.latest_version;
    policy.versions.insert(
        number,
        PolicyVersion {
            document: text.to_owned(),
            created: call.date,
        },
    );
    if params.flag("SetAsDefault") {
        policy.default_version = number;
        policy.updated = call.date;
    }
    xml.element("PolicyVersion", |xml| {
        xml.text("VersionId", &format!("v{number}"));
        xml.flag("IsDefaultVersion", policy.default_version == number);
        xml.time("CreateDate", call.date);
    });
    Ok(())
}

pub(super) fn get_policy_version(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let (arn, id) = (call.params.policy_arn("PolicyArn")?, call.params.version_id()?);
    let versions = call.state.managed(call.account_id, arn).map(|policy| policy.versions());
    let version = versions.into_iter().flatten().find(|version| version.id == id);
    let version = version.ok_or_else(|| refusal::no_such_policy_version(arn, id))?;
    xml.element("PolicyVersion", |xml| write_whole(xml, &version));
    Ok(())
}

pub(super) fn list_policy_versions(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    let policy = call
        .state
        .managed(call.account_id, arn)
        .ok_or_else(|| refusal::no_such_policy(arn))?;
    let page = Page::of(policy.versions(), call.params, newest_first)?;
    xml.members("Versions", &page.items, write);
    page.end(xml);
    Ok(())
}

pub(super) fn set_default_policy_version(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let (arn, id) = (call.params.policy_arn("PolicyArn")?, call.params.version_id()?);
    let missing = || refusal::no_such_policy_version(arn, id);
    call.state.managed(call.account_id, arn).ok_or_else(missing)?;
    let policy = call.state.customer_policy_mut(call.account_id, arn)?;
    let number = number(id)
        .filter(|number| policy.versions.contains_key(number))
        .ok_or_else(missing)?;
    policy.default_version = number;
    policy.updated = call.date;
    Ok(())
}

pub(super) fn delete_policy_version(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let (arn, id) = (call.params.policy_arn("PolicyArn")?, call.params.version_id()?);
    let missing = || refusal::no_such_policy_version(arn, id);
    call.state.managed(call.account_id, arn).ok_or_else(missing)?;
    let policy = call.state.customer_policy_mut(call.account_id, arn)?;
    let number = number(id)
        .filter(|number| policy.versions.contains_key(number))
        .ok_or_else(missing)?;
    if number == policy.default_version {
        return Err(refusal::delete_conflict(
            "Cannot delete the default version of a policy.",
        ));
    }
    policy.versions.remove(&number);
    Ok(())
}

/// Writes a version with its document.
pub(super) fn write_whole(xml: &mut Xml, version: &Version<'_>) {
    xml.text("Document", &document::on_the_wire(version.document));
    write(xml, version);
}

fn write(xml: &mut Xml, version: &Version<'_>) {
    xml.text("VersionId", &version.id);
    xml.flag("IsDefaultVersion", version.is_default);
    xml.time("CreateDate", version.created);
}

fn number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}

/// Returns a key that sorts later versions first.
fn newest_first(version: &Version<'_>) -> String {
    format!("{:010}", u32::MAX - number(&version.id).unwrap_or_default())
}
