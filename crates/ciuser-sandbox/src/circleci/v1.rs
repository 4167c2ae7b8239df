//! What is left of API v1.1 in clients that are in use: who the user is, which projects are followed.
//!
//! The variable routes of v1.1 are in [`super::project_variable`].

use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, ok};
use super::call::Call;
use super::project::DEFAULT_BRANCH;
use super::state::State;

pub(super) fn me(state: &State, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let login = &state.user.login;
    Ok(ok(
        json!({ "login": login, "name": login, "num_projects_followed": state.projects.len() }),
    ))
}

/// Lists the projects that the user follows: a bare array. The user follows every project there is.
pub(super) fn projects(state: &State, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let mut followed: Vec<Value> = Vec::new();
    for project in &state.projects {
        let organization = state.organization(&project.organization_id)?;
        followed.push(json!({
            "username": organization.name,
            "reponame": project.name,
            "vcs_type": organization.vcs.long_name(),
            "vcs_url": project.vcs_url(organization),
            "default_branch": DEFAULT_BRANCH,
            "following": true,
        }));
    }
    Ok(ok(followed.into()))
}
