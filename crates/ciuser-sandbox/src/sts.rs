//! The Security Token Service: `GetCallerIdentity`, which needs no permission and is never denied.

use crate::principal::Principal;
use crate::state::State;
use crate::wire::{AwsError, Xml};

/// Applies an STS operation.
pub(crate) fn call(state: &State, caller: &Principal, action: &str) -> Result<Xml, AwsError> {
    if action != "GetCallerIdentity" {
        return Err(AwsError::invalid_action(action, Some("2011-06-15")));
    }
    let mut xml = Xml::default();
    xml.text("Arn", &caller.arn(&state.account_id));
    xml.text("UserId", &caller.user_id(&state.account_id));
    xml.text("Account", &state.account_id);
    Ok(xml)
}
