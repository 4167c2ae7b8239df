//! The forms of the kinds of targets: what their places are made of, and which settings they have.

use toml::{Table, Value};

use super::SpellingError;

/// How a kind of target is spelt.
#[derive(Debug, PartialEq)]
pub(super) struct Form {
    pub(super) kind: &'static str,
    /// As a hint shows it.
    place: &'static str,
    /// The keys that the place is made of.
    pub(super) parts: Parts,
    /// The other keys.
    pub(super) settings: &'static [(&'static str, Sort)],
}

/// Which keys a place is made of.
#[derive(Debug, PartialEq)]
pub(super) enum Parts {
    /// All of it is this one key.
    Whole(&'static str),
    /// The first key up to the first slash, the second all that follows.
    Two(&'static str, &'static str),
    /// The first key up to the second slash, the second all that follows.
    Context(&'static str, &'static str),
    /// Two names, and perhaps a part of that place, which is the second key.
    Within(&'static str, &'static str),
    /// The first key up to the first colon, and perhaps a second one.
    Scoped(&'static str, &'static str),
    /// Three names that are one key.
    Slug(&'static str),
}

/// What a setting can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sort {
    Text,
    Flag,
    /// Given several times.
    List,
}

use Sort::{Flag, List, Text};

const SCOPED: &[(&str, Sort)] = &[("protected", Flag), ("hidden", Flag), ("url", Text)];
const IN_AWS: &[(&str, Sort)] = &[("region", Text), ("kms-key", Text)];

pub(super) const FORMS: &[Form] = &[
    Form {
        kind: "kdbx",
        place: "FILE",
        parts: Parts::Whole("path"),
        settings: &[("password-file", Text), ("key-file", Text)],
    },
    Form {
        kind: "1password",
        place: "VAULT",
        parts: Parts::Whole("vault"),
        settings: &[("account", Text)],
    },
    Form {
        kind: "csv",
        place: "FILE",
        parts: Parts::Whole("path"),
        settings: &[("format", Text)],
    },
    Form {
        kind: "age",
        place: "FILE",
        parts: Parts::Whole("path"),
        settings: &[("recipients", List), ("identity", Text)],
    },
    Form {
        kind: "pass",
        place: "ENTRY",
        parts: Parts::Whole("entry"),
        settings: &[("directory", Text)],
    },
    Form {
        kind: "keyring",
        place: "SERVICE",
        parts: Parts::Whole("service"),
        settings: &[],
    },
    Form {
        kind: "vault",
        place: "MOUNT/PATH",
        parts: Parts::Two("mount", "path"),
        settings: &[("url", Text), ("namespace", Text)],
    },
    Form {
        kind: "aws-secrets-manager",
        place: "NAME",
        parts: Parts::Whole("name"),
        settings: IN_AWS,
    },
    Form {
        kind: "aws-ssm",
        place: "NAME",
        parts: Parts::Whole("name"),
        settings: IN_AWS,
    },
    Form {
        kind: "circleci-context",
        place: "gh/ORG/CONTEXT",
        parts: Parts::Context("org", "context"),
        settings: &[
            ("restrict-to", List),
            ("expression", Text),
            ("open", Flag),
            ("url", Text),
        ],
    },
    Form {
        kind: "circleci-project",
        place: "gh/ORG/REPOSITORY",
        parts: Parts::Slug("project"),
        settings: &[("url", Text)],
    },
    Form {
        kind: "github",
        place: "OWNER/REPOSITORY[/ENVIRONMENT]",
        parts: Parts::Within("repository", "environment"),
        settings: &[("url", Text)],
    },
    Form {
        kind: "github-organization",
        place: "ORGANIZATION",
        parts: Parts::Whole("organization"),
        settings: &[("visibility", Text), ("repositories", List), ("url", Text)],
    },
    Form {
        kind: "gitlab",
        place: "GROUP/PROJECT[:ENVIRONMENT-SCOPE]",
        parts: Parts::Scoped("project", "environment-scope"),
        settings: SCOPED,
    },
    Form {
        kind: "gitlab-group",
        place: "GROUP[:ENVIRONMENT-SCOPE]",
        parts: Parts::Scoped("group", "environment-scope"),
        settings: SCOPED,
    },
    Form {
        kind: "bitbucket",
        place: "WORKSPACE/REPOSITORY[/DEPLOYMENT]",
        parts: Parts::Within("repository", "deployment"),
        settings: &[("url", Text)],
    },
    Form {
        kind: "bitbucket-workspace",
        place: "WORKSPACE",
        parts: Parts::Whole("workspace"),
        settings: &[("url", Text)],
    },
    Form {
        kind: "buildkite",
        place: "ORGANIZATION/CLUSTER",
        parts: Parts::Two("organization", "cluster"),
        settings: &[("url", Text)],
    },
];

impl Form {
    /// Says that a place is not of this form.
    pub(super) fn misplaced(&self) -> SpellingError {
        SpellingError::Place {
            kind: self.kind,
            form: self.place,
        }
    }

