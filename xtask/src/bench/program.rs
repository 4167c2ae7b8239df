//! The program that is measured: built as it is released, its size, and how long it takes to start.
#![expect(clippy::disallowed_methods, reason = "runs cargo and the program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::error::Error;
use super::machine::first_line;
use super::measure::{Spread, measure};

const STARTS: usize = 41;

const COMMAND: &str = "cargo build --release -p ciuser --bin ciuser";

/// ciuser's release build.
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) version: String,
    pub(super) bytes: u64,
    pub(super) start_ms: Spread,
}

/// A line of cargo's JSON messages, as far as it is used.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

impl Program {
    /// Builds it and starts it a number of times.
    pub(super) fn build(repository: &Path) -> Result<Program, Error> {
        let failed = |reason: &str| Error::Command {
            command: COMMAND.to_owned(),
            reason: reason.to_owned(),
        };
        let output = cargo(repository)?;
        if !output.status.success() {
            return Err(failed("it does not build"));
        }
        let messages = String::from_utf8_lossy(&output.stdout);
        let mut messages = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Message>(line).ok());
        let path = messages
            .find_map(|message| message.executable)
            .ok_or_else(|| failed("cargo names no executable"))?;
        let version = first_line(&path, &["--version"]).ok_or_else(|| failed("the program does not start"))?;
        let bytes = std::fs::metadata(&path).map_err(Error::file("reading", &path))?.len();
        let start_ms = start_ms(&path)?;
        Ok(Program {
            path,
            version,
            bytes,
            start_ms,
        })
    }
}

fn cargo(repository: &Path) -> Result<Output, Error> {
    let mut words = COMMAND.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    // What cargo said to this program about itself would make build scripts of dependencies run again.
    for (name, _) in std::env::vars_os() {
        let said = name.to_string_lossy();
        if said.starts_with("CARGO_PKG_") || said.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
        .args(words)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository)
        .stderr(Stdio::inherit())
        .output()
        .map_err(Error::command(COMMAND))
}

fn start_ms(path: &Path) -> Result<Spread, Error> {
    let mut figures = Vec::new();
    for _ in 0..STARTS {
        let mut command = Command::new(path);
        command.arg("--version").stdout(Stdio::null());
        let (_, cost) = measure(&mut command).map_err(Error::command("ciuser --version"))?;
        figures.push(cost.wall.as_secs_f64() * 1000.0);
    }
    Spread::of(figures).ok_or_else(|| Error::Command {
        command: "ciuser --version".to_owned(),
        reason: "it was never started".to_owned(),
    })
}
