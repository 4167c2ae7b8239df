//! Where secrets and variables lie: a repository, an environment and an organisation each have such a place, and a key
//! to which secrets must be sealed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::SecretKey;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::secret::Secret;
use super::variable::Variable;
use crate::entropy::{self, Entropy};

/// The secrets and variables of one place, by name in upper case.
#[derive(Serialize, Deserialize)]
pub(super) struct Locker {
    key_id: String,
    /// In base64.
    private_key: String,
    pub(super) secrets: BTreeMap<String, Secret>,
    pub(super) variables: BTreeMap<String, Variable>,
}

impl Locker {
    pub(super) fn fresh(entropy: Entropy<'_>) -> Locker {
        let mut locker = Locker {
            key_id: String::new(),
            private_key: String::new(),
            secrets: BTreeMap::new(),
            variables: BTreeMap::new(),
        };
        locker.renew_key(entropy);
        locker
    }

    pub(super) fn renew_key(&mut self, entropy: Entropy<'_>) {
        let mut private = [0; 32];
        entropy(&mut private);
        self.private_key = STANDARD.encode(private);
        self.key_id = entropy::number(entropy).to_string();
    }

    /// Returns the key as it is given out.
    pub(super) fn public_key(&self) -> Value {
        let public = self
            .private_key()
            .map(|key| STANDARD.encode(key.public_key().as_bytes()));
        json!({ "key_id": self.key_id, "key": public })
    }

    /// Opens a box that was sealed to the key with this id.
    pub(super) fn open(&self, key_id: &str, sealed: &str) -> Option<String> {
        if key_id != self.key_id {
            return None;
        }
        let opened = self.private_key()?.unseal(&STANDARD.decode(sealed).ok()?).ok()?;
        String::from_utf8(opened).ok()
    }

    fn private_key(&self) -> Option<SecretKey> {
        SecretKey::from_slice(&STANDARD.decode(&self.private_key).ok()?).ok()
    }
}
