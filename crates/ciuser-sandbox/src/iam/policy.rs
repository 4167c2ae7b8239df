//! Managed policies: create, get, delete, list.

use std::collections::BTreeMap;

use ciuser_policy::document::{PolicyDocument, PolicyKind};

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::constraint::check_length;
use crate::iam::managed::{self, Managed};
use crate::iam::page::Page;
use crate::iam::state::{Policy, PolicyVersion};
use crate::iam::{document, quota, refusal, tag};
use crate::wire::{AwsError, Xml};

pub(super) fn create_policy(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let name = params.name("PolicyName", 128)?;
    let path = params.policy_path("Path")?.unwrap_or("/");
    let text = document::requested(params)?;
    let description = params.get("Description");
    check_length("description", description.unwrap_or_default(), 0, 1000)?;
    let tags = tag::tags_of_a_policy(params)?;
    let document = document::checked(text, PolicyKind::Managed)?;
    if call.state.policies.contains_key(&name.to_ascii_lowercase()) {
        return Err(refusal::policy_exists(name));
    }
    check_size(&document)?;
    if call.state.policies.len() >= quota::POLICIES {
        return Err(refusal::quota("PoliciesPerAccount", quota::POLICIES));
    }
    let policy = Policy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: entropy::id("ANPA", 17, call.entropy),
        created: call.date,
        updated: call.date,
        description: description.map(str::to_owned),
        tags,
        default_version: 1,
        latest_version: 1,
        versions: BTreeMap::from([(
            1,
            PolicyVersion {
                document: text.to_owned(),
                created: call.date,
            },
        )]),
    };
    let arn = policy.arn(call.account_id);
    call.state.policies.insert(name.to_ascii_lowercase(), policy);
    let policy = call
        .state
        .managed(call.account_id, &arn)
        .ok_or_else(|| refusal::no_such_policy(&arn))?;
    xml.element("Policy", |xml| {
        managed::write(xml, &policy, &call.state.usage());
        if !policy.tags().is_empty() {
            tag::write(xml, policy.tags());
        }
    });
    Ok(())
}

pub(super) fn get_policy(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    let policy = call
        .state
        .managed(call.account_id, arn)
        .ok_or_else(|| refusal::no_such_policy(arn))?;
    xml.element("Policy", |xml| {
        managed::write(xml, &policy, &call.state.usage());
        xml.optional("Description", policy.description());
        tag::write(xml, policy.tags());
    });
    Ok(())
}

pub(super) fn delete_policy(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let arn = call.params.policy_arn("PolicyArn")?;
    let usage = call.state.usage();
    let in_use = usage.attached(arn) + usage.boundaries(arn) > 0;
    let policy = call.state.customer_policy_mut(call.account_id, arn)?;
    if in_use {
        return Err(refusal::delete_conflict("Cannot delete a policy attached to entities."));
    }
    if policy.versions.len() > 1 {
        return Err(refusal::delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ));
    }
    let key = policy.name.to_ascii_lowercase();
    call.state.policies.remove(&key);
    Ok(())
}

pub(super) fn list_policies(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let params = call.params;
    let scope = params.one_of("Scope", &["All", "AWS", "Local"])?.unwrap_or("All");
    let prefix = params.policy_path_prefix()?;
    let used_as = params.one_of("PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
    let usage = call.state.usage();
    let wanted = |policy: &Managed<'_>| {
        let as_wanted = match used_as {
            Some("PermissionsPolicy") => usage.attached(&policy.arn) > 0,
            Some(_) => usage.boundaries(&policy.arn) > 0,
            None => true,
        };
        let attached = !params.flag("OnlyAttached") || usage.attached(&policy.arn) > 0;
        policy.path().starts_with(prefix) && as_wanted && attached
    };
    let mut policies: Vec<Managed<'_>> = Vec::new();
    if scope != "AWS" {
        policies.extend(call.state.customer_policies(call.account_id).filter(wanted));
    }
    if scope != "Local" {
        policies.extend(managed::aws_policies().filter(wanted));
    }
    let page = Page::of(policies, params, |policy: &Managed<'_>| {
        format!("{} {}", policy.name().to_ascii_lowercase(), policy.arn)
    })?;
    xml.members("Policies", &page.items, |xml, policy| {
        managed::write(xml, policy, &usage)
    });
    page.end(xml);
    Ok(())
}

/// Checks the quota for one version of a managed policy.
pub(super) fn check_size(document: &PolicyDocument) -> Result<(), AwsError> {
    if document.size() > quota::POLICY_SIZE {
        return Err(refusal::quota("PolicySize", quota::POLICY_SIZE));
    }
    Ok(())
}
