//! The spool file: reserved bytes that hold one sealed message, or none.
//!
//! Layout: the head (mark, length, SHA-256 of the body) at 0, the body at 512, zeros everywhere else.
//! Invariants: the head is written after the body is on the disk, so a file with a head is whole, whenever the
//! process was killed; a head is never overwritten, only wiped. Knows nothing of encryption.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::place::{self, PlaceError};

const MARK: [u8; 8] = *b"CIUSEAL1";
const BODY_AT: usize = 512;
const LENGTH: usize = 4096;
/// The longest body.
pub(super) const ROOM: usize = LENGTH - BODY_AT;

type Head = [u8; 8 + 4 + 32];
const NO_HEAD: Head = [0; 44];

/// What cannot be a spool file, or is not one any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its content is damaged")]
pub(super) struct Damaged;

/// Makes the file, its bytes reserved and synced, and returns it open.
pub(super) fn make(path: &Path) -> Result<File, PlaceError> {
    place::preallocated(path, LENGTH as u64)
}

/// Writes zeros over the reserved bytes: reserved but never written, they could still need a block for the file
/// system's own accounts when the message comes.
pub(super) fn write_zeros(file: &File) -> io::Result<()> {
    file.write_all_at(&[0; LENGTH], 0)?;
    file.sync_all()
}

/// Writes a body and then the head that makes it count. On return both are on the disk.
pub(super) fn fill(file: &File, body: &[u8]) -> io::Result<()> {
    let mut head = NO_HEAD;
    file.read_exact_at(&mut head, 0)?;
    if head != NO_HEAD {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let too_large = |_| io::ErrorKind::FileTooLarge;
    let length = u32::try_from(body.len()).map_err(too_large)?;
    if body.len() > ROOM {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    file.write_all_at(body, BODY_AT as u64)?;
    file.sync_data()?;
    file.write_all_at(&head_of(length, body), 0)?;
    file.sync_data()
}

fn head_of(length: u32, body: &[u8]) -> Head {
    let (mark, length, digest) = (MARK, length.to_le_bytes(), Sha256::digest(body));
    let mut head = NO_HEAD;
    for (to, from) in head.iter_mut().zip(mark.iter().chain(&length).chain(digest.iter())) {
        *to = *from;
    }
    head
}

/// Takes the body out of a file's bytes; `None` when nothing was sealed in it.
pub(super) fn body(bytes: &[u8]) -> Result<Option<&[u8]>, Damaged> {
    let Some(head) = bytes.first_chunk::<44>().filter(|head| **head != NO_HEAD) else {
        return Ok(None);
    };
    let length = head
        .get(8..12)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes)
        .ok_or(Damaged)?;
    let end = usize::try_from(length)
        .ok()
        .and_then(|length| BODY_AT.checked_add(length))
        .ok_or(Damaged)?;
    let body = bytes.get(BODY_AT..end).ok_or(Damaged)?;
    if head_of(length, body) == *head {
        Ok(Some(body))
    } else {
        Err(Damaged)
    }
}

/// Overwrites a file with zeros, head first, and removes it; one that is gone already is fine.
pub(super) fn wipe(path: &Path) -> Result<(), PlaceError> {
    if place::exists(path) {
        // Only the removal counts: where bytes are overwritten on today's disks is not ours to know.
        let _ = place::open_private(path).map(|file| overwrite(&file));
    }
    place::remove(path)
}

fn overwrite(file: &File) -> io::Result<()> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(LENGTH).min(LENGTH);
    let zeros = vec![0; length];
    file.write_all_at(zeros.get(..NO_HEAD.len()).unwrap_or(&zeros), 0)?;
    file.sync_data()?;
    file.write_all_at(&zeros, 0)?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (tempfile::TempDir, std::path::PathBuf, File) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("r.spool");
        let file = make(&path).unwrap();
        write_zeros(&file).unwrap();
        (home, path, file)
    }

    fn bytes(path: &Path) -> Vec<u8> {
        place::read(path).unwrap().unwrap()
    }

    #[test]
    fn a_reserved_file_is_empty_and_a_filled_one_gives_its_body_back() {
        let (_home, path, file) = made();
        assert_eq!((bytes(&path).len(), body(&bytes(&path))), (LENGTH, Ok(None)));
        fill(&file, b"sealed").unwrap();
        assert_eq!(
            (bytes(&path).len(), body(&bytes(&path))),
            (LENGTH, Ok(Some(b"sealed".as_slice())))
        );
    }

    #[test]
    fn a_body_without_its_head_does_not_count() {
        let (_home, path, file) = made();
        file.write_all_at(b"half a body", BODY_AT as u64).unwrap();
        assert_eq!(body(&bytes(&path)), Ok(None));
        assert_eq!(body(b"a file that was never"), Ok(None));
    }

    #[test]
    fn a_flipped_bit_anywhere_in_head_or_body_is_damage() {
        let (_home, path, file) = made();
        fill(&file, b"sealed").unwrap();
        for at in (0..44).chain(BODY_AT..BODY_AT + 6) {
            let mut damaged = bytes(&path);
            damaged[at] ^= 1;
            assert_eq!(body(&damaged), Err(Damaged), "byte {at}");
        }
    }

    #[test]
    fn a_filled_file_is_not_filled_again() {
        let (_home, path, file) = made();
        fill(&file, b"first").unwrap();
        assert_eq!(fill(&file, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(body(&bytes(&path)), Ok(Some(b"first".as_slice())));
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused_whole() {
        let (_home, path, file) = made();
        assert_eq!(
            fill(&file, &[1; ROOM + 1]).unwrap_err().kind(),
            io::ErrorKind::FileTooLarge
        );
        assert!(bytes(&path).iter().all(|byte| *byte == 0));
        fill(&file, &[1; ROOM]).unwrap();
        assert_eq!(bytes(&path).len(), LENGTH);
    }

    #[test]
    fn a_wiped_file_is_gone_and_its_bytes_are_zeros_for_whoever_still_has_it_open() {
        let (_home, path, file) = made();
        fill(&file, b"sealed").unwrap();
        wipe(&path).unwrap();
        wipe(&path).unwrap();
        let mut left = [1; LENGTH];
        file.read_exact_at(&mut left, 0).unwrap();
        assert_eq!((place::exists(&path), left), (false, [0; LENGTH]));
    }
}
