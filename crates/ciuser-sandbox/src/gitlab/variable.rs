//! CI/CD variables: `.../variables` and `.../variables/{key}` of a project or a group.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::holder::Holder;
use super::state::not_found;
use crate::hub::{Call, Outcome, Refusal, created, no_content, ok, page};

const USUAL_PAGE: usize = 20;
const SHORTEST_MASKED: usize = 8;

/// A variable. Several may have one key, each for another scope.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Variable {
    pub(super) key: String,
    pub(super) value: String,
    variable_type: String,
    pub(super) protected: bool,
    masked: bool,
    hidden: bool,
    raw: bool,
    pub(super) environment_scope: String,
    description: Option<String>,
}

impl Variable {
    fn to_json(&self) -> Value {
        json!({
            "key": self.key,
            "value": (!self.hidden).then_some(&self.value),
            "variable_type": self.variable_type,
            "protected": self.protected,
            "masked": self.masked,
            "hidden": self.hidden,
            "raw": self.raw,
            "environment_scope": self.environment_scope,
            "description": self.description,
        })
    }

    /// Refuses what GitLab does not take.
    fn check(&self) -> Result<(), Refusal> {
        let made_well = self
            .key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.key.is_empty() || !made_well || self.key.len() > 255 {
            let wrong = "can contain only letters, digits and '_'.";
            return Err(refused(&json!({ "key": [wrong] })));
        }
        if self.masked && !can_be_masked(&self.value, self.raw) {
            return Err(refused(&json!({ "value": ["is invalid"] })));
        }
        Ok(())
    }
}

/// A masked value is one line without blanks; where `$` may refer to others, it is made of few characters.
fn can_be_masked(value: &str, raw: bool) -> bool {
    let fits = |c: char| !c.is_whitespace() && (raw || c.is_ascii_alphanumeric() || "_:@-+.~=/".contains(c));
    value.len() >= SHORTEST_MASKED && value.chars().all(fits)
}

fn refused(what: &Value) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, what.clone())
}

pub(super) fn collection(holder: &mut Holder, call: &Call<'_>) -> Outcome {
    match call.method() {
        "GET" => {
            let all: Vec<Value> = holder.variables.iter().map(Variable::to_json).collect();
            Ok(page(call, USUAL_PAGE, &all, |items, _| ok(&items.into())))
        }
        "POST" => create(holder, call),
        _ => Err(not_allowed()),
    }
}

pub(super) fn item(holder: &mut Holder, call: &Call<'_>, key: &str) -> Outcome {
    let place = find(holder, call, key)?;
    match call.method() {
        "GET" => {
            let found = holder.variables.get(place).map(Variable::to_json);
            Ok(ok(&found.unwrap_or_default()))
        }
        "PUT" => update(holder, call, place),
        "DELETE" => {
            holder.variables.remove(place);
            Ok(no_content())
        }
        _ => Err(not_allowed()),
    }
}

/// Finds a variable by key and, where one is given, by scope.
fn find(holder: &Holder, call: &Call<'_>, key: &str) -> Result<usize, Refusal> {
    let scope = call.param("filter[environment_scope]");
    let wanted = |one: &Variable| one.key == key && scope.as_ref().is_none_or(|scope| one.environment_scope == *scope);
    let mut places = (0..)
        .zip(&holder.variables)
        .filter(|(_, one)| wanted(one))
        .map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (None, _) => Err(not_found("Variable")),
        (Some(_), Some(_)) => {
            let message =
                "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'";
            Err(Refusal::new(StatusCode::CONFLICT, message))
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    key: Option<String>,
    value: Option<String>,
    variable_type: Option<String>,
    protected: Option<bool>,
    masked: Option<bool>,
    masked_and_hidden: Option<bool>,
    raw: Option<bool>,
    environment_scope: Option<String>,
    description: Option<String>,
}

fn create(holder: &mut Holder, call: &Call<'_>) -> Outcome {
    let asked: Asked = call.object().ok_or_else(|| refused(&"400 Bad request".into()))?;
    let missing = |name: &str| refused(&format!("{name} is missing").into());
    let hidden = asked.masked_and_hidden.unwrap_or_default();
    let variable = Variable {
        key: asked.key.ok_or_else(|| missing("key"))?,
        value: asked.value.ok_or_else(|| missing("value"))?,
        variable_type: asked.variable_type.unwrap_or_else(|| "env_var".to_owned()),
        protected: asked.protected.unwrap_or_default(),
        masked: asked.masked.unwrap_or_default() || hidden,
        hidden,
        raw: asked.raw.unwrap_or_default(),
        environment_scope: asked.environment_scope.unwrap_or_else(|| "*".to_owned()),
        description: asked.description,
    };
    variable.check()?;
    let same = |one: &Variable| one.key == variable.key && one.environment_scope == variable.environment_scope;
    if holder.variables.iter().any(same) {
        let taken = format!("({}) has already been taken", variable.key);
        return Err(refused(&json!({ "key": [taken] })));
    }
    let answer = created(&variable.to_json());
    holder.variables.push(variable);
    Ok(answer)
}

/// Changes what is named and leaves the rest. Nothing can be hidden afterwards.
fn update(holder: &mut Holder, call: &Call<'_>, place: usize) -> Outcome {
    let asked: Asked = call.object().ok_or_else(|| refused(&"400 Bad request".into()))?;
    let known = holder.variables.get_mut(place).ok_or_else(|| not_found("Variable"))?;
    let old = known.clone();
    let changed = Variable {
        value: asked.value.unwrap_or(old.value),
        variable_type: asked.variable_type.unwrap_or(old.variable_type),
        protected: asked.protected.unwrap_or(old.protected),
        masked: asked.masked.unwrap_or(old.masked),
        raw: asked.raw.unwrap_or(old.raw),
        environment_scope: asked.environment_scope.unwrap_or(old.environment_scope),
        description: asked.description.or(old.description),
        key: old.key,
        hidden: old.hidden,
    };
    changed.check()?;
    let answer = ok(&changed.to_json());
    *known = changed;
    Ok(answer)
}

fn not_allowed() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed")
}
