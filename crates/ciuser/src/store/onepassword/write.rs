//! Writes to a vault: what is done about answers that are lost, conflicts, and items that are shown late.
//!
//! INVARIANT: an item is made again only after a look that did not find it; an item that is not what was seen is not
//! replaced.

use ciuser_core::port::{KeyOwner, TargetError};
use ciuser_core::secret::AccessKey;

use super::item::{self, Item};
use super::way::{Setback, Vault};
use super::{OnePasswordStore, UNTIL_SEEN};
use crate::store::seen::changed;

/// How often a write is tried.
const ATTEMPTS: usize = 3;

impl OnePasswordStore<'_> {
    /// Makes the item. A lost answer is settled by a look for it; only if it is not there, it is sent again.
    pub(super) async fn create(&self, vault: &Vault, owner: &KeyOwner, key: &AccessKey) -> Result<String, TargetError> {
        let new = item::new(&vault.id, owner, key);
        let mut attempts = 1;
        loop {
            let setback = match self.way.create(vault, &new, key).await {
                Ok(id) => return Ok(id),
                Err(setback) => setback,
            };
            if let Setback::Unknown(_) = setback
                && let Some(id) = self.made(vault, owner, key).await?
            {
                return Ok(id);
            }
            if matches!(setback, Setback::Refused(_)) || attempts == ATTEMPTS {
                return Err(setback.into());
            }
            self.pause(1).await;
            attempts += 1;
        }
    }

    /// Looks for an item that may have been made, for as long as it may take to be seen.
    async fn made(&self, vault: &Vault, owner: &KeyOwner, key: &AccessKey) -> Result<Option<String>, TargetError> {
        for seconds in UNTIL_SEEN {
            self.pause(seconds).await;
            if let Some(item) = self.item_of(vault, owner).await?.filter(|item| item.holds(key)) {
                return Ok(Some(item.id));
            }
        }
        Ok(None)
    }

    /// Puts the key into the item, if it still is what was seen.
    pub(super) async fn update(
        &self,
        vault: &Vault,
        item: Item,
        owner: &KeyOwner,
        key: &AccessKey,
    ) -> Result<String, TargetError> {
        let (id, mut item) = (item.id.clone(), item);
        let mut attempts = 1;
        loop {
            self.seen(owner).refuse_unseen(Some(&item.mark()), &item.holdings())?;
            let setback = match self.way.replace(vault, &id, &item.with_key(owner, key), key).await {
                Ok(()) => return Ok(id),
                Err(setback) => setback,
            };
            if matches!(setback, Setback::Refused(_)) || attempts == ATTEMPTS {
                return Err(setback.into());
            }
            self.pause(1).await;
            attempts += 1;
            item = match self.way.item(vault, &id).await?.and_then(Item::of) {
                Some(item) if item.holds(key) => return Ok(id),
                Some(item) => item,
                None => return Err(changed()),
            };
        }
    }

    /// Reads what was written until it is there.
    pub(super) async fn confirm(
        &self,
        vault: &Vault,
        id: &str,
        owner: &KeyOwner,
        key: &AccessKey,
    ) -> Result<(), TargetError> {
        for seconds in UNTIL_SEEN {
            self.pause(seconds).await;
            let item = self.way.item(vault, id).await?.and_then(Item::of);
            if let Some(item) = item.filter(|item| item.holds(key)) {
                self.note(vault, owner, Some(&item));
                return Ok(());
            }
        }
        Err(TargetError::new("the item was written, and does not show it")
            .with_hint("somebody else may be writing it; look at its history in 1Password"))
    }
}
