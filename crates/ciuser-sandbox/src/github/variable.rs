//! Configuration variables: `.../variables` and `.../variables/{name}` of a place. They can be read back.

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::locker::Locker;
use super::secret::Audience;
use super::state::{no_such_method, not_found, unprocessable};
use crate::hub::{Call, Outcome, Refusal, created, no_content, ok, page, time};

const USUAL_PAGE: usize = 10;

/// The value of a variable, its dates, and who may use it where that is asked.
#[derive(Serialize, Deserialize)]
pub(super) struct Variable {
    pub(super) value: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(flatten)]
    pub(super) audience: Audience,
}

impl Variable {
    pub(super) fn to_json(&self, name: &str) -> Value {
        let mut shown = json!({
            "name": name,
            "value": self.value,
            "created_at": time(self.created_at),
            "updated_at": time(self.updated_at),
        });
        self.audience.add_to(&mut shown);
        shown
    }
}

/// Refuses a name that GitHub does not take.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let made_well = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if starts_well && made_well && !name.starts_with("GITHUB_") {
        return Ok(());
    }
    Err(unprocessable(
        "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not \
         allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).",
    ))
}

pub(super) fn collection(locker: &mut Locker, call: &Call<'_>, in_organization: bool) -> Outcome {
    match call.method() {
        "GET" => listing(
            call,
            &locker
                .variables
                .iter()
                .map(|(name, one)| one.to_json(name))
                .collect::<Vec<_>>(),
        ),
        "POST" => create(locker, call, in_organization),
        _ => Err(no_such_method()),
    }
}

/// Answers with a listing of variables.
pub(super) fn listing(call: &Call<'_>, all: &[Value]) -> Outcome {
    Ok(page(call, USUAL_PAGE, all, |items, count| {
        ok(&json!({ "total_count": count, "variables": items }))
    }))
}

pub(super) fn item(locker: &mut Locker, call: &Call<'_>, name: &str, in_organization: bool) -> Outcome {
    let name = name.to_ascii_uppercase();
    match call.method() {
        "GET" => {
            let variable = locker.variables.get(&name).ok_or_else(not_found)?;
            Ok(ok(&variable.to_json(&name)))
        }
        "PATCH" => update(locker, call, &name, in_organization),
        "DELETE" => locker
            .variables
            .remove(&name)
            .map(|_| no_content())
            .ok_or_else(not_found),
        _ => Err(no_such_method()),
    }
}

#[derive(Deserialize)]
struct NewVariable {
    name: String,
    value: String,
    #[serde(flatten)]
    audience: Audience,
}

fn create(locker: &mut Locker, call: &Call<'_>, in_organization: bool) -> Outcome {
    let new: NewVariable = call.object().ok_or_else(|| unprocessable("Invalid request."))?;
    let name = new.name.to_ascii_uppercase();
    check_name(&name)?;
    if locker.variables.contains_key(&name) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "Already exists - Variable already exists",
        ));
    }
    let variable = Variable {
        value: new.value,
        created_at: call.now,
        updated_at: call.now,
        audience: new.audience.checked(in_organization)?,
    };
    locker.variables.insert(name, variable);
    Ok(created(&json!({})))
}

#[derive(Deserialize)]
struct Change {
    value: Option<String>,
    #[serde(flatten)]
    audience: Audience,
}

fn update(locker: &mut Locker, call: &Call<'_>, name: &str, in_organization: bool) -> Outcome {
    let variable = locker.variables.get_mut(name).ok_or_else(not_found)?;
    let change: Change = call.object().ok_or_else(|| unprocessable("Invalid request."))?;
    if let Ok(audience) = change.audience.checked(in_organization) {
        variable.audience = audience;
    }
    if let Some(value) = change.value {
        variable.value = value;
    }
    variable.updated_at = call.now;
    Ok(no_content())
}
