//! What can go wrong while packages are made.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}\nusage: cargo run -p xtask -- {usage}", usage = super::USAGE)]
    Usage(String),
    #[error("`{0}` is not the tag of version {version}, which Cargo.toml has", version = super::VERSION)]
    OtherVersion(String),
    #[error("this is not a clean checkout of tag `{0}`")]
    NotTheTag(String),
    #[error("CHANGELOG.md says nothing under `[{0}]`")]
    NothingToSay(String),
    #[error("reading {0}: {1}")]
    Read(PathBuf, io::Error),
    #[error("writing {0}: {1}")]
    Write(PathBuf, io::Error),
    #[error("`{0}`: {1}")]
    Failed(String, String),
    #[error("`{0}` did not say what was expected")]
    Unexpected(&'static str),
}

impl Error {
    pub(super) fn reading(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Error {
        let path = path.as_ref().to_owned();
        |error| Error::Read(path, error)
    }

    pub(super) fn writing(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Error {
        let path = path.as_ref().to_owned();
        |error| Error::Write(path, error)
    }
}
