//! Decides how a user is taken apart: which calls, in which order, and which targets lose its key.
//!
//! Order: what lets somebody in goes first (keys made inactive, then deleted, then the other credentials), then what
//! it may do, then the user. IAM refuses to delete a user of which anything is left; boundary and tags go with it.
//! Invariants: pure; only a user of the asking project is touched; a target is cleared only of a key of this user,
//! and after the steps, so that no key is left alive whose secret nobody has.

use super::key::{Held, Past, see};
use super::refusal::Refusal;
use super::step::{KeyPlan, Step};
use super::{Heading, Holder, Note, Plan, PlanError, Retirement, UserPlan, fingerprint};
use crate::inventory::{DeletionInventory, OtherCredential, UserFacts};
use crate::name::TagKey;
use crate::port::{AccessKeyStatus, KeyLastUsed};
use crate::spec::{Clear, DeletionSpec, SealSpec, own_group_of};
use crate::target::Target;

/// Makes the plan for deleting a user, or its keys only.
///
/// # Errors
/// All reasons to refuse, or the stores that must be unlocked to know.
pub fn plan_delete(
    spec: &DeletionSpec,
    inventory: &DeletionInventory,
    heading: &Heading<'_>,
) -> Result<Plan, PlanError> {
    let facts = inventory.user.facts.as_ref();
    let mut refusals: Vec<Refusal> = match facts {
        Some(facts) => check_owner(spec, facts, inventory).into_iter().collect(),
        None => Vec::new(),
    };
    let mut holders = Holders::default();
    for (target, state) in &inventory.user.places {
        let keys = facts.map(|facts| facts.keys.as_slice()).unwrap_or_default();
        holders.add(
            target,
            see(&state.holdings, keys, Past::of(&inventory.user.known, target)),
        );
    }
    if facts.is_none() && holders.hold.is_empty() && holders.locked.is_empty() {
        refusals.push(Refusal::NoUserToDelete {
            user: spec.user.clone(),
            account: inventory.caller.account.clone(),
        });
    }
    if spec.clear == Clear::Everything {
        refusals.extend(inventory.unseen.iter().map(|(target, error)| Refusal::CannotClear {
            target: target.to_string(),
            why: error.message.clone(),
        }));
    }
    if !refusals.is_empty() {
        return Err(PlanError::Refused(refusals));
    }
    if spec.clear != Clear::Nothing && !holders.locked.is_empty() {
        return Err(PlanError::Locked(holders.locked));
    }
    let notes = notes(spec, inventory, &holders);
    Ok(Plan {
        made: heading.made,
        scope: heading.scope.clone(),
        caller: inventory.caller.arn.clone(),
        session: heading.session.clone(),
        project: spec.project.clone(),
        region: None,
        seal: SealSpec::default(),
        users: vec![user_plan(spec, inventory, holders.hold, notes)],
    })
}

fn user_plan(spec: &DeletionSpec, inventory: &DeletionInventory, hold: Vec<Holder>, notes: Vec<Note>) -> UserPlan {
    let there = &inventory.user;
    let facts = there.facts.as_ref();
    let name = facts.map_or(&spec.user, |facts| &facts.name).clone();
    let (clear, leave) = if spec.clear != Clear::Nothing {
        (hold, Vec::new())
    } else {
        (Vec::new(), hold)
    };
    let key = KeyPlan::Retire(Retirement {
        keys: facts.map(|facts| facts.keys.clone()).unwrap_or_default(),
        user_created: facts.map(|facts| facts.created),
        clear,
        leave,
    });
    UserPlan {
        arn: inventory.arn.clone(),
        fingerprint: fingerprint(there, &key),
        own_group: own_group_of(&name).filter(|_| there.own_group.is_some()),
        steps: facts.map(|facts| steps(spec, facts, inventory)).unwrap_or_default(),
        key,
        targets: there.places.iter().map(|(target, _)| target.clone()).collect(),
        notes,
        user: name,
    }
}

