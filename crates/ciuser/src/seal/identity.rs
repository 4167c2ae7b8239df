//! Whom a secret is sealed to, and what opens it: age recipients and identities.
//!
//! Invariant: the text of an identity exists in its file and in wiped memory only.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret as _;
use age::{Decryptor, Encryptor, Identity, IdentityFile, Recipient};
use zeroize::Zeroizing;

use super::message::LONGEST;
use crate::place::{self, PlaceError};

/// What something is sealed to.
pub(crate) type Recipients = Vec<Box<dyn Recipient + Send>>;

/// The content of an identity file.
pub(crate) struct Keys {
    /// What opens.
    pub(crate) identities: Vec<Box<dyn Identity + Send + Sync>>,
    /// What to seal to, so that these open it.
    pub(crate) recipients: Recipients,
}

/// Why an identity file is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdentityError {
    /// It cannot be read.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// It holds something else.
    #[error("`{}` holds no age identity (`AGE-SECRET-KEY-1...`), or other things too", .0.display())]
    NoIdentity(PathBuf),
}

/// Why something could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOpened {
    /// It is sealed to somebody else.
    WrongIdentity,
    /// It is not what was sealed.
    Damaged,
}

/// Makes a fresh identity and keeps it in a new file, for its owner only.
pub(super) fn make(path: &Path) -> Result<(), PlaceError> {
    let identity = age::x25519::Identity::generate().to_string();
    let parts = [
        "# Opens the sealed access key of an unfinished handover; ciuser deletes it when that is done.\n",
        identity.expose_secret(),
        "\n",
    ];
    let mut text = Zeroizing::new(Vec::with_capacity(parts.map(str::len).iter().sum()));
    for part in parts {
        text.extend_from_slice(part.as_bytes());
    }
    place::create_private_new(path, &text)
}

/// Reads the identities of a file; `None` when there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Keys>, IdentityError> {
    let Some(text) = place::read(path)? else {
        return Ok(None);
    };
    let text = Zeroizing::new(text);
    keys(&text)
        .map(Some)
        .ok_or_else(|| IdentityError::NoIdentity(path.to_owned()))
}

fn keys(text: &[u8]) -> Option<Keys> {
    let file = IdentityFile::from_buffer(text).ok()?;
    let recipients = file.to_recipients().ok()?;
    let identities = file.into_identities().ok()?;
    (!identities.is_empty()).then_some(Keys { identities, recipients })
}

/// Reads a recipient, `age1...`.
pub(crate) fn recipient(text: &str) -> Option<Recipients> {
    let recipient: age::x25519::Recipient = text.parse().ok()?;
    Some(vec![Box::new(recipient)])
}

/// Seals a message to every recipient.
pub(crate) fn encrypt(to: &Recipients, message: &[u8]) -> Option<Vec<u8>> {
    let recipients = to.iter().map(|recipient| &**recipient as &dyn Recipient);
    let mut sealed = Vec::new();
    let mut writer = Encryptor::with_recipients(recipients)
        .ok()?
        .wrap_output(&mut sealed)
        .ok()?;
    writer.write_all(message).ok()?;
    writer.finish().ok()?;
    Some(sealed)
}

/// Opens what was sealed, into a buffer that is wiped.
pub(crate) fn decrypt(
    sealed: &[u8],
    identities: &[Box<dyn Identity + Send + Sync>],
) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let identities = identities.iter().map(|identity| &**identity as &dyn Identity);
    let opened = Decryptor::new_buffered(sealed).and_then(|decryptor| decryptor.decrypt(identities));
    let reader = opened.map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => NotOpened::WrongIdentity,
        _ => NotOpened::Damaged,
    })?;
    // One byte more than the longest: reading to the end then never makes the buffer grow.
    let mut message = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    reader
        .take(LONGEST as u64)
        .read_to_end(&mut message)
        .map_err(|_| NotOpened::Damaged)?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(identity: &age::x25519::Identity) -> Keys {
        keys(identity.to_string().expose_secret().as_bytes()).unwrap()
    }

    #[test]
    fn what_is_sealed_to_one_identity_is_opened_by_it_and_by_no_other() {
        let [one, other] = [(); 2].map(|()| keys_of(&age::x25519::Identity::generate()));
        let sealed = encrypt(&one.recipients, b"message").unwrap();
        assert_eq!(*decrypt(&sealed, &one.identities).unwrap(), b"message");
        assert_eq!(decrypt(&sealed, &other.identities), Err(NotOpened::WrongIdentity));
        let damaged = sealed.get(..sealed.len() - 1).unwrap();
        assert_eq!(decrypt(damaged, &one.identities), Err(NotOpened::Damaged));
    }

    #[test]
    fn a_made_identity_is_read_again_and_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("fresh.identity");
        make(&path).unwrap();
        assert_eq!(path.symlink_metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap().unwrap().identities.len(), 1);
        assert!(make(&path).unwrap_err().already_exists());
    }

    #[test]
    fn a_file_without_an_identity_is_named_but_not_shown() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("notes.txt");
        for text in ["", "# only a comment\n", "AGE-SECRET-KEY-1DAMAGED\n"] {
            place::write_private(&path, text.as_bytes()).unwrap();
            let error = read(&path).err().unwrap().to_string();
            let expected = format!(
                "`{}` holds no age identity (`AGE-SECRET-KEY-1...`), or other things too",
                path.display()
            );
            assert_eq!(error, expected);
        }
        assert!(read(&home.path().join("missing")).unwrap().is_none());
    }

    #[test]
    fn only_native_recipients_are_taken() {
        let recipient_of = |text: &str| recipient(text).is_some();
        assert!(recipient_of(&age::x25519::Identity::generate().to_public().to_string()));
        assert!(!recipient_of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
        assert!(!recipient_of("age1damaged"));
    }
}
