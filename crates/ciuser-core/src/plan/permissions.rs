//! The part of the planner that decides on tags, boundary, policies and groups.
//!
//! Order of the steps: a boundary is set before anything is granted and removed after everything is withdrawn;
//! grants come before withdrawals (the pipeline keeps working meanwhile), unless a quota leaves no room for both.

use super::refusal::Refusal;
use super::step::Step;
use crate::inventory::{Inventory, PolicyFound, UserFacts, UserInventory, wanted};
use crate::name::{GroupName, Path, PolicyArn, RunId, Tag, TagKey, TagValue};
use crate::port::NewUser;
use crate::spec::{Attach, PolicyRef, Spec, UserSpec};

/// Collects the IAM steps for one user.
///
/// # Errors
/// Every reason why the account cannot be brought to the spec.
pub(super) fn steps(
    spec: &Spec,
    user: &UserSpec,
    there: &UserInventory,
    inventory: &Inventory,
    run: &RunId,
) -> Result<Vec<Step>, Vec<Refusal>> {
    let refusals = check_policies(user, inventory);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut steps = match &there.facts {
        None => vec![create_user(spec, user, run)],
        Some(facts) => tags_and_new_boundary(spec, user, facts, run),
    };
    let target = Permissions::wanted(user, inventory).map_err(|refusal| vec![refusal])?;
    target.check_groups(user, inventory).map_err(|refusal| vec![refusal])?;
    target.check_quotas(user, inventory)?;
    let grants = grants(user, &target, there);
    let withdrawals = there
        .facts
        .as_ref()
        .map(|facts| withdrawals(user, &target, facts, there))
        .unwrap_or_default();
    if leaves_room(&grants, &target, there, inventory) {
        steps.extend(grants);
        steps.extend(withdrawals);
    } else {
        steps.extend(withdrawals);
        steps.extend(grants);
    }
    let bounded = there.facts.as_ref().is_some_and(|facts| facts.boundary.is_some());
    if bounded && user.boundary.is_none() {
        steps.push(Step::DeleteUserPermissionsBoundary);
    }
    Ok(steps)
}

/// What the user shall have in the end.
struct Permissions {
    /// Attached to the user itself.
    direct: Vec<PolicyArn>,
    /// Attached to the group that ciuser makes for it.
    own_group: Option<(GroupName, Vec<PolicyArn>)>,
    /// Groups it shall be in, the own one included.
    groups: Vec<GroupName>,
}

impl Permissions {
    fn wanted(user: &UserSpec, inventory: &Inventory) -> Result<Permissions, Refusal> {
        let policies = wanted(user, &inventory.policies);
        let mut groups: Vec<GroupName> = Vec::new();
        for group in &user.groups {
            if !groups.iter().any(|named| named.same_as(group)) {
                groups.push(group.clone());
            }
        }
        match user.attach {
            Attach::Direct => Ok(Permissions {
                direct: policies,
                own_group: None,
                groups,
            }),
            Attach::Group => {
                let own = user.own_group().ok_or_else(|| Refusal::GroupName {
                    user: user.name.clone(),
                })?;
                if !groups.iter().any(|named| named.same_as(&own)) {
                    groups.push(own.clone());
                }
                Ok(Permissions {
                    direct: Vec::new(),
                    own_group: Some((own, policies)),
                    groups,
                })
            }
        }
    }

    fn check_groups(&self, user: &UserSpec, inventory: &Inventory) -> Result<(), Refusal> {
        for group in &user.groups {
            if !inventory.groups.iter().any(|(name, _)| name.same_as(group)) {
                return Err(Refusal::NoSuchGroup { group: group.clone() });
            }
        }
        if let Some((own, _)) = &self.own_group {
            let there = inventory.groups.iter().find(|(name, _)| name.same_as(own));
            if there.is_some_and(|(_, path)| *path != Path::own()) {
                return Err(Refusal::ForeignGroup { group: own.clone() });
            }
        }
        Ok(())
    }