fn steps(spec: &DeletionSpec, facts: &UserFacts, inventory: &DeletionInventory) -> Vec<Step> {
    let mut steps = key_steps(facts);
    if spec.keep_user {
        return steps;
    }
    steps.extend(facts.other_credentials.iter().flat_map(credential_steps));
    steps.extend(
        facts
            .inline
            .keys()
            .map(|name| Step::DeleteUserPolicy { name: name.clone() }),
    );
    steps.extend(
        facts
            .attached
            .iter()
            .map(|policy| Step::DetachUserPolicy { policy: policy.clone() }),
    );
    steps.extend(
        facts
            .groups
            .iter()
            .map(|group| Step::RemoveUserFromGroup { group: group.clone() }),
    );
    let own_group = own_group_of(&facts.name).zip(inventory.user.own_group.as_ref());
    if let (Some((group, attached)), None) = (own_group, kept_group(facts, inventory)) {
        steps.extend(attached.iter().map(|policy| Step::DetachGroupPolicy {
            group: group.clone(),
            policy: policy.clone(),
        }));
        steps.push(Step::DeleteGroup { group });
    }
    steps.push(Step::DeleteUser);
    steps
}

/// All keys are inactive before the first is deleted: what can be undone comes before what cannot.
fn key_steps(facts: &UserFacts) -> Vec<Step> {
    let active = facts.keys.iter().filter(|key| key.status == AccessKeyStatus::Active);
    let deactivations = active.map(|key| Step::UpdateAccessKey {
        key: key.id.clone(),
        status: AccessKeyStatus::Inactive,
    });
    let deletions = facts
        .keys
        .iter()
        .map(|key| Step::DeleteAccessKey { key: key.id.clone() });
    deactivations.chain(deletions).collect()
}

fn credential_steps(credential: &OtherCredential) -> Vec<Step> {
    match credential {
        OtherCredential::ConsolePassword => vec![Step::DeleteLoginProfile],
        OtherCredential::MfaDevices(devices) => devices
            .iter()
            .flat_map(|device| {
                let deactivate = Step::DeactivateMFADevice { device: device.clone() };
                let delete = Step::DeleteVirtualMFADevice { device: device.clone() };
                std::iter::once(deactivate).chain(device.is_virtual().then_some(delete))
            })
            .collect(),
        OtherCredential::SshPublicKeys(keys) => keys
            .iter()
            .map(|key| Step::DeleteSSHPublicKey { key: key.clone() })
            .collect(),
        OtherCredential::SigningCertificates(certificates) => certificates
            .iter()
            .map(|certificate| Step::DeleteSigningCertificate {
                certificate: certificate.clone(),
            })
            .collect(),
        OtherCredential::ServiceSpecificCredentials(credentials) => credentials
            .iter()
            .map(|credential| Step::DeleteServiceSpecificCredential {
                credential: credential.clone(),
            })
            .collect(),
        OtherCredential::Unchecked(..) => Vec::new(),
    }
}

/// Says why the user's own group stays; `None` when it goes with its user.
fn kept_group(facts: &UserFacts, inventory: &DeletionInventory) -> Option<String> {
    let contents = inventory.user.own_group_contents.as_ref()?;
    let other = contents.members.iter().find(|member| !member.same_as(&facts.name));
    match (other, contents.inline.first()) {
        (Some(other), _) => Some(format!("user `{other}` is in it too")),
        (None, Some(policy)) => Some(format!("somebody gave it the inline policy `{policy}`")),
        (None, None) => None,
    }
}

