//! What GitLab remembers: a user with a token, a group, its projects.
//!
//! Holds the values of variables, so nothing here has `Debug`.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::holder::Holder;
use crate::entropy::{self, Entropy};
use crate::hub::Refusal;

/// The state of the GitLab side of a sandbox.
#[derive(Serialize, Deserialize)]
pub struct State {
    token: String,
    pub(super) username: String,
    pub(super) groups: Vec<Holder>,
    pub(super) projects: Vec<Holder>,
}

impl State {
    /// Makes the user `you` with a token, the group `acme` and its project `acme/storefront`.
    pub(crate) fn fresh(entropy: Entropy<'_>) -> State {
        let mut state = State {
            // The length and the beginning of a personal access token.
            token: entropy::id("glpat-", 20, entropy),
            username: "you".to_owned(),
            groups: Vec::new(),
            projects: Vec::new(),
        };
        state.add_group("acme");
        state.add_project("acme/storefront");
        state
    }

    /// Returns the personal access token of the user.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Makes a group, or a subgroup: `acme/shop`.
    pub fn add_group(&mut self, path: &str) {
        self.groups.push(Holder::fresh(10 + self.groups.len() as u64, path));
    }

    /// Makes a project of a group.
    pub fn add_project(&mut self, path: &str) {
        self.projects
            .push(Holder::fresh(100 + self.projects.len() as u64, path));
    }

    /// Makes a project read-only.
    pub fn archive(&mut self, path: &str) {
        for project in self.projects.iter_mut().filter(|known| known.path == path) {
            project.archived = true;
        }
    }

    /// Takes the maintainer's role in a project or group away from the user.
    pub fn demote(&mut self, path: &str) {
        let all = self.projects.iter_mut().chain(&mut self.groups);
        for one in all.filter(|known| known.path == path) {
            one.maintained = false;
        }
    }

    pub(super) fn project(&mut self, id: &str) -> Result<&mut Holder, Refusal> {
        named(&mut self.projects, id).ok_or_else(|| not_found("Project"))
    }

    pub(super) fn group(&mut self, id: &str) -> Result<&mut Holder, Refusal> {
        named(&mut self.groups, id).ok_or_else(|| not_found("Group"))
    }
}

/// Finds one by its number or by its path.
fn named<'h>(all: &'h mut [Holder], id: &str) -> Option<&'h mut Holder> {
    all.iter_mut()
        .find(|known| known.id.to_string() == id || known.path.eq_ignore_ascii_case(id))
}

pub(super) fn not_found(what: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("404 {what} Not Found"))
}

pub(super) fn forbidden() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "403 Forbidden")
}
