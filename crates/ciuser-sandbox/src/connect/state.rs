//! What the server remembers: a token, and the vaults that it opens.
//!
//! Holds the values of fields, so nothing here has `Debug`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::Refusal;
use super::faults::Faults;
use super::vault::Vault;
use crate::entropy::{self, Entropy};

const ID_LENGTH: usize = 26;

/// The state of the 1Password side of a sandbox.
#[derive(Serialize, Deserialize)]
pub struct State {
    token: String,
    /// Who is shown as the last one to edit an item.
    pub(super) editor: String,
    pub(super) vaults: Vec<Vault>,
    #[serde(default)]
    pub(super) faults: Faults,
}

impl State {
    /// Makes a server with a token, and the vault `Infrastructure`.
    pub(crate) fn fresh(now: Timestamp, entropy: Entropy<'_>) -> State {
        let mut state = State {
            token: entropy::id("eyJ", 61, entropy),
            editor: entropy::id("", ID_LENGTH, entropy),
            vaults: Vec::new(),
            faults: Faults::default(),
        };
        state.add_vault("Infrastructure", now, entropy);
        state
    }

    /// Returns the access token of the server.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the oddities that are still to happen, so that more can be added.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Makes a vault, whatever others are called, and returns its id.
    pub fn add_vault(&mut self, name: &str, now: Timestamp, entropy: Entropy<'_>) -> String {
        let id = new_id(entropy);
        self.vaults.push(Vault {
            id: id.clone(),
            name: name.to_owned(),
            items: Vec::new(),
            writable: true,
            created_at: now,
            updated_at: now,
            content_version: 1,
        });
        id
    }

    /// Takes the right to change anything in a vault away from the token.
    pub fn make_read_only(&mut self, name: &str) {
        for vault in self.vaults.iter_mut().filter(|vault| vault.name == name) {
            vault.writable = false;
        }
    }

    pub(super) fn vault(&mut self, id: &str) -> Result<&mut Vault, Refusal> {
        let found = self.vaults.iter_mut().find(|vault| vault.id == id);
        found.ok_or_else(|| Refusal::no_vault(id))
    }
}

/// Returns a new id of a vault, an item, or a part of one.
pub(super) fn new_id(entropy: Entropy<'_>) -> String {
    entropy::id("", ID_LENGTH, entropy).to_ascii_lowercase()
}

/// Tells whether a text can be such an id.
pub(super) fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() == ID_LENGTH && text.bytes().all(fits)
}
