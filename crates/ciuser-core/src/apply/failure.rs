//! How a run fails: what went wrong, in which state things are, what to do next.

use std::borrow::Cow;

use crate::port::{IamError, JournalError, LockError, SealError, TargetError};

/// In which state a failed run leaves things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was changed, or all of it was undone.
    Untouched,
    /// Nothing was changed, because a person or another state of the world is needed.
    Refused,
    /// Some of it is done.
    Partial,
}

/// A failed run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// What we were doing, to which thing, what went wrong.
    pub what: String,
    /// What else is to be known: what is left, what was undone.
    pub notes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// The state of things.
    pub standing: Standing,
}

impl Failure {
    /// Makes a failure that changed nothing.
    pub fn untouched(what: impl Into<String>) -> Failure {
        Failure {
            what: what.into(),
            notes: Vec::new(),
            hint: None,
            standing: Standing::Untouched,
        }
    }

    /// Makes a failure that is refused before anything changed.
    pub fn refused(what: impl Into<String>) -> Failure {
        Failure {
            standing: Standing::Refused,
            ..Failure::untouched(what)
        }
    }

    /// Says that some of it is done.
    #[must_use]
    pub fn partial(mut self) -> Failure {
        self.standing = Standing::Partial;
        self
    }

    /// Says what to do next, unless that has been said.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint.get_or_insert(hint.into());
        self
    }

    /// Says what to do after what the hint says already.
    #[must_use]
    pub fn then(mut self, next: &str) -> Failure {
        self.hint = Some(match self.hint {
            Some(first) => format!("{first}; then {next}"),
            None => next.to_owned(),
        });
        self
    }

    /// Says what else is to be known.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Failure {
        self.notes.push(note.into());
        self
    }

    /// Makes a failure of an IAM or STS call.
    pub(crate) fn of_call(doing: &str, error: &IamError) -> Failure {
        Failure {
            hint: error.hint().map(Cow::into_owned),
            ..Failure::untouched(format!("{doing}: {error}"))
        }
    }

    /// Makes a failure of a target.
    pub(crate) fn of_target(doing: &str, error: TargetError) -> Failure {
        let what = format!("{doing}: {}", error.message);
        let failure = if error.needs_person {
            Failure::refused(what)
        } else {
            Failure::untouched(what)
        };
        Failure {
            hint: error.hint,
            ..failure
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Failure {
        Failure {
            hint: error.hint,
            ..Failure::untouched(error.message)
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Failure {
        Failure {
            hint: error.hint,
            ..Failure::untouched(error.message)
        }
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Failure {
        Failure {
            hint: error.hint,
            ..Failure::untouched(error.message)
        }
    }
}

impl From<crate::inventory::GatherError> for Failure {
    fn from(error: crate::inventory::GatherError) -> Failure {
        use crate::inventory::GatherError;
        match error {
            GatherError::Target { target, source } => Failure::of_target(&format!("looking at `{target}`"), source),
            GatherError::Iam { doing, source } => Failure::of_call(&doing, &source),
            GatherError::Journal(error) => error.into(),
            other => Failure::untouched(other.to_string()),
        }
    }
}
