//! The variables that a pipeline gets, and their names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
}
