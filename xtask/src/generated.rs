//! Writes generated files, or compares them with what is checked in.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where xtask touches the repository's files"
)]

use std::io;
use std::path::{Path, PathBuf};

/// Whether a task writes its files or only compares them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// A file that a task makes: its path from the root of the repository, and its bytes.
pub(crate) struct Generated {
    path: &'static str,
    bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{action} `{path}`: {source}")]
    File {
        action: &'static str,
        path: &'static str,
        source: io::Error,
    },
    #[error("`{0}` is not what the task generates; run it without `--check` and look at the difference")]
    Differs(&'static str),
}

impl Generated {
    pub(crate) fn new(path: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
        }
    }

    /// Writes the file, or compares it, byte for byte.
    pub(crate) fn settle(&self, mode: Mode) -> Result<(), Error> {
        let place = root().join(self.path);
        let failed = |action| {
            move |source| Error::File {
                action,
                path: self.path,
                source,
            }
        };
        match mode {
            Mode::Write => std::fs::write(place, &self.bytes).map_err(failed("writing")),
            Mode::Check => {
                let there = std::fs::read(place).map_err(failed("reading"))?;
                if there == self.bytes {
                    Ok(())
                } else {
                    Err(Error::Differs(self.path))
                }
            }
        }
    }
}

/// Returns the root of the repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}
