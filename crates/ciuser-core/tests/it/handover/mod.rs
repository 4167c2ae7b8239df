//! The handover under fire: whatever goes wrong wherever, no secret is lost and no key is left behind.

mod crash;
mod fault;
mod lost_answer;
mod rotation;
mod seal;
mod several;
mod target;

use ciuser_core::apply::{Failure, Outcome, Standing};
use ciuser_core::port::AccessKeyStatus;

use crate::example::{keys, spec};
use crate::world::Sim;

/// Resumes until nothing is open, then plans and applies until nothing differs.
fn to_rest(sim: &Sim) {
    for _ in 0..6 {
        if sim.resume().iter().any(|outcome| outcome.failure.is_some()) {
            continue;
        }
        if sim.runs.borrow().iter().all(|run| run.over) {
            if !sim.plan(&spec()).has_changes() {
                return;
            }
            sim.converge(&spec());
        }
    }
}

/// A user of ours that was made long ago and has no key: one that was adopted.
fn older_user(sim: &Sim) {
    sim.account.borrow_mut().add_user("CI_USER", |user| {
        user.path = "/ci/".parse().unwrap();
        user.tags = vec!["ciuser:project=storefront".parse().unwrap()];
    });
}

fn failure(outcome: &Outcome) -> &Failure {
    outcome.failure.as_ref().expect("the run fails")
}

/// What the person reads: what went wrong, the notes, the hint, and the state of things.
fn told(failure: &Failure) -> (String, Standing) {
    let mut lines = vec![failure.what.clone()];
    lines.extend(failure.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(failure.hint.iter().map(|hint| format!("hint: {hint}")));
    (lines.join("\n"), failure.standing)
}

/// Every live key is somewhere: at a target, or sealed for `resume`.
fn assert_no_secret_is_lost(sim: &Sim, why: &str) {
    for key in keys(sim)
        .into_iter()
        .filter(|key| key.status == AccessKeyStatus::Active)
    {
        let stored = sim.places.borrow().values().any(|place| {
            place
                .key
                .as_ref()
                .is_some_and(|(_, held)| held.id == key.id && held.secret.expose() == key.secret)
        });
        let sealed = sim.spools.borrow().values().flatten().any(|held| held.id == key.id);
        assert!(stored || sealed, "{why}: nobody has the secret of {}", key.id);
    }
}
