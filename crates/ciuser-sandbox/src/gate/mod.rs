//! The gate: the one place that every request to AWS passes.
//!
//! It decides who asks (signature, key, session token) and whether they may (the policies of who asks, decided by the
//! policy engine), and writes both down.
//!
//! What must stay true: nothing is applied that did not pass here; an unknown key, an inactive key and a wrong session
//! token get the same answer; what the policy engine cannot decide is refused.

mod authorise;
mod caller;
mod denial;
mod log;
mod policies;

pub use log::{Check, Decision, Denial, LogEntry, Statement};
pub(crate) use policies::{CompiledPolicies, WrittenPolicies, WrittenPolicy};

use authorise::authorise;
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use crate::Request;
use crate::principal::{Credentials, Principal};
use crate::sigv4::{self, Claim};
use crate::state::State;
use crate::wire::{AwsError, Query, Service};

/// Lets a request pass, or refuses it.
pub(crate) fn pass(
    state: &mut State,
    policies: &mut CompiledPolicies,
    now: Timestamp,
    request: &Request,
    query: &Query,
) -> Result<Principal, AwsError> {
    let mut entry = LogEntry {
        time: now,
        principal: None,
        action: format!(
            "{}:{}",
            query.service.map_or("unknown", Service::prefix),
            query.action()
        ),
        decision: Decision::Allowed,
        checks: Vec::new(),
    };
    let passed = match authenticate(state, now, request, query.service) {
        Err(error) => {
            entry.decision = Decision::NotAuthenticated(error.code.to_owned());
            Err(error)
        }
        Ok(caller) => {
            entry.principal = Some(caller.arn(&state.account_id));
            authorise(state, policies, request, query, &caller, &mut entry).map(|()| caller)
        }
    };
    state.note(entry);
    passed
}

fn authenticate(
    state: &mut State,
    now: Timestamp,
    request: &Request,
    service: Option<Service>,
) -> Result<Principal, AwsError> {
    let claim = Claim::of(request)?;
    let (principal, credentials) = resolve(state, &claim.access_key_id, now).ok_or_else(AwsError::invalid_token)?;
    if !same_token(credentials.session_token.as_deref(), claim.session_token.as_deref()) {
        return Err(AwsError::invalid_token());
    }
    let service = service.map(Service::prefix);
    sigv4::verify(request, &claim, &credentials.secret_access_key, service, now)?;
    if let Some(service) = service {
        state.iam.note_use(&claim.access_key_id, service, &claim.region, now);
    }
    Ok(principal)
}

/// Returns whose key this is; nothing if it is unknown, inactive or not yet known everywhere.
fn resolve(state: &State, access_key_id: &str, now: Timestamp) -> Option<(Principal, Credentials)> {
    if access_key_id == state.admin_session.access_key_id {
        let principal = Principal::AdminSession {
            role_id: state.admin_role_id.clone(),
        };
        return Some((principal, state.admin_session.clone()));
    }
    if access_key_id == state.root.access_key_id {
        return Some((Principal::Root, state.root.clone()));
    }
    state.iam.owner_of_usable_key(access_key_id, now)
}

fn same_token(expected: Option<&str>, given: Option<&str>) -> bool {
    match (expected, given) {
        (None, None) => true,
        (Some(expected), Some(given)) => expected.as_bytes().ct_eq(given.as_bytes()).into(),
        _ => false,
    }
}
