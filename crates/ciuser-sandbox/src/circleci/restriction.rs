//! Restrictions of a context: `/context/{id}/restrictions` and `.../{restriction id}`.
//!
//! Expressions are kept, not evaluated, and there are no groups: a job is refused where only one of these would let
//! it in, see [`super::job`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, created, done};
use super::call::Call;
use super::organization::Vcs;
use super::page::page;
use super::state::State;
use crate::entropy::{self, Entropy};

/// What a restriction looks at.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RestrictionType {
    Project,
    Expression,
    Group,
}

/// A restriction: which jobs, or which people, may use a context.
#[derive(Serialize, Deserialize)]
pub(super) struct Restriction {
    id: String,
    #[serde(rename = "type")]
    pub(super) kind: RestrictionType,
    pub(super) value: String,
}

impl Restriction {
    /// Returns the restriction as the API shows it; `name` is the project's, and expressions have none.
    fn to_json(&self, state: &State, context_id: &str) -> Value {
        let project = (self.kind == RestrictionType::Project).then_some(&self.value);
        let name = project
            .and_then(|id| state.projects.iter().find(|known| known.id == *id))
            .map(|known| &known.name);
        json!({
            "id": self.id,
            "context_id": context_id,
            "name": name,
            "restriction_type": self.kind,
            "restriction_value": self.value,
            "project_id": project,
        })
    }
}

pub(super) fn collection(state: &mut State, call: &Call<'_>, context_id: &str, entropy: Entropy<'_>) -> Outcome {
    match call.method() {
        "GET" => {
            let restrictions = &state.context(context_id)?.restrictions;
            page(
                call,
                restrictions
                    .iter()
                    .map(|restriction| restriction.to_json(state, context_id)),
            )
        }
        "POST" => create(state, call, context_id, entropy),
        _ => Err(Refusal::method_not_allowed()),
    }
}

pub(super) fn item(state: &mut State, call: &Call<'_>, context_id: &str, id: &str) -> Outcome {
    if call.method() != "DELETE" {
        return Err(Refusal::method_not_allowed());
    }
    let restrictions = &mut state.context_mut(context_id)?.restrictions;
    let index = restrictions.iter().position(|restriction| restriction.id == id);
    restrictions.remove(index.ok_or_else(|| Refusal::not_found("Context restriction"))?);
    Ok(done("Context restriction deleted."))
}

/// A new restriction, in today's form or in the old one, which knew projects only.
#[derive(Deserialize)]
#[serde(untagged)]
enum NewRestriction {
    Today {
        restriction_type: RestrictionType,
        restriction_value: String,
    },
    Old {
        project_id: String,
    },
}

fn create(state: &mut State, call: &Call<'_>, context_id: &str, entropy: Entropy<'_>) -> Outcome {
    let context = state.context(context_id)?;
    let (kind, value) = match call.json()? {
        NewRestriction::Today {
            restriction_type,
            restriction_value,
        } => (restriction_type, restriction_value),
        NewRestriction::Old { project_id } => (RestrictionType::Project, project_id),
    };
    check(state, &context.organization_id, kind, &value)?;
    if context
        .restrictions
        .iter()
        .any(|known| known.kind == kind && known.value == value)
    {
        return Err(Refusal::conflict("This restriction already exists."));
    }
    let restriction = Restriction {
        id: entropy::request_id(entropy),
        kind,
        value,
    };
    let answer = created(restriction.to_json(state, context_id));
    state.context_mut(context_id)?.restrictions.push(restriction);
    Ok(answer)
}

fn check(state: &State, organization_id: &str, kind: RestrictionType, value: &str) -> Result<(), Refusal> {
    match kind {
        RestrictionType::Project => {
            let mut projects = state
                .projects
                .iter()
                .filter(|project| project.organization_id == organization_id);
            projects
                .any(|project| project.id == value)
                .then_some(())
                .ok_or_else(|| Refusal::not_found("Project"))
        }
        RestrictionType::Expression if value.trim().is_empty() => {
            Err(Refusal::bad_request("The expression must not be empty."))
        }
        RestrictionType::Expression => Ok(()),
        RestrictionType::Group if state.organization(organization_id)?.vcs != Vcs::Github => Err(Refusal::bad_request(
            "Group restrictions are for GitHub organizations only.",
        )),
        RestrictionType::Group if !is_uuid(value) => Err(Refusal::bad_request("The group's id must be a UUID.")),
        RestrictionType::Group => Ok(()),
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
