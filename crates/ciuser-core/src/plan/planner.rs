//! Decides which calls turn the inventory into the spec.
//!
//! Invariants: pure (same inputs, same plan); all refusals are found before any is reported; a step carries
//! everything that it needs. Does not check whether the caller may make the calls.

use jiff::Timestamp;

use super::key::{KeyQuestion, NoKeyPlan, holds};
use super::refusal::Refusal;
use super::step::{KeyPlan, Replaces, Step, Unavailable};
use super::{Note, Plan, Session, UserPlan, fingerprint, permissions};
use crate::inventory::{Inventory, OtherCredential, PolicyFound, UserFacts, UserInventory};
use crate::name::{AccessKeyId, RunId, TagKey};
use crate::port::{AccessKeyStatus, Scope};
use crate::spec::{Attach, PolicyRef, Spec, UserSpec};
use crate::target::Target;

/// What the person chose beside the spec.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Take over users that ciuser does not manage yet.
    pub adopt: bool,
    /// Targets, as `KIND:PLACE` or `PLACE`, that may be overwritten.
    pub overwrite: Vec<String>,
}

/// Why no plan is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// Refused, for these reasons.
    Refused(Vec<Refusal>),
    /// These stores must be unlocked first; gather again with `unlock`.
    Locked(Vec<Target>),
}

/// What every plan carries beside its users.
#[derive(Debug, Clone)]
pub struct Heading<'a> {
    /// The run that will carry it out.
    pub run: &'a RunId,
    /// When it is made.
    pub made: Timestamp,
    /// Endpoint and account.
    pub scope: &'a Scope,
    /// How the account is reached.
    pub session: &'a Session,
}

/// Makes the plan from inventory to spec.
///
/// # Errors
/// All reasons to refuse, or the stores that must be unlocked to know.
pub fn plan(spec: &Spec, inventory: &Inventory, choices: &Choices, heading: &Heading<'_>) -> Result<Plan, PlanError> {
    let mut collected = Collected::new(spec, inventory);
    for (user, there) in spec.users.iter().zip(&inventory.users) {
        let part = plan_user(spec, user, there, inventory, choices, heading);
        collected.add(part);
    }
    collected.into_plan(spec, inventory, heading)
}

/// Makes the plan for a new key that takes the place of an old one, at the targets of the spec. Nothing but
/// the key is changed.
///
/// # Errors
/// All reasons to refuse.
pub fn plan_rotation(
    spec: &Spec,
    inventory: &Inventory,
    choices: &Choices,
    old: Option<&AccessKeyId>,
    deactivate: bool,
    heading: &Heading<'_>,
) -> Result<Plan, PlanError> {
    let mut collected = Collected::new(spec, inventory);
    for (user, there) in spec.users.iter().zip(&inventory.users) {
        collected.add(rotate_user(spec, user, there, inventory, choices, old, deactivate));
    }
    collected.into_plan(spec, inventory, heading)
}

/// The parts of a plan, or what is in its way.
struct Collected {
    users: Vec<UserPlan>,
    refusals: Vec<Refusal>,
    locked: Vec<Target>,
}

impl Collected {
    fn new(spec: &Spec, inventory: &Inventory) -> Collected {
        let mut refusals = Vec::new();
        if let Some(expected) = spec
            .account
            .as_ref()
            .filter(|expected| *expected != inventory.account())
        {
            refusals.push(Refusal::OtherAccount {
                found: inventory.account().clone(),
                expected: expected.clone(),
            });
        }
        Collected {
            users: Vec::new(),
            refusals,
            locked: Vec::new(),
        }
    }

    fn add(&mut self, part: Result<UserPlan, PlanError>) {
        match part {
            Ok(user) => self.users.push(user),
            Err(PlanError::Refused(refusals)) => {
                for refusal in refusals {
                    if !self.refusals.contains(&refusal) {
                        self.refusals.push(refusal);
                    }
                }
            }
            Err(PlanError::Locked(stores)) => self.locked.extend(stores),
        }
    }

    fn into_plan(mut self, spec: &Spec, inventory: &Inventory, heading: &Heading<'_>) -> Result<Plan, PlanError> {
        let count = |wanted: fn(&Step) -> bool| {
            let steps = self.users.iter().flat_map(|user| &user.steps);
            steps.filter(|step| wanted(step)).count()
        };
        let new_users = count(|step| matches!(step, Step::CreateUser(_)));
        let new_groups = count(|step| matches!(step, Step::CreateGroup { .. }));
        for (what, count, quota) in [
            ("new users", new_users, inventory.quotas.users_left),
            ("new groups", new_groups, inventory.quotas.groups_left),
        ] {
            if count > quota {
                let whose = inventory.account().to_string();
                self.refusals.push(Refusal::Quota {
                    what,
                    whose,
                    count,
                    quota,
                });
            }
        }
        if !self.refusals.is_empty() {
            return Err(PlanError::Refused(self.refusals));
        }
        if !self.locked.is_empty() {
            return Err(PlanError::Locked(self.locked));
        }
        Ok(Plan {
            made: heading.made,
            scope: heading.scope.clone(),
            caller: inventory.caller.arn.clone(),
            session: heading.session.clone(),
            project: spec.project.clone(),
            region: spec.region.clone(),
            seal: spec.seal.clone(),
            users: self.users,
        })
    }
}

