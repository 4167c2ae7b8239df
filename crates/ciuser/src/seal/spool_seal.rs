//! Core's seal, kept in spool files.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use age::Identity;
use ciuser_core::name::{RunId, UserName};
use ciuser_core::port::{KeyOwner, Seal, SealError};
use ciuser_core::secret::AccessKey;
use ciuser_core::spec::SealSpec;

use super::identity::{self, IdentityError, Keys, NotOpened, Recipients};
use super::{message, spool};
use crate::place::{self, PlaceError};

/// Seals keys into files of one directory; fresh identities go to another.
pub(crate) struct SpoolSeal {
    spools: PathBuf,
    identities: PathBuf,
    spec: SealSpec,
    reserved: RefCell<HashMap<PathBuf, Reserved>>,
}

/// What was made ready for one key.
struct Reserved {
    file: File,
    recipients: Recipients,
}

/// What a key is to be sealed to.
struct Chosen {
    recipients: Recipients,
    /// What opens it again, if it is here.
    identities: Option<Vec<Box<dyn Identity + Send + Sync>>>,
    /// What a person must know.
    note: Option<String>,
}

/// The two files of a handover.
struct Files {
    spool: PathBuf,
    identity: PathBuf,
}

impl SpoolSeal {
    /// Takes the directory of the spool files, the directory of fresh identities, and what the person configured,
    /// its path absolute. Touches nothing yet.
    pub(crate) fn new(spools: PathBuf, identities: PathBuf, spec: SealSpec) -> SpoolSeal {
        SpoolSeal {
            spools,
            identities,
            spec,
            reserved: RefCell::default(),
        }
    }

    /// One pair of files for all spellings of a user: IAM ignores case. Every character of a user name may be in a
    /// file name.
    fn files(&self, run: &RunId, user: &UserName) -> Files {
        let name = format!("{run}-{}", user.as_str().to_ascii_lowercase());
        Files {
            spool: self.spools.join(format!("{name}.spool")),
            identity: self.identities.join(format!("{name}.identity")),
        }
    }

    /// Returns what the next key is sealed to, what opens it if that is here, and what a person must know.
    fn choose(&self, files: &Files) -> Result<Chosen, SealError> {
        match (
            self.spec.recipient.as_deref(),
            self.spec.identity.as_deref().map(Path::new),
        ) {
            (None, None) => {
                place::private_dir(&self.identities)?;
                identity::make(&files.identity)?;
                // Read again, because this file is what `open` will have to go by.
                Chosen::keys(identity::read(&files.identity)?, &files.identity, None)
            }
            (None, Some(path)) => Chosen::keys(identity::read(path)?, path, Some(needs_file(path))),
            (Some(recipient), path) => {
                let recipients = identity::recipient(recipient).ok_or_else(|| no_recipient(recipient))?;
                let identities = path
                    .map(identity::read)
                    .transpose()?
                    .flatten()
                    .map(|keys| keys.identities);
                let note = path.map_or_else(|| needs_identity_of(recipient), needs_file);
                Ok(Chosen {
                    recipients,
                    identities,
                    note: Some(note),
                })
            }
        }
    }

    fn make(&self, files: &Files) -> Result<(Reserved, Option<String>), SealError> {
        let Chosen {
            recipients,
            identities,
            note,
        } = self.choose(files)?;
        prove(&recipients, identities.as_deref())?;
        place::private_dir(&self.spools)?;
        let file = spool::make(&files.spool)?;
        spool::write_zeros(&file).map_err(|error| not_written(&files.spool, &error))?;
        Ok((Reserved { file, recipients }, note))
    }

    /// Returns everything here that may open a spool.
    fn opening(&self, files: &Files) -> Result<Vec<Box<dyn Identity + Send + Sync>>, SealError> {
        let configured = self.spec.identity.as_deref().map(PathBuf::from);
        let mut found = Vec::new();
        for path in [Some(files.identity.clone()), configured].into_iter().flatten() {
            found.extend(identity::read(&path)?.into_iter().flat_map(|keys| keys.identities));
        }
        Ok(found)
    }
}

impl Seal for SpoolSeal {
    fn reserve(&self, run: &RunId, user: &UserName) -> Result<Option<String>, SealError> {
        let files = self.files(run, user);
        let left = place::read(&files.spool)?.unwrap_or_default();
        if !matches!(spool::body(&left), Ok(None)) {
            return Err(already_sealed(&files.spool));
        }
        // What an earlier process left behind: nothing was sealed in it, so nothing is lost.
        files.wipe()?;
        let (reserved, note) = self.make(&files).inspect_err(|_| drop(files.wipe()))?;
        self.reserved.borrow_mut().insert(files.spool, reserved);
        Ok(note)
    }

