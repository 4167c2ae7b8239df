//! The environment, read once at the start. Nobody else reads it.
//!
//! With the sandbox, whatever leads to a real account is left out here, so that no other room can mistake one for the
//! sandbox.
#![expect(clippy::disallowed_methods, reason = "this is the home of the environment")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the variables begin with that name real accounts, servers and tokens.
const REAL: [&str; 7] = ["AWS_", "CIRCLE", "GH_", "GITHUB_", "GITLAB_", "GLAB_", "OP_"];

/// What the program knows of its surroundings.
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    home: PathBuf,
    current_dir: PathBuf,
}

/// The surroundings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvironmentError {
    /// No home directory.
    #[error("the home directory is not known")]
    NoHome,
    /// No current directory.
    #[error("the current directory cannot be read: {0}")]
    NoCurrentDir(String),
}

impl Environment {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// When home or current directory is not known.
    pub(crate) fn read(sandbox: bool) -> Result<Environment, EnvironmentError> {
        let variables = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(key, _)| !(sandbox && REAL.iter().any(|start| key.starts_with(start))))
            .collect::<BTreeMap<_, _>>();
        let home = variables.get("HOME").filter(|home| home.starts_with('/'));
        let home = PathBuf::from(home.ok_or(EnvironmentError::NoHome)?);
        let current_dir = std::env::current_dir().map_err(|error| EnvironmentError::NoCurrentDir(error.to_string()))?;
        Ok(Environment {
            variables,
            home,
            current_dir,
        })
    }

    /// Makes surroundings for a test.
    #[cfg(test)]
    pub(crate) fn of(home: &str, current_dir: &Path, variables: &[(&str, &str)]) -> Environment {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment {
            variables: variables.collect(),
            home: PathBuf::from(home),
            current_dir: current_dir.to_owned(),
        }
    }

    /// Returns a variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns all variables that are set and not empty.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self
            .variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        all.filter(|(_, value)| !value.is_empty())
    }

    /// Returns the home directory.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Returns the current directory.
    pub(crate) fn current_dir(&self) -> &Path {
        &self.current_dir
    }

    /// Returns where state belongs: journal, spool, locks, sandbox.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.xdg("XDG_STATE_HOME", ".local/state")
    }

    /// Returns where data belongs: stores without a place of their own.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.xdg("XDG_DATA_HOME", ".local/share")
    }

    /// Returns where configuration belongs: the identities of unfinished handovers.
    pub(crate) fn config_dir(&self) -> PathBuf {
        self.xdg("XDG_CONFIG_HOME", ".config")
    }

    /// Returns the directory in which other programs keep their configuration.
    pub(crate) fn config_home(&self) -> PathBuf {
        self.xdg_base("XDG_CONFIG_HOME", ".config")
    }

    /// Tells whether the terminal says that it can show more than ASCII.
    pub(crate) fn speaks_utf8(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.variable(name));
        locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
    }

    fn xdg(&self, variable: &str, fallback: &str) -> PathBuf {
        self.xdg_base(variable, fallback).join("ciuser")
    }

    /// The XDG base directory specification: a relative path in the variable is ignored.
    fn xdg_base(&self, variable: &str, fallback: &str) -> PathBuf {
        match self.variable(variable) {
            Some(path) if path.starts_with('/') => PathBuf::from(path),
            _ => self.home.join(fallback),
        }
    }
}

/// Tells whether the command line asks for JSON. For errors that are found before the command line is understood.
pub(crate) fn asks_for_json() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let json = |pair: &[String]| pair == ["--output", "json"];
    arguments.iter().any(|argument| argument == "--output=json") || arguments.windows(2).any(json)
}
