//! What IAM's parameters may hold: patterns, lengths, ranges, sets.
//!
//! The first parameter that is wrong is reported; AWS sometimes reports several at once.

use crate::iam::refusal;
use crate::wire::{AwsError, Params};

const NAME_SYMBOLS: &str = "_+=,.@-";
const POLICY_PATH_SYMBOLS: &str = "/.,+@=_-";
const POLICY_PATH_PATTERN: &str = r"satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/";
const WORD_PATTERN: &str = r"satisfy regular expression pattern: [\w]+";
const VERSION_PATTERN: &str = r"satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?";
const TEXT_PATTERN: &str = r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+";

impl Params {
    /// Returns a parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, AwsError> {
        self.get(name).ok_or_else(|| refusal::missing(&field(name)))
    }

    /// Checks that a list is there; an empty one is sent as a parameter without members.
    pub(super) fn required_members(&self, name: &str) -> Result<(), AwsError> {
        if self.get(name).is_none() && self.member_numbers(name).is_empty() {
            return Err(refusal::missing(&field(name)));
        }
        Ok(())
    }

    /// Returns a parameter that must be there, of a length within bounds.
    pub(super) fn bounded(&self, name: &str, least: usize, most: usize) -> Result<&str, AwsError> {
        let value = self.required(name)?;
        check_length(&field(name), value, least, most)?;
        Ok(value)
    }

    /// Returns the name of a user, group or policy.
    pub(super) fn name(&self, name: &str, most: usize) -> Result<&str, AwsError> {
        let value = self.required(name)?;
        check_length(&field(name), value, 0, most)?;
        if value.is_empty()
            || !value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || NAME_SYMBOLS.contains(c))
        {
            return Err(refusal::invalid_name(&field(name)));
        }
        Ok(value)
    }

    /// Returns the name of a user, group or policy, if it is given.
    pub(super) fn optional_name(&self, name: &str, most: usize) -> Result<Option<&str>, AwsError> {
        self.get(name).map(|_| self.name(name, most)).transpose()
    }

    /// Returns the path of a user, group or device, if it is given.
    pub(super) fn path(&self, name: &str) -> Result<Option<&str>, AwsError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        check_length(&field(name), value, 1, 512)?;
        let inner = value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let valid = value == "/" || inner.is_some_and(|inner| !inner.is_empty() && inner.chars().all(is_graphic));
        if valid {
            Ok(Some(value))
        } else {
            Err(refusal::invalid_path(&field(name)))
        }
    }

    /// Returns the path of a policy, if it is given.
    pub(super) fn policy_path(&self, name: &str) -> Result<Option<&str>, AwsError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        check_length(&field(name), value, 1, 512)?;
        if is_policy_path(value) {
            Ok(Some(value))
        } else {
            Err(refusal::constraint(&field(name), POLICY_PATH_PATTERN))
        }
    }

    /// Returns what paths must begin with; everything does with `/`.
    pub(super) fn path_prefix(&self) -> Result<&str, AwsError> {
        let value = self.get("PathPrefix").unwrap_or("/");
        check_length("pathPrefix", value, 1, 512)?;
        let valid = value
            .strip_prefix('/')
            .is_some_and(|rest| rest.chars().all(|c| is_graphic(c) || c == '\u{7f}'));
        if valid {
            Ok(value)
        } else {
            Err(refusal::invalid_path_prefix("pathPrefix"))
        }
    }

    /// Returns what the paths of policies must begin with.
    pub(super) fn policy_path_prefix(&self) -> Result<&str, AwsError> {
        Ok(self.policy_path("PathPrefix")?.unwrap_or("/"))
    }

    /// Returns the ARN of a managed policy.
    pub(super) fn policy_arn(&self, name: &str) -> Result<&str, AwsError> {
        let value = self.bounded(name, 20, 2048)?;
        let parts: Vec<&str> = value.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, "iam", "", account, resource]
                if !partition.is_empty() && !account.is_empty() && resource.starts_with("policy/") =>
            {
                Ok(value)
            }
            ["arn", _, _, _, _, _] => Err(refusal::not_a_policy_arn(value)),
            _ => Err(refusal::unparsable_arn()),
        }
    }

    /// Returns the id of an access key, certificate or credential.
    pub(super) fn id(&self, name: &str, least: usize) -> Result<&str, AwsError> {
        let value = self.required(name)?;
        if !value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(refusal::constraint(&field(name), WORD_PATTERN));
        }
        check_length(&field(name), value, least, 128)?;
        Ok(value)
    }

    /// Returns the id of a policy version.
    pub(super) fn version_id(&self) -> Result<&str, AwsError> {
        let value = self.required("VersionId")?;
        let number = value
            .strip_prefix('v')
            .map(|rest| rest.split_once('.').unwrap_or((rest, "")));
        let valid = number.is_some_and(|(number, tail)| {
            number.starts_with(|c: char| ('1'..='9').contains(&c))
                && number.chars().all(|c| c.is_ascii_digit())
                && tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        if valid {
            Ok(value)
        } else {
            Err(refusal::constraint("versionId", VERSION_PATTERN))
        }
    }

    /// Returns a parameter that must be one of a set, if it is given.
    pub(super) fn one_of(&self, name: &str, allowed: &[&str]) -> Result<Option<&str>, AwsError> {
        match self.get(name) {
            Some(value) if !allowed.contains(&value) => {
                Err(refusal::constraint(&field(name), "satisfy enum value set"))
            }
            value => Ok(value),
        }
    }

    /// Returns whether a parameter is `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns a long text: a policy document, a certificate, a public key.
    pub(super) fn text(&self, name: &str, most: usize) -> Result<&str, AwsError> {
        let value = self.bounded(name, 1, most)?;
        if value.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
            return Ok(value);
        }
        Err(refusal::constraint(&field(name), TEXT_PATTERN))
    }

    /// Returns how many items a page may have.
    pub(super) fn max_items(&self) -> Result<usize, AwsError> {
        let Some(value) = self.get("MaxItems") else {
            return Ok(100);
        };
        match value.parse::<i64>() {
            Ok(number @ 1..=1000) => Ok(usize::try_from(number).unwrap_or(1000)),
            Ok(number) if number > 1000 => {
                Err(refusal::constraint("maxItems", "have value less than or equal to 1000"))
            }
            _ => Err(refusal::constraint("maxItems", "have value greater than or equal to 1")),
        }
    }
}

/// Checks a length, in characters.
pub(super) fn check_length(field: &str, value: &str, least: usize, most: usize) -> Result<(), AwsError> {
    let length = value.chars().count();
    if length > most {
        return Err(refusal::constraint(
            field,
            &format!("have length less than or equal to {most}"),
        ));
    }
    if length < least {
        return Err(refusal::constraint(
            field,
            &format!("have length greater than or equal to {least}"),
        ));
    }
    Ok(())
}

/// Returns a parameter's name as messages give it: `userName`.
pub(super) fn field(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(characters)
        .collect()
}

fn is_graphic(character: char) -> bool {
    ('\u{21}'..='\u{7e}').contains(&character)
}

fn is_policy_path(path: &str) -> bool {
    path.starts_with('/')
        && path.ends_with('/')
        && !path.contains("//")
        && path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || POLICY_PATH_SYMBOLS.contains(c))
}
