//! Other people, who change the account and the targets while ciuser is at work.

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::AccessKeyStatus;
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use super::ledger::Ledger;
use super::seed::Draw;
use super::trouble::PLACES;
use crate::example::NAME;
use crate::world::{Place, Sim, SimUser};

/// What somebody else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Makes a key for the user.
    MakesKey,
    /// Makes the user's newest key inactive.
    DeactivatesNewestKey,
    /// Deletes the user's oldest key.
    DeletesOldestKey,
    /// Attaches a policy to the user.
    AttachesPolicy,
    /// Detaches all policies of the user.
    DetachesPolicies,
    /// Tags the user.
    TagsUser,
    /// Makes the user, if it is not there.
    MakesUser,
    /// Writes a value of their own to a CI system's place.
    WritesTheirs(usize),
    /// Writes another key of the same user there.
    WritesOtherKey(usize),
    /// Empties a place.
    Empties(usize),
}

/// The name of the policy that others attach.
pub(super) const THEIR_POLICY: &str = "AmazonEC2FullAccess";
/// What others write.
pub(super) const THEIRS: &str = "their own value";

impl Deed {
    /// Draws one.
    pub(super) fn draw(draw: &mut Draw) -> Deed {
        let place = draw.below(PLACES.len());
        let provider = draw.pick(&[2, 3]);
        draw.pick(&[
            Deed::MakesKey,
            Deed::MakesKey,
            Deed::DeactivatesNewestKey,
            Deed::DeletesOldestKey,
            Deed::AttachesPolicy,
            Deed::DetachesPolicies,
            Deed::TagsUser,
            Deed::MakesUser,
            Deed::WritesTheirs(place),
            Deed::WritesOtherKey(provider),
            Deed::Empties(place),
        ])
    }

    /// Does it.
    pub(super) fn done(self, sim: &Sim, ledger: &mut Ledger) {
        ledger.others_acted();
        match self {
            Deed::MakesKey => {
                let now = sim.server_now();
                let mut account = sim.account.borrow_mut();
                let key = account.new_key(now);
                if let Some(user) = account.users.get_mut("ci_user") {
                    ledger.their_key(&key.id);
                    user.keys.push(key);
                }
            }
            Deed::DeactivatesNewestKey => with_user(sim, |user| {
                if let Some(key) = user.keys.last_mut() {
                    key.status = AccessKeyStatus::Inactive;
                    ledger.they_changed(&key.id);
                }
            }),
            Deed::DeletesOldestKey => with_user(sim, |user| {
                if !user.keys.is_empty() {
                    ledger.they_changed(&user.keys.remove(0).id);
                }
            }),
            Deed::AttachesPolicy => {
                let policy = sim.account.borrow().policy_arn(THEIR_POLICY);
                with_user(sim, |user| user.attached.push(policy));
            }
            Deed::DetachesPolicies => with_user(sim, |user| user.attached.clear()),
            Deed::TagsUser => with_user(sim, |user| {
                user.tags.retain(|tag| tag.key.as_str() != "theirs");
                user.tags.push("theirs=1".parse().unwrap());
                ledger.they_tagged = true;
            }),
            Deed::MakesUser => {
                let mut account = sim.account.borrow_mut();
                if !account.users.contains_key("ci_user") {
                    account.add_user(NAME, |user| user.created = sim.server_now());
                    ledger.their_user = true;
                }
            }
            Deed::WritesTheirs(place) => self.edits(sim, ledger, place, |place| {
                (place.key, place.half) = (None, false);
                place.foreign = Some(THEIRS.to_owned());
            }),
            Deed::WritesOtherKey(place) => self.edits(sim, ledger, place, |place| {
                place.foreign = None;
                place.half = false;
                place.key = Some((NAME.parse().unwrap(), another_key()));
            }),
            Deed::Empties(place) => self.edits(sim, ledger, place, |place| {
                (place.key, place.half, place.foreign) = (None, false, None);
            }),
        }
        sim.remember();
    }

    fn edits(self, sim: &Sim, ledger: &mut Ledger, place: usize, change: impl FnOnce(&mut Place)) {
        let target = PLACES[place];
        sim.place(target, |place| {
            ledger.they_edit(target, place);
            change(place);
            place.mark = Some(sim.next_mark());
        });
    }
}

fn with_user(sim: &Sim, change: impl FnOnce(&mut SimUser)) {
    if let Some(user) = sim.account.borrow_mut().users.get_mut("ci_user") {
        change(user);
    }
}

/// A key of another account.
pub(super) fn another_key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("AKIASOMEBODYELSE0XYZ").unwrap(),
        secret: SecretAccessKey::new("theirs".to_owned()).unwrap(),
    }
}
