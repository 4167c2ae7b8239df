//! Variables of a context: `/context/{id}/environment-variable` and `.../{name}`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, done, ok, time};
use super::call::Call;
use super::page::page;
use super::state::State;
use super::variable::{check_name, check_value, shown};

const VARIABLES_PER_CONTEXT: usize = 100;

/// The value of a variable, and its dates.
#[derive(Serialize, Deserialize)]
pub(super) struct ContextVariable {
    pub(super) value: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl ContextVariable {
    /// Returns the variable as a write is answered: with nothing of its value.
    fn to_json(&self, context_id: &str, name: &str) -> Value {
        json!({
            "variable": name,
            "context_id": context_id,
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
        })
    }

    fn to_listed_json(&self, context_id: &str, name: &str, value_hidden: bool) -> Value {
        let mut listed = self.to_json(context_id, name);
        if let (Some(fields), false) = (listed.as_object_mut(), value_hidden) {
            fields.insert("truncated_value".to_owned(), shown(&self.value).into());
        }
        listed
    }
}

pub(super) fn collection(state: &State, call: &Call<'_>, context_id: &str) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let hidden = state.faults.values_hidden();
    let variables = &state.context(context_id)?.variables;
    page(
        call,
        variables
            .iter()
            .map(|(name, variable)| variable.to_listed_json(context_id, name, hidden)),
    )
}

pub(super) fn item(state: &mut State, call: &Call<'_>, context_id: &str, name: &str) -> Outcome {
    match call.method() {
        "PUT" => put(state, call, context_id, name),
        "DELETE" => match state.context_mut(context_id)?.variables.remove(name) {
            Some(_) => Ok(done("Environment variable deleted.")),
            None => Err(Refusal::not_found("Environment variable")),
        },
        _ => Err(Refusal::method_not_allowed()),
    }
}

#[derive(Deserialize)]
struct NewValue {
    value: String,
}

fn put(state: &mut State, call: &Call<'_>, context_id: &str, name: &str) -> Outcome {
    state.context(context_id)?;
    let NewValue { value } = call.json()?;
    check_name(name)?;
    check_value(&value)?;
    state.faults.on_write(name)?;
    let variables = &mut state.context_mut(context_id)?.variables;
    let (created_at, updated_at) = match variables.get(name) {
        Some(old) => (old.created_at, after(old.updated_at, call.now)),
        None if variables.len() >= VARIABLES_PER_CONTEXT => {
            return Err(Refusal::bad_request("A context has at most 100 environment variables."));
        }
        None => (call.now, call.now),
    };
    let variable = ContextVariable {
        value,
        created_at,
        updated_at,
    };
    let answer = ok(variable.to_json(context_id, name));
    variables.insert(name.to_owned(), variable);
    Ok(answer)
}

/// Returns the time of an update: each one is seen to be later, even when two fall into one millisecond.
fn after(last: Timestamp, now: Timestamp) -> Timestamp {
    now.max(last.checked_add(SignedDuration::from_millis(1)).unwrap_or(now))
}
