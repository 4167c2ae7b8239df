//! Reading whole files of a sane size.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::error::{PlaceError, While as _};

/// More than any file of ours, or any password base, will ever have; a device file must not fill the memory.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Reads a file whole; `None` when there is none. A pipe may stand in for a file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, PlaceError> {
    const DOING: &str = "reading";
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PlaceError::io(DOING, path, &error)),
    };
    let length = file.metadata().while_(DOING, path)?.len();
    // The buffer is made once: growing would leave copies of a secret behind.
    let mut bytes = Vec::with_capacity(
        usize::try_from(length.min(LARGEST))
            .unwrap_or_default()
            .saturating_add(1),
    );
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes).while_(DOING, path)?;
    if read as u64 > LARGEST {
        return Err(PlaceError::refused(DOING, path, "larger than 64 MiB", None));
    }
    Ok(Some(bytes))
}

/// Reads a text file whole; `None` when there is none.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, PlaceError> {
    let Some(bytes) = read(path)? else { return Ok(None) };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(PlaceError::refused("reading", path, "not UTF-8 text", None)),
    }
}

/// Tells whether something is there, a broken link included.
pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
