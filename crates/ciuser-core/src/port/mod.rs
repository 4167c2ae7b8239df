//! The ports: every effect that core asks for, named after the calls it stands for.
//!
//! Invariants: object safe, one thread (no `Send` needed, but for [`Transport`], which the SDK shares);
//! no port is used in `Drop`, because a killed process runs none; a listing is always complete.

mod iam;
mod iam_error;
mod journal;
mod seal;
mod sts;
mod survey;
mod target;
mod trail;
mod transport;
mod world;

pub use iam::{AccessKeyStatus, Iam, KeyLastUsed, ListedKey, ListedKeys, ManagedPolicy, NewUser, User, UserSummary};
pub use iam_error::{IamError, IamErrorKind, Reached};
pub use journal::{Entry, HandoverPlanned, Journal, JournalError, Known, RunRecord, Scope};
pub use seal::{Seal, SealError};
pub use sts::{Caller, Sts};
pub use survey::{Kept, Shown, Sight, Sighting, Survey, Surveyed, Unseen};
pub use target::{
    Holdings, KeyOwner, KeyReferences, Mark, PlaceState, Proof, Provider, Store, TargetError, Targets, compared,
};
pub use trail::Trail;
pub use transport::{Transport, TransportError};
pub use world::{Clock, Entropy, Hold, Lock, LockError, LockGuard};
