//! A CSV file of one access key, as `aws configure import` reads it or as the console writes it.
//!
//! Invariants: a file is replaced only if it is what the review showed, and its copy stays beside it (`.bak`);
//! no line is ever added to a file. Plain text: the warning says so every time. The file does not say which account
//! the key is of, so a key found there is never claimed to be the user's.

mod form;

use std::path::PathBuf;

use async_trait::async_trait;
use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::CsvFormat;

use super::one_file::OneFile;
use super::session::Session;
use crate::place;

/// A CSV file of one access key.
pub(super) struct CsvStore<'s> {
    file: OneFile<'s>,
    format: CsvFormat,
}

impl<'s> CsvStore<'s> {
    /// Names the file. Touches nothing yet.
    pub(super) fn new(path: PathBuf, format: CsvFormat, session: &'s Session<'_>) -> CsvStore<'s> {
        CsvStore {
            file: OneFile::new(path, session),
            format,
        }
    }

    /// `aws configure import` cuts at every comma and would import the wrong columns without a word.
    fn refuse_comma(&self, user: &UserName) -> Result<(), TargetError> {
        if self.format == CsvFormat::Import && user.as_str().contains(',') {
            let message = format!("`aws configure import` cannot read the user name `{user}`: it has a comma");
            return Err(TargetError::new(message).with_hint("use `--csv-format console`, or another store"));
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        let path = self.file.path().display();
        let mut warnings = vec![format!("`{path}` is plain text: whoever can read the file has the key")];
        if place::in_git_work_tree(self.file.path()) {
            warnings.push(format!(
                "`{path}` lies in a git work tree: take care that it is never committed"
            ));
        }
        if place::others_may_replace(self.file.path()) {
            warnings.push(format!("other users may write to the directory of `{path}`"));
        }
        warnings
    }
}

#[async_trait(?Send)]
impl Store for CsvStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        self.refuse_comma(&owner.user)?;
        let there = self.file.look()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        Ok(PlaceState {
            holdings: there.map_or(Holdings::Nothing, |bytes| holdings(owner, bytes)),
            create: there.is_none().then(|| "new file".to_owned()),
            warnings: self.warnings(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.refuse_comma(&owner.user)?;
        let there = self.file.read()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        let kept = there.and_then(|bytes| form::read(bytes).ok());
        if kept.is_some_and(|row| row.id == key.id && row.secret.same_as(&key.secret)) {
            return Ok(());
        }
        self.file.refuse_unseen(there, |bytes| holdings(owner, bytes))?;
        self.file.replace(there, &form::write(self.format, &owner.user, key))
    }

    async fn get_back(&self, _owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let Some(bytes) = self.file.read()? else {
            return Ok(None);
        };
        Ok(form::read(&bytes)
            .ok()
            .filter(|row| row.id == *id)
            .map(|row| row.secret))
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.file.clear(seen, |bytes| Ok(holdings(owner, bytes)))
    }

    fn describe(&self) -> String {
        let path = self.file.path().display();
        match self.format {
            CsvFormat::Import => format!("aws configure import --csv file://{path}"),
            CsvFormat::Console => format!("`{path}`, plain text"),
        }
    }
}

/// Says what a file is to this user. The import form names a user, the console's names nobody.
fn holdings(owner: &KeyOwner, bytes: &[u8]) -> Holdings {
    match form::read(bytes) {
        Ok(row) => match row.user {
            Some(user) if !user.eq_ignore_ascii_case(owner.user.as_str()) => Holdings::Foreign {
                what: format!("the key {} of user `{}`", row.id, form::shown(user)),
            },
            _ => Holdings::Unattributed(row.id),
        },
        Err(what) => Holdings::Foreign { what: what.to_owned() },
    }
}

#[cfg(test)]
mod tests;
