//! Writing files that are there whole or not at all, for their owner only unless they are for everybody.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::error::{PlaceError, While as _};
use super::path::{beside, directory_of};

const DOING: &str = "writing";

/// Puts the bytes in the place of what is there, in one step, with mode 0600.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), PlaceError> {
    refuse_what_is_no_file(path)?;
    let new = written_beside(path, bytes)?;
    new.persist(path).map_err(|refused| refused.error).while_(DOING, path)?;
    sync_directory(path)
}

/// Puts bytes that everybody may read in the place of what is there, in one step, with mode 0644.
pub(crate) fn write_public(path: &Path, bytes: &[u8]) -> Result<(), PlaceError> {
    refuse_what_is_no_file(path)?;
    let new = readable_beside(path, bytes)?;
    new.persist(path).map_err(|refused| refused.error).while_(DOING, path)?;
    sync_directory(path)
}

/// Puts bytes in the place of those of a file that is there, in one step; who may read it stays as it is.
pub(crate) fn rewrite(path: &Path, bytes: &[u8]) -> Result<(), PlaceError> {
    refuse_what_is_no_file(path)?;
    let permissions = fs::metadata(path).while_(DOING, path)?.permissions();
    let new = written_beside(path, bytes)?;
    new.as_file().set_permissions(permissions).while_(DOING, path)?;
    new.persist(path).map_err(|refused| refused.error).while_(DOING, path)?;
    sync_directory(path)
}

/// Makes a file with these bytes and mode 0600; fails if something is there.
pub(crate) fn create_private_new(path: &Path, bytes: &[u8]) -> Result<(), PlaceError> {
    let new = written_beside(path, bytes)?;
    new.persist_noclobber(path)
        .map_err(|refused| refused.error)
        .while_("creating", path)?;
    sync_directory(path)
}

/// Makes a file with these bytes that everybody may read, with mode 0644; fails if something is there.
pub(crate) fn create_public_new(path: &Path, bytes: &[u8]) -> Result<(), PlaceError> {
    let new = readable_beside(path, bytes)?;
    new.persist_noclobber(path)
        .map_err(|refused| refused.error)
        .while_("creating", path)?;
    sync_directory(path)
}

/// Keeps a copy of the file beside it, `NAME.bak`, in the place of an older copy. Returns where, `None` without a file.
pub(crate) fn backup(path: &Path) -> Result<Option<PathBuf>, PlaceError> {
    let Some(bytes) = super::read(path)? else {
        return Ok(None);
    };
    // The copy may be as secret as the file.
    let bytes = zeroize::Zeroizing::new(bytes);
    let copy = beside(path, ".bak");
    write_private(&copy, &bytes)?;
    Ok(Some(copy))
}

/// Removes a file; one that is gone already is fine.
pub(crate) fn remove(path: &Path) -> Result<(), PlaceError> {
    match fs::remove_file(path) {
        Ok(()) => sync_directory(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(PlaceError::io("removing", path, &error)),
    }
}

/// Makes what was created in, renamed in or removed from the file's directory last.
pub(super) fn sync_directory(path: &Path) -> Result<(), PlaceError> {
    let directory = directory_of(path);
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .while_("syncing", directory)
}

/// Writes the bytes, synced, to a new file in the same directory, so that a rename is enough.
fn written_beside(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, PlaceError> {
    let mut new = new_beside(path).while_(DOING, path)?;
    new.write_all(bytes).while_(DOING, path)?;
    new.as_file().sync_all().while_(DOING, path)?;
    Ok(new)
}

/// Writes the bytes as [`written_beside`] does, for everybody to read.
fn readable_beside(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, PlaceError> {
    let new = written_beside(path, bytes)?;
    let readable = fs::Permissions::from_mode(0o644);
    new.as_file().set_permissions(readable).while_(DOING, path)?;
    Ok(new)
}

/// Makes an empty file with a name of its own in the same directory; it goes when it is dropped.
pub(super) fn new_beside(path: &Path) -> io::Result<NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".ciuser-{name}-");
    sweep(directory_of(path), &prefix);
    tempfile::Builder::new()
        .prefix(&prefix)
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(directory_of(path))
        .map_err(without_temporary_name)
}

/// Removes what a killed process left of an earlier write of the same file: it may hold a secret. A file that another
/// process is writing at this moment is younger.
fn sweep(directory: &Path, prefix: &str) {
    const ABANDONED: Duration = Duration::from_secs(60);
    let Ok(entries) = fs::read_dir(directory) else { return };
    let ours = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    for entry in ours {
        let age = entry
            .metadata()
            .and_then(|found| found.modified())
            .map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Keeps the system's own words: `tempfile` adds a path that the person never chose.
fn without_temporary_name(error: io::Error) -> io::Error {
    let inner = error
        .get_ref()
        .and_then(|e| std::error::Error::source(e))
        .and_then(|e| e.downcast_ref::<io::Error>());
    match inner.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error.kind().into(),
    }
}

/// Refuses to write where something else than a file is. A rename would replace a link by a file, and the person who
/// made the link would look at the wrong one.
pub(crate) fn refuse_what_is_no_file(path: &Path) -> Result<(), PlaceError> {
    let Ok(found) = path.symlink_metadata() else {
        return Ok(());
    };
    if found.file_type().is_symlink() {
        return Err(PlaceError::refused(
            DOING,
            path,
            "it is a symbolic link",
            Some("name the file that it points to"),
        ));
    }
    if found.is_dir() {
        return Err(PlaceError::refused(
            DOING,
            path,
            "it is a directory",
            Some("name a file in it"),
        ));
    }
    if !found.is_file() {
        return Err(PlaceError::refused(DOING, path, "it is not a file", None));
    }
    Ok(())
}
