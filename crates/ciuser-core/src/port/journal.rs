//! The journal: what was planned, how far it came, what was proven. Never a secret.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Mark, Proof};
use crate::name::{AccessKeyId, AccountId, RunId, UserName};
use crate::plan::Plan;
use crate::target::Target;

/// Where runs belong: an endpoint and an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scope {
    /// `aws` for the real one, `sandbox`, or the URL of another endpoint.
    pub endpoint: String,
    /// The account.
    pub account: AccountId,
}

/// A run as it was begun, with all that it has noted since.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Its id.
    pub run: RunId,
    /// When it began.
    pub begun: Timestamp,
    /// The plan that it carries out, targets and the sources of secrets included.
    pub plan: Plan,
    /// What happened, oldest first.
    pub entries: Vec<Entry>,
}

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// The user was made by this run.
    UserCreated {
        /// The user.
        user: UserName,
    },
    /// The first of the plan's calls for the user is about to be sent.
    Changing {
        /// The user.
        user: UserName,
    },
    /// All changes other than the key are made.
    Changed {
        /// The user.
        user: UserName,
    },
    /// A handover begins: the spool is reserved, nothing was sent.
    Planned(HandoverPlanned),
    /// CreateAccessKey is about to be sent.
    Creating {
        /// The user.
        user: UserName,
        /// The ids that were there before.
        seen: Vec<AccessKeyId>,
        /// The server's clock just before.
        date: Timestamp,
        /// How long the answer may take, in seconds.
        #[serde(with = "seconds")]
        timeout: SignedDuration,
        /// The run in the user agent of the request: another one where a later process carries this run on. Journals of
        /// before do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_by: Option<RunId>,
    },
    /// The secret is sealed.
    Sealed {
        /// The user.
        user: UserName,
        /// The new key.
        key: AccessKeyId,
    },
    /// A key was made whose secret could not be sealed, and deleting it failed: it is ours to delete.
    Unsealed {
        /// The user.
        user: UserName,
        /// The key that nobody has the secret of.
        key: AccessKeyId,
    },
    /// CreateAccessKey was refused, or not sent: there is no key to look for.
    NotCreated {
        /// The user.
        user: UserName,
    },
    /// STS accepts the key.
    Confirmed {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
    },
    /// A key is about to be written to a CI system's place, value by value.
    Delivering {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
        /// The target.
        target: Target,
        /// When this was noted.
        at: Timestamp,
    },
    /// A target has the key.
    Delivered {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
        /// The target.
        target: Target,
        /// How well that is known.
        proof: Proof,
        /// The target's own time stamp.
        mark: Option<Mark>,
        /// When this was noted.
        at: Timestamp,
    },
    /// A target was cleared of a key that is deleted.
    Cleared {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
        /// The target.
        target: Target,
        /// When this was noted.
        at: Timestamp,
    },
    /// The old key was made inactive.
    Deactivated {
        /// The user.
        user: UserName,
        /// The old key.
        key: AccessKeyId,
    },
    /// An orphan was deleted.
    Reaped {
        /// The user.
        user: UserName,
        /// The orphan.
        key: AccessKeyId,
    },
    /// The user's part of the run is done; spool and identity are gone.
    Done {
        /// The user.
        user: UserName,
    },
}

/// What `Planned` notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverPlanned {
    /// The user.
    pub user: UserName,
}

/// A key that a target was last known to hold, or one whose delivery to it was begun since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The target.
    pub target: Target,
    /// The key.
    pub key: AccessKeyId,
    /// How well that was known; `None` when the delivery was begun, and may have been cut between two values.
    pub proof: Option<Proof>,
    /// The target's own time stamp then.
    pub mark: Option<Mark>,
    /// When it was noted.
    pub at: Timestamp,
}

impl Entry {
    /// Returns the user that it is about.
    pub fn user(&self) -> &UserName {
        match self {
            Entry::UserCreated { user }
            | Entry::Changing { user }
            | Entry::Changed { user }
            | Entry::Planned(HandoverPlanned { user })
            | Entry::Creating { user, .. }
            | Entry::Sealed { user, .. }
            | Entry::Unsealed { user, .. }
            | Entry::NotCreated { user }
            | Entry::Confirmed { user, .. }
            | Entry::Delivering { user, .. }
            | Entry::Delivered { user, .. }
            | Entry::Cleared { user, .. }
            | Entry::Deactivated { user, .. }
            | Entry::Reaped { user, .. }
            | Entry::Done { user } => user,
        }
    }
}

impl Known {
    /// Learns from the next entry of a user's: what is known of a target is what was noted of it last. A delivery that
    /// was begun stands beside the one before it, for it may have changed nothing.
    pub fn learn(all: &mut Vec<Known>, entry: Entry) {
        let known = match entry {
            Entry::Delivered {
                key,
                target,
                proof,
                mark,
                at,
                ..
            } => {
                all.retain(|earlier| !earlier.target.same_place(&target));
                Known {
                    target,
                    key,
                    proof: Some(proof),
                    mark,
                    at,
                }
            }
            Entry::Delivering { key, target, at, .. } => {
                all.retain(|earlier| earlier.proof.is_some() || !earlier.target.same_place(&target));
                Known {
                    target,
                    key,
                    proof: None,
                    mark: None,
                    at,
                }
            }
            Entry::Cleared { target, .. } => return all.retain(|earlier| !earlier.target.same_place(&target)),
            _ => return,
        };
        all.push(known);
    }
}

/// Keeps runs. Synchronous, durable on return, several processes at once.
pub trait Journal {
    /// Notes a run and its whole plan, before the first write.
    ///
    /// # Errors
    /// When it is not certain that the entry is on the disk.
    fn begin(&self, scope: &Scope, run: &RunId, begun: Timestamp, plan: &Plan) -> Result<(), JournalError>;
    /// Appends to a run.
    ///
    /// # Errors
    /// When it is not certain that the entry is on the disk.
    fn record(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError>;
    /// Notes that a run is over; it is not offered to `resume` again.
    ///
    /// # Errors
    /// When it is not certain that the entry is on the disk.
    fn finish(&self, run: &RunId) -> Result<(), JournalError>;
    /// All runs of the scope that are not over, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn unfinished(&self, scope: &Scope) -> Result<Vec<RunRecord>, JournalError>;
    /// What each target of a user was last known to hold; a target that was cleared since is not among them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    fn known(&self, scope: &Scope, user: &UserName) -> Result<Vec<Known>, JournalError>;
}

/// Why the journal could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JournalError {
    /// What went wrong, with the file.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl JournalError {
    /// Returns what went wrong and what to do next as one sentence, for where there is no line for a hint.
    pub fn with_hint(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}; {hint}", self.message),
            None => self.message.clone(),
        }
    }
}

/// Seconds on the wire: a journal is read by people too.
mod seconds {
    use jiff::SignedDuration;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &SignedDuration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(duration.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SignedDuration, D::Error> {
        i64::deserialize(from).map(SignedDuration::from_secs)
    }
}