    fn check_quotas(&self, user: &UserSpec, inventory: &Inventory) -> Result<(), Vec<Refusal>> {
        let quotas = &inventory.quotas;
        let in_group = self.own_group.as_ref().map_or(0, |(_, policies)| policies.len());
        let inline: usize = user
            .inline
            .values()
            .map(ciuser_policy::document::PolicyDocument::size)
            .sum();
        let counted = [
            ("managed policies", self.direct.len(), quotas.attached_policies_per_user),
            (
                "managed policies of the group",
                in_group,
                quotas.attached_policies_per_group,
            ),
            ("groups", self.groups.len(), quotas.groups_per_user),
            ("characters of inline policies", inline, quotas.user_policy_size),
        ];
        let over: Vec<Refusal> = counted
            .into_iter()
            .filter(|(_, count, quota)| count > quota)
            .map(|(what, count, quota)| Refusal::Quota {
                what,
                whose: user.name.to_string(),
                count,
                quota,
            })
            .collect();
        if over.is_empty() { Ok(()) } else { Err(over) }
    }
}

fn check_policies(user: &UserSpec, inventory: &Inventory) -> Vec<Refusal> {
    let boundary = user.boundary.iter().cloned().map(PolicyRef::Arn);
    let asked = user.policies.iter().cloned().chain(boundary);
    asked
        .filter_map(|policy| match inventory.policies.get(&policy) {
            Some(PolicyFound::Exists { attachable: true, .. }) => None,
            Some(PolicyFound::Exists { arn, .. }) => Some(Refusal::NotAttachable { policy: arn.clone() }),
            Some(PolicyFound::Missing { nearest }) => Some(missing(policy, nearest.clone())),
            None => Some(missing(policy, Vec::new())),
        })
        .collect()
}

fn missing(policy: PolicyRef, nearest: Vec<String>) -> Refusal {
    let name = match &policy {
        PolicyRef::Arn(arn) => arn.policy_name(),
        PolicyRef::Name(name) => name.as_str(),
    };
    let vanished = ciuser_policy::catalogue::vanished::successor(name);
    let successor = vanished.and_then(|gone| gone.successor).map(str::to_owned);
    Refusal::NoSuchPolicy {
        policy,
        nearest,
        successor,
    }
}

/// The two tags that say whose the user is and which run made or adopted it.
fn own_tags(spec: &Spec, run: &RunId) -> Vec<Tag> {
    let value = |text: &str| TagValue::new(text).ok();
    let pairs = [
        (TagKey::project(), value(spec.project.as_str())),
        (TagKey::run(), value(run.as_str())),
    ];
    pairs
        .into_iter()
        .filter_map(|(key, value)| Some(Tag { key, value: value? }))
        .collect()
}

fn create_user(spec: &Spec, user: &UserSpec, run: &RunId) -> Step {
    let mut tags = user.tags.clone();
    tags.extend(own_tags(spec, run));
    Step::CreateUser(NewUser {
        name: user.name.clone(),
        path: user.path.clone(),
        tags,
        boundary: user.boundary.clone(),
    })
}

fn tags_and_new_boundary(spec: &Spec, user: &UserSpec, facts: &UserFacts, run: &RunId) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut tags: Vec<Tag> = user
        .tags
        .iter()
        .filter(|tag| facts.tag(&tag.key) != Some(tag.value.as_str()))
        .cloned()
        .collect();
    if facts.tag(&TagKey::project()).is_none() {
        tags.extend(own_tags(spec, run));
    }
    if !tags.is_empty() {
        steps.push(Step::TagUser { tags });
    }
    let keys: Vec<TagKey> = user
        .untag
        .iter()
        .filter(|key| facts.tag(key).is_some())
        .cloned()
        .collect();
    if !keys.is_empty() {
        steps.push(Step::UntagUser { keys });
    }
    if let Some(wanted) = &user.boundary
        && facts.boundary.as_ref() != Some(wanted)
    {
        steps.push(Step::PutUserPermissionsBoundary {
            boundary: wanted.clone(),
        });
    }
    steps
}

