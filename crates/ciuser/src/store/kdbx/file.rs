//! The bytes of a KeePass file and the database in them.
//!
//! The crate calls its writing experimental, and releases of it have written files that nobody could open. So what it
//! writes is opened again and compared before anything else is done with it. It also deciphers passwords in an order of
//! its own, and from a file that has them in another order it would read nonsense: see [`super::order`]. And it forgets
//! what it does not know: see [`super::lost`].

use ciuser_core::port::TargetError;
use keepass::config::{DatabaseConfig, DatabaseVersion, KdfConfig};
use keepass::db::DatabaseOpenError;
use keepass::error::DatabaseKeyError;
use keepass::{Database, DatabaseKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::document::Element;
use super::lost::lost;
use super::order::is_in_order;
use super::same::same_content;

/// The only version that the crate writes.
const WRITTEN: DatabaseVersion = DatabaseVersion::KDB4(1);

/// Why a file did not open. Says nothing of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotOpened {
    /// Passphrase or key file are not the right ones.
    #[error("the KeePass file does not open: wrong passphrase or key file")]
    WrongKey,
    /// Not KDBX 3 or 4.
    #[error("the file is not a KeePass file of version 3 or 4")]
    OtherFile,
    /// The right kind of file, but not whole, or of a shape that the crate does not know.
    #[error("the KeePass file is damaged, or another program wrote it in a form that cannot be read")]
    Damaged,
    /// Whole, but the passwords in it would be read wrong.
    #[error("another program wrote the KeePass file in an order in which its passwords cannot be read")]
    OtherOrder,
}

/// A database that another program may have written.
pub(super) struct Opened {
    pub(super) database: Database,
    /// Whether it can be written with nothing lost that is in its file.
    pub(super) survives: Result<(), TargetError>,
}

/// Opens the database in these bytes, which any program may have written. Derives the key twice.
pub(super) fn open_of_others(bytes: &[u8], key: &DatabaseKey) -> Result<Opened, NotOpened> {
    let database = open(bytes, key)?;
    let document = document(bytes, key).ok_or(NotOpened::Damaged)?;
    if !is_in_order(&document) {
        return Err(NotOpened::OtherOrder);
    }
    let survives = rehearse(&database).and_then(|written| match lost(&document, &written) {
        None => Ok(()),
        Some(place) => Err(TargetError::new(format!(
            "the KeePass file holds something that would be lost in saving it: `{place}`"
        ))
        .with_hint("choose a KeePass file of its own for ciuser, or change that in KeePassXC")),
    });
    Ok(Opened { database, survives })
}

/// Returns the document in these bytes.
fn document(bytes: &[u8], key: &DatabaseKey) -> Option<Element> {
    let text = Zeroizing::new(Database::get_xml(&mut &*bytes, key.clone()).ok()?);
    Element::read(&text)
}

/// Opens the database in these bytes, which we wrote, or which have been opened with care before.
pub(super) fn open(bytes: &[u8], key: &DatabaseKey) -> Result<Database, NotOpened> {
    let version = DatabaseVersion::parse(bytes).map_err(|_| NotOpened::OtherFile)?;
    let third = match version {
        DatabaseVersion::KDB3(_) => true,
        DatabaseVersion::KDB4(_) if has_whole_header(bytes) => false,
        DatabaseVersion::KDB4(_) => return Err(NotOpened::Damaged),
        _ => return Err(NotOpened::OtherFile),
    };
    Database::parse(bytes, key.clone()).map_err(|error| match error {
        DatabaseOpenError::Key(DatabaseKeyError::IncorrectKey) => NotOpened::WrongKey,
        // Version 3 has no check of the key before the content is deciphered.
        DatabaseOpenError::Cryptography(_) if third => NotOpened::WrongKey,
        _ => NotOpened::Damaged,
    })
}

/// Tells whether the header of a file of version 4 has the digest that follows it. The crate believes the lengths in it,
/// and spends the memory and time that it asks for, before it looks at the digest.
fn has_whole_header(bytes: &[u8]) -> bool {
    let Some((header, rest)) = header_end(bytes).and_then(|end| bytes.split_at_checked(end)) else {
        return false;
    };
    rest.get(..32)
        .is_some_and(|digest| Sha256::digest(header).as_slice() == digest)
}

/// Finds the end of the header: behind twelve bytes of version come fields of kind, length and value, the last of kind 0.
fn header_end(bytes: &[u8]) -> Option<usize> {
    let mut end: usize = 12;
    loop {
        let (kind, length) = bytes.get(end..)?.split_first()?;
        let length = u32::from_le_bytes(*length.first_chunk()?);
        end = end.checked_add(5)?.checked_add(usize::try_from(length).ok()?)?;
        if *kind == 0 {
            return Some(end);
        }
    }
}

