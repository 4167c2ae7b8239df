//! From a path to the resource that answers for it. Each resource knows its own methods.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::holder::Holder;
use super::state::{State, forbidden, not_found};
use super::variable;
use crate::faults::Fault;
use crate::hub::{self, Call, Outcome, Refusal, ok, page};
use crate::{Request, Response};

/// Where the API lies.
pub(crate) const PREFIX: &str = "/api/v4/";

/// Answers a request to GitLab's API.
pub fn handle(state: &mut State, now: Timestamp, fault: Option<Fault>, request: &Request) -> Response {
    answer(state, &Call::new(now, request), fault).unwrap_or_else(Refusal::into_response)
}

fn answer(state: &mut State, call: &Call<'_>, fault: Option<Fault>) -> Outcome {
    if let Some(refusal) = fault.and_then(|fault| hub::refusal_of(fault, StatusCode::TOO_MANY_REQUESTS)) {
        return Err(refusal);
    }
    let sent = call.header("PRIVATE-TOKEN").or_else(|| call.bearer());
    if !sent.is_some_and(|sent| hub::is_token(state.token(), sent)) {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "401 Unauthorized"));
    }
    let path = call.path(PREFIX).ok_or_else(|| not_found("Route"))?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match *path.as_slice() {
        ["user"] => Ok(ok(&json!({ "id": 1, "username": state.username }))),
        ["projects"] => listing(&state.projects, call, Holder::project_json),
        ["groups"] => listing(&state.groups, call, Holder::group_json),
        ["projects", id] => Ok(ok(&state.project(id)?.project_json())),
        ["projects", id, "variables", ref rest @ ..] => variables(state.project(id)?, call, rest),
        ["groups", id] => Ok(ok(&state.group(id)?.group_json())),
        ["groups", id, "projects"] => projects(state, call, id),
        ["groups", id, "variables", ref rest @ ..] => variables(state.group(id)?, call, rest),
        _ => Err(not_found("Route")),
    }
}

/// Lists projects or groups, those with a certain role of the user where that is asked.
fn listing(all: &[Holder], call: &Call<'_>, shown: fn(&Holder) -> Value) -> Outcome {
    let least = call.param("min_access_level").and_then(|level| level.parse().ok());
    let there = all.iter().filter(|one| one.access_level() >= least.unwrap_or(0));
    let shown: Vec<Value> = there.map(shown).collect();
    Ok(page(call, 20, &shown, |items, _| ok(&items.into())))
}

fn variables(holder: &mut Holder, call: &Call<'_>, path: &[&str]) -> Outcome {
    if !holder.maintained || (holder.archived && call.method() != "GET") {
        return Err(forbidden());
    }
    match *path {
        [] => variable::collection(holder, call),
        [key] => variable::item(holder, call, key),
        _ => Err(not_found("Route")),
    }
}

/// Lists the projects of a group, with those of its subgroups where that is asked.
fn projects(state: &mut State, call: &Call<'_>, id: &str) -> Outcome {
    let group = state.group(id)?.path.clone();
    let deep = call.param("include_subgroups").as_deref() == Some("true");
    let below = |project: &&Holder| match project.path.rsplit_once('/') {
        Some((parent, _)) => parent == group || (deep && parent.starts_with(&format!("{group}/"))),
        None => false,
    };
    let shown: Vec<Value> = state.projects.iter().filter(below).map(Holder::project_json).collect();
    Ok(page(call, 20, &shown, |items, _| ok(&items.into())))
}
