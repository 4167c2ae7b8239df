//! The Security Token Service: `GetCallerIdentity`, which needs no permission and is never denied.

use crate::principal::Principal;
use crate::state::State;
use crate::wire::{AwsError, Xml};

const GET_CALLER_IDENTITY: &str = "GetCallerIdentity";

/// Returns the names of all operations.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    [GET_CALLER_IDENTITY].into_iter()
}

/// Applies an STS operation.
pub(crate) fn call(state: &State, caller: &Principal, action: &str) -> Result<Xml, AwsError> {
    if action != GET_CALLER_IDENTITY {
        return Err(AwsError::invalid_action(action, Some("2011-06-15")));
    }
    let mut xml = Xml::default();
    xml.text("Arn", &caller.arn(&state.account_id));
    xml.text("UserId", &caller.user_id(&state.account_id));
    xml.text("Account", &state.account_id);
    Ok(xml)
}
