//! Writes a spec down again, in the two forms it can come from: `ciuser.toml`, and a `ciuser create` command.
//!
//! Invariants: what is written reads back as the same spec (order of tags apart); it holds no secret, for a spec holds
//! none. Takes the spec as it was asked for, before the session fills in what it knows. Touches no file.

mod command;
mod file;
mod remarks;
mod shell;
mod template;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use command::command;
pub(crate) use file::file;
pub(crate) use remarks::Remarks;
pub(crate) use shell::quoted;
pub(crate) use template::template;
pub(crate) use view::{Documents, View};