fn grants(user: &UserSpec, target: &Permissions, there: &UserInventory) -> Vec<Step> {
    let facts = there.facts.as_ref();
    let mut steps = Vec::new();
    if let Some((group, policies)) = &target.own_group {
        let group = group.clone();
        if there.own_group.is_none() {
            steps.push(Step::CreateGroup {
                group: group.clone(),
                path: Path::own(),
            });
        }
        let attached = there.own_group.as_deref().unwrap_or_default();
        let lacking = policies.iter().filter(|policy| !attached.contains(policy));
        steps.extend(lacking.map(|policy| Step::AttachGroupPolicy {
            group: group.clone(),
            policy: policy.clone(),
        }));
    }
    for group in &target.groups {
        if !facts.is_some_and(|facts| facts.groups.iter().any(|there| there.same_as(group))) {
            steps.push(Step::AddUserToGroup { group: group.clone() });
        }
    }
    for policy in &target.direct {
        if !facts.is_some_and(|facts| facts.attached.contains(policy)) {
            steps.push(Step::AttachUserPolicy { policy: policy.clone() });
        }
    }
    for (name, document) in &user.inline {
        let same = facts
            .and_then(|facts| facts.inline.get(name))
            .is_some_and(|there| document.same_as_text(there));
        if !same {
            steps.push(Step::PutUserPolicy {
                name: name.clone(),
                document: document.text().to_owned(),
            });
        }
    }
    steps
}

fn withdrawals(user: &UserSpec, target: &Permissions, facts: &UserFacts, there: &UserInventory) -> Vec<Step> {
    let mut steps = Vec::new();
    for policy in facts.attached.iter().filter(|policy| !target.direct.contains(policy)) {
        steps.push(Step::DetachUserPolicy { policy: policy.clone() });
    }
    for name in facts.inline.keys().filter(|name| !user.inline.contains_key(name)) {
        steps.push(Step::DeleteUserPolicy { name: name.clone() });
    }
    for group in facts
        .groups
        .iter()
        .filter(|group| !target.groups.iter().any(|wanted| wanted.same_as(group)))
    {
        steps.push(Step::RemoveUserFromGroup { group: group.clone() });
    }
    if let Some((group, policies)) = &target.own_group {
        let attached = there.own_group.as_deref().unwrap_or_default();
        for policy in attached.iter().filter(|policy| !policies.contains(policy)) {
            steps.push(Step::DetachGroupPolicy {
                group: group.clone(),
                policy: policy.clone(),
            });
        }
    }
    steps
}

/// Tells whether all grants fit beside what is still to be withdrawn.
fn leaves_room(grants: &[Step], target: &Permissions, there: &UserInventory, inventory: &Inventory) -> bool {
    let Some(facts) = &there.facts else { return true };
    let count = |wanted: fn(&Step) -> bool| grants.iter().filter(|step| wanted(step)).count();
    let policies = facts.attached.len() + count(|step| matches!(step, Step::AttachUserPolicy { .. }));
    let groups = facts.groups.len() + count(|step| matches!(step, Step::AddUserToGroup { .. }));
    let in_group =
        there.own_group.as_ref().map_or(0, Vec::len) + count(|step| matches!(step, Step::AttachGroupPolicy { .. }));
    let inline: usize = grants
        .iter()
        .filter_map(|step| {
            if let Step::PutUserPolicy { document, .. } = step {
                Some(document)
            } else {
                None
            }
        })
        .chain(facts.inline.values())
        .map(|text| text.chars().filter(|c| !c.is_whitespace()).count())
        .sum();
    let quotas = &inventory.quotas;
    policies <= quotas.attached_policies_per_user
        && groups <= quotas.groups_per_user
        && (target.own_group.is_none() || in_group <= quotas.attached_policies_per_group)
        && inline <= quotas.user_policy_size
}
