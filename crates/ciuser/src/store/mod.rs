//! The stores: places that keep an access key for people and can give it back.
//!
//! Invariants: what a store replaces it keeps (a copy, a history); what it wrote it can read again; a secret is
//! never in an error, and its buffers are wiped. Files are touched through `place` only.

mod age;
mod cloud;
mod csv;
mod kdbx;
mod keyring;
mod one_file;
mod onepassword;
mod pass;
mod seen;
mod session;

#[cfg(test)]
mod contract;

pub(crate) use session::{Prompt, Session, open, survey};
