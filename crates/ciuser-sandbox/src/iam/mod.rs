//! Identity and Access Management: one file per kind of resource, one function per operation, named as the operation.
//!
//! What must stay true: an operation checks everything before it changes anything, in AWS's order: the parameters,
//! then whether what they name exists, then the quotas. Names of users, groups and policies are unique ignoring case
//! and keep the case they were made with.

mod access_key;
mod account;
mod action;
mod admin;
mod attachment;
mod boundary;
mod certificate;
mod constraint;
mod details;
mod document;
mod entities;
mod group;
mod identity;
mod inline;
mod login_profile;
mod managed;
mod membership;
mod mfa;
mod needs;
mod page;
mod policy;
mod policy_version;
mod quota;
mod refusal;
mod service_credential;
mod ssh_key;
mod state;
mod tag;
mod user;

pub(crate) use action::{call, names};
pub(crate) use needs::needs;
pub(crate) use state::State;
