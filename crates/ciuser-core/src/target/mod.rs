//! Targets: the stores that keep a secret for people, and the CI systems that use it.
//!
//! A target is described here, completely and without any secret, so that a plan can carry it and another
//! process can open it again. What opens, reads and writes it lives behind the ports.

mod provider;
mod spelling;
mod store;
mod variable;

use serde::{Deserialize, Serialize};

pub use provider::{GithubVisibility, ProviderSpec};
pub use spelling::{Spelling, SpellingError};
pub use store::{CsvFormat, StoreSpec};
pub use variable::{Variable, VariableError, VariableNames};

/// A place that gets the access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A place that keeps the secret for people and can give it back.
    Store(StoreSpec),
    /// A CI system's place that uses the secret.
    Provider(ProviderSpec),
}

impl Target {
    /// Returns the kind, as `--store` and `--deliver` spell it.
    pub fn kind(&self) -> &'static str {
        match self {
            Target::Store(store) => store.kind(),
            Target::Provider(provider) => provider.kind(),
        }
    }

    /// Returns the place, as `--store` and `--deliver` spell it.
    pub fn place(&self) -> String {
        match self {
            Target::Store(store) => store.place(),
            Target::Provider(provider) => provider.place(),
        }
    }

    /// Tells whether both are the same place, however they are configured.
    pub fn same_place(&self, other: &Target) -> bool {
        self.kind() == other.kind() && self.place() == other.place()
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind(), self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_round_trips_through_json_and_shows_kind_and_place() {
        let target = Target::Provider(ProviderSpec::CircleciContext {
            org: "gh/acme".into(),
            context: "storefront-deploy".into(),
            restrict_to: vec!["gh/acme/storefront".into()],
            expression: None,
            open: false,
            url: None,
            names: VariableNames::default(),
        });
        assert_eq!(target.to_string(), "circleci-context:gh/acme/storefront-deploy");
        let json = serde_json::to_string(&target).unwrap();
        assert_eq!(serde_json::from_str::<Target>(&json).unwrap(), target);
    }
}
