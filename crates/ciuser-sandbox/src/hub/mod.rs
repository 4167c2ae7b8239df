//! What the APIs of GitHub and GitLab have in common: JSON bodies, paths whose parts are encoded one by one, and pages
//! that follow each other by `Link` headers.

mod answer;
mod call;
mod page;

pub(crate) use answer::{Outcome, Refusal, created, json, no_content, ok, time};
pub(crate) use call::Call;
pub(crate) use page::page;

use http::StatusCode;
use subtle::ConstantTimeEq as _;

use crate::faults::Fault;

/// Returns how an API fails that a fault of the engine hits before the call is looked at.
pub(crate) fn refusal_of(fault: Fault, throttled: StatusCode) -> Option<Refusal> {
    match fault {
        Fault::DropAnswer => None,
        Fault::Throttle => Some(Refusal::new(throttled, "You have exceeded a secondary rate limit").retry_after(1)),
        Fault::InternalFailure => Some(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Server Error")),
        Fault::Unavailable => Some(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")),
    }
}

/// Compares a token that was sent with the one that is right.
pub(crate) fn is_token(token: &str, sent: &str) -> bool {
    bool::from(sent.as_bytes().ct_eq(token.as_bytes()))
}
