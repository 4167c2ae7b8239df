//! A run as history tells it: its plan, what happened when, and what that says about how far it came.
//!
//! Pure: everything here follows from the plan and the entries. Says nothing about what exists in the account now.

use ciuser_core::name::{AccessKeyId, RunId, UserName};
use ciuser_core::plan::{Plan, UserPlan};
use ciuser_core::port::{Entry, Proof, Scope};
use ciuser_core::target::Target;
use jiff::Timestamp;
use serde::Serialize;

/// A run, over or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunHistory {
    /// Its id.
    pub(crate) run: RunId,
    /// Where it belongs.
    pub(crate) scope: Scope,
    /// When it began.
    pub(crate) begun: Timestamp,
    /// Whether it is over: `resume` leaves it alone.
    pub(crate) finished: bool,
    /// The plan that it carried out.
    pub(crate) plan: Plan,
    /// What happened, oldest first.
    pub(crate) entries: Vec<Noted>,
}

/// One thing that happened, and when it was noted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Noted {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) entry: Entry,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RunState {
    /// `resume` has something to carry on.
    Unfinished,
    /// Over, and everything that was planned is done.
    Done,
    /// Over, with something left that the next plan shows.
    Partial,
    /// Over before it changed anything.
    Unchanged,
}

/// The last thing that is known of a run's work on a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reached {
    /// Nothing was sent.
    Nothing,
    /// Some of the calls before the key may have been sent.
    Changing,
    /// All changes other than the key are made.
    Changed,
    /// There is no key of this run, and one is to be issued.
    NoKey,
    /// CreateAccessKey may have been sent, and the answer is not known.
    Creating,
    /// There is a key that nobody has the secret of.
    Lost,
    /// There is a key, and its secret is safe.
    Issued,
    /// Everything is done.
    Done,
}

/// How far a run came for one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress<'a> {
    /// The last thing that is known.
    pub(crate) reached: Reached,
    /// The key that the run issued or delivered, as far as it is known.
    pub(crate) key: Option<&'a AccessKeyId>,
    /// How many targets have it.
    pub(crate) delivered: usize,
}

/// A target that got a key in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivered<'a> {
    /// The target.
    pub(crate) target: &'a Target,
    /// The key.
    pub(crate) key: &'a AccessKeyId,
    /// How well that is known.
    pub(crate) proof: Proof,
    /// When it was noted.
    pub(crate) at: Timestamp,
}

impl RunHistory {
    /// Returns how the run stands.
    pub(crate) fn state(&self) -> RunState {
        if !self.finished {
            RunState::Unfinished
        } else if self.plan.users.iter().all(|user| self.is_complete(user)) {
            RunState::Done
        } else if self.entries.iter().any(|noted| is_trace(&noted.entry)) {
            RunState::Partial
        } else {
            RunState::Unchanged
        }
    }

    /// Returns how far the run came for a user of its plan.
    pub(crate) fn progress(&self, user: &UserName) -> Progress<'_> {
        let (mut reached, mut key) = (Reached::Nothing, None);
        for entry in self.entries_of(user) {
            (reached, key) = match entry {
                Entry::Changing { .. } | Entry::UserCreated { .. } => (Reached::Changing, key),
                // Clearing comes after all of the plan's calls.
                Entry::Changed { .. } | Entry::Cleared { .. } => (Reached::Changed, key),
                Entry::Planned(_) | Entry::NotCreated { .. } | Entry::Reaped { .. } => (Reached::NoKey, None),
                Entry::Creating { .. } => (Reached::Creating, None),
                Entry::Unsealed { key, .. } => (Reached::Lost, Some(key)),
                Entry::Sealed { key, .. }
                | Entry::Confirmed { key, .. }
                | Entry::Delivering { key, .. }
                | Entry::Delivered { key, .. } => (Reached::Issued, Some(key)),
                Entry::Deactivated { .. } => (reached, key),
                Entry::Done { .. } => (Reached::Done, key),
            };
        }
        let delivered = self.delivered(user);
        Progress {
            reached,
            key,
            delivered: delivered.iter().filter(|one| Some(one.key) == key).count(),
        }
    }

    /// Returns the targets of a user that got a key in this run and were not given another since. A key that was
    /// deleted again is nowhere.
    pub(crate) fn delivered(&self, user: &UserName) -> Vec<Delivered<'_>> {
        let mut delivered: Vec<Delivered<'_>> = Vec::new();
        for entry in self.entries_of(user) {
            match entry {
                Entry::Delivered {
                    key, target, proof, at, ..
                } => {
                    delivered.retain(|earlier| !earlier.target.same_place(target));
                    let (proof, at) = (*proof, *at);
                    delivered.push(Delivered { target, key, proof, at });
                }
                Entry::Reaped { key: gone, .. } => delivered.retain(|one| one.key != gone),
                _ => {}
            }
        }
        delivered
    }

    /// Returns the targets that the plan wanted to give a key to and that have none from this run.
    pub(crate) fn undelivered<'a>(&'a self, user: &'a UserPlan) -> Vec<&'a Target> {
        let delivered = self.delivered(&user.user);
        let wanted = user.key.deliveries().iter().map(|delivery| &delivery.target);
        wanted
            .filter(|target| !delivered.iter().any(|one| one.target.same_place(target)))
            .collect()
    }

    /// Returns the targets that the plan wanted to clear and that this run did not.
    pub(crate) fn uncleared<'a>(&'a self, user: &'a UserPlan) -> Vec<&'a Target> {
        let cleared = |target: &Target| {
            self.entries_of(&user.user)
                .any(|entry| matches!(entry, Entry::Cleared { target: one, .. } if one.same_place(target)))
        };
        let wanted = user.retirement().map(|retirement| retirement.clear.as_slice());
        let targets = wanted.unwrap_or_default().iter().map(|holder| &holder.target);
        targets.filter(|target| !cleared(target)).collect()
    }

    fn is_complete(&self, user: &UserPlan) -> bool {
        let changed = self
            .entries_of(&user.user)
            .any(|entry| matches!(entry, Entry::Changed { .. }));
        (changed || user.steps.is_empty()) && self.undelivered(user).is_empty() && self.uncleared(user).is_empty()
    }

    fn entries_of<'a>(&'a self, user: &UserName) -> impl Iterator<Item = &'a Entry> {
        let entries = self.entries.iter().map(|noted| &noted.entry);
        entries.filter(move |entry| entry.user() == user)
    }
}

/// Tells whether an entry proves that something was changed; the others are noted before, or when nothing was.
fn is_trace(entry: &Entry) -> bool {
    !matches!(
        entry,
        Entry::Changing { .. }
            | Entry::Planned(_)
            | Entry::Creating { .. }
            | Entry::NotCreated { .. }
            | Entry::Done { .. }
    )
}

#[cfg(test)]
mod tests;
