//! A KeePass file: encrypted, with a window of its own on every desk, read by programs that are not ours.
//!
//! Invariants: every write begins with the bytes that are there now, is opened and compared before it reaches the
//! disk, and leaves the bytes of before in `.bak`; a file of which anything would be lost is not written; a key that is
//! replaced stays in its entry's history. An entry is the user's if account and user name say so in its attributes: a
//! title proves nothing. Does not merge two files: when another program wrote meanwhile, it begins again.

mod document;
mod entry;
mod file;
mod key_file;
mod lost;
mod order;
mod same;
mod unlock;

use std::path::PathBuf;

use async_trait::async_trait;
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use keepass::{Database, DatabaseKey};
use zeroize::Zeroizing;

use self::file::Opened;
use self::unlock::Lock;
use super::session::{Session, look_at};
use crate::place;

/// How often a write begins anew because another program wrote the file meanwhile.
const ATTEMPTS: usize = 3;

/// A KeePass file.
pub(super) struct KdbxStore<'s> {
    path: PathBuf,
    lock: Lock<'s>,
    session: &'s Session<'s>,
}

impl<'s> KdbxStore<'s> {
    /// Names the file and what opens it. Touches nothing yet.
    pub(super) fn new(
        path: PathBuf,
        password_file: Option<PathBuf>,
        key_file: Option<PathBuf>,
        session: &'s Session<'_>,
    ) -> KdbxStore<'s> {
        let lock = Lock {
            file: path.clone(),
            password_file,
            key_file,
            session,
        };
        KdbxStore { path, lock, session }
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        Ok(place::read(&self.path)?.map(Zeroizing::new))
    }

    fn open(&self, bytes: &[u8]) -> Result<(Opened, DatabaseKey), TargetError> {
        let (key, passphrase) = self.lock.key_of_existing()?;
        let seen = look_at(Some(bytes));
        let opened = if self.session.look(&self.path) == Some(seen) {
            file::open(bytes, &key).map(|database| Opened {
                database,
                survives: Ok(()),
            })
        } else {
            file::open_of_others(bytes, &key)
        };
        let opened = opened.map_err(|error| self.lock.explain(error))?;
        self.lock.opened_with(passphrase);
        if opened.survives.is_ok() {
            self.session.keep_look(&self.path, seen);
        }
        Ok((opened, key))
    }

    /// Opens the file to write it again. One of which something would be lost is refused.
    fn open_to_write(&self, bytes: &[u8]) -> Result<(Database, DatabaseKey), TargetError> {
        let (Opened { database, survives }, key) = self.open(bytes)?;
        survives.map(|()| (database, key))
    }

    /// Changes the file, beginning anew while another program writes it.
    fn attempt(&self, change: impl Fn() -> Result<bool, TargetError>) -> Result<(), TargetError> {
        let _held = place::hold_directory(&self.path);
        for _ in 0..ATTEMPTS {
            if change()? {
                return Ok(());
            }
        }
        Err(TargetError::new("another program keeps writing the file").with_hint("close it there and try again"))
    }

    /// Reads, changes and replaces the file. False when another program wrote it meanwhile.
    fn try_put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<bool, TargetError> {
        let before = self.read()?;
        let (mut database, unlocking) = match &before {
            Some(bytes) => self.open_to_write(bytes)?,
            None => (file::new_database(), self.lock.key_of_new()?),
        };
        if !entry::put(&mut database, owner, key) {
            return Ok(true);
        }
        self.try_replace(before, &mut database, &unlocking)
    }

    /// Reads, throws the user's entries away and replaces the file. False when another program wrote it meanwhile.
    fn try_clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<bool, TargetError> {
        let Some(before) = self.read()? else { return Ok(true) };
        let (mut database, unlocking) = self.open_to_write(&before)?;
        match entry::holdings(&database, owner) {
            Holdings::Nothing => return Ok(true),
            now if now == *seen => {}
            _ => return Err(TargetError::new("the entry has changed since it was looked at")),
        }
        entry::throw_away(&mut database, owner);
        self.try_replace(Some(before), &mut database, &unlocking)
    }

    /// Writes the database over the file that it was read from. False when another program wrote it meanwhile.
    fn try_replace(
        &self,
        before: Option<Zeroizing<Vec<u8>>>,
        database: &mut Database,
        unlocking: &DatabaseKey,
    ) -> Result<bool, TargetError> {
        let after = file::sealed(database, unlocking)?;
        // Deriving keys took a while: KeePassXC may have saved.
        if self.read()? != before {
            return Ok(false);
        }
        if before.is_some() {
            place::backup(&self.path)?;
            place::write_private(&self.path, &after)?;
        } else if let Err(error) = place::create_private_new(&self.path, &after) {
            return if error.already_exists() {
                Ok(false)
            } else {
                Err(error.into())
            };
        }
        match self.read()? {
            Some(bytes) if bytes == after => {
                self.session.keep_look(&self.path, look_at(Some(&after)));
                Ok(true)
            }
            _ => Err(TargetError::new(
                "what was read back from the disk is not what was written",
            )),
        }
    }

    fn warnings(&self, there: Option<&[u8]>) -> Vec<String> {
        let path = self.path.display();
        let mut warnings = Vec::new();
        if let Some(version) = there.and_then(file::other_version) {
            warnings.push(format!(
                "`{path}` is {version} and will be saved as KDBX 4.1, which KeePassXC opens; a copy stays in `{path}.bak`"
            ));
        }
        if let Some(key_file) = self.lock.key_file.as_ref().filter(|_| !self.session.sandbox)
            && place::directory_of(key_file) == place::directory_of(&self.path)
        {
            warnings.push(format!(
                "key file `{}` lies beside `{path}`: whoever gets the one gets the other",
                key_file.display()
            ));
        }
        if place::others_may_replace(&self.path) {
            warnings.push(format!("other users may write to the directory of `{path}`"));
        }
        warnings
    }

    fn check_new(&self, unlock: bool) -> Result<PlaceState, TargetError> {
        let makes_key_file = self.lock.prepare_new(unlock)?;
        if unlock {
            file::rehearse(&file::new_database())?;
        }
        let create = if makes_key_file {
            "new KeePass file with a new key file"
        } else {
            "new KeePass file"
        };
        Ok(PlaceState {
            holdings: Holdings::Nothing,
            create: Some(create.to_owned()),
            warnings: self.warnings(None),
        })
    }
}