    fn seal(&self, run: &RunId, owner: &KeyOwner, key: &AccessKey) -> Result<(), SealError> {
        let path = self.files(run, &owner.user).spool;
        let reserved = self.reserved.borrow();
        let Some(Reserved { file, recipients }) = reserved.get(&path) else {
            return Err(failed(&path, "it was not reserved", None));
        };
        let message = message::write(owner, key).ok_or_else(|| failed(&path, "the access key is too long", None))?;
        let sealed = identity::encrypt(recipients, &message).ok_or_else(|| failed(&path, "encrypting failed", None))?;
        spool::fill(file, &sealed).map_err(|error| not_written(&path, &error))
    }

    fn open(&self, run: &RunId, user: &UserName) -> Result<Option<AccessKey>, SealError> {
        let files = self.files(run, user);
        let Some(bytes) = place::read(&files.spool)? else {
            return Ok(None);
        };
        let damaged = |_| failed(&files.spool, "its content is damaged", Some(REPLACE));
        let Some(sealed) = spool::body(&bytes).map_err(damaged)? else {
            return Ok(None);
        };
        let message = identity::decrypt(sealed, &self.opening(&files)?).map_err(|error| match error {
            NotOpened::WrongIdentity => failed(&files.spool, "no age identity here opens it", Some(NAME_IDENTITY)),
            NotOpened::Damaged => damaged(spool::Damaged),
        })?;
        match message::read(&message, run, user) {
            Some(key) => Ok(Some(key)),
            None => Err(failed(
                &files.spool,
                "it holds the access key of another run or user",
                Some(REPLACE),
            )),
        }
    }

    fn discard(&self, run: &RunId, user: &UserName) -> Result<(), SealError> {
        let files = self.files(run, user);
        self.reserved.borrow_mut().remove(&files.spool);
        files.wipe()
    }
}

impl Files {
    /// Removes both. The spool first: a sealed one without its identity would look like a loss.
    fn wipe(&self) -> Result<(), SealError> {
        spool::wipe(&self.spool)?;
        Ok(spool::wipe(&self.identity)?)
    }
}

impl Chosen {
    fn keys(keys: Option<Keys>, path: &Path, note: Option<String>) -> Result<Chosen, SealError> {
        let Some(Keys { identities, recipients }) = keys else {
            let message = format!("the age identity `{}` is not there", path.display());
            return Err(SealError {
                message,
                hint: Some("make it with `age-keygen -o FILE`".to_owned()),
            });
        };
        Ok(Chosen {
            recipients,
            identities: Some(identities),
            note,
        })
    }
}

/// Seals and opens a message of the greatest length in memory.
fn prove(to: &Recipients, identities: Option<&[Box<dyn Identity + Send + Sync>]>) -> Result<(), SealError> {
    let dummy = [b'.'; message::LONGEST];
    let Some(sealed) = identity::encrypt(to, &dummy).filter(|sealed| sealed.len() <= spool::ROOM) else {
        return Err(SealError {
            message: "sealing to the age recipients failed".to_owned(),
            hint: None,
        });
    };
    let Some(identities) = identities else { return Ok(()) };
    if identity::decrypt(&sealed, identities).is_ok_and(|opened| *opened == dummy) {
        return Ok(());
    }
    Err(SealError {
        message: "the configured age identity does not open what is sealed to the configured recipient".to_owned(),
        hint: Some("`age-keygen -y FILE` shows the recipient of an identity".to_owned()),
    })
}

const NAME_IDENTITY: &str =
    "put the identity back into the file that `--seal-identity`, or `identity` in `[seal]`, named";
const REPLACE: &str = "if no store has the secret, it is lost: `ciuser key rotate` issues another key";

fn needs_file(path: &Path) -> String {
    format!(
        "if this run is interrupted, `ciuser resume` needs the age identity in `{}`",
        path.display()
    )
}

fn needs_identity_of(recipient: &str) -> String {
    format!("if this run is interrupted, `ciuser resume` needs the age identity of `{recipient}`")
}

fn no_recipient(text: &str) -> SealError {
    SealError {
        message: format!("`{text}` is not an age recipient"),
        hint: Some("it looks like `age1...`; `age-keygen` shows it; SSH keys and plugins are not supported".to_owned()),
    }
}

fn already_sealed(path: &Path) -> SealError {
    failed(
        path,
        "it holds a sealed access key already",
        Some("`ciuser resume` delivers it"),
    )
}

fn not_written(path: &Path, error: &std::io::Error) -> SealError {
    match error.kind() {
        std::io::ErrorKind::AlreadyExists => already_sealed(path),
        kind => failed(path, &kind.to_string(), None),
    }
}

fn failed(path: &Path, what: &str, hint: Option<&str>) -> SealError {
    SealError {
        message: format!("spool `{}`: {what}", path.display()),
        hint: hint.map(str::to_owned),
    }
}

impl From<PlaceError> for SealError {
    fn from(error: PlaceError) -> SealError {
        SealError {
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

impl From<IdentityError> for SealError {
    fn from(error: IdentityError) -> SealError {
        match error {
            IdentityError::Place(error) => error.into(),
            IdentityError::NoIdentity(_) => SealError {
                message: error.to_string(),
                hint: Some("`age-keygen -o FILE` makes one".to_owned()),
            },
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
