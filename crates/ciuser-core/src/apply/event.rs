//! What apply reports while it works. Terminal, JSON and web page are consumers of these.

use crate::name::{AccessKeyId, UserName};
use crate::plan::Line;
use crate::port::Proof;
use crate::target::Target;

/// Receives the events, in order.
pub trait Report {
    /// Takes one event.
    fn event(&self, event: Event<'_>);
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A user's part of the plan begins.
    UserBegins {
        /// The user.
        user: &'a UserName,
        /// How many lines its plan has.
        lines: usize,
    },
    /// The user's part goes on, after those of others came between.
    UserContinues {
        /// The user.
        user: &'a UserName,
    },
    /// A call is made.
    StepBegins {
        /// The reviewed line.
        line: &'a Line,
    },
    /// The call is done.
    StepDone {
        /// The reviewed line.
        line: &'a Line,
    },
    /// Something takes a while.
    Waiting {
        /// For what.
        what: &'a str,
    },
    /// CreateAccessKey goes out; signals are only noted until the secret is sealed.
    SignalsHeld,
    /// The secret is sealed.
    KeySealed {
        /// The new key.
        key: &'a AccessKeyId,
    },
    /// The keys of several users are proven side by side.
    ProofBegins {
        /// How many keys.
        keys: usize,
    },
    /// STS took the key so many times of so many.
    KeyAccepted {
        /// Successes in a row.
        successes: u32,
        /// How many are needed.
        needed: u32,
    },
    /// STS knows the key as the expected user.
    KeyConfirmed {
        /// The key.
        key: &'a AccessKeyId,
        /// Who STS says it is.
        arn: &'a str,
    },
    /// A target is written.
    DeliveryBegins {
        /// The target.
        target: &'a Target,
    },
    /// A target has the key.
    Delivered {
        /// The target.
        target: &'a Target,
        /// How well that is known.
        proof: Proof,
    },
    /// A target does not have the key.
    DeliveryFailed {
        /// The target.
        target: &'a Target,
        /// Why.
        why: &'a str,
    },
    /// A target is cleared.
    ClearBegins {
        /// The target.
        target: &'a Target,
    },
    /// A target was cleared.
    Cleared {
        /// The target.
        target: &'a Target,
        /// The key that it held.
        key: &'a AccessKeyId,
    },
    /// A target could not be cleared.
    ClearFailed {
        /// The target.
        target: &'a Target,
        /// Why.
        why: &'a str,
    },
    /// The old key was made inactive.
    KeyDeactivated {
        /// The old key.
        key: &'a AccessKeyId,
    },
    /// An orphan was deleted.
    OrphanReaped {
        /// The orphan.
        key: &'a AccessKeyId,
    },
    /// Something that the person should look at.
    Warning {
        /// What.
        text: &'a str,
    },
}
