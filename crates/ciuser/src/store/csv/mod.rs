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
use zeroize::Zeroizing;

use super::session::{Session, look_at};
use crate::place;

/// A CSV file of one access key.
pub(super) struct CsvStore<'s> {
    path: PathBuf,
    format: CsvFormat,
    session: &'s Session<'s>,
}

impl<'s> CsvStore<'s> {
    /// Names the file. Touches nothing yet.
    pub(super) fn new(path: PathBuf, format: CsvFormat, session: &'s Session<'_>) -> CsvStore<'s> {
        CsvStore { path, format, session }
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        Ok(place::read(&self.path)?.map(Zeroizing::new))
    }

    /// `aws configure import` cuts at every comma and would import the wrong columns without a word.
    fn refuse_comma(&self, user: &UserName) -> Result<(), TargetError> {
        if self.format == CsvFormat::Import && user.as_str().contains(',') {
            let message = format!("`aws configure import` cannot read the user name `{user}`: it has a comma");
            return Err(TargetError::new(message).with_hint("use `--csv-format console`, or another store"));
        }
        Ok(())
    }

    /// Refuses to replace what nobody has seen in the review.
    fn refuse_unseen(&self, owner: &KeyOwner, there: Option<&[u8]>) -> Result<(), TargetError> {
        match (self.session.look(&self.path), there) {
            (Some(seen), _) if seen == look_at(there) => Ok(()),
            (Some(_), _) => Err(TargetError::new("the file has changed since it was looked at")
                .with_hint("see what is in it, then run the command again")),
            (None, None) => Ok(()),
            (None, Some(bytes)) => match holdings(owner, bytes) {
                Holdings::Foreign { what } => Err(TargetError::new(format!("the file holds {what}"))
                    .with_hint("move it away, or choose another place")),
                _ => Ok(()),
            },
        }
    }

    fn replace(&self, old: Option<&[u8]>, new: &[u8]) -> Result<(), TargetError> {
        if old.is_some() {
            place::backup(&self.path)?;
            place::write_private(&self.path, new)?;
        } else {
            let directory = place::directory_of(&self.path);
            if !place::exists(directory) {
                place::private_dir(directory)?;
            }
            place::create_private_new(&self.path, new)?;
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        let path = self.path.display();
        let mut warnings = vec![format!("`{path}` is plain text: whoever can read the file has the key")];
        if place::in_git_work_tree(&self.path) {
            warnings.push(format!(
                "`{path}` lies in a git work tree: take care that it is never committed"
            ));
        }
        if place::others_may_replace(&self.path) {
            warnings.push(format!("other users may write to the directory of `{path}`"));
        }
        warnings
    }
}

#[async_trait(?Send)]
impl Store for CsvStore<'_> {
    async fn check(&self, owner: &KeyOwner, _unlock: bool) -> Result<PlaceState, TargetError> {
        self.refuse_comma(&owner.user)?;
        place::prove_writable(&self.path)?;
        let there = self.read()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        self.session.keep_look(&self.path, look_at(there));
        Ok(PlaceState {
            holdings: there.map_or(Holdings::Nothing, |bytes| holdings(owner, bytes)),
            create: there.is_none().then(|| "new file".to_owned()),
            warnings: self.warnings(),
        })
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        self.refuse_comma(&owner.user)?;
        let there = self.read()?;
        let there = there.as_ref().map(|bytes| bytes.as_slice());
        let kept = there.and_then(|bytes| form::read(bytes).ok());
        if kept.is_some_and(|row| row.id == key.id && row.secret.same_as(&key.secret)) {
            return Ok(());
        }
        self.refuse_unseen(owner, there)?;
        let new = form::write(self.format, &owner.user, key);
        self.replace(there, &new)?;
        self.session.keep_look(&self.path, look_at(Some(&new)));
        Ok(())
    }

    async fn get_back(&self, _owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let Some(bytes) = self.read()? else { return Ok(None) };
        Ok(form::read(&bytes)
            .ok()
            .filter(|row| row.id == *id)
            .map(|row| row.secret))
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let Some(bytes) = self.read()? else { return Ok(()) };
        if holdings(owner, &bytes) != *seen {
            return Err(TargetError::new("the file has changed since it was looked at"));
        }
        // No copy stays behind: it would be the same plain text, of a key that opens nothing any more.
        place::remove(&self.path)?;
        self.session.keep_look(&self.path, look_at(None));
        Ok(())
    }

    fn describe(&self) -> String {
        let path = self.path.display();
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
