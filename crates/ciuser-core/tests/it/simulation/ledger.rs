//! What was done, and by whom: the rules that must hold at every instant are checked as it is written.

use std::collections::{BTreeMap, BTreeSet};

use ciuser_core::name::AccessKeyId;
use ciuser_core::plan::{KeyPlan, Plan, Step};
use ciuser_core::port::{AccessKeyStatus, Entry};

use super::others::THEIRS;
use super::rule;
use super::trouble::PLACES;
use crate::example::NAME;
use crate::world::{Change, Place, Run, Sim};

/// A key that ciuser made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// Whose.
    pub(super) user: String,
    /// Whether the run that made it made the user too.
    pub(super) on_new_user: bool,
    /// Whether the answer arrived.
    pub(super) answered: bool,
    /// Whether a store had it.
    pub(super) stored: bool,
    /// Whether a CI system was given it.
    pub(super) delivered: bool,
}

/// Everything that was done in a history.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The keys that ciuser made.
    pub(super) made: BTreeMap<AccessKeyId, Made>,
    /// The keys that others made, or made inactive, or deleted.
    pub(super) theirs: BTreeSet<AccessKeyId>,
    /// Others made a key for the user.
    pub(super) they_made_a_key: bool,
    /// Others tagged the user.
    pub(super) they_tagged: bool,
    /// Others made the user.
    pub(super) their_user: bool,
    /// The targets that others edited.
    pub(super) edited: BTreeSet<String>,
    /// Those of them that a process has not looked at since.
    unseen: BTreeSet<(usize, String)>,
    /// Others changed a key, and no process has listed the keys since.
    unlisted: bool,
    /// The keys that others took out of a store.
    pub(super) taken: BTreeSet<AccessKeyId>,
    /// Whether others did anything.
    pub(super) interfered: bool,
    /// The key that a process got an answer for, and has not sealed.
    in_hand: BTreeMap<usize, AccessKeyId>,
    /// Whether two machines are at work.
    pub(super) two_machines: bool,
    /// What broke a rule.
    pub(super) violations: Vec<Violation>,
}

/// A rule that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    /// Its name.
    pub(super) rule: &'static str,
    /// What was seen.
    pub(super) what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

impl Ledger {
    pub(super) fn violates(&mut self, rule: &'static str, what: impl Into<String>) {
        let what = what.into();
        self.violations.push(Violation { rule, what });
    }

    /// Counts the keys that are there as made, and handed over well, by earlier runs.
    pub(super) fn handed_over_before(&mut self, sim: &Sim) {
        for user in sim
            .account
            .borrow()
            .users
            .values()
            .filter(|user| user.name.as_str() != "somebody-else")
        {
            let made = Made {
                user: user.name.as_str().to_owned(),
                on_new_user: true,
                answered: true,
                stored: true,
                delivered: true,
            };
            self.made
                .extend(user.keys.iter().map(|key| (key.id.clone(), made.clone())));
        }
    }

    pub(super) fn others_acted(&mut self) {
        self.interfered = true;
    }

    pub(super) fn their_key(&mut self, key: &AccessKeyId) {
        self.theirs.insert(key.clone());
        self.they_made_a_key = true;
    }

    pub(super) fn they_changed(&mut self, key: &AccessKeyId) {
        self.theirs.insert(key.clone());
        self.unlisted = true;
    }

    pub(super) fn they_edit(&mut self, target: &str, before: &Place) {
        self.edited.insert(target.to_owned());
        self.unseen.extend([0, 1].map(|process| (process, target.to_owned())));
        self.taken.extend(before.key_id().cloned());
    }

    /// Sees the keys being listed as they are.
    pub(super) fn listed(&mut self) {
        self.unlisted = false;
    }

    /// Sees an effect begin.
    pub(super) fn begins(&mut self, process: usize, call: &str) {
        if let Some(key) = self.in_hand.remove(&process)
            && call != "seal seal"
        {
            let what = format!("{key} was answered, and the next effect was `{call}`");
            self.violates(rule::SEAL_FIRST, what);
        }
        if let Some(target) = call.strip_prefix("check ") {
            self.unseen.remove(&(process, target.to_owned()));
        }
    }

    /// Sees what an effect has changed; `answered`: the process learns of it.
    pub(super) fn saw(&mut self, sim: &Sim, changes: &[Change], answered: bool) {
        for change in changes {
            match change {
                Change::KeyMade(user, key) => {
                    let made = Made {
                        user: user.as_str().to_owned(),
                        on_new_user: made_user(sim, user.as_str()),
                        answered,
                        stored: false,
                        delivered: false,
                    };
                    self.made.insert(key.clone(), made);
                    if answered {
                        self.in_hand.insert(sim.process.get(), key.clone());
                    }
                    self.check_slots(sim, user.as_str());
                }
                Change::Written(target, key, before) => self.check_write(sim, target, key, before),
                Change::KeyStatus(key, AccessKeyStatus::Active) => {
                    self.violates(rule::NO_REACTIVATION, key.to_string());
                }
                Change::KeyStatus(key, AccessKeyStatus::Inactive) | Change::KeyDeleted(key) => {
                    self.check_end_of_key(sim, key);
                }
            }
        }
    }

    /// A killed process has nothing in hand.
    pub(super) fn died(&mut self, process: usize) {
        self.in_hand.remove(&process);
    }

    fn check_slots(&mut self, sim: &Sim, user: &str) {
        let account = sim.account.borrow();
        let keys = &account.users[&user.to_lowercase()].keys;
        let count = keys.iter().filter(|key| !self.theirs.contains(&key.id)).count();
        // IAM does not enforce its quota under concurrency, and the lock is one machine's.
        if count > 2 && !self.two_machines {
            let what = format!("user {user} has {count} keys that nobody else made");
            self.violates(rule::TWO_KEYS, what);
        }
    }

