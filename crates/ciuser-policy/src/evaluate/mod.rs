//! Decides requests as AWS does.
//!
//! A [`PolicySet`] is compiled once and decides many requests by itself; [`Policies`] holds all the kinds of policies that
//! have a say, and its [`Verdict`] says why. What is not understood is `Undetermined`: whoever guards something treats
//! that as denied.
//!
//! Sources: IAM User Guide, "Policy evaluation logic" with its pages for requests within an account and across accounts.

mod decision;
mod index;
mod layers;
mod miss;
mod says;
mod set;

pub use decision::{Decision, Layer, StatementAt, Verdict};
pub use layers::Policies;
pub use miss::{Miss, Part};
pub(crate) use set::Bounded;
pub use set::PolicySet;