fn plan_user(
    spec: &Spec,
    user: &UserSpec,
    there: &UserInventory,
    inventory: &Inventory,
    choices: &Choices,
    heading: &Heading<'_>,
) -> Result<UserPlan, PlanError> {
    let adopting = match &there.facts {
        Some(facts) => check_owner(spec, user, facts, choices)?,
        None => false,
    };
    let steps = permissions::steps(spec, user, there, inventory, heading.run);
    let key = question(user, there, inventory, choices, adopting).answer();
    let (steps, key) = match (steps, key) {
        (Ok(steps), Ok(key)) => (steps, key),
        (Err(mut refusals), Err(NoKeyPlan::Refused(more))) => {
            refusals.extend(more);
            return Err(PlanError::Refused(refusals));
        }
        (Err(refusals), _) | (_, Err(NoKeyPlan::Refused(refusals))) => return Err(PlanError::Refused(refusals)),
        (_, Err(NoKeyPlan::Locked(stores))) => return Err(PlanError::Locked(stores)),
    };
    let mut notes = permission_notes(user, there, inventory);
    notes.extend(state_notes(spec, user, there));

    match &key {
        KeyPlan::LeaveAlone => notes.push(left_alone(user)),
        KeyPlan::Unavailable { missing, why } => {
            notes.push(unavailable(user, missing, *why));
            notes.extend(unheld_keys(user, there));
        }
        KeyPlan::Keep { .. } | KeyPlan::Issue(_) | KeyPlan::Deliver(_) | KeyPlan::Retire(_) => {
            notes.extend(unheld_keys(user, there));
        }
    }
    finish(user, there, inventory, steps, key, notes)
}

fn rotate_user(
    spec: &Spec,
    user: &UserSpec,
    there: &UserInventory,
    inventory: &Inventory,
    choices: &Choices,
    old: Option<&AccessKeyId>,
    deactivate: bool,
) -> Result<UserPlan, PlanError> {
    let refused = |refusal| PlanError::Refused(vec![refusal]);
    let Some(facts) = &there.facts else {
        let account = inventory.account().clone();
        return Err(refused(Refusal::NoSuchUser {
            user: user.name.clone(),
            account,
        }));
    };
    check_owner(spec, user, facts, &Choices::default())?;
    let active: Vec<_> = facts
        .keys
        .iter()
        .filter(|key| key.status == AccessKeyStatus::Active)
        .collect();
    let replaced = match old {
        Some(id) if active.iter().any(|key| key.id == *id) => Some(id.clone()),
        Some(id) => {
            return Err(refused(Refusal::NotItsKey {
                user: user.name.clone(),
                key: id.clone(),
            }));
        }
        None => match active.iter().max_by_key(|key| key.created) {
            Some(key) => Some(key.id.clone()),
            // None of its keys works, so the new one takes nobody's place.
            None if !facts.keys.is_empty() => None,
            None => {
                return Err(refused(Refusal::NothingToRotate {
                    user: user.name.clone(),
                }));
            }
        },
    };
    let replaces = replaced.map(|id| Replaces { id, deactivate });
    let key = question(user, there, inventory, choices, false)
        .issue(replaces)
        .map_err(|no| match no {
            NoKeyPlan::Refused(refusals) => PlanError::Refused(refusals),
            NoKeyPlan::Locked(stores) => PlanError::Locked(stores),
        })?;
    finish(user, there, inventory, Vec::new(), key, state_notes(spec, user, there))
}

fn question<'a>(
    user: &'a UserSpec,
    there: &'a UserInventory,
    inventory: &Inventory,
    choices: &'a Choices,
    adopting: bool,
) -> KeyQuestion<'a> {
    let slots = inventory.quotas.access_keys_per_user;
    KeyQuestion {
        user: &user.name,
        there,
        overwrite: &choices.overwrite,
        adopting,
        slots,
    }
}

fn finish(
    user: &UserSpec,
    there: &UserInventory,
    inventory: &Inventory,
    steps: Vec<Step>,
    key: KeyPlan,
    notes: Vec<Note>,
) -> Result<UserPlan, PlanError> {
    let (name, arn) = match &there.facts {
        Some(facts) => (facts.name.clone(), facts.arn.clone()),
        None => {
            let arn = user.new_arn(&inventory.partition, inventory.account());
            (
                user.name.clone(),
                arn.map_err(|_| PlanError::Refused(vec![too_long(user)]))?,
            )
        }
    };
    let own_group = user.own_group().filter(|_| user.attach == Attach::Group);
    let fingerprint = fingerprint(there, &key);
    Ok(UserPlan {
        user: name,
        arn,
        fingerprint,
        own_group,
        steps,
        key,
        targets: user.targets(),
        notes,
    })
}

fn too_long(user: &UserSpec) -> Refusal {
    let count = user.path.as_str().len() + user.name.as_str().len();
    Refusal::Quota {
        what: "characters of path and name",
        whose: user.name.to_string(),
        count,
        quota: 512 + 64,
    }
}

