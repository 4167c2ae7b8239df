//! A file of one key: read whole, and replaced only if it is what the review showed.
//!
//! Invariant: the file of before stays beside the new one (`.bak`). Does not know what is in the file.

use std::path::{Path, PathBuf};

use ciuser_core::port::{Holdings, TargetError};
use zeroize::Zeroizing;

use super::session::{Session, look_at};
use crate::place;

/// A file of one key.
pub(super) struct OneFile<'s> {
    path: PathBuf,
    session: &'s Session<'s>,
}

impl<'s> OneFile<'s> {
    /// Names the file. Touches nothing yet.
    pub(super) fn new(path: PathBuf, session: &'s Session<'_>) -> OneFile<'s> {
        OneFile { path, session }
    }

    /// Returns where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; `None` when there is none.
    pub(super) fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        Ok(place::read(&self.path)?.map(Zeroizing::new))
    }

    /// Reads it for a review, and proves that it can be written.
    pub(super) fn look(&self) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        place::prove_writable(&self.path)?;
        let there = self.read()?;
        self.session
            .keep_look(&self.path, look_at(there.as_ref().map(|bytes| bytes.as_slice())));
        Ok(there)
    }

    /// Refuses to replace what nobody has seen in the review. `holdings` says what the bytes are.
    pub(super) fn refuse_unseen(
        &self,
        there: Option<&[u8]>,
        holdings: impl FnOnce(&[u8]) -> Holdings,
    ) -> Result<(), TargetError> {
        let held = |there: Option<&[u8]>| there.map_or(Holdings::Nothing, holdings);
        self.session.refuse_unseen(&self.path, "the file", there, held)
    }

    /// Writes it, over what was there or anew.
    pub(super) fn replace(&self, there: Option<&[u8]>, new: &[u8]) -> Result<(), TargetError> {
        if there.is_some() {
            place::backup(&self.path)?;
            place::write_private(&self.path, new)?;
        } else {
            let directory = place::directory_of(&self.path);
            if !place::exists(directory) {
                place::private_dir(directory)?;
            }
            place::create_private_new(&self.path, new)?;
        }
        self.session.keep_look(&self.path, look_at(Some(new)));
        Ok(())
    }

    /// Removes it, if `holdings` still says what was seen. No copy is made: the key in it opens nothing any more.
    pub(super) fn clear(
        &self,
        seen: &Holdings,
        holdings: impl FnOnce(&[u8]) -> Result<Holdings, TargetError>,
    ) -> Result<(), TargetError> {
        let Some(bytes) = self.read()? else { return Ok(()) };
        if holdings(&bytes)? != *seen {
            return Err(TargetError::new("the file has changed since it was looked at"));
        }
        place::remove(&self.path)?;
        self.session.keep_look(&self.path, look_at(None));
        Ok(())
    }
}
