//! From a path to the resource that answers for it. Each resource knows its own methods.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use super::answer::{Outcome, Refusal, VERSION, ok, text};
use super::content::check_id;
use super::item::{self, Writing};
use super::state::State;
use super::vault;
use crate::entropy::Entropy;
use crate::faults::Fault;
use crate::hub::{self, Call};
use crate::{Request, Response};

const PREFIX: &str = "/v1/";

/// Tells whether a path is one of the server's.
pub(crate) fn serves(path: &str) -> bool {
    path.starts_with(PREFIX) || path == "/heartbeat" || path == "/health"
}

/// Answers a request to the server.
pub fn handle(
    state: &mut State,
    now: Timestamp,
    entropy: Entropy<'_>,
    fault: Option<Fault>,
    request: &Request,
) -> Response {
    answer(state, &Call::new(now, request), entropy, fault, request).unwrap_or_else(Refusal::into_response)
}

fn answer(
    state: &mut State,
    call: &Call<'_>,
    entropy: Entropy<'_>,
    fault: Option<Fault>,
    request: &Request,
) -> Outcome {
    match request.uri().path() {
        "/heartbeat" => return Ok(text(".")),
        "/health" => return Ok(health()),
        _ => {}
    }
    if let Some(refusal) = fault.and_then(refusal_of) {
        return Err(refusal);
    }
    if !call.bearer().is_some_and(|sent| hub::is_token(state.token(), sent)) {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Invalid token signature"));
    }
    let path = call.path(PREFIX).ok_or_else(no_such_route)?;
    let mut path: Vec<&str> = path.iter().map(String::as_str).collect();
    // One of the official clients ends its paths so.
    path.pop_if(|last| last.is_empty());
    match *path.as_slice() {
        ["vaults"] => vault::collection(state, call),
        ["vaults", id, ref rest @ ..] => {
            check_id(id, "Vault")?;
            in_vault(state, call, entropy, id, rest)
        }
        _ => Err(no_such_route()),
    }
}

fn in_vault(state: &mut State, call: &Call<'_>, entropy: Entropy<'_>, id: &str, path: &[&str]) -> Outcome {
    let (editor, mut faults) = (state.editor.clone(), std::mem::take(&mut state.faults));
    let writing = Writing {
        editor: &editor,
        faults: &mut faults,
    };
    let outcome = state.vault(id).and_then(|vault| match *path {
        [] => vault::one(vault, call),
        ["items"] => item::collection(vault, call, writing, entropy),
        ["items", item] => item::one(vault, call, item, writing, entropy),
        _ => Err(no_such_route()),
    });
    state.faults = faults;
    outcome
}

/// Returns how the server fails that a fault of the engine hits before the call is looked at.
fn refusal_of(fault: Fault) -> Option<Refusal> {
    match fault {
        Fault::DropAnswer => None,
        Fault::Throttle => Some(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")),
        Fault::InternalFailure => Some(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")),
        Fault::Unavailable => Some(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")),
    }
}

fn health() -> Response {
    ok(&json!({
        "name": "1Password Connect API",
        "version": VERSION,
        "dependencies": [
            { "service": "sync", "status": "ACTIVE", "message": "the sandbox has nothing to synchronise with" },
            { "service": "sqlite", "status": "ACTIVE", "message": "the state is in the sandbox's own file" },
        ],
    }))
}

fn no_such_route() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "Not found")
}
