//! What the stores of one process share: whom to ask, and what was learnt.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ciuser_core::port::{Entropy, Holdings, Store, Survey, TargetError};
use ciuser_core::target::StoreSpec;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::age::AgeStore;
use super::cloud::InAws;
use super::cloud::secrets_manager::SecretsManagerStore;
use super::cloud::ssm::SsmStore;
use super::cloud::vault::{VaultPlace, VaultStore};
use super::csv::CsvStore;
use super::kdbx::KdbxStore;
use super::keyring::KeyringStore;
use super::onepassword::{self, OnePasswordStore, OnePasswordSurvey};
use super::pass::PassStore;
use crate::env::Environment;
use crate::place::PlaceError;
use crate::targets::Reach;

/// Asks a person.
pub(crate) trait Prompt {
    /// Asks for a passphrase, once, without showing it; `None` when nobody can be asked.
    fn passphrase(&self, question: &str) -> Result<Option<SecretString>, TargetError>;
    /// Tells whether somebody can be asked.
    fn interactive(&self) -> bool;
}

/// What the stores of one process share. A store may be opened anew for every look and every write; what was
/// learnt stays here, so that a passphrase is asked for once.
pub(crate) struct Session<'a> {
    pub(super) prompt: &'a dyn Prompt,
    pub(super) entropy: &'a dyn Entropy,
    pub(super) environment: &'a Environment,
    pub(super) sandbox: bool,
    pub(super) onepassword: onepassword::Learnt,
    passphrases: RefCell<BTreeMap<PathBuf, SecretString>>,
    looks: RefCell<BTreeMap<PathBuf, Look>>,
}

/// What a place was when it was looked at: nothing, or bytes with this SHA-256; in the cloud, those of its version.
pub(super) type Look = Option<[u8; 32]>;

/// Looks at what is there.
pub(super) fn look_at(there: Option<&[u8]>) -> Look {
    there.map(|bytes| Sha256::digest(bytes).into())
}

impl<'a> Session<'a> {
    /// Begins with nothing learnt. In the sandbox, where keys open nothing real, warnings about them are left out.
    pub(crate) fn new(
        prompt: &'a dyn Prompt,
        entropy: &'a dyn Entropy,
        environment: &'a Environment,
        sandbox: bool,
    ) -> Session<'a> {
        Session {
            prompt,
            entropy,
            environment,
            sandbox,
            onepassword: onepassword::Learnt::default(),
            passphrases: RefCell::default(),
            looks: RefCell::default(),
        }
    }

    /// Returns the passphrase that opened this file, or will open it once it is made.
    pub(super) fn passphrase(&self, file: &Path) -> Option<SecretString> {
        self.passphrases.borrow().get(file).cloned()
    }

    pub(super) fn keep_passphrase(&self, file: &Path, passphrase: SecretString) {
        self.passphrases.borrow_mut().insert(file.to_owned(), passphrase);
    }

    /// Returns what the place was when it was last looked at; `None` when it was not.
    pub(super) fn look(&self, file: &Path) -> Option<Look> {
        self.looks.borrow().get(file).copied()
    }

    /// Refuses to replace what nobody has seen in the review. `holdings` says what the bytes are.
    pub(super) fn refuse_unseen(
        &self,
        place: &Path,
        what: &str,
        there: Option<&[u8]>,
        holdings: impl FnOnce(Option<&[u8]>) -> Holdings,
    ) -> Result<(), TargetError> {
        match self.look(place) {
            Some(seen) if seen == look_at(there) => Ok(()),
            Some(_) => Err(TargetError::new(format!("{what} has changed since it was looked at"))
                .with_hint("see what is in it, then run the command again")),
            None => {
                match holdings(there) {
                    Holdings::Foreign { what: held } => Err(TargetError::new(format!("{what} holds {held}"))
                        .with_hint("move it away, or choose another place")),
                    _ => Ok(()),
                }
            }
        }
    }

    pub(super) fn keep_look(&self, file: &Path, look: Look) {
        self.looks.borrow_mut().insert(file.to_owned(), look);
    }
}

/// Opens a store. Touches nothing yet.
///
/// # Errors
/// When there is no token for it, or the place cannot be one.
pub(crate) fn open<'s>(
    spec: &StoreSpec,
    session: &'s Session<'_>,
    reach: &'s Reach<'_>,
) -> Result<Box<dyn Store + 's>, TargetError> {
    Ok(match spec {
        StoreSpec::Kdbx {
            path,
            password_file,
            key_file,
        } => {
            let [password_file, key_file] = [password_file, key_file].map(|file| file.as_ref().map(PathBuf::from));
            Box::new(KdbxStore::new(PathBuf::from(path), password_file, key_file, session))
        }
        StoreSpec::Csv { path, format } => Box::new(CsvStore::new(PathBuf::from(path), *format, session)),
        StoreSpec::Age {
            path,
            recipients,
            identity,
        } => {
            let identity = identity.as_ref().map(PathBuf::from);
            Box::new(AgeStore::new(
                PathBuf::from(path),
                recipients.clone(),
                identity,
                session,
            ))
        }
        StoreSpec::Pass { entry, directory } => Box::new(PassStore::new(
            entry,
            directory.as_deref(),
            session.environment,
            session,
        )?),
        StoreSpec::OnePassword { vault, account } => {
            Box::new(OnePasswordStore::new(vault, account.as_deref(), spec, session, reach)?)
        }
        StoreSpec::Keyring { service } => Box::new(KeyringStore::new(service, session)),
        StoreSpec::AwsSecretsManager { name, region, kms_key } => {
            let place = InAws::new(spec, region.as_ref(), reach, session)?;
            Box::new(SecretsManagerStore::new(place, name, kms_key.as_deref())?)
        }
        StoreSpec::AwsSsm { name, region, kms_key } => {
            let place = InAws::new(spec, region.as_ref(), reach, session)?;
            Box::new(SsmStore::new(place, name, kms_key.as_deref())?)
        }
        StoreSpec::Vault {
            path,
            mount,
            url,
            namespace,
        } => {
            let place = VaultPlace {
                mount,
                path,
                url: url.as_deref(),
                namespace: namespace.as_deref(),
            };
            Box::new(VaultStore::new(&place, spec, reach, session)?)
        }
    })
}

/// Returns what looks through the one kind of store that can be looked through, and how it is called in messages.
pub(crate) fn survey<'s>(
    session: &'s Session<'_>,
    reach: &'s Reach<'_>,
) -> (&'static str, Result<Box<dyn Survey + 's>, TargetError>) {
    let opened = OnePasswordSurvey::new(session, reach).map(|survey| {
        let survey: Box<dyn Survey> = Box::new(survey);
        survey
    });
    ("1Password", opened)
}

impl From<PlaceError> for TargetError {
    fn from(error: PlaceError) -> TargetError {
        let target = TargetError::new(error.to_string());
        match error.hint() {
            Some(hint) => target.with_hint(hint),
            None => target,
        }
    }
}
