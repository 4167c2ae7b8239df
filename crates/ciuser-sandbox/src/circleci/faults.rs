//! Faults of CircleCI's own kind that can be switched on.
//!
//! Lost answers are not among them: the engine's [`Faults`](crate::Faults) have those.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Refusal;

/// The faults that are still to happen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Faults {
    throttled_requests: u32,
    retry_after: Option<u32>,
    failing_requests: u32,
    refused_variables: BTreeMap<String, u32>,
    values_hidden: bool,
}

impl Faults {
    /// Answers the next `requests` requests with 429, telling to wait for `retry_after` seconds where given.
    pub fn throttle(&mut self, requests: u32, retry_after: Option<u32>) {
        self.throttled_requests = requests;
        self.retry_after = retry_after;
    }

    /// Answers the next `requests` requests with 500; none of them is applied.
    pub fn fail(&mut self, requests: u32) {
        self.failing_requests = requests;
    }

    /// Answers the next `writes` writes of the variable `name`, in a context or a project, with 500; none is applied.
    pub fn refuse_variable(&mut self, name: &str, writes: u32) {
        self.refused_variables.insert(name.to_owned(), writes);
    }

    /// Leaves `truncated_value` out of the answers, as CircleCI server does, or puts it in again.
    pub fn hide_values(&mut self, hidden: bool) {
        self.values_hidden = hidden;
    }

    pub(super) fn values_hidden(&self) -> bool {
        self.values_hidden
    }

    /// Uses up the next fault that hits any request.
    pub(super) fn on_request(&mut self) -> Result<(), Refusal> {
        if spend(&mut self.throttled_requests) {
            return Err(Refusal::throttled(self.retry_after));
        }
        if spend(&mut self.failing_requests) {
            return Err(Refusal::internal());
        }
        Ok(())
    }

    /// Uses up the next fault that hits a write of the variable `name`.
    pub(super) fn on_write(&mut self, name: &str) -> Result<(), Refusal> {
        if self.refused_variables.get_mut(name).is_some_and(spend) {
            return Err(Refusal::internal());
        }
        Ok(())
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
