//! The core of ciuser: from a spec and an inventory to a plan, and from a plan to a proven access key.
//!
//! Invariants: no filesystem, no clock, no network, no printing: effects come in through [`port`]s; given the
//! same answers from its ports it does the same. No secret leaves it but through a port.

pub mod apply;
pub mod handover;
pub mod inventory;
pub mod name;
pub mod plan;
pub mod port;
pub mod secret;
pub mod spec;
pub mod target;
pub mod whereabouts;
