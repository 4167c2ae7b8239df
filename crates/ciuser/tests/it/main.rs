//! The program as people run it: its binary, in a home of its own, against the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, start the program and look at its files"
)]

mod create;
mod delete;
mod iam;
mod policies;
mod program;
mod whereabouts;
