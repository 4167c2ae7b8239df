//! The part of the planner that decides on the access key: keep, issue, or deliver what a store gives back.
//!
//! Invariants: a key is issued only for a user that has none (rotation asks for its own plan) and only with a target
//! to keep it; adoption mints nothing; what a target holds that is not provably a key of this user is overwritten only when asked.

use super::refusal::Refusal;
use super::step::{DeliverKey, Delivery, IssueKey, KeyPlan, Unavailable};
use crate::inventory::UserInventory;
use crate::name::{AccessKeyId, UserName};
use crate::port::{AccessKeyStatus, Holdings, Known, ListedKey, Mark, PlaceState};
use crate::target::{StoreSpec, Target};

/// What a target holds, seen from the user's keys.
pub(crate) enum Held {
    /// Nothing of ours, and nothing of others.
    Nothing,
    /// A live key of this user.
    Live(AccessKeyId),
    /// A key of this user that no longer works.
    Dead {
        /// The key.
        id: AccessKeyId,
        /// Why it does not, as it follows the id.
        why: String,
    },
    /// Something else, or something unknown: what it is, in words.
    Occupied(String),
    /// A locked store that nothing is known of.
    Locked,
}

/// What the key part of a plan is made from.
pub(super) struct KeyQuestion<'a> {
    /// The user.
    pub(super) user: &'a UserName,
    /// What exists of it.
    pub(super) there: &'a UserInventory,
    /// The targets that may be overwritten.
    pub(super) overwrite: &'a [String],
    /// Whether the user is being adopted.
    pub(super) adopting: bool,
    /// The account's quota of keys.
    pub(super) slots: usize,
}

/// Why no key plan is made.
pub(super) enum NoKeyPlan {
    /// Refused.
    Refused(Vec<Refusal>),
    /// These stores must be unlocked to know.
    Locked(Vec<Target>),
}

