//! The journal's file: opened, checked, and given its tables.
//!
//! Invariants: the file is 0600 in a directory of 0700 before SQLite sees it (it gives `-wal` and `-shm` the same
//! mode); nothing is written to a file before it is known to be a journal of a format that we know.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::fault::{Fault, is_busy};
use crate::place;

/// The format that this program writes, SQLite's `user_version`.
const FORMAT: i64 = 1;
/// Marks the file as a journal of ciuser, SQLite's `application_id`: "ciui".
const APPLICATION: i64 = 0x6369_7569;
/// How long a run waits for another one to finish writing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it asks meanwhile, where SQLite does not wait by itself.
const TRIES: u32 = 500;

const TABLES: &str = "
    CREATE TABLE runs (
        id       INTEGER PRIMARY KEY,
        run      TEXT NOT NULL UNIQUE,
        endpoint TEXT NOT NULL,
        account  TEXT NOT NULL,
        begun    TEXT NOT NULL,
        plan     TEXT NOT NULL CHECK (json_valid(plan)),
        finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1))
    ) STRICT;
    CREATE INDEX runs_by_scope ON runs (endpoint, account, finished);

    CREATE TABLE entries (
        id    INTEGER PRIMARY KEY,
        run   TEXT NOT NULL REFERENCES runs (run),
        at    TEXT NOT NULL,
        entry TEXT NOT NULL CHECK (json_valid(entry))
    ) STRICT;
    CREATE INDEX entries_by_run ON entries (run);

    CREATE TRIGGER unfinished_runs_stay BEFORE DELETE ON runs WHEN OLD.finished = 0
        BEGIN SELECT RAISE(ABORT, 'a run that is not over stays'); END;
    CREATE TRIGGER their_entries_stay BEFORE DELETE ON entries
        WHEN EXISTS (SELECT * FROM runs WHERE run = OLD.run AND finished = 0)
        BEGIN SELECT RAISE(ABORT, 'a run that is not over stays'); END;
    CREATE TRIGGER plans_do_not_change BEFORE UPDATE OF id, run, endpoint, account, begun, plan ON runs
        BEGIN SELECT RAISE(ABORT, 'what the journal says does not change'); END;
    CREATE TRIGGER entries_do_not_change BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'what the journal says does not change'); END;
";

/// Makes the file if it is missing, and opens it.
pub(super) fn create(path: &Path) -> Result<Connection, Fault> {
    place::private_dir(place::directory_of(path))?;
    // INVARIANT: only a missing file is opened here. Closing any descriptor of a file that SQLite has open would drop
    // SQLite's locks on it (https://sqlite.org/howtocorrupt.html, section 2.2).
    if !place::exists(path) {
        drop(place::open_private(path)?);
    }
    open(path)
}

/// Opens a file that is there.
pub(super) fn open(path: &Path) -> Result<Connection, Fault> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(PATIENCE)?;
    // In one transaction, or another run could make the tables between two of the questions.
    let fresh = is_fresh(&*connection.transaction()?)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    use_wal(&connection)?;
    if fresh {
        make_tables(&mut connection)?;
    } else {
        check_pages(&connection)?;
    }
    Ok(connection)
}

/// Where two are about to change the journal mode, SQLite tells one of them at once that the file is busy, for each would
/// wait for the other for ever (<https://sqlite.org/c3ref/busy_handler.html>). So it is asked again here.
fn use_wal(connection: &Connection) -> Result<(), Fault> {
    let ask = || connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    connection.busy_timeout(Duration::ZERO)?;
    let mut mode = ask();
    for _ in 0..TRIES {
        match mode {
            Err(error) if is_busy(&error) => std::thread::sleep(PATIENCE / TRIES),
            _ => break,
        }
        mode = ask();
    }
    connection.busy_timeout(PATIENCE)?;
    if mode? == "wal" { Ok(()) } else { Err(Fault::NoWal) }
}

/// Tells whether the file is still empty; refuses one that is not a journal that we can read.
fn is_fresh(connection: &Connection) -> Result<bool, Fault> {
    let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, format) {
        (0, 0) if tables == 0 => Ok(true),
        (APPLICATION, FORMAT) => Ok(false),
        (APPLICATION, newer) if newer > FORMAT => Err(Fault::Newer(newer)),
        (APPLICATION, other) => Err(Fault::Damaged(format!("there is no format {other}"))),
        _ => Err(Fault::Foreign),
    }
}

fn make_tables(connection: &mut Connection) -> Result<(), Fault> {
    let making = Transaction::new(connection, TransactionBehavior::Immediate)?;
    // Another run may have been faster.
    if is_fresh(&making)? {
        making.execute_batch(TABLES)?;
        making.pragma_update(None, "application_id", APPLICATION)?;
        making.pragma_update(None, "user_version", FORMAT)?;
    }
    making.commit()?;
    Ok(())
}

/// Better to learn of damage now than between CreateAccessKey and the entry that follows it.
fn check_pages(connection: &Connection) -> Result<(), Fault> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Fault::Damaged(found.to_lowercase().replace('\n', " ")))
    }
}