#[async_trait(?Send)]
impl Store for KdbxStore<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        place::prove_writable(&self.path)?;
        let Some(bytes) = self.read()? else {
            return self.check_new(unlock);
        };
        let holdings = if unlock || self.lock.opens_unasked() {
            let (opened, _) = self.open(&bytes)?;
            if unlock {
                opened.survives?;
            }
            entry::holdings(&opened.database, owner)
        } else {
            Holdings::Locked
        };
        Ok(PlaceState {
            holdings,
            create: None,
            warnings: self.warnings(Some(&bytes)),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let directory = place::directory_of(&self.path);
        if !place::exists(directory) {
            place::private_dir(directory)?;
        }
        self.attempt(|| self.try_put(owner, key))
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.attempt(|| self.try_clear(owner, seen))
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let Some(bytes) = self.read()? else { return Ok(None) };
        let (opened, _) = self.open(&bytes)?;
        Ok(entry::secret(&opened.database, owner, id))
    }

    fn describe(&self) -> String {
        let path = self.path.display();
        match &self.lock.key_file {
            Some(key_file) => format!(
                "KeePassXC opens `{path}` with the key file `{}`, group `AWS`",
                key_file.display()
            ),
            None => format!("KeePassXC opens `{path}`, group `AWS`"),
        }
    }
}

#[cfg(test)]
mod tests;
