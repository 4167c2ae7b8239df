//! What opens the file: a passphrase (from a file, or asked for), a key file, or both.

use std::path::{Path, PathBuf};

use ciuser_core::port::TargetError;
use keepass::DatabaseKey;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::file::NotOpened;
use super::key_file;
use crate::place;
use crate::store::session::Session;

/// What opens a KeePass file.
pub(super) struct Lock<'s> {
    pub(super) file: PathBuf,
    pub(super) password_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) session: &'s Session<'s>,
}

impl Lock<'_> {
    /// Tells whether nobody has to be asked.
    pub(super) fn opens_unasked(&self) -> bool {
        self.password_file.is_some() || self.key_file.is_some() || self.session.passphrase(&self.file).is_some()
    }

    /// Returns what should open the file that is there, and the passphrase in it.
    pub(super) fn key_of_existing(&self) -> Result<(DatabaseKey, Option<SecretString>), TargetError> {
        let passphrase = match self.known_passphrase()? {
            None if self.key_file.is_none() => Some(self.asked("Passphrase of")?),
            known => known,
        };
        let key_file = match &self.key_file {
            Some(path) => Some(read_key_file(path)?.ok_or_else(|| missing(path, "key file"))?),
            None => None,
        };
        Ok((composite(passphrase.as_ref(), key_file.as_ref())?, passphrase))
    }

    /// Returns what will open the file that is to be made. A key file that is missing is made first, and durably.
    pub(super) fn key_of_new(&self) -> Result<DatabaseKey, TargetError> {
        let passphrase = self.passphrase_of_new()?;
        let key_file = match &self.key_file {
            Some(path) => Some(self.key_file_of_new(path)?),
            None => None,
        };
        composite(passphrase.as_ref(), key_file.as_ref())
    }

    /// Makes sure, without making anything, that a new file can get its key; asks only if `ask`. Returns whether the
    /// key file will be new.
    pub(super) fn prepare_new(&self, ask: bool) -> Result<bool, TargetError> {
        if ask {
            self.passphrase_of_new()?;
        } else {
            self.known_passphrase()?;
        }
        let Some(path) = &self.key_file else { return Ok(false) };
        if read_key_file(path)?.is_none() {
            place::prove_writable(path)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Remembers a passphrase that has proved right.
    pub(super) fn opened_with(&self, passphrase: Option<SecretString>) {
        if let Some(passphrase) = passphrase {
            self.session.keep_passphrase(&self.file, passphrase);
        }
    }

    /// Says why the file did not open, and what to look at.
    pub(super) fn explain(&self, error: NotOpened) -> TargetError {
        let hint = match error {
            NotOpened::WrongKey => self.which_key(),
            NotOpened::OtherFile => "name a KeePass file, or one that is to be made".to_owned(),
            NotOpened::Damaged => format!(
                "if KeePassXC opens it, change an entry and save it there, which puts it right; else look at `{}.bak`",
                self.file.display()
            ),
            NotOpened::OtherOrder => "change an entry in KeePassXC and save it there, which puts it right".to_owned(),
        };
        TargetError::new(error.to_string()).with_hint(hint)
    }

    fn which_key(&self) -> String {
        match (&self.password_file, &self.key_file) {
            (None, None) => "type it again; a file that also needs a key file wants `--kdbx-key-file`".to_owned(),
            (Some(password), None) => format!("check the first line of `{}`", password.display()),
            (None, Some(key)) => {
                format!(
                    "check `{}`; a file that also needs a passphrase wants `--kdbx-password-file`",
                    key.display()
                )
            }
            (Some(password), Some(key)) => format!("check `{}` and `{}`", password.display(), key.display()),
        }
    }

    /// Returns the passphrase that is known without asking.
    fn known_passphrase(&self) -> Result<Option<SecretString>, TargetError> {
        if let Some(known) = self.session.passphrase(&self.file) {
            return Ok(Some(known));
        }
        let Some(path) = &self.password_file else {
            return Ok(None);
        };
        let passphrase = first_line(path)?;
        // The file may be a pipe, which gives its line once.
        self.session.keep_passphrase(&self.file, passphrase.clone());
        Ok(Some(passphrase))
    }

    /// Returns the passphrase for a new file, typed twice; `None` when a key file does without.
    fn passphrase_of_new(&self) -> Result<Option<SecretString>, TargetError> {
        let known = self.known_passphrase()?;
        if known.is_some() || self.key_file.is_some() {
            return Ok(known);
        }
        let passphrase = self.asked("New passphrase for")?;
        let again = self.asked("The same passphrase again, for")?;
        if passphrase.expose_secret() != again.expose_secret() {
            return Err(TargetError::new("the two passphrases are not the same").with_hint("run the command again"));
        }
        self.session.keep_passphrase(&self.file, passphrase.clone());
        Ok(Some(passphrase))
    }

    fn asked(&self, what_for: &str) -> Result<SecretString, TargetError> {
        let prompt = self.session.prompt;
        let answer = match prompt.interactive() {
            true => prompt.passphrase(&format!("{what_for} `{}`", self.file.display()))?,
            false => None,
        };
        let Some(passphrase) = answer else {
            return Err(
                TargetError::new("the passphrase of the KeePass file is needed, and nobody can be asked")
                    .with_hint("give `--kdbx-password-file FILE` or `--kdbx-key-file FILE`")
                    .needing_person(),
            );
        };
        if passphrase.expose_secret().is_empty() {
            return Err(
                TargetError::new("the passphrase is empty").with_hint("type one, or give `--kdbx-key-file FILE`")
            );
        }
        Ok(passphrase)
    }

    fn key_file_of_new(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, TargetError> {
        if let Some(there) = read_key_file(path)? {
            return Ok(there);
        }
        let made = key_file::made(self.session.entropy);
        let directory = place::directory_of(path);
        if !place::exists(directory) {
            place::private_dir(directory)?;
        }
        match place::create_private_new(path, &made) {
            Ok(()) => Ok(made),
            // Another run was faster, and its key file counts.
            Err(error) if error.already_exists() => read_key_file(path)?.ok_or_else(|| missing(path, "key file")),
            Err(error) => Err(error.into()),
        }
    }
}

fn composite(
    passphrase: Option<&SecretString>,
    key_file: Option<&Zeroizing<Vec<u8>>>,
) -> Result<DatabaseKey, TargetError> {
    let mut key = DatabaseKey::new();
    if let Some(passphrase) = passphrase {
        key = key.with_password(passphrase.expose_secret());
    }
    if let Some(bytes) = key_file {
        key = key
            .with_keyfile(&mut bytes.as_slice())
            .map_err(|_| TargetError::new("the key file cannot be read"))?;
    }
    Ok(key)
}

/// Reads the key file; `None` when there is none. An empty one would protect nothing.
fn read_key_file(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
    match place::read(path)? {
        Some(bytes) if bytes.is_empty() => Err(TargetError::new(format!("key file `{}` is empty", path.display()))),
        bytes => Ok(bytes.map(Zeroizing::new)),
    }
}

fn first_line(path: &Path) -> Result<SecretString, TargetError> {
    let bytes = Zeroizing::new(place::read(path)?.ok_or_else(|| missing(path, "password file"))?);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok("") => Err(TargetError::new(format!(
            "the first line of `{}` is empty",
            path.display()
        ))),
        Ok(line) => Ok(SecretString::from(line)),
        Err(_) => Err(TargetError::new(format!(
            "the first line of `{}` is not UTF-8 text",
            path.display()
        ))),
    }
}

fn missing(path: &Path, what: &str) -> TargetError {
    TargetError::new(format!("{what} `{}` is missing", path.display()))
}
