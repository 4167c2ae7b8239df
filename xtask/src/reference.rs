//! Writes `docs/reference` by running the tests that otherwise compare it.
//!
//! What is described there are private types of the program, and the program does not carry descriptions of itself
//! around: only its tests can make these pages.
#![expect(clippy::disallowed_methods, reason = "runs cargo")]

use std::process::Command;

/// The variable that the tests look for.
const WRITE: &str = "CIUSER_WRITE_REFERENCE";

/// The tests: those of the program are in `crates/ciuser/src/reference`, those of lint in `crates/ciuser-policy/tests/it/lint`.
const TESTS: [&[&str]; 2] = [
    &["-p", "ciuser", "--lib", "reference::"],
    &["-p", "ciuser-policy", "--test", "it", "lint::"],
];

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("running cargo: {0}")]
    NotRun(std::io::Error),
    #[error("the pages were not written: see above")]
    Failed,
}

/// Writes the pages. Returns what to tell the user.
pub(crate) fn run() -> Result<String, Error> {
    for tests in TESTS {
        let status = Command::new(env!("CARGO"))
            .args(["test", "--quiet"])
            .args(tests)
            .env(WRITE, "1")
            .status()
            .map_err(Error::NotRun)?;
        if !status.success() {
            return Err(Error::Failed);
        }
    }
    Ok("docs/reference is as the code says; look at the difference".to_owned())
}
