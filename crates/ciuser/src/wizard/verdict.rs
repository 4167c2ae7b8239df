//! What was found out about something that was typed, in words for a person.

use ciuser_core::port::{Holdings, PlaceState, TargetError};

/// How grave a verdict is. Each has a sign, so that colour is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// As it should be.
    Good,
    /// Still being asked.
    Waiting,
    /// Good to know, or to be looked at.
    Warning,
    /// It will not work so.
    Bad,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How grave it is.
    pub(crate) level: Level,
    /// What it is, in the form of an error message.
    pub(crate) text: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

impl Verdict {
    /// Makes a verdict.
    pub(crate) fn new(level: Level, text: impl Into<String>) -> Verdict {
        Verdict {
            level,
            text: text.into(),
            hint: None,
        }
    }

    /// Says that something is as it should be.
    pub(crate) fn good(text: impl Into<String>) -> Verdict {
        Verdict::new(Level::Good, text)
    }

    /// Says that an answer is awaited.
    pub(crate) fn waiting(text: impl Into<String>) -> Verdict {
        Verdict::new(Level::Waiting, text)
    }

    /// Says that something should be looked at.
    pub(crate) fn warning(text: impl Into<String>) -> Verdict {
        Verdict::new(Level::Warning, text)
    }

    /// Says that something will not work.
    pub(crate) fn bad(text: impl Into<String>) -> Verdict {
        Verdict::new(Level::Bad, text)
    }

    /// Says what to do next.
    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Verdict {
        self.hint = hint;
        self
    }

    /// Says what the check of a target came to.
    pub(crate) fn of_check(found: Result<PlaceState, TargetError>) -> Verdict {
        let state = match found {
            Ok(state) => state,
            Err(error) => return Verdict::bad(error.message).with_hint(error.hint),
        };
        let (level, text) = match (&state.holdings, &state.create) {
            (Holdings::Nothing, Some(create)) => (Level::Good, create.clone()),
            (Holdings::Nothing, None) => (Level::Good, "is there, and has no key".to_owned()),
            (Holdings::Key(id) | Holdings::Unattributed(id), _) => (Level::Warning, format!("holds the key {id}")),
            (Holdings::Masked { suffix, .. }, _) => (Level::Warning, format!("holds a key that ends in {suffix}")),
            (Holdings::Half { suffix }, _) => (Level::Warning, format!("holds half of a key that ends in {suffix}")),
            (Holdings::Opaque { .. }, _) => (Level::Warning, "holds values that it does not show".to_owned()),
            (Holdings::Foreign { what }, _) => (Level::Warning, format!("holds {what}")),
            (Holdings::Locked, _) => (
                Level::Good,
                "is there, locked; its passphrase is asked for when it is needed".to_owned(),
            ),
        };
        match state.warnings.first() {
            Some(warning) => Verdict::warning(format!("{text}; {warning}")),
            None => Verdict::new(level, text),
        }
    }
}
