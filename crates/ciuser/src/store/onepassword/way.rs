//! A way to 1Password: what a Connect server and the program `op` both can do.

use async_trait::async_trait;
use ciuser_core::port::TargetError;
use ciuser_core::secret::AccessKey;
use serde::{Deserialize, Deserializer};

use super::document::Document;

/// A way to the vaults of one account.
#[async_trait(?Send)]
pub(super) trait Way {
    /// Makes sure that the way is open. Asks a person only if `ask`.
    ///
    /// # Errors
    /// When there is no such way, or it is closed for good.
    async fn open(&self, ask: bool) -> Result<Access, TargetError>;
    /// Lists the vaults that can be seen.
    async fn vaults(&self) -> Result<Vec<Vault>, TargetError>;
    /// Lists the items of a vault that have a tag, and perhaps others.
    async fn items(&self, vault: &Vault, tag: &str) -> Result<Vec<Listed>, TargetError>;
    /// Reads an item; nothing when it is not there, or not yet.
    async fn item(&self, vault: &Vault, id: &str) -> Result<Option<Document>, TargetError>;
    /// Makes an item and returns its id. Sends it once. Nothing that is said of it repeats the key.
    async fn create(&self, vault: &Vault, item: &Document, key: &AccessKey) -> Result<String, Setback>;
    /// Replaces an item. Nothing that is said of it repeats the key.
    async fn replace(&self, vault: &Vault, id: &str, item: &Document, key: &AccessKey) -> Result<(), Setback>;
    /// Takes an item away, into the archive where there is one.
    async fn remove(&self, vault: &Vault, id: &str) -> Result<(), Setback>;
    /// Returns what the review must say of the way.
    fn warnings(&self) -> Vec<String>;
}

/// Whether a way is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Open,
    /// A person would have to be asked.
    Locked,
}

/// A write that failed.
#[derive(Debug)]
pub(super) enum Setback {
    /// It was not carried out, for something else was at the same moment.
    Conflict(TargetError),
    /// It may have been carried out.
    Unknown(TargetError),
    /// It was not carried out.
    Refused(TargetError),
}

impl From<Setback> for TargetError {
    fn from(setback: Setback) -> TargetError {
        match setback {
            Setback::Conflict(error) | Setback::Unknown(error) | Setback::Refused(error) => error,
        }
    }
}

/// A vault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Vault {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

/// An item as a listing shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_none")]
    tags: Vec<String>,
    /// Said of items that were put away.
    state: Option<String>,
    #[serde(alias = "updated_at")]
    #[serde(rename = "updatedAt")]
    pub(super) updated: Option<String>,
}

impl Listed {
    /// Tells whether it is in use and has a tag.
    pub(super) fn is_tagged(&self, tag: &str) -> bool {
        self.is_in_use() && self.tags.iter().any(|one| one == tag)
    }

    /// Returns its tags that begin so, without the beginning; none of an item that was put away.
    pub(super) fn tagged_after<'l>(&'l self, start: &str) -> impl Iterator<Item = &'l str> {
        let tags = self.tags.iter().filter(|_| self.is_in_use());
        tags.filter_map(move |tag| tag.strip_prefix(start))
    }

    fn is_in_use(&self) -> bool {
        !matches!(self.state.as_deref(), Some("ARCHIVED" | "DELETED"))
    }
}

/// Reads a list for which null may stand.
fn or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
