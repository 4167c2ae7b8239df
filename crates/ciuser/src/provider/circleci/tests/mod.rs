//! The providers against the sandbox's CircleCI, and against answers that are written down here.

mod closed;
mod context;
mod project;
pub(super) mod rig;
mod server;
mod wire;
