//! The Security Token Service: `GetCallerIdentity`, which needs no permission and is never denied.

use ciuser_policy::request::Context;

use crate::need::Need;
use crate::principal::Principal;
use crate::state::State;
use crate::wire::{AwsError, Query, Xml};

const GET_CALLER_IDENTITY: &str = "GetCallerIdentity";

/// Returns the names of all operations.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    [GET_CALLER_IDENTITY].into_iter()
}

/// Returns what a request needs to be allowed.
pub(crate) fn needs(query: &Query) -> Result<Vec<Need>, AwsError> {
    if query.action() != GET_CALLER_IDENTITY {
        return Err(query.not_served());
    }
    Ok(vec![Need {
        action: format!("sts:{GET_CALLER_IDENTITY}"),
        resource: "*".to_owned(),
        named: "*".to_owned(),
        context: Context::default(),
    }])
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
