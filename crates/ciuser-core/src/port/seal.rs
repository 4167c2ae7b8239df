//! The seal: where a secret lies from the moment it was answered until every target has it.

use super::KeyOwner;
use crate::name::{RunId, UserName};
use crate::secret::AccessKey;

/// Seals one access key per run and user into a spool file, encrypted to an age recipient. Synchronous.
pub trait Seal {
    /// Makes identity and spool file: preallocated, descriptor open, file and directory synced; seals and
    /// opens a dummy. Says what a person must know, such as that `resume` will need an identity file.
    ///
    /// # Errors
    /// Anything that would keep [`Seal::seal`] from working later.
    fn reserve(&self, run: &RunId, user: &UserName) -> Result<Option<String>, SealError>;
    /// Seals the key: encrypted, written, synced. On return it survives a crash.
    ///
    /// # Errors
    /// When it is not certain that the key is on the disk.
    fn seal(&self, run: &RunId, owner: &KeyOwner, key: &AccessKey) -> Result<(), SealError>;
    /// Opens what was sealed; `None` when the spool is still empty or not there.
    ///
    /// # Errors
    /// When there is a sealed key but it cannot be opened.
    fn open(&self, run: &RunId, user: &UserName) -> Result<Option<AccessKey>, SealError>;
    /// Removes spool and identity; gone already is no error.
    ///
    /// # Errors
    /// When something is left that could not be removed.
    fn discard(&self, run: &RunId, user: &UserName) -> Result<(), SealError>;
}

/// Why sealing or opening failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SealError {
    /// What went wrong, with the file.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}
