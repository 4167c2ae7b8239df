//! The one room of the program that touches files.
//!
//! Invariants: a file is written whole or not at all (new file beside it, synced, renamed, directory synced);
//! what is made here is for its owner only, whatever the umask,
//! unless it is made for everybody by name; nothing is written through a symbolic link.
//! Reading follows links: where a person keeps a file is theirs to say. Knows nothing of what is in the files.

#![expect(clippy::disallowed_methods, reason = "the home of files")]

mod error;
mod open;
mod path;
mod read;
mod write;

pub(crate) use error::PlaceError;
pub(crate) use open::{hold_directory, open_private, preallocated};
pub(crate) use path::{
    absolute, directory_of, in_git_work_tree, make_directory_of, others_may_replace, private_dir, prove_writable,
};
pub(crate) use read::{Lines, exists, read, read_input, read_text};
pub(crate) use write::{
    backup, create_private_new, create_public_new, refuse_what_is_no_file, remove, rewrite, write_private, write_public,
};

#[cfg(test)]
mod tests;
