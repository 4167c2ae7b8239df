//! The id of an access key: public, but never to be mixed up with its secret.

/// The id of an access key, `AKIA...`: 16 to 128 letters, digits and `_` (IAM API, `accessKeyIdType`).
///
/// The error does not repeat what was given: a secret pasted into the wrong field must not be shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(description = "The id of an access key, never its secret.")
)]
#[serde(try_from = "String", into = "String")]
pub struct AccessKeyId(String);

/// A text that is not an access key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an access key id: 16 to 128 letters, digits and `_`")]
pub struct AccessKeyIdError;

impl AccessKeyId {
    /// Checks the text against IAM's pattern.
    ///
    /// # Errors
    /// When it is shorter or longer, or has other characters.
    pub fn new(value: impl Into<String>) -> Result<Self, AccessKeyIdError> {
        let value = value.into();
        let fits = (16..=128).contains(&value.len());
        if fits && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            Ok(Self(value))
        } else {
            Err(AccessKeyIdError)
        }
    }

    /// Returns the id as IAM wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether it looks as IAM makes the ids of keys that do not expire: `AKIA`, and no lower case (IAM User Guide,
    /// "Understanding unique ID prefixes").
    pub fn is_long_term(&self) -> bool {
        self.0.starts_with("AKIA") && !self.0.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Returns the last four characters, which is what a CI system's mask shows.
    pub fn last_four(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

impl TryFrom<String> for AccessKeyId {
    type Error = AccessKeyIdError;
    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl std::str::FromStr for AccessKeyId {
    type Err = AccessKeyIdError;
    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Self::new(value)
    }
}

impl From<AccessKeyId> for String {
    fn from(id: AccessKeyId) -> String {
        id.0
    }
}

impl std::fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_the_wrong_field_is_refused_and_not_repeated() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let error = AccessKeyId::new(secret).unwrap_err().to_string();
        assert!(!error.contains(secret));
    }

    #[test]
    fn the_mask_is_the_last_four_characters() {
        assert_eq!(AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap().last_four(), "MPLE");
    }
}
