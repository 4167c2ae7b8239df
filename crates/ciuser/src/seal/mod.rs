//! The seal: where the secret of a new access key lies from the moment it was answered until every target has it.
//!
//! Each handover has a spool file of reserved bytes, and an age recipient that its content is encrypted to: a fresh
//! identity, kept apart from the spool and deleted with it, or one that the person configured.
//!
//! Invariants: once `reserve` has returned, sealing needs no new space on the disk and no file to be opened; what is
//! sealed is never overwritten by another key; plain text exists in wiped memory only. The encryption guards one of
//! the two places being read (a copied state directory, a backup), not both.

pub(crate) mod identity;
mod message;
mod spool;
mod spool_seal;

pub(crate) use spool_seal::SpoolSeal;
