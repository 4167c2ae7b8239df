//! Reading whole files of a sane size.

use std::fs::File;
use std::io::{self, BufRead, Read as _};
use std::path::{Path, PathBuf};

use super::error::{PlaceError, While as _};

/// More than any file of ours, or any password base, will ever have; a device file must not fill the memory.
const LARGEST: u64 = 64 * 1024 * 1024;

/// More than a line of ours will ever have.
const LONGEST_LINE: u64 = 1024 * 1024;

/// How much of a long file is read at once.
const BUFFER: usize = 64 * 1024;

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

/// What stands for the path of the standard input in messages.
const STDIN: &str = "standard input";

/// Reads the standard input whole, as text.
pub(crate) fn read_input() -> Result<String, PlaceError> {
    const DOING: &str = "reading";
    let path = Path::new(STDIN);
    let mut text = String::new();
    let input = io::stdin().lock().take(LARGEST + 1);
    let read = io::BufReader::new(input)
        .read_to_string(&mut text)
        .while_(DOING, path)?;
    if read as u64 > LARGEST {
        return Err(PlaceError::refused(DOING, path, "larger than 64 MiB", None));
    }
    Ok(text)
}

/// A text file, or the standard input, read line by line: however long it is, one line at a time is in memory.
pub(crate) struct Lines {
    reader: Box<dyn BufRead>,
    path: PathBuf,
    number: usize,
}

impl Lines {
    /// Opens a file; `None` when there is none.
    pub(crate) fn of_file(path: &Path) -> Result<Option<Lines>, PlaceError> {
        match File::open(path) {
            Ok(file) => Ok(Some(Lines {
                reader: Box::new(io::BufReader::with_capacity(BUFFER, file)),
                path: path.to_owned(),
                number: 0,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PlaceError::io("reading", path, &error)),
        }
    }

    /// Opens the standard input.
    pub(crate) fn of_input() -> Lines {
        Lines {
            reader: Box::new(io::BufReader::with_capacity(BUFFER, io::stdin().lock())),
            path: PathBuf::from(STDIN),
            number: 0,
        }
    }

    /// Returns the number of the line that was read last, counted from 1.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// Reads the next line into `line`, without its end; returns whether there was one.
    pub(crate) fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, PlaceError> {
        const DOING: &str = "reading";
        line.clear();
        let mut bounded = (&mut self.reader).take(LONGEST_LINE);
        if bounded.read_until(b'\n', line).while_(DOING, &self.path)? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 == LONGEST_LINE {
            let what = format!("line {} is longer than 1 MiB", self.number);
            return Err(PlaceError::refused(DOING, &self.path, &what, None));
        }
        Ok(true)
    }
}

/// Tells whether something is there, a broken link included.
pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
