//! Tags of an IAM user. Keys are compared ignoring case there (IAM user guide, "Tagging IAM resources").

use super::checked::{NameError, checked_name};

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`, and no `aws:` in front.
fn is_tag_text(text: &str) -> bool {
    let reserved = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    !reserved
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || is_separator(c) || "_.:/=+-@".contains(c))
}

/// Unicode's separators (`\p{Z}`): spaces, but not tabs or line ends.
fn is_separator(c: char) -> bool {
    c == ' ' || (c.is_whitespace() && !c.is_ascii() && !c.is_control())
}

checked_name! {
    /// The key of a tag.
    TagKey, "a tag key", "1 to 128 letters, digits, spaces and `_ . : / = + - @`, not beginning with `aws:`", |t| {
        (1..=128).contains(&t.chars().count()) && is_tag_text(t)
    }
}
checked_name! {
    /// The value of a tag; may be empty.
    TagValue, "a tag value", "up to 256 letters, digits, spaces and `_ . : / = + - @`, not beginning with `aws:`", |t| {
        t.chars().count() <= 256 && is_tag_text(t)
    }
}

/// A tag: key and value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tag {
    /// The key, unique on a user ignoring case.
    pub key: TagKey,
    /// The value.
    pub value: TagValue,
}

impl TagKey {
    /// The tag that says which project owns a user.
    pub fn project() -> TagKey {
        TagKey("ciuser:project".to_owned())
    }

    /// The tag that says which run made or adopted a user.
    pub fn run() -> TagKey {
        TagKey("ciuser:run".to_owned())
    }

    /// Tells whether IAM takes the two for the same key: on users it ignores case.
    pub fn same_as(&self, other: &TagKey) -> bool {
        self.as_str().to_lowercase() == other.as_str().to_lowercase()
    }

    /// Tells whether the key is one of ciuser's own.
    pub fn is_own(&self) -> bool {
        self.as_str()
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case("ciuser:"))
    }
}

impl Tag {
    /// Checks key and value.
    ///
    /// # Errors
    /// The rule that either breaks.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Result<Tag, NameError> {
        Ok(Tag {
            key: TagKey::new(key)?,
            value: TagValue::new(value)?,
        })
    }
}

/// Reads the flag form, `KEY=VALUE`.
impl std::str::FromStr for Tag {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Tag, NameError> {
        match text.split_once('=') {
            Some((key, value)) => Tag::new(key, value),
            None => Err(NameError {
                value: text.to_owned(),
                what: "a tag",
                rule: "write `KEY=VALUE`",
            }),
        }
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_split_at_the_first_equals_sign() {
        let tag: Tag = "project=a=b".parse().unwrap();
        assert_eq!((tag.key.as_str(), tag.value.as_str()), ("project", "a=b"));
        assert_eq!("empty=".parse::<Tag>().unwrap().value.as_str(), "");
        assert!("lonely".parse::<Tag>().is_err());
    }

    #[test]
    fn reserved_and_foreign_characters_are_refused() {
        for bad in ["aws:x=1", "AWS:x=1", "k=aws:v", "a\tb=1", "a*=1", "=v"] {
            assert!(bad.parse::<Tag>().is_err(), "{bad}");
        }
        assert!("Größe=10 km".parse::<Tag>().is_ok());
    }

    #[test]
    fn keys_are_the_same_ignoring_case() {
        assert!(
            TagKey::new("Department")
                .unwrap()
                .same_as(&TagKey::new("department").unwrap())
        );
        assert!(TagKey::new("ciuser:anything").unwrap().is_own());
    }
}
