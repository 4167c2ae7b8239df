//! Runs the binary with nothing of the machine's environment, in a directory that is its home.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A home with a sandbox in it.
pub(crate) struct Home(tempfile::TempDir);

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Where the sandbox keeps its state.
    pub(crate) fn sandbox(&self) -> PathBuf {
        self.path("state/ciuser/sandbox")
    }

    /// Runs `ciuser --sandbox ...` without a terminal.
    pub(crate) fn ciuser(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(Path::new(env!("CARGO_BIN_EXE_ciuser")))
            .arg("--sandbox")
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs it to its JSON document; it must end with this code.
    pub(crate) fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let ended = self.ciuser(&[&["--output", "json"], arguments].concat());
        assert_eq!(ended.code, code, "{arguments:?}: {ended:#?}");
        serde_json::from_str(&ended.stdout).unwrap()
    }
}