/// Tells whether the user has to be adopted; refuses what is not ours.
fn check_owner(spec: &Spec, user: &UserSpec, facts: &UserFacts, choices: &Choices) -> Result<bool, PlanError> {
    let refused = |refusal| Err(PlanError::Refused(vec![refusal]));
    match facts.tag(&TagKey::project()) {
        Some(owner) if owner == spec.project.as_str() => {
            if facts.name == user.name {
                Ok(false)
            } else {
                refused(Refusal::OtherCase {
                    asked: user.name.clone(),
                    there: facts.name.clone(),
                })
            }
        }
        Some(owner) => refused(Refusal::OtherProject {
            user: facts.name.clone(),
            owner: owner.to_owned(),
            project: spec.project.to_string(),
        }),
        None if facts.name != user.name => refused(Refusal::OtherCase {
            asked: user.name.clone(),
            there: facts.name.clone(),
        }),
        None if choices.adopt => Ok(true),
        None => refused(Refusal::NotManaged {
            user: facts.name.clone(),
        }),
    }
}

/// What a reviewer must know of the permissions that were asked for.
fn permission_notes(user: &UserSpec, there: &UserInventory, inventory: &Inventory) -> Vec<Note> {
    let mut notes = Vec::new();
    let none = user.policies.is_empty() && user.groups.is_empty() && user.inline.is_empty();
    if none {
        notes.push(Note::warning(format!(
            "user `{}` gets no permissions: no policy and no group is named",
            user.name
        )));
    }
    for group in &there.equal_groups {
        notes.push(Note::info(format!(
            "group `{group}` already carries exactly these policies: `--group {group}` instead of `--policy` would use it"
        )));
    }
    for policy in user
        .policies
        .iter()
        .chain(user.boundary.clone().map(PolicyRef::Arn).iter())
    {
        if let Some(PolicyFound::Exists {
            arn,
            deprecated: Some(words),
            ..
        }) = inventory.policies.get(policy)
        {
            notes.push(Note::warning(format!(
                "policy `{}` is deprecated: {}",
                arn.policy_name(),
                words.trim()
            )));
        }
    }
    notes
}

/// Active keys that none of the targets holds: forgotten ones, other people's, or orphans.
fn unheld_keys(user: &UserSpec, there: &UserInventory) -> Vec<Note> {
    let keys = there.facts.iter().flat_map(|facts| &facts.keys);
    let active = keys.filter(|key| key.status == AccessKeyStatus::Active);
    active
        .filter(|key| !holds(there, &key.id))
        .map(|key| {
            Note::warning(format!(
                "access key {} of user `{}` is active, and none of the targets holds it; if nobody uses it, delete it",
                key.id, user.name
            ))
        })
        .collect()
}

/// What a reviewer must know of the user and its targets as they are.
fn state_notes(spec: &Spec, user: &UserSpec, there: &UserInventory) -> Vec<Note> {
    let mut notes = Vec::new();
    if spec.region.is_none() && !user.deliver.is_empty() {
        notes.push(Note::info(
            "no region is known, so none is delivered: `--region`, or `[account] region`, names it",
        ));
    }
    let own = user.own_group().filter(|_| user.attach == Attach::Direct);
    if let (Some(facts), Some(own)) = (&there.facts, own)
        && facts.groups.contains(&own)
        && !user.groups.iter().any(|group| group.same_as(&own))
    {
        notes.push(Note::info(format!(
            "group `{own}` is left in place with its policies, without this user"
        )));
    }
    if let Some(facts) = &there.facts {
        notes.extend(
            facts
                .other_credentials
                .iter()
                .map(|credential| finding(facts, credential)),
        );
        if facts.path != user.path && user.path != crate::name::Path::root() {
            notes.push(Note::info(format!(
                "user `{}` has the path `{}`; ciuser does not move users",
                facts.name, facts.path
            )));
        }
    }
    notes.extend(
        there
            .places
            .iter()
            .flat_map(|(_, state)| state.warnings.iter().map(Note::warning)),
    );
    notes
}

fn finding(facts: &UserFacts, credential: &OtherCredential) -> Note {
    match credential {
        OtherCredential::Unchecked(what, why) => Note::info(format!("could not look for {what}: {why}")),
        found => Note::warning(format!(
            "user `{}` has {found}: a CI user needs access keys only",
            facts.name
        )),
    }
}

fn left_alone(user: &UserSpec) -> Note {
    Note::info(format!(
        "no target is named for user `{}`: no key is issued, and those that exist are left alone",
        user.name
    ))
}

fn unavailable(user: &UserSpec, missing: &[Target], why: Unavailable) -> Note {
    let places: Vec<_> = missing.iter().map(|target| format!("`{target}`")).collect();
    let places = places.join(", ");
    Note::warning(match why {
        Unavailable::NoSecret => format!(
            "no store can give back the secret of a live key for {places}; `ciuser key rotate {}` issues a new key",
            user.name
        ),
        Unavailable::Adopting => {
            format!("adoption issues no key, so {places} stays without one; the next `apply` issues it")
        }
    })
}
