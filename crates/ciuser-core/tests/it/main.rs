//! Tests of ciuser's core against a small simulated world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests fail by panicking"
)]

mod canary;
mod deletion;
mod example;
mod existing;
mod handover;
mod plan_file;
mod plan_rules;
mod properties;
mod simulation;
mod spec_file;
mod world;
