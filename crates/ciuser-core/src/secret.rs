//! The secret of an access key, and the pair of id and secret.
//!
//! Invariants: no `Display`, no `Serialize`, a `Debug` that says nothing; wiped when dropped; compared in
//! constant time. [`SecretAccessKey::expose`] is the one way to the text, so that `grep expose` finds every use.

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::name::AccessKeyId;

/// The secret of an access key.
#[derive(Clone)]
pub struct SecretAccessKey(SecretString);

/// A text that cannot be the secret of an access key. Says nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret is empty or has white space or control characters in it")]
pub struct NotASecret;

impl SecretAccessKey {
    /// Takes the text over.
    ///
    /// # Errors
    /// When it is empty, or has white space or control characters: such a value was damaged on its way.
    pub fn new(text: String) -> Result<SecretAccessKey, NotASecret> {
        let secret = SecretString::from(text);
        let whole = secret.expose_secret().bytes().all(|b| b.is_ascii_graphic());
        if whole && !secret.expose_secret().is_empty() {
            Ok(SecretAccessKey(secret))
        } else {
            Err(NotASecret)
        }
    }

    /// Returns the text, for the place that stores or sends it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Tells whether both are the same, in constant time.
    pub fn same_as(&self, other: &SecretAccessKey) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl std::fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretAccessKey(redacted)")
    }
}

/// An access key as a pipeline uses it: id and secret.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The public half.
    pub id: AccessKeyId,
    /// The half that is answered once.
    pub secret: SecretAccessKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let key = AccessKey {
            id: AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap(),
            secret: SecretAccessKey::new(CANARY.to_owned()).unwrap(),
        };
        let shown = format!("{key:?} {key:#?}");
        assert!(!shown.contains("wJalr") && !shown.contains("EXAMPLEKEY"), "{shown}");
    }

    #[test]
    fn a_damaged_secret_is_refused() {
        for bad in ["", "abc\n", "a b", "ab\u{0}c"] {
            assert_eq!(SecretAccessKey::new(bad.to_owned()).unwrap_err(), NotASecret);
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        let one = SecretAccessKey::new(CANARY.to_owned()).unwrap();
        assert!(one.same_as(&one.clone()));
        assert!(!one.same_as(&SecretAccessKey::new(format!("{CANARY}x")).unwrap()));
    }
}
