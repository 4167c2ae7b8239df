//! The providers against the sandbox's CircleCI, and against answers that are written down here.

mod context;
mod project;
pub(super) mod rig;
mod wire;
