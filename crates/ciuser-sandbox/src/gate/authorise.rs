//! Decides whether a caller may do what its request asks for.

use ciuser_policy::evaluate::{self, Verdict};
use ciuser_policy::request::Context;
use jiff::Timestamp;

use super::caller;
use super::denial::access_denied;
use super::{Check, CompiledPolicies, Decision, Denial, LogEntry, Statement};
use crate::need::Need;
use crate::principal::Principal;
use crate::state::State;
use crate::wire::{AwsError, Query, Service};
use crate::{Request, iam, sts};

/// Asks the caller's policies for all that a request needs, and notes what they were asked and what they said.
///
/// As at AWS, a request that does not say what it is about is invalid whoever makes it.
pub(super) fn authorise(
    state: &State,
    policies: &mut CompiledPolicies,
    request: &Request,
    query: &Query,
    caller: &Principal,
    entry: &mut LogEntry,
) -> Result<(), AwsError> {
    let needs = needs(state, entry.time, query, caller)
        .inspect_err(|error| entry.decision = Decision::Invalid(error.code.to_owned()))?;
    let compiled = policies.of(&caller.user_id(&state.account_id), caller.policies(state));
    let context = caller::context(state, entry.time, request, caller);
    for need in needs {
        let asked = question(state, caller, &context, &need);
        let verdict = compiled.map_or(CANNOT_BE_READ, |policies| policies.evaluate(&asked));
        entry.checks.push(Check {
            action: need.action.clone(),
            resource: need.resource.clone(),
            statement: verdict.deciding.first().map(Statement::from),
        });
        if let Some(denial) = Denial::of(verdict.decision) {
            entry.decision = Decision::Denied(denial);
            return Err(access_denied(&caller.arn(&state.account_id), &need, &verdict));
        }
    }
    Ok(())
}

/// The verdict on whoever has a policy that cannot be read.
const CANNOT_BE_READ: Verdict = Verdict {
    decision: evaluate::Decision::Undetermined,
    deciding: Vec::new(),
    missing: Vec::new(),
};

fn needs(state: &State, now: Timestamp, query: &Query, caller: &Principal) -> Result<Vec<Need>, AwsError> {
    match query.service {
        Some(Service::Iam) => iam::needs(state, now, caller, query),
        Some(Service::Sts) => sts::needs(query),
        None => Err(query.not_served()),
    }
}

/// Returns what the policy engine is asked for one need.
fn question(state: &State, caller: &Principal, of_request: &Context, need: &Need) -> ciuser_policy::request::Request {
    let mut context = of_request.clone();
    for (key, values) in need.context.iter() {
        for value in values {
            context.add(key, value);
        }
    }
    if let Some(account) = resource_account(&need.resource, &state.account_id) {
        context.add("aws:ResourceAccount", account);
    }
    ciuser_policy::request::Request::new(&need.action, &need.resource)
        .with_context(context)
        .by(caller.as_in_policies(&state.account_id))
        .in_account(&state.account_id)
}

/// Returns the account that owns a resource; it is not known whose AWS's own policies are (`arn:aws:iam::aws:policy/...`).
fn resource_account<'a>(resource: &'a str, account_id: &'a str) -> Option<&'a str> {
    if resource == "*" {
        return Some(account_id);
    }
    let account = resource.split(':').nth(4)?;
    account
        .chars()
        .all(|character| character.is_ascii_digit())
        .then_some(account)
}
