//! What the journal gives back.

use ciuser_core::name::{AccountId, RunId, UserName};
use ciuser_core::port::{Known, RunRecord, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::history::{Noted, RunHistory};

/// Which runs are asked for, whatever endpoint and account they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which<'a> {
    /// All of them.
    All,
    /// Those that are not over.
    Unfinished,
    /// Those whose id begins so.
    Beginning(&'a str),
}

/// Returns the runs of the scope that are not over, oldest first.
pub(super) fn unfinished(connection: &Connection, scope: &Scope) -> Result<Vec<RunRecord>, Fault> {
    let condition = "endpoint = ?1 AND account = ?2 AND finished = 0";
    let found = runs_where(connection, condition, params![scope.endpoint, scope.account.as_str()])?;
    let record = |run: RunHistory| RunRecord {
        run: run.run,
        begun: run.begun,
        plan: run.plan,
        entries: run.entries.into_iter().map(|noted| noted.entry).collect(),
    };
    Ok(found.into_iter().map(record).collect())
}

/// Returns the runs that are asked for, newest first.
pub(super) fn runs(connection: &Connection, which: Which<'_>) -> Result<Vec<RunHistory>, Fault> {
    let mut found = match which {
        Which::All => runs_where(connection, "true", params![])?,
        Which::Unfinished => runs_where(connection, "finished = 0", params![])?,
        Which::Beginning(start) => runs_where(connection, "substr(run, 1, length(?1)) = ?1", params![start])?,
    };
    found.reverse();
    Ok(found)
}

/// Returns the runs that meet the condition, oldest first.
fn runs_where(
    connection: &Connection,
    condition: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<RunHistory>, Fault> {
    let columns = "run, endpoint, account, begun, finished, plan";
    let mut runs = connection.prepare(&format!("SELECT {columns} FROM runs WHERE {condition} ORDER BY id"))?;
    let mut rows = runs.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(run(connection, row)?);
    }
    Ok(found)
}

fn run(connection: &Connection, row: &Row<'_>) -> Result<RunHistory, Fault> {
    let (run, endpoint, account, begun, finished, plan): (String, String, String, String, bool, String) =
        row.try_into()?;
    let account = AccountId::new(account).map_err(|_| unreadable(&run, "its account"))?;
    Ok(RunHistory {
        scope: Scope { endpoint, account },
        begun: time(&begun).ok_or_else(|| unreadable(&run, "its beginning"))?,
        finished,
        plan: parsed(&plan).ok_or_else(|| unreadable(&run, "its plan"))?,
        entries: entries(connection, &run)?,
        run: id(&run)?,
    })
}

fn entries(connection: &Connection, run: &str) -> Result<Vec<Noted>, Fault> {
    let mut entries = connection.prepare_cached("SELECT at, entry FROM entries WHERE run = ?1 ORDER BY id")?;
    let mut rows = entries.query([run])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (at, entry): (String, String) = row.try_into()?;
        found.push(Noted {
            at: time(&at).ok_or_else(|| unreadable(run, "the time of an entry"))?,
            entry: parsed(&entry).ok_or_else(|| unreadable(run, "an entry"))?,
        });
    }
    Ok(found)
}

/// Returns what each target of the user got last and was not cleared of since, over all runs. IAM ignores case in user names, and so does this.
pub(super) fn known(connection: &Connection, scope: &Scope, user: &UserName) -> Result<Vec<Known>, Fault> {
    let mut deliveries = connection.prepare(
        "SELECT runs.run, entry FROM entries JOIN runs ON runs.run = entries.run
         WHERE endpoint = ?1 AND account = ?2
           AND entry ->> '$.entry' IN ('delivering', 'delivered', 'cleared') AND entry ->> '$.user' = ?3 COLLATE NOCASE
         ORDER BY entries.id",
    )?;
    let mut rows = deliveries.query(params![scope.endpoint, scope.account.as_str(), user.as_str()])?;
    let mut last: Vec<Known> = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, entry): (String, String) = row.try_into()?;
        let entry = parsed(&entry).ok_or_else(|| unreadable(&run, "an entry"))?;
        Known::learn(&mut last, entry);
    }
    Ok(last)
}

pub(super) fn id(run: &str) -> Result<RunId, Fault> {
    RunId::new(run).map_err(|_| unreadable(run, "its id"))
}

pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

pub(super) fn parsed<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

pub(super) fn unreadable(run: &str, what: &str) -> Fault {
    Fault::Damaged(format!("run `{run}`: {what} cannot be read"))
}
