//! The providers: CI systems that get an access key and never give it back.
//!
//! Invariants: nothing is deleted, and nothing is deleted before it is written again; a missing place is closed to
//! others before a secret goes into it, unless it was asked to be open; neither token nor secret is in an error, a
//! log line or a `Debug`. What a listing answers is always read to its end.

mod bitbucket;
mod buildkite;
mod circleci;
mod github;
mod gitlab;
mod open;
mod system;
mod values;
mod walk;

#[cfg(test)]
mod rig;

pub(crate) use open::{open, survey};
pub(crate) use system::CiSystem;
