//! An item of 1Password for each user, in a vault that is named: by a Connect server, or by the program `op`.
//!
//! Invariants: a rotation updates the item of the user, so that 1Password's own history keeps the key of before; what a
//! person has added to it stays; a new item whose answer was lost is looked for by its tag before it is sent again; what
//! was written is read by its id and compared. Neither way has conditional writes: who writes between our look and our
//! write is overwritten, and who wrote before our look is not.

mod connect;
mod document;
mod item;
mod learnt;
mod op;
mod survey;
mod vault;
mod way;
mod write;

use std::cell::RefCell;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Clock, Holdings, KeyOwner, KeyReferences, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::StoreSpec;
use jiff::SignedDuration;

use self::connect::Connect;
use self::item::{Item, user_tag};
pub(super) use self::learnt::Learnt;
use self::op::Op;
pub(super) use self::survey::OnePasswordSurvey;
use self::way::{Access, Setback, Vault, Way};
use super::seen::{Seen, changed};
use super::session::Session;
use crate::targets::Reach;

/// Pauses before looks, in seconds: a Connect server shows an item once it is synchronised.
const UNTIL_SEEN: [i64; 4] = [0, 1, 2, 4];
/// The same for an item that is to go: the first look finds it.
const UNTIL_GONE: [i64; 5] = [0, 0, 1, 2, 4];

/// A vault of 1Password.
pub(super) struct OnePasswordStore<'s> {
    way: Box<dyn Way + 's>,
    wanted: String,
    account: Option<String>,
    spec: StoreSpec,
    session: &'s Session<'s>,
    clock: &'s dyn Clock,
    /// For the closing lines.
    found: RefCell<Option<Found>>,
}

/// What a person finds the key by that was looked at or written last.
struct Found {
    item: String,
    vault: String,
    references: Option<KeyReferences>,
}

/// Chooses the way. Sends nothing yet.
fn way<'s>(
    account: Option<&str>,
    session: &'s Session<'_>,
    reach: &'s Reach<'_>,
) -> Result<Box<dyn Way + 's>, TargetError> {
    Ok(match reach.tokens.onepassword_connect()? {
        Some(access) => Box::new(Connect::new(access, account, reach)),
        None => Box::new(Op::new(account, session)),
    })
}

impl<'s> OnePasswordStore<'s> {
    /// Names the vault. Sends nothing yet.
    ///
    /// # Errors
    /// When a Connect server is half configured.
    pub(super) fn new(
        vault: &str,
        account: Option<&str>,
        spec: &StoreSpec,
        session: &'s Session<'_>,
        reach: &'s Reach<'_>,
    ) -> Result<OnePasswordStore<'s>, TargetError> {
        Ok(OnePasswordStore {
            way: way(account, session, reach)?,
            wanted: vault.to_owned(),
            account: account.map(str::to_owned),
            spec: spec.clone(),
            session,
            clock: reach.clock,
            found: RefCell::default(),
        })
    }

    /// Opens the way, and finds the vault once in a process. Nothing when a person would have to be asked.
    async fn look(&self, unlock: bool) -> Result<Option<Vault>, TargetError> {
        let ask = unlock && self.session.prompt.interactive();
        if self.way.open(ask).await? == Access::Locked {
            return Ok(None);
        }
        if let Some(vault) = self.session.onepassword.vault(&self.wanted, self.account.as_deref()) {
            return Ok(Some(vault));
        }
        let vault = vault::find(&self.wanted, self.way.vaults().await?)?;
        self.session
            .onepassword
            .keep_vault(&self.wanted, self.account.as_deref(), &vault);
        Ok(Some(vault))
    }

    async fn vault(&self) -> Result<Vault, TargetError> {
        self.look(true).await?.ok_or_else(signed_out)
    }

    /// Finds the item of a user.
    ///
    /// # Errors
    /// When there are several, of which nobody knows which one is used.
    async fn item_of(&self, vault: &Vault, owner: &KeyOwner) -> Result<Option<Item>, TargetError> {
        let tag = user_tag(owner);
        let mut own = Vec::new();
        for listed in self.way.items(vault, &tag).await? {
            if listed.is_tagged(&tag)
                && let Some(item) = self.way.item(vault, &listed.id).await?.and_then(Item::of)
                && item.is_of(owner)
            {
                own.push(item);
            }
        }
        let only = own.pop();
        if own.is_empty() {
            return Ok(only);
        }
        let ids: Vec<_> = own.iter().chain(&only).map(|item| format!("`{}`", item.id)).collect();
        Err(TargetError::new(format!(
            "{} items of the vault say that they are of user `{}`: {}",
            ids.len(),
            owner.user,
            ids.join(", ")
        ))
        .with_hint("archive all but the one that is used, in 1Password, and run the same again"))
    }

    fn seen(&self, owner: &KeyOwner) -> Seen<'_> {
        Seen::of_user(self.session, &self.spec, owner)
    }

    /// Notes what is there.
    fn note(&self, vault: &Vault, owner: &KeyOwner, item: Option<&Item>) {
        self.seen(owner).note(item.map(Item::mark).as_deref());
        self.found.replace(item.map(|item| Found {
            item: item.id.clone(),
            vault: vault.id.clone(),
            references: item.references(&vault.id),
        }));
    }

    async fn pause(&self, seconds: i64) {
        if seconds > 0 {
            self.clock.sleep(SignedDuration::from_secs(seconds)).await;
        }
    }
}

