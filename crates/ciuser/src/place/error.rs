//! What went wrong with a file, in words.

use std::io;
use std::path::{Path, PathBuf};

use super::path::directory_of;

/// Why a file could not be read or written: "writing `PATH`: no space left on device".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing} `{path}`: {what}", path = .path.display())]
pub(crate) struct PlaceError {
    doing: &'static str,
    path: PathBuf,
    what: String,
    hint: Option<&'static str>,
    kind: io::ErrorKind,
}

impl PlaceError {
    /// Takes over what the system said.
    pub(super) fn io(doing: &'static str, path: &Path, error: &io::Error) -> PlaceError {
        let kind = error.kind();
        if kind == io::ErrorKind::NotFound && !directory_of(path).exists() {
            let hint = Some("make the directory first, or choose another place");
            return PlaceError {
                kind,
                ..PlaceError::refused(doing, path, "there is no such directory", hint)
            };
        }
        let hint = match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Some("free some space there, or choose another place")
            }
            io::ErrorKind::ReadOnlyFilesystem => Some("choose a place that can be written"),
            io::ErrorKind::PermissionDenied => Some("check who owns the file and its directory"),
            _ => None,
        };
        PlaceError {
            doing,
            path: path.to_owned(),
            what: in_words(error),
            hint,
            kind,
        }
    }

    /// Says that we refuse what the system would allow.
    pub(super) fn refused(doing: &'static str, path: &Path, what: &str, hint: Option<&'static str>) -> PlaceError {
        PlaceError {
            doing,
            path: path.to_owned(),
            what: what.to_owned(),
            hint,
            kind: io::ErrorKind::InvalidInput,
        }
    }

    /// Returns what to do next.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// Tells whether the file was to be made and is already there.
    pub(crate) fn already_exists(&self) -> bool {
        self.kind == io::ErrorKind::AlreadyExists
    }
}

/// Returns the system's words in the form of our messages: no capital, no number.
fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => "unknown error".to_owned(),
    }
}

/// Turns a system error into a [`PlaceError`] that says what was being done.
pub(super) trait While<T> {
    /// Says what was being done, and to which file.
    fn while_(self, doing: &'static str, path: &Path) -> Result<T, PlaceError>;
}

impl<T, E: Into<io::Error>> While<T> for Result<T, E> {
    fn while_(self, doing: &'static str, path: &Path) -> Result<T, PlaceError> {
        self.map_err(|error| PlaceError::io(doing, path, &error.into()))
    }
}
