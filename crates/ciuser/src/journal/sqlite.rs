//! Core's journal, kept by SQLite.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use ciuser_core::name::{RunId, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::port::{Entry, Journal, JournalError, Known, RunRecord, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use super::fault::Fault;
use super::history::RunHistory;
use super::prune::{Keep, Prunable};
use super::read::Which;
use super::{file, prune, read};
use crate::place;

/// The journal at one path. The file is made by the first write; reading a journal that is not there finds nothing.
#[derive(Debug)]
pub(crate) struct SqliteJournal {
    path: PathBuf,
    now: fn() -> Timestamp,
    connection: OnceCell<Connection>,
}

impl SqliteJournal {
    /// Takes the path of the file, and the time for its entries. Touches nothing yet.
    pub(crate) fn new(path: PathBuf, now: fn() -> Timestamp) -> SqliteJournal {
        SqliteJournal {
            path,
            now,
            connection: OnceCell::new(),
        }
    }

    /// Returns the path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Tells whether there is a file.
    pub(crate) fn is_there(&self) -> bool {
        self.connection.get().is_some() || place::exists(&self.path)
    }

    /// Returns runs of any endpoint and account, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn runs(&self, which: Which<'_>) -> Result<Vec<RunHistory>, JournalError> {
        self.read(|connection| read::runs(connection, which))
    }

    /// Returns the runs that may be forgotten.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn prunable(&self, keep: &Keep) -> Result<Prunable, JournalError> {
        self.read(|connection| prune::prunable(connection, keep))
    }

    /// Forgets those of the runs that may still be forgotten, and returns them.
    ///
    /// # Errors
    /// When it is not certain that they are gone.
    pub(crate) fn prune(&self, keep: &Keep, runs: &[RunId]) -> Result<Vec<RunId>, JournalError> {
        let pruned = self
            .open(file::open)
            .and_then(|connection| prune::prune(connection, keep, runs));
        pruned.map_err(|fault| fault.in_words("pruning", &self.path))
    }

    /// Runs one statement, which is one transaction: on the disk when this returns, or not there at all.
    fn write(&self, statement: impl FnOnce(&Connection) -> Result<(), Fault>) -> Result<(), JournalError> {
        let written = self.open(file::create).and_then(statement);
        written.map_err(|fault| fault.in_words("writing", &self.path))
    }

    fn read<T: Default>(&self, query: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, JournalError> {
        if !self.is_there() {
            return Ok(T::default());
        }
        let found = self.open(file::open).and_then(query);
        found.map_err(|fault| fault.in_words("reading", &self.path))
    }

    fn open(&self, open: fn(&Path) -> Result<Connection, Fault>) -> Result<&Connection, Fault> {
        match self.connection.get() {
            Some(connection) => Ok(connection),
            None => {
                let connection = open(&self.path)?;
                Ok(self.connection.get_or_init(|| connection))
            }
        }
    }
}

impl Journal for SqliteJournal {
    fn begin(&self, scope: &Scope, run: &RunId, begun: Timestamp, plan: &Plan) -> Result<(), JournalError> {
        self.write(|connection| {
            let columns = params![
                run.as_str(),
                scope.endpoint,
                scope.account.as_str(),
                begun.to_string(),
                json(plan)?
            ];
            connection.execute(
                "INSERT INTO runs (run, endpoint, account, begun, plan) VALUES (?1, ?2, ?3, ?4, ?5)",
                columns,
            )?;
            Ok(())
        })
    }

    fn record(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        self.write(|connection| {
            let added = connection.execute(
                "INSERT INTO entries (run, at, entry) SELECT run, ?2, ?3 FROM runs WHERE run = ?1",
                params![run.as_str(), (self.now)().to_string(), json(entry)?],
            )?;
            if added == 1 {
                Ok(())
            } else {
                Err(Fault::UnknownRun(run.clone()))
            }
        })
    }

    fn finish(&self, run: &RunId) -> Result<(), JournalError> {
        self.write(|connection| {
            let changed = connection.execute("UPDATE runs SET finished = 1 WHERE run = ?1", [run.as_str()])?;
            if changed == 1 {
                Ok(())
            } else {
                Err(Fault::UnknownRun(run.clone()))
            }
        })
    }

    fn unfinished(&self, scope: &Scope) -> Result<Vec<RunRecord>, JournalError> {
        self.read(|connection| read::unfinished(connection, scope))
    }

    fn known(&self, scope: &Scope, user: &UserName) -> Result<Vec<Known>, JournalError> {
        self.read(|connection| read::known(connection, scope, user))
    }
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::NotJson)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
