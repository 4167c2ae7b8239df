//! The IAM policy language, and the catalogue of AWS's managed policies, actions, resource types and condition keys.
//!
//! Pure: no files, no network, no clock, no other crate of ours. What AWS says about policies is written down here
//! once, for the planner, the sandbox and the command line alike.

mod arn;
pub mod catalogue;
mod condition;
pub mod contain;
pub mod document;
pub mod evaluate;
pub mod explain;
pub mod lint;
pub mod minimise;
pub mod nearest;
mod pattern;
pub mod quota;
pub mod request;
mod rule;
pub mod service;
mod truth;
pub mod unsettled;
