//! Targets: the stores that keep a secret for people, and the CI systems that use it.
//!
//! A target is described here, completely and without any secret, so that a plan can carry it and another
//! process can open it again. What opens, reads and writes it lives behind the ports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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

/// A store, as `[[user.store]]` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum StoreSpec {
    /// A KeePass file.
    Kdbx {
        /// Where the file is; made if missing.
        path: String,
        /// A file that holds the passphrase in its first line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        password_file: Option<String>,
        /// A KeePass key file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key_file: Option<String>,
    },
    /// A CSV file of one key.
    Csv {
        /// Where the file is.
        path: String,
        /// Which of the two column sets.
        #[serde(default)]
        format: CsvFormat,
    },
}

/// The columns of a CSV file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CsvFormat {
    /// `User Name,Access key ID,Secret access key`: what `aws configure import` reads.
    #[default]
    Import,
    /// `Access key ID,Secret access key`: what the AWS console writes.
    Console,
}

/// A CI system's place, as `[[user.deliver]]` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum ProviderSpec {
    /// A CircleCI context.
    CircleciContext {
        /// The organisation's slug, `gh/acme`.
        org: String,
        /// The context's name.
        context: String,
        /// The projects that may use a context that has to be made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        restrict_to: Vec<String>,
        /// Leaves a new context open to every project, on purpose.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        open: bool,
        /// Where CircleCI answers; `https://circleci.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
    /// The variables of a CircleCI project.
    CircleciProject {
        /// The project's slug, `gh/acme/storefront`.
        project: String,
        /// Where CircleCI answers; `https://circleci.com` if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Other names for the variables.
        #[serde(default, skip_serializing_if = "VariableNames::is_standard")]
        names: VariableNames,
    },
}

/// The names under which a CI system gets the values; the standard ones unless remapped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct VariableNames(BTreeMap<Variable, String>);

/// A value that a pipeline gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variable {
    /// The id of the access key.
    AccessKeyId,
    /// The secret of the access key.
    SecretAccessKey,
    /// The region, as most SDKs read it.
    Region,
    /// The region, as boto3 and AWS CLI v1 read it.
    DefaultRegion,
}

/// A remapping of variables that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    /// The left side is none of the variables.
    #[error("`{0}` is not a variable of ciuser: {names}", names = Variable::all_names())]
    Unknown(String),
    /// The right side is not a variable name.
    #[error("`{0}` cannot be the name of a variable: letters, digits and `_`, not beginning with a digit")]
    BadName(String),
    /// Two values would go under one name.
    #[error("two variables would be called `{0}`")]
    Twice(String),
}

impl Variable {
    /// All of them, the id first: a job that starts between two writes then fails cleanly.
    pub const ALL: [Variable; 4] = [
        Variable::AccessKeyId,
        Variable::SecretAccessKey,
        Variable::Region,
        Variable::DefaultRegion,
    ];

    /// Returns the name that the AWS SDKs read.
    pub fn standard_name(self) -> &'static str {
        match self {
            Variable::AccessKeyId => "AWS_ACCESS_KEY_ID",
            Variable::SecretAccessKey => "AWS_SECRET_ACCESS_KEY",
            Variable::Region => "AWS_REGION",
            Variable::DefaultRegion => "AWS_DEFAULT_REGION",
        }
    }

    fn all_names() -> String {
        Self::ALL.map(|v| format!("`{}`", v.standard_name())).join(", ")
    }
}

impl VariableNames {
    /// Returns the name that a variable has at this target.
    pub fn name(&self, variable: Variable) -> &str {
        self.0.get(&variable).map_or(variable.standard_name(), String::as_str)
    }

    /// Tells whether nothing is remapped.
    pub fn is_standard(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, String>> for VariableNames {
    type Error = VariableError;

    fn try_from(map: BTreeMap<String, String>) -> Result<Self, VariableError> {
        let mut names = BTreeMap::new();
        for (standard, chosen) in map {
            let variable = Variable::ALL.into_iter().find(|v| v.standard_name() == standard);
            let variable = variable.ok_or(VariableError::Unknown(standard))?;
            if !is_variable_name(&chosen) {
                return Err(VariableError::BadName(chosen));
            }
            if chosen != variable.standard_name() {
                names.insert(variable, chosen);
            }
        }
        let names = VariableNames(names);
        for (place, one) in Variable::ALL.into_iter().enumerate() {
            if Variable::ALL
                .into_iter()
                .skip(place + 1)
                .any(|other| names.name(other) == names.name(one))
            {
                return Err(VariableError::Twice(names.name(one).to_owned()));
            }
        }
        Ok(names)
    }
}

impl From<VariableNames> for BTreeMap<String, String> {
    fn from(names: VariableNames) -> Self {
        names
            .0
            .into_iter()
            .map(|(variable, name)| (variable.standard_name().to_owned(), name))
            .collect()
    }
}

fn is_variable_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.len() <= 300
}

impl Target {
    /// Returns the kind, as `--store` and `--deliver` spell it.
    pub fn kind(&self) -> &'static str {
        match self {
            Target::Store(StoreSpec::Kdbx { .. }) => "kdbx",
            Target::Store(StoreSpec::Csv { .. }) => "csv",
            Target::Provider(ProviderSpec::CircleciContext { .. }) => "circleci-context",
            Target::Provider(ProviderSpec::CircleciProject { .. }) => "circleci-project",
        }
    }

    /// Returns the place, as `--store` and `--deliver` spell it.
    pub fn place(&self) -> String {
        match self {
            Target::Store(StoreSpec::Kdbx { path, .. } | StoreSpec::Csv { path, .. }) => path.clone(),
            Target::Provider(ProviderSpec::CircleciContext { org, context, .. }) => format!("{org}/{context}"),
            Target::Provider(ProviderSpec::CircleciProject { project, .. }) => project.clone(),
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

    fn remapped(pairs: &[(&str, &str)]) -> Result<VariableNames, VariableError> {
        let map: BTreeMap<_, _> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        VariableNames::try_from(map)
    }

    #[test]
    fn a_remapped_variable_gets_its_new_name_and_the_others_keep_theirs() {
        let names = remapped(&[("AWS_ACCESS_KEY_ID", "DEPLOY_ID")]).unwrap();
        assert_eq!(names.name(Variable::AccessKeyId), "DEPLOY_ID");
        assert_eq!(names.name(Variable::SecretAccessKey), "AWS_SECRET_ACCESS_KEY");
    }

    #[test]
    fn a_remapping_that_would_lose_a_value_is_refused() {
        assert_eq!(
            remapped(&[("AWS_REGION", "AWS_DEFAULT_REGION")]),
            Err(VariableError::Twice("AWS_DEFAULT_REGION".into()))
        );
        assert_eq!(
            remapped(&[("AWS_REGION", "1X")]),
            Err(VariableError::BadName("1X".into()))
        );
        assert!(matches!(remapped(&[("REGION", "X")]), Err(VariableError::Unknown(_))));
    }

    #[test]
    fn a_target_round_trips_through_json_and_shows_kind_and_place() {
        let target = Target::Provider(ProviderSpec::CircleciContext {
            org: "gh/acme".into(),
            context: "storefront-deploy".into(),
            restrict_to: vec!["gh/acme/storefront".into()],
            open: false,
            url: None,
            names: VariableNames::default(),
        });
        assert_eq!(target.to_string(), "circleci-context:gh/acme/storefront-deploy");
        let json = serde_json::to_string(&target).unwrap();
        assert_eq!(serde_json::from_str::<Target>(&json).unwrap(), target);
    }
}
