//! Whom a file is encrypted to, and what opens it.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{KeyOwner, TargetError};

use super::form::{self, Kept};
use super::label::Label;
use crate::seal::identity::{self, Keys, NotOpened, Recipients};

/// Public keys, and the file of an identity.
pub(super) struct Lock {
    pub(super) recipients: Vec<String>,
    pub(super) identity: Option<PathBuf>,
}

/// What a file is, as far as it can be known.
pub(super) enum Content {
    /// It was opened: what is in it, if it is a key of ours.
    Opened(Option<Kept>),
    /// There is nothing to open it with: what its label says, if it has one.
    Closed(Option<Label>),
    /// It is encrypted to somebody else.
    Sealed,
    /// It is not an age file, or a damaged one.
    Other,
}

impl Lock {
    /// Encrypts a text, armoured.
    pub(super) fn sealed(&self, label: Label, text: &[u8]) -> Result<Vec<u8>, TargetError> {
        let mut to = self.recipients()?;
        to.push(Box::new(label));
        let armored = identity::encrypt(&to, text).and_then(|sealed| armored(&sealed).ok());
        armored.ok_or_else(|| TargetError::new("encrypting failed"))
    }

    /// Opens a file as far as this can be done here.
    pub(super) fn open(&self, file: &[u8]) -> Result<Content, TargetError> {
        let Some(keys) = self.identities()? else {
            return Ok(match is_age(file) {
                true => Content::Closed(Label::read(file)),
                false => Content::Other,
            });
        };
        let mut sealed = Vec::with_capacity(file.len());
        if ArmoredReader::new(file).read_to_end(&mut sealed).is_err() {
            return Ok(Content::Other);
        }
        Ok(match identity::decrypt(&sealed, &keys.identities) {
            Ok(text) => Content::Opened(form::read(&text)),
            Err(NotOpened::WrongIdentity) => Content::Sealed,
            Err(NotOpened::Damaged) => Content::Other,
        })
    }

    /// Proves that a key could be encrypted, and opened again if there is an identity.
    pub(super) fn rehearse(&self, owner: &KeyOwner) -> Result<(), TargetError> {
        const DUMMY: &[u8] = b"rehearsal";
        let Ok(id) = AccessKeyId::new("A".repeat(20)) else {
            return Ok(());
        };
        let mut to = self.recipients()?;
        to.push(Box::new(Label::of(owner, &id, &self.recipients)));
        let sealed = identity::encrypt(&to, DUMMY).ok_or_else(|| TargetError::new("encrypting failed"))?;
        let Some(Keys { identities, .. }) = self.identities()? else {
            return Ok(());
        };
        if identity::decrypt(&sealed, &identities).is_ok_and(|opened| *opened == DUMMY) {
            return Ok(());
        }
        let message = "the identity does not open what is encrypted to these recipients";
        Err(TargetError::new(message).with_hint(
            "`age-keygen -y` prints the recipient of an identity; add it to `recipients`, or leave `identity` out",
        ))
    }

    fn recipients(&self) -> Result<Recipients, TargetError> {
        let mut all = Recipients::new();
        for text in &self.recipients {
            all.extend(identity::recipient(text).ok_or_else(|| {
                TargetError::new(format!("`{text}` is not an age recipient that can be used here"))
                    .with_hint("name public keys of age, `age1...`; `age-keygen -y` prints the one of an identity")
            })?);
        }
        match all.is_empty() {
            false => Ok(all),
            true => Err(TargetError::new("no age recipient is named")
                .with_hint("add `recipients=age1...`; `age-keygen -y` prints the one of an identity")),
        }
    }

    fn identities(&self) -> Result<Option<Keys>, TargetError> {
        let Some(path) = &self.identity else { return Ok(None) };
        match identity::read(path) {
            Ok(Some(keys)) => Ok(Some(keys)),
            Ok(None) => Err(TargetError::new(format!(
                "age identity `{}` is missing",
                path.display()
            ))),
            Err(error) => Err(TargetError::new(error.to_string())
                .with_hint("name a file of `age-keygen`; one with a passphrase cannot be used here")),
        }
    }
}

fn armored(sealed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    writer.write_all(sealed)?;
    writer.finish()
}

fn is_age(file: &[u8]) -> bool {
    age::Decryptor::new_buffered(ArmoredReader::new(file)).is_ok()
}
