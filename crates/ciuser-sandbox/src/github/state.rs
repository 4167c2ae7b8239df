//! What GitHub remembers: a user with a token, an organisation, its repositories.
//!
//! Holds the values of secrets, so nothing here has `Debug`.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::organization::Organization;
use super::repository::Repository;
use crate::entropy::{self, Entropy};
use crate::hub::Refusal;

/// The state of the GitHub side of a sandbox.
#[derive(Serialize, Deserialize)]
pub struct State {
    token: String,
    pub(super) login: String,
    pub(super) organization: Organization,
    pub(super) repositories: Vec<Repository>,
}

impl State {
    /// Makes the user `you` with a token, the organisation `acme` and its private repository `acme/storefront`.
    pub(crate) fn fresh(entropy: Entropy<'_>) -> State {
        let mut state = State {
            // The length and the beginning of a classic personal access token.
            token: entropy::id("ghp_", 36, entropy),
            login: "you".to_owned(),
            organization: Organization::fresh("acme", entropy),
            repositories: Vec::new(),
        };
        state.add_repository("storefront", entropy);
        state
    }

    /// Returns the personal access token of the user.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Makes a private repository of the organisation.
    pub fn add_repository(&mut self, name: &str, entropy: Entropy<'_>) {
        let id = 1_000 + self.repositories.len() as u64;
        let repository = Repository::fresh(id, &self.organization.login, name, entropy);
        self.repositories.push(repository);
    }

    /// Makes a repository read-only.
    pub fn archive(&mut self, name: &str) {
        for repository in self.repositories.iter_mut().filter(|known| known.name == name) {
            repository.archived = true;
        }
    }

    /// Takes the right to administer a repository away from the user, and the right to write with it unless `may_push`.
    pub fn limit(&mut self, name: &str, may_push: bool) {
        for repository in self.repositories.iter_mut().filter(|known| known.name == name) {
            repository.rights = if may_push { Rights::Push } else { Rights::Pull };
        }
    }

    /// Gives every place a new key for sealing, as GitHub does from time to time.
    pub fn renew_keys(&mut self, entropy: Entropy<'_>) {
        self.organization.locker.renew_key(entropy);
        for repository in &mut self.repositories {
            repository.locker.renew_key(entropy);
            for environment in &mut repository.environments {
                environment.locker.renew_key(entropy);
            }
        }
    }

    pub(super) fn repository(&mut self, owner: &str, name: &str) -> Result<&mut Repository, Refusal> {
        let owner_known = owner.eq_ignore_ascii_case(&self.organization.login);
        let mut known = self.repositories.iter_mut();
        known
            .find(|one| owner_known && one.name.eq_ignore_ascii_case(name))
            .ok_or_else(not_found)
    }
}

/// What the user may do with a repository.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rights {
    Pull,
    Push,
    Admin,
}

pub(super) fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "Not Found")
}

pub(super) fn forbidden() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "Resource not accessible by personal access token",
    )
}

pub(super) fn unprocessable(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message)
}

pub(super) fn no_such_method() -> Refusal {
    not_found()
}
