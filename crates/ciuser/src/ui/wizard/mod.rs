//! The two faces of the wizard: a whole screen, and plain lines for screen readers and for terminals that can do no
//! more. Both ask the same things in the same order (`stop`, `list`) and say them to the same machine.

mod lines;
mod list;
mod screen;
mod stop;

pub(crate) use lines::Lines;
pub(crate) use screen::{Screen, give_back, outside};

use crate::wizard::Event;

/// What a face came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// These events, perhaps none.
    Events(Vec<Event>),
    /// Ctrl-C.
    Interrupt,
}

/// What a face is told once.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// Account and endpoint, and who is calling.
    pub(crate) head: String,
    /// What `--save` named, or a usual name.
    pub(crate) save_as: String,
    /// Whether `--dry-run` was given.
    pub(crate) dry_run: bool,
}
