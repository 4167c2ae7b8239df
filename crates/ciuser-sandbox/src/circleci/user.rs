//! Who the token belongs to: `/me` and `/me/collaborations`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, ok};
use super::call::Call;
use super::state::State;

/// The user that the token belongs to.
#[derive(Serialize, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) login: String,
}

pub(super) fn me(state: &State, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let user = &state.user;
    Ok(ok(
        json!({ "id": user.id, "login": user.login, "name": user.login, "avatar_url": null }),
    ))
}

/// Lists the organisations of the user: a bare array, without pages.
pub(super) fn collaborations(state: &State, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let organizations: Vec<Value> = state
        .organizations
        .iter()
        .map(|organization| {
            json!({
                "id": organization.id,
                "name": organization.name,
                "slug": organization.slug(),
                "vcs_type": organization.vcs.long_name(),
                "avatar_url": null,
            })
        })
        .collect();
    Ok(ok(organizations.into()))
}
