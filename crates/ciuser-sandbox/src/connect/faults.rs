//! What a Connect server does that its description does not say, to be switched on.
//!
//! Lost answers, throttling and server errors are not among them: the engine's [`Faults`](crate::Faults) have those.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::answer::Refusal;

/// The oddities that are still to happen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    hidden_looks: u32,
    conflicting_writes: u32,
    failing_deletions: u32,
    old_answers: bool,
}

impl Faults {
    /// Hides every item that is made from now on from so many looks: it is synchronised later than its call is answered.
    pub fn hide_new_items(&mut self, looks: u32) {
        self.hidden_looks = looks;
    }

    /// Answers the next `writes` writes with 409; none is applied.
    pub fn conflict(&mut self, writes: u32) {
        self.conflicting_writes = writes;
    }

    /// Answers the next `deletions` deletions with 500; none is applied.
    pub fn fail_deletions(&mut self, deletions: u32) {
        self.failing_deletions = deletions;
    }

    /// Answers an update with the item as it was before it, or no more.
    pub fn answer_updates_with_the_old_item(&mut self, old: bool) {
        self.old_answers = old;
    }

    pub(super) fn hidden_looks(&self) -> u32 {
        self.hidden_looks
    }

    pub(super) fn answers_old(&self) -> bool {
        self.old_answers
    }

    /// Uses up the next fault that hits a write.
    pub(super) fn on_write(&mut self) -> Result<(), Refusal> {
        match spend(&mut self.conflicting_writes) {
            true => Err(Refusal::new(StatusCode::CONFLICT, "the item was changed meanwhile")),
            false => Ok(()),
        }
    }

    /// Uses up the next fault that hits a deletion.
    pub(super) fn on_deletion(&mut self) -> Result<(), Refusal> {
        match spend(&mut self.failing_deletions) {
            true => Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")),
            false => Ok(()),
        }
    }
}

/// Takes one from a count; returns false when there is none left.
fn spend(count: &mut u32) -> bool {
    match count.checked_sub(1) {
        Some(rest) => {
            *count = rest;
            true
        }
        None => false,
    }
}
