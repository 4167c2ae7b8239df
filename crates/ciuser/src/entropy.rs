//! The system's randomness, behind core's port.
//!
//! Invariant: what it gives is random. There is no second source: a program that goes on without randomness
//! would make run ids that collide.

#![expect(clippy::disallowed_methods, reason = "the home of randomness")]

use ciuser_core::port::Entropy;

/// The random number generator of the system, once it has shown that it works.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OsEntropy(());

/// The system has no randomness to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system's random number generator does not answer: {0}")]
pub(crate) struct NoEntropy(String);

impl OsEntropy {
    /// Tries the generator. One that has worked once goes on working on every system we know of.
    pub(crate) fn new() -> Result<OsEntropy, NoEntropy> {
        let mut proof = [0; 8];
        getrandom::fill(&mut proof).map_err(|error| NoEntropy(error.to_string()))?;
        Ok(OsEntropy(()))
    }
}

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // The port cannot fail, and bytes that are not random must not be used.
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let entropy = OsEntropy::new().unwrap();
        let (mut one, mut other) = ([0; 16], [0; 16]);
        entropy.fill(&mut one);
        entropy.fill(&mut other);
        assert_ne!(one, other);
        assert_ne!(one, [0; 16]);
    }
}
