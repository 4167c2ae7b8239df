//! How far the handover of a user came, read from what the journal noted of its run.

use crate::name::{AccessKeyId, UserName};
use crate::port::{Entry, RunRecord};

/// How far a user's handover came, as the journal has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State<'a> {
    /// Nothing was sent, or what was sent made no key.
    NoKey,
    /// CreateAccessKey was sent, and the answer is not known.
    Creating(&'a Entry),
    /// This key was made, its secret was not sealed, and no CI system was given it: it is ours to delete.
    Unsealed(&'a AccessKeyId),
    /// The secret of this key is in the spool.
    Sealed(&'a AccessKeyId),
    /// All is done.
    Done,
}

impl State<'_> {
    /// Tells whether there is a key of this run to be delivered or settled, or may be one.
    pub(super) fn may_hold_key(&self) -> bool {
        matches!(self, State::Creating(_) | State::Unsealed(_) | State::Sealed(_))
    }
}

pub(super) fn state_of<'a>(record: &'a RunRecord, name: &UserName) -> State<'a> {
    let mut state = State::NoKey;
    for entry in &record.entries {
        state = match entry {
            Entry::Creating { user, .. } if user == name => State::Creating(entry),
            Entry::Sealed { user, key } if user == name => State::Sealed(key),
            // What came after proves it too, if the entry itself could not be written. A key that was read from a store
            // is not this run's.
            Entry::Confirmed { user, key }
            | Entry::Delivering { user, key, .. }
            | Entry::Delivered { user, key, .. }
                if user == name && matches!(state, State::Creating(_)) =>
            {
                State::Sealed(key)
            }
            Entry::Unsealed { user, key } if user == name => State::Unsealed(key),
            Entry::NotCreated { user } | Entry::Reaped { user, .. } if user == name => State::NoKey,
            Entry::Done { user } if user == name => State::Done,
            _ => state,
        };
    }
    state
}

/// The ids that were there before the last CreateAccessKey.
pub(super) fn seen_of(record: &RunRecord, name: &UserName) -> Vec<AccessKeyId> {
    let mut seen = Vec::new();
    for entry in &record.entries {
        if let Entry::Creating { user, seen: before, .. } = entry
            && user == name
        {
            seen.clone_from(before);
        }
    }
    seen
}

/// Tells whether any call of the plan may have been sent for the user.
pub(super) fn has_begun(record: &RunRecord, name: &UserName) -> bool {
    record.entries.iter().any(|entry| match entry {
        Entry::Changing { user }
        | Entry::UserCreated { user }
        | Entry::Changed { user }
        | Entry::Creating { user, .. }
        | Entry::NotCreated { user }
        | Entry::Reaped { user, .. }
        | Entry::Delivering { user, .. }
        | Entry::Delivered { user, .. }
        | Entry::Cleared { user, .. } => user == name,
        _ => false,
    })
}
