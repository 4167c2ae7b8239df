//! Exit codes, and the errors that end a command.

use std::process::ExitCode;

use ciuser_core::apply::{Failure, Standing};

use crate::document::{Document, Errors, Kind};
use crate::ui::Ui;

/// How the program ends. Scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failed; nothing was changed, or all of it was undone.
    Failed,
    /// Wrong usage.
    Usage,
    /// `plan --detailed-exit-code`: there are changes.
    Changes,
    /// Refused: a finding, a declined question, or nobody to ask.
    Refused,
    /// Applied in part; the message lists what remains.
    Partial,
}

impl Exit {
    /// Returns the number.
    pub(super) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Changes => 3,
            Exit::Refused => 4,
            Exit::Partial => 5,
        })
    }
}

impl Exit {
    /// Returns the graver of two: something half done, then refused, then failed.
    pub(super) fn graver(self, other: Exit) -> Exit {
        let order = [Exit::Partial, Exit::Refused, Exit::Failed];
        order
            .into_iter()
            .find(|grave| [self, other].contains(grave))
            .unwrap_or(self)
    }
}

impl From<Standing> for Exit {
    fn from(standing: Standing) -> Exit {
        match standing {
            Standing::Untouched => Exit::Failed,
            Standing::Refused => Exit::Refused,
            Standing::Partial => Exit::Partial,
        }
    }
}

/// Why a command ends without its result.
#[derive(Debug)]
pub(super) struct CliError {
    exit: Exit,
    failures: Vec<Failure>,
}

impl CliError {
    /// Makes an error of a failure that changed nothing.
    pub(super) fn failed(what: impl Into<String>) -> CliError {
        CliError::from(Failure::untouched(what))
    }

    /// Makes an error of a command that was refused.
    pub(super) fn refused(what: impl Into<String>) -> CliError {
        CliError::from(Failure::refused(what))
    }

    /// Makes an error of flags that do not fit.
    pub(super) fn usage(what: impl Into<String>) -> CliError {
        CliError {
            exit: Exit::Usage,
            failures: vec![Failure::untouched(what)],
        }
    }

    /// Counts it as wrong usage.
    pub(super) fn with_usage(self) -> CliError {
        CliError {
            exit: Exit::Usage,
            ..self
        }
    }

    /// Says what to do next.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> CliError {
        if let Some(last) = self.failures.pop() {
            self.failures.push(last.with_hint(hint));
        }
        self
    }

    /// Returns what failed.
    pub(super) fn into_failures(self) -> Vec<Failure> {
        self.failures
    }

    /// Prints the error and returns how the program ends.
    pub(super) fn report(&self, ui: &Ui) -> Exit {
        for failure in &self.failures {
            ui.failure(failure);
        }
        if ui.is_json() {
            ui.json(&Document::new(Kind::Error, Errors::of(&self.failures)));
        }
        self.exit
    }
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> CliError {
        CliError {
            exit: failure.standing.into(),
            failures: vec![failure],
        }
    }
}

impl From<Vec<ciuser_core::plan::Refusal>> for CliError {
    fn from(refusals: Vec<ciuser_core::plan::Refusal>) -> CliError {
        let failures = refusals
            .into_iter()
            .map(|refusal| Failure {
                hint: refusal.hint(),
                ..Failure::refused(refusal.to_string())
            })
            .collect();
        CliError {
            exit: Exit::Refused,
            failures,
        }
    }
}

impl From<crate::env::EnvironmentError> for CliError {
    fn from(error: crate::env::EnvironmentError) -> CliError {
        CliError::failed(error.to_string())
    }
}

impl From<crate::place::PlaceError> for CliError {
    fn from(error: crate::place::PlaceError) -> CliError {
        let failed = CliError::failed(error.to_string());
        match error.hint() {
            Some(hint) => failed.with_hint(hint),
            None => failed,
        }
    }
}

impl From<crate::hygiene::NotHardened> for CliError {
    fn from(error: crate::hygiene::NotHardened) -> CliError {
        let failed = CliError::failed(error.to_string());
        match error.hint() {
            Some(hint) => failed.with_hint(hint),
            None => failed,
        }
    }
}
