//! What can end a benchmark.

use std::io;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("{action} `{path}`: {source}")]
    File {
        action: &'static str,
        path: String,
        source: io::Error,
    },
    #[error("running `{command}`: {reason}")]
    Command { command: String, reason: String },
    #[error("moto: {0}")]
    Moto(String),
    #[error("{client}, {users} users: {reason}")]
    Client {
        client: &'static str,
        users: usize,
        reason: String,
    },
}

impl Error {
    /// Returns how to say what was done to which file.
    pub(super) fn file(action: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.display().to_string();
        move |source| Error::File { action, path, source }
    }

    /// Returns how to say which command could not be run.
    pub(super) fn command(command: &str) -> impl FnOnce(io::Error) -> Error {
        let command = command.to_owned();
        move |error| Error::Command {
            command,
            reason: error.to_string(),
        }
    }
}
