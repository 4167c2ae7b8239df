//! The journal: one SQLite file with the plans, the history and the proofs of all runs.
//!
//! Invariants: what a call has written is on the disk when it returns; nothing that was written is changed, but for
//! the flag that a run is over; only runs that are over are ever forgotten, by `prune` alone; a file that is damaged, newer or not ours is refused and left as it is. Holds no
//! secret: neither `Plan` nor `Entry` can carry one. Losing it loses history, and the key of a handover under way.

mod command;
mod fault;
mod file;
mod history;
mod prune;
mod read;
#[cfg(test)]
pub(crate) mod sample;
mod sqlite;

pub(crate) use history::{Delivered, Noted, Progress, Reached, RunHistory, RunState};
pub(crate) use prune::{Keep, Prunable};
pub(crate) use read::Which;
pub(crate) use sqlite::SqliteJournal;