fn check_owner(spec: &DeletionSpec, facts: &UserFacts, inventory: &DeletionInventory) -> Option<Refusal> {
    if facts.name != spec.user {
        return Some(Refusal::NameInOtherCase {
            asked: spec.user.clone(),
            there: facts.name.clone(),
        });
    }
    if facts.arn.as_str() == inventory.caller.arn {
        let user = facts.name.clone();
        return Some(Refusal::CallerItself { user });
    }
    match facts.tag(&TagKey::project()) {
        Some(owner) if owner == spec.project.as_str() => None,
        Some(owner) => Some(Refusal::OtherProject {
            user: facts.name.clone(),
            owner: owner.to_owned(),
            project: spec.project.to_string(),
        }),
        None if spec.unmanaged => None,
        None => Some(Refusal::DeletesUnmanaged {
            user: facts.name.clone(),
        }),
    }
}

/// The targets, by what they hold.
#[derive(Default)]
struct Holders {
    hold: Vec<Holder>,
    locked: Vec<Target>,
    other: Vec<(Target, String)>,
}

impl Holders {
    fn add(&mut self, target: &Target, held: Held) {
        let target = target.clone();
        match held {
            Held::Nothing => {}
            Held::Live(key) | Held::Dead { id: key, .. } => self.hold.push(Holder { target, key }),
            Held::Occupied(what) => self.other.push((target, what)),
            Held::Locked => self.locked.push(target),
        }
    }
}

fn notes(spec: &DeletionSpec, inventory: &DeletionInventory, holders: &Holders) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(facts) = &inventory.user.facts {
        notes.extend(user_notes(spec, facts, inventory));
    }
    if spec.clear == Clear::Nothing {
        notes.extend(holders.hold.iter().map(|Holder { target, key }| {
            Note::warning(format!(
                "`{target}` still holds access key {key}: `--clear` takes it away there"
            ))
        }));
    }
    if spec.clear != Clear::Nothing {
        notes.extend(holders.hold.iter().filter_map(|Holder { target, .. }| match target {
            Target::Store(store) => {
                let what = store.once_cleared()?;
                Some(Note::warning(format!("`{target}`: {what}")))
            }
            Target::Provider(_) => None,
        }));
    }
    notes.extend(holders.locked.iter().map(|target| {
        Note::info(format!(
            "`{target}` is locked, and may hold a key of user `{}`",
            spec.user
        ))
    }));
    notes.extend(holders.other.iter().map(|(target, what)| {
        Note::info(format!(
            "`{target}` holds {what}, which is not a key of user `{}`: it stays",
            spec.user
        ))
    }));
    notes.extend(inventory.unseen.iter().map(|(target, error)| {
        let why = &error.message;
        Note::warning(format!(
            "`{target}` could not be looked at, and may still hold a key: {why}"
        ))
    }));
    notes
}

fn user_notes(spec: &DeletionSpec, facts: &UserFacts, inventory: &DeletionInventory) -> Vec<Note> {
    let mut notes = Vec::new();
    if facts.tag(&TagKey::project()).is_none() {
        notes.push(Note::warning(format!(
            "user `{}` was not made by ciuser: make sure that nobody else needs it",
            facts.name
        )));
    }
    notes.extend(
        inventory
            .last_used
            .iter()
            .map(|(key, used)| Note::info(use_in_words(key.as_str(), used))),
    );
    if spec.keep_user {
        return notes;
    }
    for credential in &facts.other_credentials {
        if let OtherCredential::Unchecked(what, why) = credential {
            notes.push(Note::warning(format!(
                "could not look for {what}: {why}; if there are any, IAM keeps the user when all else is gone"
            )));
        }
    }
    if let (Some(group), Some(why)) = (own_group_of(&facts.name), kept_group(facts, inventory)) {
        notes.push(Note::info(format!("group `{group}` stays: {why}")));
    }
    notes
}

fn use_in_words(key: &str, used: &KeyLastUsed) -> String {
    let Some(at) = used.at else {
        return format!("access key {key} was never used");
    };
    let mut text = format!("access key {key} was last used {}", at.strftime("%Y-%m-%d %H:%M UTC"));
    if let Some(service) = &used.service {
        text.push_str(&format!(" for {service}"));
    }
    if let Some(region) = &used.region {
        text.push_str(&format!(" in {region}"));
    }
    text
}
