//! Which runs may be forgotten, and forgetting them.
//!
//! INVARIANT: a run that is not over stays, and so does the one that holds the last delivery to a target, or its
//! clearing: what the target is known to hold depends on it. A run is forgotten whole, with its plan and all its entries.

use std::collections::{BTreeMap, BTreeSet};

use ciuser_core::name::RunId;
use ciuser_core::port::Entry;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;
use super::read::{id, parsed, time, unreadable};

/// What a person wants to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// Runs that began then or later.
    pub(crate) since: Option<Timestamp>,
    /// So many of the newest runs of each endpoint and account.
    pub(crate) newest: usize,
}

/// What may be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prunable {
    /// The runs, newest first.
    pub(crate) runs: Vec<RunId>,
    /// How many more there would be, did they not hold the last delivery to a target.
    pub(crate) last_proofs: usize,
}

/// Returns what may be forgotten.
pub(super) fn prunable(connection: &Connection, keep: &Keep) -> Result<Prunable, Fault> {
    let holders = last_deliveries(connection)?;
    let mut runs =
        connection.prepare("SELECT run, endpoint, account, begun, finished FROM runs ORDER BY runs.id DESC")?;
    let mut rows = runs.query([])?;
    let mut newer: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut prunable = Prunable::default();
    while let Some(row) = rows.next()? {
        let (run, endpoint, account, begun, finished): (String, String, String, String, bool) = row.try_into()?;
        let newer = newer.entry((endpoint, account)).or_default();
        let begun = time(&begun).ok_or_else(|| unreadable(&run, "its beginning"))?;
        let wanted = *newer < keep.newest || keep.since.is_some_and(|since| begun >= since);
        *newer += 1;
        if wanted || !finished {
            continue;
        }
        if holders.contains(&run) {
            prunable.last_proofs += 1;
        } else {
            prunable.runs.push(id(&run)?);
        }
    }
    Ok(prunable)
}

/// Forgets those of the runs that may still be forgotten, and returns them: a run of another process may have
/// pruned meanwhile, so that one of them now holds the last delivery to a target.
pub(super) fn prune(connection: &Connection, keep: &Keep, runs: &[RunId]) -> Result<Vec<RunId>, Fault> {
    let pruning = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut gone = prunable(&pruning, keep)?.runs;
    gone.retain(|run| runs.contains(run));
    for run in &gone {
        pruning.execute("DELETE FROM entries WHERE run = ?1", [run.as_str()])?;
        pruning.execute("DELETE FROM runs WHERE run = ?1", [run.as_str()])?;
    }
    pruning.commit()?;
    // Gives the space back. Without the room or the quiet for it, later runs use the free pages.
    let _ = connection.execute_batch("VACUUM");
    Ok(gone)
}

/// Returns the runs that hold the last delivery to some target of some user, or its clearing since, or a delivery that was
/// begun since.
fn last_deliveries(connection: &Connection) -> Result<BTreeSet<String>, Fault> {
    let mut deliveries = connection.prepare(
        "SELECT runs.run, endpoint, account, entry FROM entries JOIN runs ON runs.run = entries.run
         WHERE entry ->> '$.entry' IN ('delivering', 'delivered', 'cleared') ORDER BY entries.id",
    )?;
    let mut rows = deliveries.query([])?;
    let mut last = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (run, endpoint, account, entry): (String, String, String, String) = row.try_into()?;
        let entry = parsed(&entry).ok_or_else(|| unreadable(&run, "an entry"))?;
        let begun = matches!(entry, Entry::Delivering { .. });
        let (Entry::Delivering { user, target, .. }
        | Entry::Delivered { user, target, .. }
        | Entry::Cleared { user, target, .. }) = entry
        else {
            continue;
        };
        // IAM ignores case in user names.
        let user = user.as_str().to_ascii_lowercase();
        let place = (endpoint, account, user, target.located());
        if !begun {
            last.remove(&(place.clone(), true));
        }
        last.insert((place, begun), run);
    }
    Ok(last.into_values().collect())
}

#[cfg(test)]
mod tests;
