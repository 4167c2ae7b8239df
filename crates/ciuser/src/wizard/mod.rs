//! The wizard of `create`: what was typed on every page, and what follows from it.
//!
//! A state machine and nothing else: events come in, the next state and the wanted effects come out. It knows no
//! terminal, no account and no file. Two faces in `ui` turn keys and lines into its events; `cli` carries its effects
//! out. Its end is a form, which becomes the same flags, and so the same spec, as a command line does.
//!
//! Invariants: what was typed is kept, whichever way the pages are turned; an answer counts only for the question that
//! is still asked; a plan can be applied only if it was made of this very form.

mod event;
mod form;
mod machine;
mod page;
mod shelf;
mod verdict;

pub(crate) use event::{Answer, Effect, Ending, Event};
pub(crate) use form::{Field, Form, PlaceKind, PlaceRow, TagRow, restriction};
pub(crate) use machine::{Account, Asked, OwnPolicy, Wizard};
pub(crate) use page::Page;
pub(crate) use shelf::{Pick, Shelf};
pub(crate) use verdict::{Level, Verdict};

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
