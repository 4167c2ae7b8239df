//! Names that are one string under one rule.

use std::fmt;

/// A text that is not the name it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {what}: {rule}")]
pub struct NameError {
    /// What was typed.
    pub value: String,
    /// What it should have been, with its article.
    pub what: &'static str,
    /// The rule it breaks, in words.
    pub rule: &'static str,
}

/// Makes a string type that can only be built through its rule.
macro_rules! checked_name {
    ($(#[$doc:meta])* $Name:ident, $what:literal, $rule:literal, $holds:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $Name(String);

        impl $Name {
            /// Checks the text against the rule.
            ///
            /// # Errors
            /// The rule, in words, and what was given.
            pub fn new(value: impl Into<String>) -> Result<Self, $crate::name::NameError> {
                let value = value.into();
                let holds: fn(&str) -> bool = $holds;
                if holds(&value) {
                    Ok(Self(value))
                } else {
                    Err($crate::name::NameError { value, what: $what, rule: $rule })
                }
            }

            /// Returns the text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $Name {
            type Error = $crate::name::NameError;
            fn try_from(value: String) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::name::NameError;
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new(value)
            }
        }

        impl From<$Name> for String {
            fn from(name: $Name) -> String {
                name.0
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($Name), "({:?})"), self.0)
            }
        }
    };
}
pub(super) use checked_name;

/// IAM's `[\w+=,.@-]`, with `\w` read as ASCII.
fn is_iam_name(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

checked_name! {
    /// The name of an IAM user. Unique in its account ignoring case, case kept
    /// (IAM user guide, "IAM and AWS STS quotas, name requirements").
    UserName, "a user name", "1 to 64 letters, digits and `+ = , . @ _ -`", |t| is_iam_name(t, 64)
}
checked_name! {
    /// The name of an IAM group. Unique in its account ignoring case.
    GroupName, "a group name", "1 to 128 letters, digits and `+ = , . @ _ -`", |t| is_iam_name(t, 128)
}
checked_name! {
    /// The name of a managed or inline policy.
    PolicyName, "a policy name", "1 to 128 letters, digits and `+ = , . @ _ -`", |t| is_iam_name(t, 128)
}
checked_name! {
    /// The path of a user or group, `/` or `/ci/`.
    Path, "a path", "it begins and ends with `/`, up to 512 visible ASCII characters, as in `/ci/`", |t| {
        (1..=512).contains(&t.len())
            && t.starts_with('/')
            && t.ends_with('/')
            && t.bytes().all(|b| (0x21..=0x7f).contains(&b))
    }
}
checked_name! {
    /// The twelve digits of an AWS account.
    AccountId, "an account id", "12 digits", |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())
}
checked_name! {
    /// The name of an AWS region, `eu-west-1`. Whether it exists is not checked: new ones appear.
    Region, "a region", "lower-case letters, digits and `-`, as in `eu-west-1`", |t| {
        (3..=32).contains(&t.len())
            && t.contains('-')
            && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }
}
checked_name! {
    /// Who owns what a spec names; the value of the tag `ciuser:project`.
    ProjectName, "a project name", "1 to 64 letters, digits and `. _ / -`", |t| {
        (1..=64).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
    }
}
checked_name! {
    /// One run of ciuser: the value of the tag `ciuser:run`, and part of the user agent.
    RunId, "a run id", "`r-` and 16 hexadecimal digits", |t| {
        t.strip_prefix("r-").is_some_and(|hex| {
            hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
    }
}

impl UserName {
    /// Tells whether IAM takes the two for the same user: it ignores case.
    pub fn same_as(&self, other: &UserName) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl GroupName {
    /// Tells whether IAM takes the two for the same group: it ignores case.
    pub fn same_as(&self, other: &GroupName) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl Path {
    /// Returns the path `/`, IAM's default.
    pub fn root() -> Path {
        Path("/".to_owned())
    }

    /// Returns `/ciuser/`, where the groups live that ciuser makes.
    pub fn own() -> Path {
        Path("/ciuser/".to_owned())
    }
}

impl ProjectName {
    /// Returns `default`, the project of the flag form.
    pub fn fallback() -> ProjectName {
        ProjectName("default".to_owned())
    }
}

impl RunId {
    /// Makes a run id of eight random bytes.
    pub fn from_entropy(bytes: [u8; 8]) -> RunId {
        use fmt::Write as _;
        let mut text = String::from("r-");
        for byte in bytes {
            let _ = write!(text, "{byte:02x}");
        }
        RunId(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_follow_iams_pattern_and_length() {
        for good in ["CI_USER", "a", "x+y=z,1.2@b-c", &"n".repeat(64)] {
            assert_eq!(UserName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "bad!", "ü", "a/b", &"n".repeat(65)] {
            assert!(UserName::new(bad).is_err(), "{bad}");
        }
        assert!(GroupName::new("n".repeat(128)).is_ok());
        assert!(GroupName::new("n".repeat(129)).is_err());
    }

    #[test]
    fn an_error_names_the_value_and_the_rule() {
        assert_eq!(
            UserName::new("bad name!").unwrap_err().to_string(),
            "`bad name!` is not a user name: 1 to 64 letters, digits and `+ = , . @ _ -`"
        );
    }

    #[test]
    fn names_are_compared_ignoring_case_and_kept_as_given() {
        let name = UserName::new("CI_USER").unwrap();
        assert!(name.same_as(&UserName::new("ci_user").unwrap()));
        assert_ne!(name, UserName::new("ci_user").unwrap());
    }

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        for good in ["/", "/ci/", "/a/b/"] {
            assert!(Path::new(good).is_ok(), "{good}");
        }
        for bad in ["", "ci", "/ci", "ci/", "/a b/"] {
            assert!(Path::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_run_id_round_trips() {
        let run = RunId::from_entropy([0, 1, 2, 3, 4, 5, 6, 255]);
        assert_eq!(run.as_str(), "r-00010203040506ff");
        assert_eq!(RunId::new(run.as_str()).unwrap(), run);
    }
}
