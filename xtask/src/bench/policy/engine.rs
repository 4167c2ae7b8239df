//! The engine that is measured: the example `measure` of `ciuser-policy`, built as it is released.
#![expect(clippy::disallowed_methods, reason = "runs cargo and the program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;

use crate::bench::error::Error;

const BUILD: &str = "cargo build --release -p ciuser-policy --example measure";

/// The built program.
pub(super) struct Engine {
    path: PathBuf,
}

impl Engine {
    pub(super) fn build(repository: &Path) -> Result<Engine, Error> {
        let mut command = Command::new("cargo");
        let arguments = BUILD.split(' ').skip(1);
        let status = command
            .args(arguments)
            .current_dir(repository)
            .status()
            .map_err(Error::command(BUILD))?;
        if !status.success() {
            return Err(Error::Command {
                command: BUILD.to_owned(),
                reason: "it does not build".to_owned(),
            });
        }
        let path = repository.join("target/release/examples/measure");
        Ok(Engine { path })
    }

    /// Measures something, and returns the figures.
    pub(super) fn measure<T: DeserializeOwned>(&self, what: &[&str]) -> Result<T, Error> {
        eprintln!("measuring: {}", what.join(" "));
        figures(Command::new(&self.path).args(what))
    }
}

/// Runs a program that prints its figures as JSON.
pub(super) fn figures<T: DeserializeOwned>(command: &mut Command) -> Result<T, Error> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(Error::command(&shown))?;
    let failed = |reason: String| Error::Command {
        command: shown.clone(),
        reason,
    };
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| failed(format!("no figures: {error}")))
}
