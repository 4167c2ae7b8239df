//! The handover: the protocol by which one access key goes from IAM to every target without ever being lost.
//!
//! Issue (exactly one request), seal, store, prove at STS, deliver, read back. The journal notes each state
//! before or after the act that makes it true, so that [`resume`] can tell from it, from the spool and from IAM
//! what happened, whenever the process died.
//!
//! INVARIANT: from the moment the answer of CreateAccessKey arrives, the first thing done with the secret is
//! sealing it; nothing is printed, sent or interrupted before that.

mod deliver;
mod finish;
mod issue;
mod listing;
mod orphan;
mod prove;
mod recover;
mod restart;
mod state;

pub(crate) use deliver::{deliver_from_store, issue_and_store};
pub(crate) use finish::{Sealed, finish};
pub(crate) use recover::refuse_unsettled;
pub use restart::{Resumed, resume};
