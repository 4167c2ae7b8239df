//! The rest of the world: clock, randomness, locks, signals.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::name::UserName;
use crate::port::Scope;

/// Time.
#[async_trait(?Send)]
pub trait Clock {
    /// Now, as the machine's clock shows it: for what is noted. It may be set, forwards and backwards.
    fn now(&self) -> Timestamp;
    /// How long the program has been at work, by a clock that nobody sets: for how long something is waited for.
    fn uptime(&self) -> SignedDuration;
    /// Waits.
    async fn sleep(&self, duration: SignedDuration);
}

/// Randomness.
pub trait Entropy {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// One run per endpoint, account and user at a time on this machine.
pub trait Lock {
    /// Takes the lock, or `None` when another run has it. Held until the guard is dropped or the process ends.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    fn try_lock(&self, scope: &Scope, user: &UserName) -> Result<Option<LockGuard>, LockError>;
}

/// A lock that is held. Dropping it is enough, and so is the end of the process.
pub struct LockGuard(#[expect(dead_code, reason = "held for its Drop")] Box<dyn std::any::Any>);

impl LockGuard {
    /// Wraps what holds the lock.
    pub fn new(held: impl std::any::Any) -> LockGuard {
        LockGuard(Box::new(held))
    }
}

/// Why a lock could not be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LockError {
    /// What went wrong, with the file.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl LockError {
    /// Makes an error without a hint.
    pub fn new(message: impl Into<String>) -> LockError {
        LockError {
            message: message.into(),
            hint: None,
        }
    }
}

/// Signals: noted now, acted on later.
pub trait Hold {
    /// From now on SIGINT, SIGTERM and SIGHUP are only noted.
    fn hold(&self);
    /// Signals work again; one that came meanwhile acts at the next [`Hold::interrupted`].
    fn release(&self);
    /// Tells whether the person asked to stop, and signals are not held.
    fn interrupted(&self) -> bool;
}
