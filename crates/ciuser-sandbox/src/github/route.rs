//! From a path to the resource that answers for it. Each resource knows its own methods.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::locker::Locker;
use super::repository::Repository;
use super::state::{Rights, State, forbidden, no_such_method, not_found};
use super::{environment, secret, variable};
use crate::entropy::Entropy;
use crate::faults::Fault;
use crate::hub::{self, Call, Outcome, Refusal, ok, page};
use crate::{Request, Response};

/// Where the API lies.
pub(crate) const PREFIX: &str = "/api/v3/";

/// Answers a request to GitHub's API.
pub fn handle(
    state: &mut State,
    now: Timestamp,
    entropy: Entropy<'_>,
    fault: Option<Fault>,
    request: &Request,
) -> Response {
    answer(state, &Call::new(now, request), entropy, fault).unwrap_or_else(Refusal::into_response)
}

fn answer(state: &mut State, call: &Call<'_>, entropy: Entropy<'_>, fault: Option<Fault>) -> Outcome {
    // GitHub throttles with 403.
    if let Some(refusal) = fault.and_then(|fault| hub::refusal_of(fault, StatusCode::FORBIDDEN)) {
        return Err(refusal);
    }
    if !call.bearer().is_some_and(|sent| hub::is_token(state.token(), sent)) {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials"));
    }
    let path = call.path(PREFIX).ok_or_else(not_found)?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match *path.as_slice() {
        ["user"] => Ok(ok(&json!({ "id": 1, "login": state.login, "type": "User" }))),
        ["user", what @ ("repos" | "orgs")] => of_user(state, call, what),
        ["orgs", login, ref rest @ ..] => organization(state, call, login, rest),
        [
            "repos",
            owner,
            name,
            "actions",
            shared @ ("organization-secrets" | "organization-variables"),
        ] => {
            let id = state.repository(owner, name)?.id;
            shared_with(&state.organization.locker, call, id, shared)
        }
        ["repos", owner, name, ref rest @ ..] => repository(state.repository(owner, name)?, call, entropy, rest),
        _ => Err(not_found()),
    }
}

/// Lists what the user has a part in: the organisation and all of its repositories.
fn of_user(state: &State, call: &Call<'_>, what: &str) -> Outcome {
    if call.method() != "GET" {
        return Err(no_such_method());
    }
    let shown: Vec<Value> = match what {
        "repos" => state
            .repositories
            .iter()
            .map(|one| one.to_json(&call.origin()))
            .collect(),
        _ => vec![state.organization.to_json()],
    };
    Ok(page(call, 30, &shown, |items, _| ok(&items.into())))
}

fn organization(state: &mut State, call: &Call<'_>, login: &str, path: &[&str]) -> Outcome {
    if !login.eq_ignore_ascii_case(&state.organization.login) {
        return Err(not_found());
    }
    match *path {
        [] => Ok(ok(&state.organization.to_json())),
        ["actions", "secrets", name, "repositories"] => selected(state, call, name),
        ["actions", ref rest @ ..] => locker(&mut state.organization.locker, call, rest, true),
        _ => Err(not_found()),
    }
}

fn repository(repository: &mut Repository, call: &Call<'_>, entropy: Entropy<'_>, path: &[&str]) -> Outcome {
    if repository.archived && call.method() != "GET" {
        let message = "Repository was archived so is read-only.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    match *path {
        [] => Ok(ok(&repository.to_json(&call.origin()))),
        ["environments"] => environment::collection(repository, call),
        ["environments", name] => environment::item(repository, call, name, entropy),
        _ if repository.rights < Rights::Push => Err(forbidden()),
        ["environments", name, ref rest @ ..] => locker(&mut repository.environment(name)?.locker, call, rest, false),
        ["actions", ref rest @ ..] => locker(&mut repository.locker, call, rest, false),
        _ => Err(not_found()),
    }
}

fn locker(locker: &mut Locker, call: &Call<'_>, path: &[&str], in_organization: bool) -> Outcome {
    match *path {
        ["secrets"] => secret::collection(locker, call),
        ["secrets", "public-key"] => secret::public_key(locker, call),
        ["secrets", name] => secret::item(locker, call, name, in_organization),
        ["variables"] => variable::collection(locker, call, in_organization),
        ["variables", name] => variable::item(locker, call, name, in_organization),
        _ => Err(not_found()),
    }
}

/// Lists what the organisation shares with a repository.
fn shared_with(locker: &Locker, call: &Call<'_>, repository: u64, what: &str) -> Outcome {
    if call.method() != "GET" {
        return Err(no_such_method());
    }
    let without_audience = |mut shown: Value| {
        if let Some(fields) = shown.as_object_mut() {
            fields.remove("visibility");
        }
        shown
    };
    if what == "organization-secrets" {
        let shared = locker.secrets.iter().filter(|(_, one)| one.audience.has(repository));
        let shown: Vec<Value> = shared.map(|(name, one)| without_audience(one.to_json(name))).collect();
        return secret::listing(call, &shown);
    }
    let shared = locker.variables.iter().filter(|(_, one)| one.audience.has(repository));
    let shown: Vec<Value> = shared.map(|(name, one)| without_audience(one.to_json(name))).collect();
    variable::listing(call, &shown)
}

/// Lists the repositories that a secret of the organisation was selected for.
fn selected(state: &State, call: &Call<'_>, name: &str) -> Outcome {
    let secret = state.organization.locker.secrets.get(name).ok_or_else(not_found)?;
    let ids = secret.audience.selected();
    let known = state.repositories.iter().filter(|one| ids.contains(&one.id));
    let shown: Vec<Value> = known.map(|one| one.to_json(&call.origin())).collect();
    Ok(page(call, 30, &shown, |items, count| {
        ok(&json!({ "total_count": count, "repositories": items }))
    }))
}
