//! Core's journal, kept by SQLite.

use std::cell::OnceCell;
use std::path::PathBuf;

use ciuser_core::name::{RunId, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::port::{Entry, Journal, JournalError, Known, RunRecord, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use super::fault::Fault;
use super::{file, read};
use crate::place;

/// The journal at one path. The file is made by the first write; reading a journal that is not there finds nothing.
#[derive(Debug)]
pub(crate) struct SqliteJournal {
    path: PathBuf,
    connection: OnceCell<Connection>,
}

impl SqliteJournal {
    /// Takes the path of the file. Touches nothing yet.
    pub(crate) fn new(path: PathBuf) -> SqliteJournal {
        SqliteJournal {
            path,
            connection: OnceCell::new(),
        }
    }

    /// Runs one statement, which is one transaction: on the disk when this returns, or not there at all.
    fn write(&self, statement: impl FnOnce(&Connection) -> Result<(), Fault>) -> Result<(), JournalError> {
        let written = self.open(file::create).and_then(statement);
        written.map_err(|fault| fault.in_words("writing", &self.path))
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<Vec<T>, Fault>) -> Result<Vec<T>, JournalError> {
        if self.connection.get().is_none() && !place::exists(&self.path) {
            return Ok(Vec::new());
        }
        let found = self.open(file::open).and_then(query);
        found.map_err(|fault| fault.in_words("reading", &self.path))
    }

    fn open(&self, open: fn(&std::path::Path) -> Result<Connection, Fault>) -> Result<&Connection, Fault> {
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
                "INSERT INTO entries (run, entry) SELECT run, ?2 FROM runs WHERE run = ?1",
                params![run.as_str(), json(entry)?],
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
