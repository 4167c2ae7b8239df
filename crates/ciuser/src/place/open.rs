//! Files that stay open: locks, the journal's file, the spool of a handover.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{FallocateFlags, FlockOperation};
use rustix::io::Errno;

use super::error::{PlaceError, While as _};
use super::path::directory_of;
use super::write::sync_directory;

/// Opens a file for reading and writing, made with mode 0600 if it is missing. A link is refused.
pub(crate) fn open_private(path: &Path) -> Result<File, PlaceError> {
    const DOING: &str = "opening";
    let existed = super::exists(path);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
        .while_(DOING, path)?;
    if !existed {
        sync_directory(path)?;
    }
    Ok(file)
}

/// Makes a file of this length, mode 0600, whose bytes are reserved on disk, and returns it open for reading and
/// writing: writing into it later does not fail for want of space. File and directory are synced.
pub(crate) fn preallocated(path: &Path, length: u64) -> Result<File, PlaceError> {
    const DOING: &str = "reserving";
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .while_(DOING, path)?;
    let reserved = reserve(&file, length)
        .and_then(|()| file.sync_all())
        .while_(DOING, path);
    if let Err(error) = reserved.and_then(|()| sync_directory(path)) {
        // Nothing is in it; what is left over is only untidy.
        let _ = super::remove(path);
        return Err(error);
    }
    Ok(file)
}

/// Reserves the bytes; where the file system cannot, zeros are written, which reserves as well.
fn reserve(mut file: &File, length: u64) -> std::io::Result<()> {
    match rustix::io::retry_on_intr(|| rustix::fs::fallocate(file, FallocateFlags::empty(), 0, length)) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
            std::io::copy(&mut std::io::Read::take(std::io::repeat(0), length), &mut file)?;
            file.flush()?;
            file.rewind()
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps other runs from changing files in the directory of this path until the returned file is dropped: two runs
/// that read and replace one file would lose what the first wrote. `None` where the file system has no locks.
pub(crate) fn hold_directory(path: &Path) -> Option<File> {
    let directory = File::open(directory_of(path)).ok()?;
    rustix::io::retry_on_intr(|| rustix::fs::flock(&directory, FlockOperation::LockExclusive)).ok()?;
    Some(directory)
}

fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default()
}
