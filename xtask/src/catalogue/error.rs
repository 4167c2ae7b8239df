//! What can go wrong while the catalogue is made.

use crate::generated;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("running `{command}`: {reason}")]
    Command { command: &'static str, reason: String },
    #[error("the integrity of {package} is `{found}`, not the pinned `{pinned}`")]
    Integrity {
        package: &'static str,
        found: String,
        pinned: &'static str,
    },
    #[error("reading the package: {0}")]
    Package(#[from] std::io::Error),
    #[error("the package's data is not as expected: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the package's data is not as expected: `{of}`: {what}")]
    Unexpected { of: String, what: &'static str },
    #[error(transparent)]
    Generated(#[from] generated::Error),
}

impl Error {
    /// Returns that something in a package is not as it was when this was written.
    pub(super) fn unexpected(of: impl Into<String>, what: &'static str) -> Self {
        Self::Unexpected { of: of.into(), what }
    }
}
