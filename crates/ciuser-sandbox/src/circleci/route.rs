//! From a path to the resource that answers for it. Each resource knows its own methods.

use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use super::answer::{Outcome, Refusal};
use super::call::Call;
use super::project::ProjectSlug;
use super::project_variable::Version;
use super::state::State;
use super::{auth, context, context_variable, project, project_variable, restriction, user, v1};
use crate::entropy::Entropy;
use crate::{Request, Response};

/// Answers a request to CircleCI's API.
pub fn handle(state: &mut State, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Response {
    answer(state, now, entropy, request).unwrap_or_else(Refusal::into_response)
}

fn answer(state: &mut State, now: Timestamp, entropy: Entropy<'_>, request: &Request) -> Outcome {
    state.faults.on_request()?;
    auth::check(state.token(), request)?;
    let call = Call::new(now, request);
    // Decoded before it is split: clients may write the slashes of a project slug as `%2F`.
    let path = percent_decode_str(request.uri().path())
        .decode_utf8()
        .map_err(|_| Refusal::no_such_route())?;
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", "api", "v2", rest @ ..] => v2(state, &call, entropy, rest),
        ["", "api", "v1.1", rest @ ..] => v1_1(state, &call, rest),
        _ => Err(Refusal::no_such_route()),
    }
}

fn v2(state: &mut State, call: &Call<'_>, entropy: Entropy<'_>, path: &[&str]) -> Outcome {
    match *path {
        ["me"] => user::me(state, call),
        ["me", "collaborations"] => user::collaborations(state, call),
        ["context"] => context::collection(state, call, entropy),
        ["context", id] => context::item(state, call, id),
        ["context", id, "environment-variable"] => context_variable::collection(state, call, id),
        ["context", id, "environment-variable", name] => context_variable::item(state, call, id, name),
        ["context", id, "restrictions"] => restriction::collection(state, call, id, entropy),
        ["context", id, "restrictions", restriction] => restriction::item(state, call, id, restriction),
        ["project", vcs, owner, name] => project::item(state, call, ProjectSlug(vcs, owner, name)),
        ["project", vcs, owner, name, "envvar"] => {
            project_variable::collection(state, call, ProjectSlug(vcs, owner, name), Version::V2)
        }
        ["project", vcs, owner, name, "envvar", variable] => {
            project_variable::item(state, call, ProjectSlug(vcs, owner, name), variable, Version::V2)
        }
        _ => Err(Refusal::no_such_route()),
    }
}

fn v1_1(state: &mut State, call: &Call<'_>, path: &[&str]) -> Outcome {
    match *path {
        ["me"] => v1::me(state, call),
        ["projects"] => v1::projects(state, call),
        ["project", vcs, owner, name, "envvar"] => {
            project_variable::collection(state, call, ProjectSlug(vcs, owner, name), Version::V1)
        }
        ["project", vcs, owner, name, "envvar", variable] => {
            project_variable::item(state, call, ProjectSlug(vcs, owner, name), variable, Version::V1)
        }
        _ => Err(Refusal::no_such_route()),
    }
}
