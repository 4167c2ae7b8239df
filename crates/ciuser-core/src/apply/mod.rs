//! Carries out a plan: idempotent calls in the reviewed order, then the handover of the key, with typed events.
//!
//! Invariants: the whole plan is journaled before the first write; a plan whose facts no longer hold is
//! refused; nothing that creates is sent twice unless nothing was sent or it was throttled; what failed says in
//! which state things are.

mod engine;
mod event;
mod failure;
mod outcome;
mod patience;
mod preflight;
mod retire;
mod steps;

pub use engine::{Freshness, apply};
pub(crate) use engine::{check_fingerprints, read_again};
pub use event::{Event, Report};
pub use failure::{Failure, Standing};
pub use outcome::{Outcome, Retired, RetiredTarget, Still, TargetOutcome, UserOutcome};
pub(crate) use patience::{Next, Patience, again};
pub(crate) use preflight::{abandon, open_stores};
pub(crate) use retire::{retire, still_the_same_user};
pub(crate) use steps::run_steps;

use crate::port::{Clock, Hold, Iam, Journal, Lock, Seal, Sts, Targets, Trail};

/// Everything that apply and handover touch.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// IAM.
    pub iam: &'a dyn Iam,
    /// STS.
    pub sts: &'a dyn Sts,
    /// CloudTrail.
    pub trail: &'a dyn Trail,
    /// Opens stores and providers.
    pub targets: &'a dyn Targets,
    /// Keeps the run.
    pub journal: &'a dyn Journal,
    /// Keeps the secret until every target has it.
    pub seal: &'a dyn Seal,
    /// One run per user at a time.
    pub lock: &'a dyn Lock,
    /// Signals.
    pub hold: &'a dyn Hold,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Asks a person.
    pub ask: &'a dyn Ask,
    /// Gets the events.
    pub report: &'a dyn Report,
}

/// Asks a person something that must not be guessed.
pub trait Ask {
    /// Returns the answer, or `None` when there is nobody to ask.
    fn confirm(&self, question: &str) -> Option<bool>;
}
