//! Faults that can be switched on: lost answers, throttling, server errors, slow consistency.
//!
//! A fault is stored with the state, so that it reaches the next run too, and is used up call by call.

use serde::{Deserialize, Serialize};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The request is applied and its answer is lost.
    DropAnswer,
    /// The request is refused with `Throttling`, and not applied.
    Throttle,
    /// The request is refused with `InternalFailure` (500), and not applied.
    InternalFailure,
    /// The request is refused with `ServiceUnavailable` (503), and not applied.
    Unavailable,
}

/// The faults that are still to happen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pending: Vec<Pending>,
    #[serde(default, skip_serializing_if = "is_zero")]
    lag_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    action: String,
    fault: Fault,
    calls: u32,
}

impl Faults {
    /// Makes the next `calls` calls of `action` go wrong; several faults of one action happen in the order added.
    ///
    /// An action is an AWS action (`CreateAccessKey`) or a method at GitHub, GitLab or 1Password (`github:PUT`,
    /// `connect:POST`). Of CircleCI's calls (`circleci:PUT`) only the answer can be lost: the rest is for
    /// [`circleci::Faults`](crate::circleci::Faults).
    pub fn add(&mut self, action: &str, fault: Fault, calls: u32) {
        self.pending.push(Pending {
            action: action.to_owned(),
            fault,
            calls,
        });
    }

    /// Sets how long new users and new access keys stay invisible to reads and to authentication.
    pub fn set_lag(&mut self, milliseconds: u64) {
        self.lag_ms = milliseconds;
    }

    /// Returns when something made at `now` becomes visible, if not at once.
    pub(crate) fn visible_from(&self, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
        if self.lag_ms == 0 {
            return None;
        }
        now.checked_add(std::time::Duration::from_millis(self.lag_ms)).ok()
    }

    /// Takes the next fault of `action`, if there is one.
    pub(crate) fn take(&mut self, action: &str) -> Option<Fault> {
        let pending = self
            .pending
            .iter_mut()
            .find(|pending| pending.action == action && pending.calls > 0)?;
        pending.calls -= 1;
        let fault = pending.fault;
        self.pending.retain(|pending| pending.calls > 0);
        Some(fault)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_happen_as_often_as_asked_and_in_order() {
        let mut faults = Faults::default();
        faults.add("CreateUser", Fault::Throttle, 2);
        faults.add("CreateUser", Fault::DropAnswer, 1);
        let taken: Vec<_> = (0..4).map(|_| faults.take("CreateUser")).collect();
        assert_eq!(
            taken,
            [
                Some(Fault::Throttle),
                Some(Fault::Throttle),
                Some(Fault::DropAnswer),
                None
            ]
        );
        assert_eq!(faults, Faults::default());
    }

    #[test]
    fn a_fault_of_one_action_leaves_the_others_alone() {
        let mut faults = Faults::default();
        faults.add("CreateUser", Fault::Throttle, 1);
        assert_eq!(faults.take("GetUser"), None);
    }
}
