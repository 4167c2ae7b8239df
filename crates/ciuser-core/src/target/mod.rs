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

    /// Returns where the place is, as flags spell it: `region=eu-west-1`, `url=ci.example.com`. Nothing where the name says
    /// it all, or the service is the one for everybody.
    pub fn at(&self) -> Option<String> {
        let settings = match self {
            Target::Store(store) => store.at(),
            Target::Provider(provider) => provider.at().into_iter().collect(),
        };
        let spelt: Vec<_> = settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
        (!spelt.is_empty()).then(|| spelt.join(","))
    }

    /// Returns kind, place and where that is: the same for the same place, and for no other.
    pub fn located(&self) -> String {
        match self.at() {
            Some(at) => format!("{self},{at}"),
            None => self.to_string(),
        }
    }

    /// Tells whether both are the same place, however they are configured. One name in two regions, or at two servers, is
    /// two places.
    pub fn same_place(&self, other: &Target) -> bool {
        self.located() == other.located()
    }

    /// Returns the name by which it is told from the others: `KIND:PLACE`, and where it is only if another one of the same
    /// name is elsewhere.
    pub fn told_from<'t>(&self, others: impl IntoIterator<Item = &'t Target>) -> String {
        let name = self.to_string();
        let mut others = others.into_iter();
        if others.any(|other| other.to_string() == name && !other.same_place(self)) {
            self.located()
        } else {
            name
        }
    }
}

/// Returns an address as it is compared: a host that is spoken to safely needs no more than its name.
fn tidy(url: &str) -> String {
    let url = url.trim_end_matches('/');
    url.strip_prefix("https://").unwrap_or(url).to_owned()
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind(), self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(text: &str) -> Target {
        let entry = Spelling::of_store(text).unwrap().into_entry();
        Target::Store(entry.try_into().unwrap())
    }

    fn provider(text: &str) -> Target {
        let entry = Spelling::of_provider(text).unwrap().into_entry();
        Target::Provider(entry.try_into().unwrap())
    }

    #[test]
    fn one_name_in_two_regions_or_at_two_servers_is_two_places() {
        for (one, other) in [
            ("aws-ssm:/ci,region=eu-west-1", "aws-ssm:/ci,region=us-east-1"),
            ("aws-secrets-manager:ci,region=eu-west-1", "aws-secrets-manager:ci"),
            (
                "vault:secret/ci,url=https://a.example",
                "vault:secret/ci,url=https://b.example",
            ),
            (
                "vault:secret/ci,url=a.example,namespace=team",
                "vault:secret/ci,url=a.example,namespace=other",
            ),
        ] {
            assert!(!store(one).same_place(&store(other)), "{one}");
        }
        for kind in [
            "circleci-context:gh/a/b",
            "circleci-project:gh/a/b",
            "github:a/b",
            "github-organization:a",
            "gitlab:a/b",
            "gitlab-group:a",
            "bitbucket:a/b",
            "bitbucket-workspace:a",
            "buildkite:a/b",
        ] {
            let elsewhere = provider(&format!("{kind},url=https://ci.example.com/"));
            assert!(!elsewhere.same_place(&provider(kind)), "{kind}");
            assert_eq!(elsewhere.located(), format!("{kind},url=ci.example.com"));
        }
    }

    #[test]
    fn another_notation_or_setting_is_no_other_place() {
        for (one, other) in [
            ("github:a/b", "github:a/b,url=https://github.com/"),
            ("github:a/b", "github:a/b,url=api.github.com"),
            ("circleci-project:gh/a/b", "circleci-project:gh/a/b,url=circleci.com"),
            (
                "gitlab:a/b,url=git.example.com",
                "gitlab:a/b,url=https://git.example.com/,protected=true",
            ),
        ] {
            assert!(provider(one).same_place(&provider(other)), "{one}");
        }
        let (one, other) = (
            "aws-ssm:/ci,region=eu-west-1",
            "aws-ssm:/ci,region=eu-west-1,kms-key=alias/ci",
        );
        assert!(store(one).same_place(&store(other)));
        assert_eq!(store("kdbx:a.kdbx,key-file=a.keyx").located(), "kdbx:a.kdbx");
    }

    #[test]
    fn a_name_says_where_only_beside_another_one_of_the_same_name() {
        let (west, east) = (
            store("aws-ssm:/ci,region=eu-west-1"),
            store("aws-ssm:/ci,region=us-east-1"),
        );
        let all = [west.clone(), east];
        assert_eq!(west.told_from(&all), "aws-ssm:/ci,region=eu-west-1");
        assert_eq!(west.told_from([&west]), "aws-ssm:/ci");
    }

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
