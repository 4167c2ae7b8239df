//! The ways that are known: what they need, in the words of this crate.
//!
//! Which ways there are is taken from pathfinding.cloud, as of 2026, whose id each has for reference. That several things that
//! a way needs must be allowed of the same one (the user who gets a policy is the one who gets a key) is said by `with`.

mod by_a_new_role;
mod by_what_is_there;
mod through_iam;

pub(super) use by_a_new_role::BY_A_NEW_ROLE;
pub(super) use by_what_is_there::BY_WHAT_IS_THERE;
pub(super) use through_iam::THROUGH_IAM;
