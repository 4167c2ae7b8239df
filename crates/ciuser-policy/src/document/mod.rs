//! Policy documents: is this one that IAM accepts for a kind of policy, where is it wrong if not, what are its parts, and is
//! it the same as that one?
//!
//! What was written is kept as it was written: it is what goes to IAM and what the user is shown. What a document
//! means (which requests it allows) is not decided here, nor whether its actions and resources exist.

mod accept;
mod actions;
mod draft;
mod error;
mod fault;
mod hint;
mod iam;
mod json;
mod kind;
mod model;
mod order;
mod place;
mod policy_document;
mod print;
mod reader;
mod same;

pub(crate) use error::one_line;

pub use actions::allowed_actions;
pub use error::DocumentError;
pub use fault::{ActionFault, Fault, PrincipalFault, ResourceFault};
pub use kind::PolicyKind;
pub use model::{
    Document, Effect, Element, OneOrList, OperatorBlock, Principals, Scalar, Statement, Strings, Version, Written,
};
pub use place::{Place, Span};
pub use policy_document::{PolicyDocument, faults, size_of};