impl KeyQuestion<'_> {
    /// Decides what happens to the key of a user that shall have one.
    pub(super) fn answer(&self) -> Result<KeyPlan, NoKeyPlan> {
        let held = self.held();
        if held.is_empty() {
            return Ok(KeyPlan::LeaveAlone);
        }
        let locked: Vec<Target> = held
            .iter()
            .filter(|(_, held, _)| matches!(held, Held::Locked))
            .map(target_of)
            .collect();
        if !locked.is_empty() {
            return Err(NoKeyPlan::Locked(locked));
        }
        let source = self.source(&held);
        let live = source.as_ref().map(|(id, _)| id);
        let lacking: Vec<_> = held
            .iter()
            .filter(|(_, held, _)| !matches!(held, Held::Live(id) if live.is_none_or(|live| live == id)))
            .collect();
        match (&source, lacking.is_empty()) {
            (_, true) => self.keep(&held),
            (Some((id, store)), false) => Ok(KeyPlan::Deliver(DeliverKey {
                id: id.clone(),
                source: store.clone(),
                deliveries: self.deliveries(lacking.into_iter())?,
            })),
            (None, false) => self.without_source(&held, lacking.iter().map(|one| target_of(one)).collect()),
        }
    }

    /// Decides on the handover of a new key, whatever the targets hold now, as long as it is this user's.
    pub(super) fn issue(&self, replaces: Option<super::step::Replaces>) -> Result<KeyPlan, NoKeyPlan> {
        let keys = keys_of(self.there);
        if keys.len() >= self.slots {
            let list: Vec<_> = keys.iter().map(|key| format!("{} {:?}", key.id, key.status)).collect();
            return Err(NoKeyPlan::Refused(vec![Refusal::NoKeySlot {
                user: self.user.clone(),
                count: keys.len(),
                keys: list.join(", "),
                quota: self.slots,
            }]));
        }
        let held = self.held();
        if held.is_empty() {
            let user = self.user.clone();
            return Err(NoKeyPlan::Refused(vec![Refusal::NoTarget { user }]));
        }
        let active = keys.iter().filter(|key| key.status == AccessKeyStatus::Active);
        Ok(KeyPlan::Issue(IssueKey {
            deliveries: self.deliveries(held.iter())?,
            beside: active.map(|key| key.id.clone()).collect(),
            replaces,
        }))
    }

    fn keep(&self, held: &[(&Target, Held, &PlaceState)]) -> Result<KeyPlan, NoKeyPlan> {
        let first = held.iter().find_map(|(_, held, _)| {
            if let Held::Live(id) = held {
                Some(id.clone())
            } else {
                None
            }
        });
        match first {
            Some(id) => Ok(KeyPlan::Keep { id }),
            None => self.issue(None),
        }
    }

    fn without_source(
        &self,
        held: &[(&Target, Held, &PlaceState)],
        missing: Vec<Target>,
    ) -> Result<KeyPlan, NoKeyPlan> {
        let has_keys = self.there.facts.as_ref().is_some_and(|facts| !facts.keys.is_empty());
        if has_keys {
            // Occupied targets are refused even so: the person should learn of it now, not after a rotation.
            self.deliveries(held.iter().filter(|(_, held, _)| matches!(held, Held::Occupied(_))))?;
            return Ok(KeyPlan::Unavailable {
                missing,
                why: Unavailable::NoSecret,
            });
        }
        if self.adopting {
            return Ok(KeyPlan::Unavailable {
                missing,
                why: Unavailable::Adopting,
            });
        }
        self.issue(None)
    }

    /// Finds the live key that most targets hold and that a store can give back; the newest among equals.
    fn source(&self, held: &[(&Target, Held, &PlaceState)]) -> Option<(AccessKeyId, StoreSpec)> {
        let facts = self.there.facts.as_ref()?;
        let candidates = held.iter().filter_map(|(target, held, _)| match (target, held) {
            (Target::Store(store), Held::Live(id)) if store.gives_back() => Some((id, store)),
            _ => None,
        });
        let rank = |id: &AccessKeyId| {
            let holders = held
                .iter()
                .filter(|(_, held, _)| matches!(held, Held::Live(other) if other == id))
                .count();
            let created = facts.keys.iter().find(|key| key.id == *id).map(|key| key.created);
            (holders, created, id.clone())
        };
        let best = candidates.max_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)))?;
        Some((best.0.clone(), best.1.clone()))
    }

    fn deliveries<'b>(
        &self,
        held: impl Iterator<Item = &'b (&'b Target, Held, &'b PlaceState)>,
    ) -> Result<Vec<Delivery>, NoKeyPlan> {
        let mut deliveries = Vec::new();
        let mut refusals = Vec::new();
        for (target, held, state) in held {
            let may_overwrite = self.may_overwrite(target);
            let overwrites = match held {
                Held::Nothing | Held::Locked => None,
                Held::Live(id) => Some(format!("replaces {id}")),
                Held::Dead { id, why } => Some(format!("replaces {id}, {why}")),
                Held::Occupied(what) if may_overwrite => Some(format!("OVERWRITES {what}")),
                Held::Occupied(what) => {
                    let places = self.there.places.iter().map(|(place, _)| place);
                    let (user, target, what) = (self.user.clone(), target.told_from(places), what.clone());
                    refusals.push(Refusal::Occupied { user, target, what });
                    continue;
                }
            };
            deliveries.push(Delivery {
                target: (*target).clone(),
                create: state.create.clone(),
                may_overwrite,
                overwrites,
            });
        }
        if refusals.is_empty() {
            Ok(deliveries)
        } else {
            Err(NoKeyPlan::Refused(refusals))
        }
    }

    fn may_overwrite(&self, target: &Target) -> bool {
        self.overwrite
            .iter()
            .any(|place| [target.located(), target.to_string(), target.place()].contains(place))
    }

    fn held(&self) -> Vec<(&Target, Held, &PlaceState)> {
        let keys = keys_of(self.there);
        let places = self.there.places.iter();
        places
            .map(|(target, state)| {
                (
                    target,
                    see(&state.holdings, keys, Past::of(&self.there.known, target)),
                    state,
                )
            })
            .collect()
    }
}

fn keys_of(there: &UserInventory) -> &[ListedKey] {
    there
        .facts
        .as_ref()
        .map(|facts| facts.keys.as_slice())
        .unwrap_or_default()
}

/// What the journal knows of one place.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    /// The key that it was last known to hold.
    held: Option<&'a Known>,
    /// The key whose delivery to it was begun since.
    begun: Option<&'a AccessKeyId>,
}