/// Returns the version in words, if it is not the one that we write.
pub(super) fn other_version(bytes: &[u8]) -> Option<String> {
    let version = DatabaseVersion::parse(bytes)
        .ok()
        .filter(|version| *version != WRITTEN)?;
    Some(version.to_string().replacen("KDBX", "KDBX ", 1))
}

/// Makes an empty database whose key derivation costs whoever guesses passphrases 64 MiB a try.
pub(super) fn new_database() -> Database {
    let mut config = DatabaseConfig::default();
    // Argon2id, 64 MiB (given in bytes), 3 rounds, 2 lanes; the crate's default is Argon2d with 1 MiB.
    config.kdf_config = argon2id(3, 64 * 1024 * 1024, 2);
    let mut database = Database::with_config(config);
    database.meta.generator = Some("ciuser".to_owned());
    database.meta.database_name = Some("Access keys".to_owned());
    database.meta.memory_protection = Some(keepass::db::MemoryProtection::default());
    database.root_mut().name = "Root".to_owned();
    database
}

/// Writes the database to a buffer, opens the buffer and compares.
pub(super) fn sealed(database: &mut Database, key: &DatabaseKey) -> Result<Zeroizing<Vec<u8>>, TargetError> {
    database.config.version = WRITTEN;
    let mut bytes = Zeroizing::new(Vec::new());
    database
        .save(&mut *bytes, key.clone())
        .map_err(|_| TargetError::new("the KeePass file could not be put together"))?;
    match open(&bytes, key) {
        Ok(again) if same_content(database, &again) => Ok(bytes),
        _ => Err(not_as_it_was()),
    }
}

fn not_as_it_was() -> TargetError {
    TargetError::new("the KeePass file would not read back as it was; it was left as it is")
        .with_hint("choose a KeePass file of its own for ciuser")
}

/// Proves that the database can be written, without waiting for its key derivation, and returns what would be.
pub(super) fn rehearse(database: &Database) -> Result<Element, TargetError> {
    let mut copy = database.clone();
    copy.config.kdf_config = argon2id(1, 64 * 1024, 1);
    let key = DatabaseKey::new().with_password("rehearsal");
    let written = sealed(&mut copy, &key)?;
    document(&written, &key).ok_or_else(not_as_it_was)
}

/// Makes an empty database that opens at once.
#[cfg(test)]
pub(super) fn cheap_database() -> Database {
    let mut database = new_database();
    database.config.kdf_config = argon2id(1, 64 * 1024, 1);
    database
}

fn argon2id(iterations: u64, memory: u64, parallelism: u32) -> KdfConfig {
    match DatabaseConfig::default().kdf_config {
        // The crate does not name the type of the version; its default is 1.3, the only one in use.
        KdfConfig::Argon2 { version, .. } | KdfConfig::Argon2id { version, .. } => KdfConfig::Argon2id {
            iterations,
            memory,
            parallelism,
            version,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_kdbx_4_1_with_argon2id_of_64_mib() {
        let key = DatabaseKey::new().with_password("p");
        let bytes = sealed(&mut new_database(), &key).unwrap();
        let config = open(&bytes, &key).unwrap().config;
        assert_eq!(config.version.to_string(), "KDBX4.1");
        let KdfConfig::Argon2id {
            iterations,
            memory,
            parallelism,
            ..
        } = config.kdf_config
        else {
            panic!()
        };
        assert_eq!((iterations, memory, parallelism), (3, 67_108_864, 2));
        assert_eq!(other_version(&bytes), None);
    }

    #[test]
    fn a_damaged_byte_anywhere_is_noticed() {
        let key = DatabaseKey::new().with_password("p");
        let whole = sealed(&mut cheap_database(), &key).unwrap();
        let header = header_end(&whole).unwrap();
        for at in 12..header {
            assert_eq!(
                open(&flipped(&whole, at), &key).err(),
                Some(NotOpened::Damaged),
                "byte {at}"
            );
        }
        for at in (header..whole.len()).step_by(5) {
            assert!(open(&flipped(&whole, at), &key).is_err(), "byte {at}");
        }
        // The last 36 bytes are an empty block: without it nothing of the content is missing.
        for length in (0..whole.len() - 36).step_by(5) {
            assert!(open(&whole[..length], &key).is_err(), "{length} bytes");
        }
    }

    fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0x40;
        damaged
    }
}
