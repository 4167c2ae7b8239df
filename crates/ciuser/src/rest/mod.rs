//! Web services with a JSON API, as stores and CI systems speak to them: calls, repeats, listings, and what goes wrong.
//!
//! Tolerant, because servers differ: any 2xx is a yes, optional fields may be missing, errors may be text or HTML.
//! Neither token nor value is in an error, a log line or a `Debug`.

mod address;
mod client;
mod link;
mod trouble;

use http::HeaderName;

pub(crate) use address::{Address, Resource};
pub(crate) use client::{Client, Repeat, Write};
pub(crate) use trouble::{Fate, Trouble, repeats};

/// What calls to one kind of service have in common.
#[derive(Debug)]
pub(crate) struct Service {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The header that carries the token.
    pub(crate) token_header: HeaderName,
    /// What stands before the token there.
    pub(crate) scheme: &'static str,
    /// Other headers of every request.
    pub(crate) headers: &'static [(HeaderName, &'static str)],
    /// What to do when the token is refused.
    pub(crate) renew: &'static str,
    /// Where a person says at which address the service answers.
    pub(crate) address_from: &'static str,
}