impl<'a> Past<'a> {
    /// Finds what is known of a place.
    pub(crate) fn of(known: &'a [Known], target: &Target) -> Past<'a> {
        let mut here = known.iter().filter(|known| known.target.same_place(target));
        Past {
            held: here.clone().find(|known| known.proof.is_some()),
            begun: here.find(|known| known.proof.is_none()).map(|known| &known.key),
        }
    }
}

/// Tells whether any target holds this key.
pub(super) fn holds(there: &UserInventory, id: &AccessKeyId) -> bool {
    there.places.iter().any(|(target, state)| {
        let held = see(&state.holdings, keys_of(there), Past::of(&there.known, target));
        matches!(held, Held::Live(live) if live == *id)
    })
}

/// Says what a target holds that is not provably a key of this user; `None` when it may be written.
pub(crate) fn occupied(there: &UserInventory, target: &Target) -> Option<String> {
    let (_, state) = there.places.iter().find(|(other, _)| other.same_place(target))?;
    match see(&state.holdings, keys_of(there), Past::of(&there.known, target)) {
        Held::Occupied(what) => Some(what),
        _ => None,
    }
}

/// Says in words what a target holds, the same whether a store is locked or open: what a fingerprint is made of.
pub(super) fn held_in_words(there: &UserInventory, target: &Target) -> String {
    let state = there.places.iter().find(|(other, _)| other.same_place(target));
    let held = state.map(|(_, state)| see(&state.holdings, keys_of(there), Past::of(&there.known, target)));
    let held = match held {
        None | Some(Held::Nothing) => "nothing".to_owned(),
        Some(Held::Live(id)) => format!("live {id}"),
        Some(Held::Dead { id, why }) => format!("dead {id}, {why}"),
        Some(Held::Occupied(what)) => format!("occupied {what}"),
        Some(Held::Locked) => "locked".to_owned(),
    };
    // Who else can read a CI system's place was reviewed too. What a store says depends on whether it is open.
    match (target, state) {
        (Target::Provider(_), Some((_, state))) => format!("{held} {:?} {:?}", state.create, state.warnings),
        _ => held,
    }
}

fn target_of((target, _, _): &(&Target, Held, &PlaceState)) -> Target {
    (*target).clone()
}

/// Sees what a place holds in the light of the user's keys and of what the journal knows of that place.
pub(crate) fn see(holdings: &Holdings, keys: &[ListedKey], past: Past<'_>) -> Held {
    let Past { held: known, begun } = past;
    let status = |id: &AccessKeyId| keys.iter().find(|key| key.id == *id).map(|key| key.status);
    let dead = |id: &AccessKeyId, why: &str| Held::Dead {
        id: id.clone(),
        why: why.to_owned(),
    };
    let own = |id: &AccessKeyId| match status(id) {
        Some(AccessKeyStatus::Active) => Held::Live(id.clone()),
        Some(AccessKeyStatus::Inactive) => dead(id, "which is inactive"),
        None => dead(id, "which is deleted"),
    };
    match holdings {
        Holdings::Nothing => Held::Nothing,
        Holdings::Key(id) => own(id),
        Holdings::Unattributed(id) => {
            if status(id).is_some() || known.is_some_and(|known| known.key == *id) {
                own(id)
            } else {
                Held::Occupied(format!("access key {id}"))
            }
        }
        Holdings::Masked { suffix, mark } => match fitting(suffix, keys, past) {
            // The id was written; whether the secret was, which shows four characters at most, nobody noted.
            Some(id) if begun == Some(id) => dead(id, "whose delivery was cut off"),
            // The mask fits the id; whether the secret is still the one that was proven, only the time stamp tells.
            Some(id) if rewritten(id, mark.as_ref(), known) => {
                let why = with_mark("which somebody else wrote again".to_owned(), mark.as_deref());
                dead(id, &why)
            }
            Some(id) => own(id),
            None => {
                let what = format!("an access key id ending in `{suffix}`");
                Held::Occupied(with_mark(what, mark.as_deref()))
            }
        },
        Holdings::Half { suffix } => match fitting(suffix, keys, past) {
            Some(id) => dead(id, "whose secret is missing there"),
            None => Held::Occupied(format!("an access key id ending in `{suffix}`, without its secret")),
        },
        Holdings::Opaque { mark } => match known {
            Some(known) if mark.is_some() && known.mark == *mark => own(&known.key),
            _ => Held::Occupied(with_mark("values that cannot be known".to_owned(), mark.as_deref())),
        },
        Holdings::Foreign { what } => Held::Occupied(what.clone()),
        Holdings::Locked => match known {
            Some(known) if status(&known.key) == Some(AccessKeyStatus::Active) => Held::Live(known.key.clone()),
            _ => Held::Locked,
        },
    }
}

/// Finds the key of this user whose id ends so; the active one first, for a mask of four characters may fit two.
fn fitting<'a>(suffix: &str, keys: &'a [ListedKey], past: Past<'a>) -> Option<&'a AccessKeyId> {
    let active = keys.iter().filter(|key| key.status == AccessKeyStatus::Active);
    let inactive = keys.iter().filter(|key| key.status == AccessKeyStatus::Inactive);
    let ids = active
        .chain(inactive)
        .map(|key| &key.id)
        .chain(past.held.map(|known| &known.key))
        .chain(past.begun);
    ids.into_iter()
        .find(|id| !suffix.is_empty() && id.as_str().ends_with(suffix))
}

/// Tells whether the place was written since this machine proved that it holds the key.
fn rewritten(id: &AccessKeyId, mark: Option<&Mark>, known: Option<&Known>) -> bool {
    let proven = known
        .filter(|known| known.key == *id)
        .and_then(|known| known.mark.as_ref());
    proven.is_some() && mark.is_some() && proven != mark
}

fn with_mark(what: String, mark: Option<&str>) -> String {
    match mark {
        Some(mark) => format!("{what}, written {mark}"),
        None => what,
    }
}
