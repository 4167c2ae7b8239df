//! `error`, and the errors inside other documents.

use ciuser_core::apply::Failure;
use serde::Serialize;

/// A command that ended without its result. The exit code says in which state things are.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Errors {
    /// What went wrong; more than one when a plan is refused for several reasons.
    errors: Vec<Trouble>,
}

/// What went wrong. The texts are for people and may change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Trouble {
    /// What was being done, to which thing, and what went wrong.
    message: String,
    /// What else is to be known: what is left, what was undone.
    notes: Vec<String>,
    /// What to do next.
    hint: Option<String>,
}

impl Errors {
    /// Describes the failures that end a command.
    pub(crate) fn of(failures: &[Failure]) -> Errors {
        Errors {
            errors: failures.iter().map(Trouble::of).collect(),
        }
    }
}

impl Trouble {
    /// Describes one failure.
    pub(crate) fn of(failure: &Failure) -> Trouble {
        Trouble {
            message: failure.what.clone(),
            notes: failure.notes.clone(),
            hint: failure.hint.clone(),
        }
    }
}