#[async_trait(?Send)]
impl Store for OnePasswordStore<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        let mut state = PlaceState {
            holdings: Holdings::Locked,
            create: None,
            warnings: self.way.warnings(),
        };
        let Some(vault) = self.look(unlock).await? else {
            return if unlock { Err(signed_out()) } else { Ok(state) };
        };
        let item = self.item_of(&vault, owner).await?;
        self.note(&vault, owner, item.as_ref());
        state.create = item.is_none().then(|| "new item".to_owned());
        state.holdings = item.map_or(Holdings::Nothing, |item| item.holdings());
        Ok(state)
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let vault = self.vault().await?;
        let id = match self.item_of(&vault, owner).await? {
            Some(item) if item.holds(key) => {
                self.note(&vault, owner, Some(&item));
                return Ok(());
            }
            Some(item) => self.update(&vault, item, owner, key).await?,
            None => {
                self.seen(owner).refuse_unseen(None, &Holdings::Nothing)?;
                self.create(&vault, owner, key).await?
            }
        };
        self.confirm(&vault, &id, owner, key).await
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let item = self.item_of(&self.vault().await?, owner).await?;
        Ok(item.and_then(|item| item.secret_of(id)))
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let vault = self.vault().await?;
        let mut last = None;
        for seconds in UNTIL_GONE {
            self.pause(seconds).await;
            let Some(item) = self.item_of(&vault, owner).await? else {
                self.note(&vault, owner, None);
                return Ok(());
            };
            if item.holdings() != *seen {
                return Err(changed());
            }
            last = match self.way.remove(&vault, &item.id).await {
                Ok(()) => None,
                Err(setback @ Setback::Refused(_)) => return Err(setback.into()),
                // A Connect server may say 500 of a deletion that it has begun: the next look tells.
                Err(setback) => Some(setback.into()),
            };
        }
        Err(last.unwrap_or_else(|| TargetError::new("the item was taken away, and is still shown")))
    }

    fn describe(&self) -> String {
        match &*self.found.borrow() {
            Some(Found {
                item,
                references: Some(references),
                ..
            }) => format!(
                "item {item}: op read {}, its id: {}",
                references.secret_access_key, references.access_key_id
            ),
            Some(Found { item, vault, .. }) => format!("item {item} of vault {vault}"),
            None => format!("vault `{}` of 1Password", self.wanted),
        }
    }

    fn references(&self) -> Option<KeyReferences> {
        self.found.borrow().as_ref()?.references.clone()
    }
}

/// Says that a person has to sign in.
fn signed_out() -> TargetError {
    TargetError::new("1Password would have to ask somebody to sign in, and nobody can be asked")
        .with_hint(
            "run it on a terminal, or `eval $(op signin)` before; for runs that nobody attends set OP_SERVICE_ACCOUNT_TOKEN, \
             or OP_CONNECT_HOST and OP_CONNECT_TOKEN",
        )
        .needing_person()
}

#[cfg(test)]
mod tests;
