//! Variables of a project: `/project/{slug}/envvar` and `.../{name}`, in API v2 and in v1.1.
//!
//! The two versions differ in shape only: v2 has an envelope and the date, v1.1 has neither.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, created, done, ok, time};
use super::call::Call;
use super::page::whole;
use super::project::ProjectSlug;
use super::state::State;
use super::variable::{check_name, check_value, masked};

/// The value of a variable, and its date.
#[derive(Serialize, Deserialize)]
pub(super) struct ProjectVariable {
    pub(super) value: String,
    created_at: Timestamp,
}

/// The version of the API that is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

impl ProjectVariable {
    /// Returns the variable as the API shows it; v2 writes the date's name with a hyphen, unlike everything else.
    fn to_json(&self, name: &str, version: Version) -> Value {
        let value = masked(&self.value);
        match version {
            Version::V1 => json!({ "name": name, "value": value }),
            Version::V2 => json!({ "name": name, "value": value, "created-at": time(self.created_at) }),
        }
    }
}

pub(super) fn collection(state: &mut State, call: &Call<'_>, slug: ProjectSlug<'_>, version: Version) -> Outcome {
    match call.method() {
        "GET" => {
            let variables = &state.project(slug)?.variables;
            let items = variables.iter().map(|(name, variable)| variable.to_json(name, version));
            match version {
                Version::V1 => Ok(ok(items.collect())),
                Version::V2 => whole(items),
            }
        }
        "POST" => put(state, call, slug, version),
        _ => Err(Refusal::method_not_allowed()),
    }
}

pub(super) fn item(state: &mut State, call: &Call<'_>, slug: ProjectSlug<'_>, name: &str, version: Version) -> Outcome {
    let variables = &mut state.project_mut(slug)?.variables;
    match call.method() {
        "GET" => match variables.get(name) {
            Some(variable) => Ok(ok(variable.to_json(name, version))),
            None => Err(Refusal::not_found("Environment variable")),
        },
        "DELETE" => match variables.remove(name) {
            Some(_) => Ok(done("ok")),
            None => Err(Refusal::not_found("Environment variable")),
        },
        _ => Err(Refusal::method_not_allowed()),
    }
}

#[derive(Deserialize)]
struct NewVariable {
    name: String,
    value: String,
}

/// Makes a variable, or replaces the value of the one that has this name.
fn put(state: &mut State, call: &Call<'_>, slug: ProjectSlug<'_>, version: Version) -> Outcome {
    state.project(slug)?;
    let NewVariable { name, value } = call.json()?;
    check_name(&name)?;
    check_value(&value)?;
    state.faults.on_write(&name)?;
    let variables = &mut state.project_mut(slug)?.variables;
    let created_at = variables.get(&name).map_or(call.now, |old| old.created_at);
    let variable = ProjectVariable { value, created_at };
    let answer = created(variable.to_json(&name, version));
    variables.insert(name, variable);
    Ok(answer)
}
