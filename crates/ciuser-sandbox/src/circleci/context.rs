//! Contexts: `/context` and `/context/{id}`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, done, ok, time};
use super::call::Call;
use super::context_variable::ContextVariable;
use super::organization::Organization;
use super::page::page;
use super::restriction::Restriction;
use super::state::State;
use crate::entropy::{self, Entropy};
use crate::object::Object;

const CONTEXTS_PER_ORGANIZATION: usize = 500;
const NAME_LENGTH: usize = 200;

/// A context of an organisation, with its variables by name.
#[derive(Serialize, Deserialize)]
pub(super) struct Context {
    pub(super) id: String,
    pub(super) organization_id: String,
    pub(super) name: String,
    created_at: Timestamp,
    pub(super) restrictions: Vec<Restriction>,
    pub(super) variables: BTreeMap<String, ContextVariable>,
}

impl Context {
    fn to_json(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "created_at": time(self.created_at) })
    }
}

pub(super) fn collection(state: &mut State, call: &Call<'_>, entropy: Entropy<'_>) -> Outcome {
    match call.method() {
        "GET" => list(state, call),
        "POST" => create(state, call, entropy),
        _ => Err(Refusal::method_not_allowed()),
    }
}

pub(super) fn item(state: &mut State, call: &Call<'_>, id: &str) -> Outcome {
    match call.method() {
        "GET" => Ok(ok(state.context(id)?.to_json())),
        "DELETE" => {
            state.context(id)?;
            state.contexts.retain(|context| context.id != id);
            Ok(done("Context deleted."))
        }
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn list(state: &State, call: &Call<'_>) -> Outcome {
    let owner_type = call.param("owner-type");
    let (id, slug) = (call.param("owner-id"), call.param("owner-slug"));
    let owner = &owner(state, id.as_deref(), slug.as_deref(), owner_type.as_deref())?.id;
    let part = call.param("name").unwrap_or_default().to_lowercase();
    let wanted = |context: &&Context| context.organization_id == *owner && context.name.to_lowercase().contains(&part);
    page(call, state.contexts.iter().filter(wanted).map(Context::to_json))
}

#[derive(Deserialize)]
struct NewContext {
    name: String,
    owner: Object<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    id: Option<String>,
    slug: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "some")]
    kind: Option<String>,
}

/// Reads what may be missing, but not null.
fn some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    String::deserialize(from).map(Some)
}

fn create(state: &mut State, call: &Call<'_>, entropy: Entropy<'_>) -> Outcome {
    let NewContext {
        name,
        owner: Object(asked),
    } = call.json()?;
    let owner = owner(state, asked.id.as_deref(), asked.slug.as_deref(), asked.kind.as_deref())?;
    let organization_id = owner.id.clone();
    check_name(&name)?;
    let siblings = || {
        state
            .contexts
            .iter()
            .filter(|context| context.organization_id == organization_id)
    };
    if siblings().any(|context| context.name == name) {
        return Err(Refusal::conflict("A context with this name already exists."));
    }
    if siblings().count() >= CONTEXTS_PER_ORGANIZATION {
        return Err(Refusal::bad_request("An organization has at most 500 contexts."));
    }
    let context = Context {
        id: entropy::request_id(entropy),
        organization_id,
        name,
        created_at: call.now,
        restrictions: Vec::new(),
        variables: BTreeMap::new(),
    };
    let answer = ok(context.to_json());
    state.contexts.push(context);
    Ok(answer)
}

fn owner<'s>(
    state: &'s State,
    id: Option<&str>,
    slug: Option<&str>,
    kind: Option<&str>,
) -> Result<&'s Organization, Refusal> {
    if kind.is_some_and(|kind| kind != "organization") {
        return Err(Refusal::bad_request("The owner's type must be `organization`."));
    }
    match (id, slug) {
        (Some(id), None) => state.organization(id),
        (None, Some(slug)) => state.organization_by_slug(slug),
        (Some(_), Some(_)) => Err(Refusal::bad_request(
            "Name the owner by its id or by its slug, not by both.",
        )),
        (None, None) => Err(Refusal::bad_request("Name the owner, by its id or by its slug.")),
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() {
        return Err(Refusal::bad_request("Context names must not be empty."));
    }
    if name.trim() != name {
        return Err(Refusal::bad_request(
            "Context names must not begin or end with a blank.",
        ));
    }
    if name.contains(['\n', '\r', '\u{b}', '\u{c}']) {
        return Err(Refusal::bad_request("Context names must not have vertical whitespace."));
    }
    if name.chars().count() > NAME_LENGTH {
        return Err(Refusal::bad_request("Context names have at most 200 characters."));
    }
    Ok(())
}
