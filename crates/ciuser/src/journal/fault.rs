//! What can be wrong with the journal, in words.

use std::path::Path;

use ciuser_core::name::RunId;
use ciuser_core::port::JournalError;
use rusqlite::ErrorCode;

use crate::place::PlaceError;

/// Why the journal cannot be read or written.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file or its directory cannot be made.
    Place(PlaceError),
    /// What SQLite said.
    Sql(rusqlite::Error),
    /// Its format is newer than this program.
    Newer(i64),
    /// A SQLite file, but not a journal.
    Foreign,
    /// The file system cannot share memory between processes.
    NoWal,
    /// What is in it cannot be understood.
    Damaged(String),
    /// Something was to be noted for a run that was never begun.
    UnknownRun(RunId),
    /// A plan or an entry has no form as JSON.
    NotJson,
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sql(error)
    }
}

impl From<PlaceError> for Fault {
    fn from(error: PlaceError) -> Fault {
        Fault::Place(error)
    }
}

const ELSEWHERE: &str = "use that version, or keep a journal elsewhere with `XDG_STATE_HOME`";
const MOVE_AWAY: &str = "it was left as it is; move it away together with its `-wal` and `-shm` files, and the next run \
                         begins a new one: history is lost, and a key whose handover was under way is found as an orphan";

impl Fault {
    /// Says what went wrong with which file, and what to do next.
    pub(super) fn in_words(self, doing: &str, path: &Path) -> JournalError {
        let path = path.display();
        let (message, hint) = match self {
            Fault::Place(error) => (format!("{doing} the journal: {error}"), error.hint()),
            Fault::Newer(version) => (
                format!("journal `{path}` was written by a newer ciuser: its format is {version}"),
                Some(ELSEWHERE),
            ),
            Fault::Foreign => (
                format!("`{path}` is a SQLite file, but not a journal of ciuser"),
                Some("move it away, or keep the journal elsewhere with `XDG_STATE_HOME`"),
            ),
            Fault::NoWal => (
                format!("journal `{path}` is on a file system without shared memory"),
                Some("keep it on a local disk: set `XDG_STATE_HOME`"),
            ),
            Fault::Damaged(what) => (format!("journal `{path}` is damaged: {what}"), Some(MOVE_AWAY)),
            Fault::UnknownRun(run) => (format!("{doing} journal `{path}`: it knows no run `{run}`"), None),
            Fault::NotJson => (
                format!("{doing} journal `{path}`: the entry cannot be written as JSON"),
                None,
            ),
            Fault::Sql(error) => return sql_in_words(doing, &path.to_string(), &error),
        };
        JournalError {
            message,
            hint: hint.map(str::to_owned),
        }
    }
}

/// Tells whether another process is using the file right now.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn sql_in_words(doing: &str, path: &str, error: &rusqlite::Error) -> JournalError {
    let (what, hint) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            let message = format!("journal `{path}` is damaged: {error}");
            return JournalError {
                message,
                hint: Some(MOVE_AWAY.to_owned()),
            };
        }
        _ if is_busy(error) => (
            "another process has held it for 10 seconds".to_owned(),
            Some("wait for the other run of ciuser, then try again"),
        ),
        Some(ErrorCode::DiskFull) => (
            "no space left".to_owned(),
            Some("free some space there, then try again"),
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (
            "it cannot be opened for writing".to_owned(),
            Some("you must be able to write to its directory as well; `XDG_STATE_HOME` chooses another"),
        ),
        _ => (error.to_string(), None),
    };
    JournalError {
        message: format!("{doing} journal `{path}`: {what}"),
        hint: hint.map(str::to_owned),
    }
}
