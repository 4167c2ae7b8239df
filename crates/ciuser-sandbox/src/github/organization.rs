//! The organisation: `/orgs/{org}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::locker::Locker;
use crate::entropy::Entropy;

/// An organisation, with its secrets and variables.
#[derive(Serialize, Deserialize)]
pub(super) struct Organization {
    pub(super) login: String,
    pub(super) locker: Locker,
}

impl Organization {
    pub(super) fn fresh(login: &str, entropy: Entropy<'_>) -> Organization {
        Organization {
            login: login.to_owned(),
            locker: Locker::fresh(entropy),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "id": 1, "login": self.login, "type": "Organization", "description": null })
    }
}