    /// Takes a place apart.
    pub(super) fn parts_of(&self, place: &str) -> Result<Vec<(&'static str, String)>, SpellingError> {
        let cut = |count: usize| {
            let parts: Vec<&str> = place.splitn(count, '/').collect();
            parts.iter().all(|part| !part.is_empty()).then_some(parts)
        };
        let pair =
            |first: &'static str, a: String, second: &'static str, b: &str| vec![(first, a), (second, b.to_owned())];
        let parts = match self.parts {
            Parts::Whole(key) => Some(vec![(key, place.to_owned())]),
            Parts::Slug(key) => cut(3)
                .filter(|parts| parts.len() == 3)
                .map(|_| vec![(key, place.to_owned())]),
            Parts::Two(first, second) => match cut(2).as_deref() {
                Some([a, b]) => Some(pair(first, (*a).to_owned(), second, b)),
                _ => None,
            },
            Parts::Context(first, second) => match cut(3).as_deref() {
                Some([host, org, rest]) => Some(pair(first, format!("{host}/{org}"), second, rest)),
                _ => None,
            },
            Parts::Within(first, second) => match cut(3).as_deref() {
                Some([owner, name]) => Some(vec![(first, format!("{owner}/{name}"))]),
                Some([owner, name, part]) => Some(pair(first, format!("{owner}/{name}"), second, part)),
                _ => None,
            },
            Parts::Scoped(first, second) => match place.split_once(':') {
                Some((whole, scope)) if !whole.is_empty() && !scope.is_empty() => {
                    Some(pair(first, whole.to_owned(), second, scope))
                }
                Some(_) => None,
                None => Some(vec![(first, place.to_owned())]),
            },
        };
        parts.ok_or_else(|| self.misplaced())
    }

    /// Reads `,KEY=VALUE,KEY=VALUE`. A comma that no key follows belongs to the value before it.
    pub(super) fn settings_of(&self, mut text: &str) -> Result<Table, SpellingError> {
        let mut settings = Table::new();
        while let Some(rest) = text.strip_prefix(',') {
            let (setting, others) = rest.split_at_checked(first_setting(rest)).unwrap_or((rest, ""));
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            let known = self.settings.iter().find(|(known, _)| *known == key);
            let (_, sort) = known.ok_or_else(|| SpellingError::Setting {
                kind: self.kind,
                key: key.to_owned(),
                keys: self.settings.iter().map(|(key, _)| *key).collect(),
            })?;
            match sort {
                Text => drop(settings.insert(key.to_owned(), value.into())),
                Flag => {
                    let on: bool = value
                        .parse()
                        .map_err(|_| SpellingError::NotBoolean { key: key.to_owned() })?;
                    settings.insert(key.to_owned(), on.into());
                }
                List => {
                    let list = settings.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                    if let Value::Array(list) = list {
                        list.push(value.into());
                    }
                }
            }
            text = others;
        }
        Ok(settings)
    }
}

/// Returns where the first `,KEY=` begins, or the end of the text.
pub(super) fn first_setting(text: &str) -> usize {
    let begins = |(at, _): &(usize, &str)| {
        let key = text
            .get(at + 1..)
            .and_then(|rest| rest.split_once('='))
            .map(|(key, _)| key);
        key.is_some_and(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    };
    text.match_indices(',').find(begins).map_or(text.len(), |(at, _)| at)
}
