//! An entry of `pass`, the standard Unix password manager, which encrypts each entry with GnuPG to a file.
//!
//! `pass` overwrites without a word when nobody sits at a terminal, so the entry is looked at first, and written only
//! if it is what the review showed. The file of an entry tells whether it changed; what it holds, only GnuPG can tell.
//! Invariants: the secret goes through pipes only; another person's entry is never overwritten unseen. What `pass`
//! replaces it keeps only if its store is a git repository, and the review says so.

mod entry;
mod program;
mod tree;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use self::entry::Entry;
use self::program::{Pass, Shown};
use self::tree::Tree;
use super::one_file::OneFile;
use super::session::Session;
use crate::env::Environment;

/// An entry of `pass`.
pub(super) struct PassStore<'s> {
    name: String,
    tree: Tree,
    file: OneFile<'s>,
    program: Pass<'s>,
    session: &'s Session<'s>,
}

impl<'s> PassStore<'s> {
    /// Names the entry. Touches nothing yet.
    ///
    /// # Errors
    /// When the name cannot be one of an entry.
    pub(super) fn new(
        name: &str,
        directory: Option<&str>,
        environment: &'s Environment,
        session: &'s Session<'_>,
    ) -> Result<PassStore<'s>, TargetError> {
        let tree = Tree::find(directory, environment);
        Ok(PassStore {
            file: OneFile::new(tree.file_of(name)?, session),
            program: Pass::new(environment, &tree.root),
            name: name.to_owned(),
            tree,
            session,
        })
    }

    /// Opens the entry that lies in the file. GnuPG asks for its passphrase only if `ask`.
    async fn open(&self, ask: bool) -> Result<Opened, TargetError> {
        let recipients = self.tree.recipients_of(&self.name)?;
        Ok(match self.program.show(&self.name, &recipients, ask).await? {
            Shown::Locked => Opened::Locked,
            Shown::Text(text) => entry::read(&text).map_or(Opened::Other, Opened::Ours),
        })
    }

    /// Says what is in the file to this user.
    async fn holdings(&self, owner: &KeyOwner, ask: bool) -> Result<Holdings, TargetError> {
        Ok(match self.open(ask).await? {
            Opened::Locked => Holdings::Locked,
            Opened::Ours(entry) if owner.is(&entry.account, &entry.user) => Holdings::Key(entry.key.id),
            Opened::Ours(entry) => Holdings::Foreign {
                what: format!(
                    "the key {} of user `{}` in account {}",
                    entry.key.id, entry.user, entry.account
                ),
            },
            Opened::Other => Holdings::Foreign {
                what: "an entry that ciuser did not write".to_owned(),
            },
        })
    }

    /// Says what is in the file to this user, and refuses when GnuPG cannot open it without a person.
    async fn holdings_opened(&self, owner: &KeyOwner) -> Result<Holdings, TargetError> {
        match self.holdings(owner, self.may_ask()).await? {
            Holdings::Locked => Err(program::locked()),
            held => Ok(held),
        }
    }

    fn warnings(&self, there: bool) -> Vec<String> {
        let mut warnings = Vec::new();
        if there && !self.tree.has_history() {
            warnings.push(format!(
                "`pass` keeps no history in `{}`, which is no git repository: the next key takes the place of this one for good",
                self.tree.root.display()
            ));
        }
        warnings
    }

    /// Tells whether a person can be asked by GnuPG.
    fn may_ask(&self) -> bool {
        self.session.prompt.interactive()
    }
}

/// What an entry turned out to be.
enum Opened {
    Ours(Entry),
    Other,
    Locked,
}

#[async_trait(?Send)]
impl Store for PassStore<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        self.tree.prove_made()?;
        let there = self.file.look()?.is_some();
        if unlock {
            let recipients = self.tree.recipients_of(&self.name)?;
            self.program.rehearse(&recipients, self.may_ask()).await?;
        }
        let holdings = match there {
            true if unlock => self.holdings_opened(owner).await?,
            true => self.holdings(owner, false).await?,
            false => Holdings::Nothing,
        };
        Ok(PlaceState {
            holdings,
            create: (!there).then(|| "new entry".to_owned()),
            warnings: self.warnings(there),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let there = self.file.read()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        let mut seen = Holdings::Nothing;
        if there.is_some() {
            if let Opened::Ours(entry) = self.open(self.may_ask()).await?
                && entry.holds(owner, key)
            {
                return Ok(());
            }
            seen = self.holdings_opened(owner).await?;
        }
        self.file.refuse_unseen(there, |_| seen)?;
        self.program.insert(&self.name, &entry::write(owner, key)).await?;
        self.file.look().map(drop)
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        if self.file.read()?.is_none() {
            return Ok(None);
        }
        match self.open(self.may_ask()).await? {
            Opened::Locked => Err(program::locked()),
            Opened::Ours(entry) if entry.key.id == *id && owner.is(&entry.account, &entry.user) => {
                Ok(Some(entry.key.secret))
            }
            _ => Ok(None),
        }
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        if self.file.read()?.is_none() {
            return Ok(());
        }
        if self.holdings_opened(owner).await? != *seen {
            return Err(TargetError::new("the entry has changed since it was looked at"));
        }
        self.program.remove(&self.name).await?;
        match self.file.look()? {
            None => Ok(()),
            Some(_) => Err(TargetError::new("`pass rm` left the entry where it is")),
        }
    }

    fn describe(&self) -> String {
        format!("pass show {}", self.name)
    }
}

#[cfg(test)]
mod tests;
