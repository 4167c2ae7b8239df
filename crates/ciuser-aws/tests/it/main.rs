//! The adapter against a transport that answers from a script.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod answers;
mod attempts;
mod child;
mod environment;
mod errors;
mod fake;
mod listings;
mod login;
mod partitions;
mod profiles;
mod stores;
mod trail;