    fn check_write(&mut self, sim: &Sim, target: &str, key: &AccessKeyId, before: &Place) {
        let to_store = is_store(target);
        if let Some(made) = self.made.get_mut(key) {
            made.stored |= to_store;
            made.delivered |= !to_store;
        }
        let seen = !self.unseen.contains(&(sim.process.get(), target.to_owned()));
        if before.foreign.as_deref() == Some(THEIRS) && seen {
            let what = format!("{target} held {THEIRS}, which was there to be seen");
            self.violates(rule::THEIR_VALUE, what);
        }
        let disturbed = self.two_machines || self.edited.iter().any(|edited| is_store(edited));
        if !to_store && !disturbed && !stored(sim, key) {
            let what = format!("{target} got {key}, which no store has");
            self.violates(rule::STORE_FIRST, what);
        }
    }

    fn check_end_of_key(&mut self, sim: &Sim, key: &AccessKeyId) {
        let (deleted, replaced) = reviewed(sim, key);
        let theirs = self.theirs.contains(key) && !self.made.contains_key(key);
        // What looks like our orphan and is not: the single key that appeared on a user that the run made itself, in
        // the minute in which an answer was lost. IAM says nothing that would tell it apart.
        let mistaken = made_user(sim, NAME);
        if theirs && !deleted && !replaced && !mistaken && sim.person.get() != Some(true) {
            self.violates(rule::THEIR_KEY, key.to_string());
        }
        let delivered = self.made.get(key).is_none_or(|made| made.delivered);
        if deleted || !delivered || self.unlisted || self.theirs.contains(key) || self.two_machines {
            return;
        }
        let mut untouched = PLACES.iter().filter(|target| !self.edited.contains(**target));
        let lacking = untouched.find_map(|target| Some((target, lacks_live_key(sim, target, Some(key))?)));
        if let Some((target, lack)) = lacking {
            let what = format!("{key} goes while {target} {lack}");
            self.violates(rule::OLD_KEY, what);
        }
    }
}

/// Tells whether the run on this machine that asks for a key of a user made the user too.
fn made_user(sim: &Sim, user: &str) -> bool {
    let runs = sim.runs.borrow();
    let is_creating = |run: &&Run| {
        let entries = run.read();
        let last = entries.iter().rev().find(|entry| entry_user(entry) == Some(user));
        !run.over && matches!(last, Some(Entry::Creating { .. }))
    };
    let Some(run) = runs.iter().rev().find(is_creating) else {
        return false;
    };
    let plan: Plan = serde_json::from_str(&run.plan).unwrap();
    plan.users
        .iter()
        .any(|one| one.user.as_str() == user && one.creates_user())
}

fn entry_user(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Creating { user, .. }
        | Entry::NotCreated { user }
        | Entry::Sealed { user, .. }
        | Entry::Unsealed { user, .. }
        | Entry::Reaped { user, .. }
        | Entry::Done { user } => Some(user.as_str()),
        _ => None,
    }
}

/// Tells whether an open plan on this machine says, in a line that was reviewed, that this key is deleted, or that it is
/// replaced.
fn reviewed(sim: &Sim, key: &AccessKeyId) -> (bool, bool) {
    let runs = sim.runs.borrow();
    let open = runs.iter().filter(|run| !run.over);
    let plans: Vec<Plan> = open.map(|run| serde_json::from_str(&run.plan).unwrap()).collect();
    let users = || plans.iter().flat_map(|plan| &plan.users);
    let deleted = users().flat_map(|user| &user.steps).any(|step| {
        matches!(step, Step::UpdateAccessKey { key: one, .. } | Step::DeleteAccessKey { key: one } if one == key)
    });
    let replaced = users().any(
        |user| matches!(&user.key, KeyPlan::Issue(issue) if issue.replaces.as_ref().is_some_and(|old| old.id == *key)),
    );
    (deleted, replaced)
}

fn is_store(target: &str) -> bool {
    ["kdbx", "csv", "age"].iter().any(|kind| target.starts_with(kind))
}

/// Tells whether a store keeps this key with its secret.
pub(super) fn stored(sim: &Sim, key: &AccessKeyId) -> bool {
    let places = sim.places.borrow();
    let mut stores = places.iter().filter(|(target, _)| is_store(target));
    stores.any(|(_, place)| place.key_id() == Some(key) && holds_pair(sim, place))
}

/// Tells whether id and secret of a place belong together.
pub(super) fn holds_pair(sim: &Sim, place: &Place) -> bool {
    let Some((_, held)) = &place.key else { return false };
    !place.half
        && sim
            .secret_of(&held.id)
            .is_some_and(|secret| held.secret.expose() == secret)
}

/// Says why a target does not hold a live key, other than this one, that works there.
pub(super) fn lacks_live_key(sim: &Sim, target: &str, other_than: Option<&AccessKeyId>) -> Option<String> {
    let places = sim.places.borrow();
    let place = places.get(target);
    let Some(id) = place.and_then(Place::key_id) else {
        return Some("holds no key".to_owned());
    };
    let account = sim.account.borrow();
    let mut keys = account.users.values().flat_map(|user| &user.keys);
    let live = keys.any(|key| key.id == *id && key.status == AccessKeyStatus::Active);
    drop(account);
    if other_than == Some(id) {
        Some("still holds it".to_owned())
    } else if !live {
        Some(format!("holds {id}, which is not live"))
    } else if place.is_some_and(|place| holds_pair(sim, place)) {
        None
    } else {
        Some(format!("holds {id} without its secret"))
    }
}
