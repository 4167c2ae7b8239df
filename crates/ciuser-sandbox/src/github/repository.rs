//! Repositories: `/repos/{owner}/{repository}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::environment::Environment;
use super::locker::Locker;
use super::route::PREFIX;
use super::state::{Rights, not_found};
use crate::entropy::Entropy;
use crate::hub::Refusal;

/// A repository of the organisation, with its secrets, variables and environments.
#[derive(Serialize, Deserialize)]
pub(super) struct Repository {
    pub(super) id: u64,
    owner: String,
    pub(super) name: String,
    pub(super) archived: bool,
    pub(super) rights: Rights,
    pub(super) locker: Locker,
    pub(super) environments: Vec<Environment>,
}

impl Repository {
    pub(super) fn fresh(id: u64, owner: &str, name: &str, entropy: Entropy<'_>) -> Repository {
        Repository {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            archived: false,
            rights: Rights::Admin,
            locker: Locker::fresh(entropy),
            environments: Vec::new(),
        }
    }

    pub(super) fn environment(&mut self, name: &str) -> Result<&mut Environment, Refusal> {
        let mut known = self.environments.iter_mut();
        known
            .find(|one| one.name.eq_ignore_ascii_case(name))
            .ok_or_else(not_found)
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Returns the part of what GitHub shows that clients of secrets read.
    pub(super) fn to_json(&self, origin: &str) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "full_name": self.full_name(),
            "private": true,
            "archived": self.archived,
            "owner": { "login": self.owner, "id": 1, "type": "Organization" },
            "html_url": format!("{origin}/{}", self.full_name()),
            "url": format!("{origin}{PREFIX}repos/{}", self.full_name()),
            "default_branch": "main",
            "permissions": {
                "admin": self.rights >= Rights::Admin,
                "push": self.rights >= Rights::Push,
                "pull": true,
            },
        })
    }
}
