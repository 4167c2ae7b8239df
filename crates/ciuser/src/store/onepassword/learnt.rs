//! What one process has learnt of 1Password, so that it is asked once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::way::Vault;

/// A vault as a spec names it: its name or id, and the account.
type Named = (String, Option<String>);

/// What was learnt.
#[derive(Default)]
pub(in crate::store) struct Learnt {
    vaults: RefCell<BTreeMap<Named, Vault>>,
    op: Cell<bool>,
}

impl Learnt {
    /// Returns the vault of this name, if it was found.
    pub(super) fn vault(&self, wanted: &str, account: Option<&str>) -> Option<Vault> {
        let named = (wanted.to_owned(), account.map(str::to_owned));
        self.vaults.borrow().get(&named).cloned()
    }

    pub(super) fn keep_vault(&self, wanted: &str, account: Option<&str>, vault: &Vault) {
        let named = (wanted.to_owned(), account.map(str::to_owned));
        self.vaults.borrow_mut().insert(named, vault.clone());
    }

    /// Returns how a spec has named a vault, and in which account.
    pub(super) fn name_of(&self, id: &str) -> Option<Named> {
        let vaults = self.vaults.borrow();
        let named = vaults.iter().find(|(_, vault)| vault.id == id);
        named.map(|(named, _)| named.clone())
    }

    /// Tells whether the program `op` was found to be there and new enough.
    pub(super) fn knows_op(&self) -> bool {
        self.op.get()
    }

    pub(super) fn note_op(&self) {
        self.op.set(true);
    }
}
