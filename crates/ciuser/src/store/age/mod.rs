//! A file of one access key, encrypted with age to one or several people, for runs that nobody attends.
//!
//! Writing needs public keys only. With an identity the key is read back; without one the file can only be told apart
//! from another by its digest, and what it holds is what its label claims.
//! Invariants: a file is replaced only if it is what the review showed, and its copy stays beside it; plain text exists
//! in wiped memory only. Takes no SSH keys, no passphrases and no plugins.

mod form;
mod label;
mod lock;

use std::path::PathBuf;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Store, TargetError, compared};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use sha2::{Digest as _, Sha256};

use self::form::Kept;
use self::label::Label;
use self::lock::{Content, Lock};
use super::one_file::OneFile;
use super::session::Session;
use crate::place;

/// A file of one access key, encrypted with age.
pub(super) struct AgeStore<'s> {
    file: OneFile<'s>,
    lock: Lock,
}

impl<'s> AgeStore<'s> {
    /// Names the file, whom it is for, and what opens it. Touches nothing yet.
    pub(super) fn new(
        path: PathBuf,
        recipients: Vec<String>,
        identity: Option<PathBuf>,
        session: &'s Session<'_>,
    ) -> AgeStore<'s> {
        AgeStore {
            file: OneFile::new(path, session),
            lock: Lock { recipients, identity },
        }
    }

    /// Says what a file is to this user.
    fn holdings(&self, owner: &KeyOwner, bytes: &[u8]) -> Result<Holdings, TargetError> {
        let whose = |account: &str, user: &str, id: &AccessKeyId| Holdings::Foreign {
            what: format!("the key {id} of user `{}` in account {}", shown(user), shown(account)),
        };
        Ok(match self.lock.open(bytes)? {
            Content::Opened(Some(Kept { account, user, key })) if owner.is(&account, &user) => Holdings::Key(key.id),
            Content::Opened(Some(Kept { account, user, key })) => whose(&account, &user, &key.id),
            Content::Closed(Some(label)) if owner.is(&label.account, &label.user) => Holdings::Masked {
                suffix: label.id.to_string(),
                mark: Some(mark_of(bytes)),
            },
            Content::Closed(Some(label)) => whose(&label.account, &label.user, &label.id),
            Content::Opened(None) | Content::Closed(None) => Holdings::Foreign {
                what: "an age file of something else".to_owned(),
            },
            Content::Sealed => Holdings::Foreign {
                what: "an age file that the identity does not open".to_owned(),
            },
            Content::Other => Holdings::Foreign {
                what: "something that is not an age file".to_owned(),
            },
        })
    }

    /// Tells whether the file holds this key already, for the same people.
    fn holds(&self, owner: &KeyOwner, key: &AccessKey, bytes: &[u8]) -> Result<bool, TargetError> {
        if Label::read(bytes) != Some(Label::of(owner, &key.id, &self.lock.recipients)) {
            return Ok(false);
        }
        Ok(match self.lock.open(bytes)? {
            Content::Opened(Some(kept)) => kept.key.id == key.id && kept.key.secret.same_as(&key.secret),
            // An access key id never gets another secret.
            Content::Closed(_) => true,
            _ => false,
        })
    }

    fn warnings(&self, there: Option<&[u8]>) -> Vec<String> {
        let path = self.file.path().display();
        let mut warnings = Vec::new();
        if self.lock.identity.is_none() {
            warnings.push(format!(
                "`{path}` cannot be read back here, for no `identity` is named: whether the key in it is whole, only \
                 somebody who opens it can tell"
            ));
        }
        let label = there.and_then(Label::read);
        if label.is_some_and(|label| label.recipients != label::digest_of(&self.lock.recipients)) {
            warnings.push(format!(
                "`{path}` is encrypted to other recipients than these; the next key will be for these"
            ));
        }
        if place::others_may_replace(self.file.path()) {
            warnings.push(format!("other users may write to the directory of `{path}`"));
        }
        warnings
    }
}

#[async_trait(?Send)]
impl Store for AgeStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        self.lock.rehearse(owner)?;
        let there = self.file.look()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        Ok(PlaceState {
            holdings: match there {
                Some(bytes) => self.holdings(owner, bytes)?,
                None => Holdings::Nothing,
            },
            create: there.is_none().then(|| "new file".to_owned()),
            warnings: self.warnings(there),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let there = self.file.read()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        let seen = match there {
            Some(bytes) if self.holds(owner, key, bytes)? => return Ok(()),
            Some(bytes) => self.holdings(owner, bytes)?,
            None => Holdings::Nothing,
        };
        self.file.refuse_unseen(there, |_| seen)?;
        let label = Label::of(owner, &key.id, &self.lock.recipients);
        self.file
            .replace(there, &self.lock.sealed(label, &form::write(owner, key))?)
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let Some(bytes) = self.file.read()? else {
            return Ok(None);
        };
        Ok(match self.lock.open(&bytes)? {
            Content::Opened(Some(kept)) if kept.key.id == *id && owner.is(&kept.account, &kept.user) => {
                Some(kept.key.secret)
            }
            _ => None,
        })
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        if self.lock.identity.is_some() {
            return compared(self.get_back(owner, &key.id).await?, key);
        }
        match self.file.read()? {
            Some(bytes) if Label::read(&bytes).is_some_and(|label| label.is_of(owner, &key.id)) => {
                Ok((Proof::Accepted, Some(mark_of(&bytes))))
            }
            _ => Err(TargetError::new(
                "the file that is there is not the one that was written",
            )),
        }
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.file.clear(seen, |bytes| self.holdings(owner, bytes))
    }

    fn describe(&self) -> String {
        let path = self.file.path().display();
        match &self.lock.identity {
            Some(identity) => format!("age -d -i {} {path}", identity.display()),
            None => format!("age -d -i IDENTITY {path}"),
        }
    }
}

/// Names these very bytes: encrypting the same key again makes others.
fn mark_of(bytes: &[u8]) -> Mark {
    let digest = hex::encode(Sha256::digest(bytes));
    format!("sha256:{}", digest.get(..16).unwrap_or(&digest))
}

/// Returns a word of a file as a message may show it.
fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests;
