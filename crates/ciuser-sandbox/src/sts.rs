//! The Security Token Service: `GetCallerIdentity`, which needs no permission and is never denied.

use crate::principal::Principal;
use crate::state::State;
use crate::wire::{AwsError, Query, Xml};

const GET_CALLER_IDENTITY: &str = "GetCallerIdentity";

/// Returns the names of all operations.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    [GET_CALLER_IDENTITY].into_iter()
}

/// Applies an STS operation.
pub(crate) fn call(state: &State, caller: &Principal, query: &Query) -> Result<Xml, AwsError> {
    if query.action() != GET_CALLER_IDENTITY {
        return Err(query.not_served());
    }
    let mut xml = Xml::default();
    xml.text("Arn", &caller.arn(&state.account_id));
    xml.text("UserId", &caller.user_id(&state.account_id));
    xml.text("Account", &state.account_id);
    Ok(xml)
}
