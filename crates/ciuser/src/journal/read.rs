//! What the journal gives back.

use ciuser_core::name::{RunId, UserName};
use ciuser_core::port::{Entry, Known, RunRecord, Scope};
use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;

use super::fault::Fault;

/// Returns the runs of the scope that are not over, oldest first.
pub(super) fn unfinished(connection: &Connection, scope: &Scope) -> Result<Vec<RunRecord>, Fault> {
    let mut runs = connection.prepare(
        "SELECT run, begun, plan FROM runs WHERE endpoint = ?1 AND account = ?2 AND finished = 0 ORDER BY id",
    )?;
    let mut rows = runs.query(params![scope.endpoint, scope.account.as_str()])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, begun, plan): (String, String, String) = row.try_into()?;
        records.push(RunRecord {
            begun: begun.parse().map_err(|_| unreadable(&run, "its beginning"))?,
            plan: parsed(&plan).ok_or_else(|| unreadable(&run, "its plan"))?,
            entries: entries(connection, &run)?,
            run: RunId::new(run.as_str()).map_err(|_| unreadable(&run, "its id"))?,
        });
    }
    Ok(records)
}

fn entries(connection: &Connection, run: &str) -> Result<Vec<Entry>, Fault> {
    let mut entries = connection.prepare_cached("SELECT entry FROM entries WHERE run = ?1 ORDER BY id")?;
    let mut rows = entries.query([run])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(parsed(&row.get::<_, String>(0)?).ok_or_else(|| unreadable(run, "an entry"))?);
    }
    Ok(found)
}

/// Returns what each target of the user got last and was not cleared of since, over all runs. IAM ignores case in user names, and so does this.
pub(super) fn known(connection: &Connection, scope: &Scope, user: &UserName) -> Result<Vec<Known>, Fault> {
    let mut deliveries = connection.prepare(
        "SELECT runs.run, entry FROM entries JOIN runs ON runs.run = entries.run
         WHERE endpoint = ?1 AND account = ?2
           AND entry ->> '$.entry' IN ('delivered', 'cleared') AND entry ->> '$.user' = ?3 COLLATE NOCASE
         ORDER BY entries.id",
    )?;
    let mut rows = deliveries.query(params![scope.endpoint, scope.account.as_str(), user.as_str()])?;
    let mut last: Vec<Known> = Vec::new();
    while let Some(row) = rows.next()? {
        let (run, entry): (String, String) = row.try_into()?;
        let (target, known) = match parsed(&entry) {
            Some(Entry::Delivered {
                key,
                target,
                proof,
                mark,
                at,
                ..
            }) => {
                let known = Known {
                    target: target.clone(),
                    key,
                    proof,
                    mark,
                    at,
                };
                (target, Some(known))
            }
            Some(Entry::Cleared { target, .. }) => (target, None),
            _ => return Err(unreadable(&run, "an entry")),
        };
        last.retain(|earlier| !earlier.target.same_place(&target));
        last.extend(known);
    }
    Ok(last)
}

fn parsed<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn unreadable(run: &str, what: &str) -> Fault {
    Fault::Damaged(format!("run `{run}`: {what} cannot be read"))
}
