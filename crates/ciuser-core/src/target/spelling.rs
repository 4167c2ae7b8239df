//! Targets in flags: `KIND[:PLACE][,KEY=VALUE]...`, with the keys that the file has.
//!
//! A spelling becomes the same table that the file would hold, so that both are read by one reader.

use ciuser_policy::nearest::nearest;
use toml::{Table, Value};

use super::{ProviderSpec, StoreSpec, Target};

/// A target as a flag spells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spelling {
    form: &'static Form,
    place: Option<String>,
    settings: Table,
}

/// A flag that does not spell a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpellingError {
    /// No target is of this kind.
    #[error("no target is of the kind `{kind}`")]
    Kind {
        /// What was written.
        kind: String,
        /// The kinds that there are.
        kinds: Vec<&'static str>,
    },
    /// The place has another form.
    #[error("this is not a place of a target of the kind `{kind}`")]
    Place {
        /// The kind.
        kind: &'static str,
        /// The form, `gh/ORG/CONTEXT`.
        form: &'static str,
    },
    /// A setting that this kind does not have.
    #[error("a target of the kind `{kind}` has no `{key}`")]
    Setting {
        /// The kind.
        kind: &'static str,
        /// What was written.
        key: String,
        /// The settings that it has.
        keys: Vec<&'static str>,
    },
    /// A setting that is either on or off.
    #[error("`{key}` is `true` or `false`")]
    NotBoolean {
        /// The setting.
        key: String,
    },
}

impl SpellingError {
    /// Returns what to do next.
    pub fn hint(&self) -> String {
        let listed = |words: &[&str]| {
            words
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let meant = |word: &str, known: &[&'static str]| match nearest(word, known.iter().copied()).first() {
            Some(near) => format!("did you mean `{near}`? there are {}", listed(known)),
            None => format!("there are {}", listed(known)),
        };
        match self {
            SpellingError::Kind { kind, kinds } => meant(kind, kinds),
            SpellingError::Place { kind, form } => format!("write `{kind}:{form}`"),
            SpellingError::Setting { keys, .. } if keys.is_empty() => "leave it away".to_owned(),
            SpellingError::Setting { key, keys, .. } => meant(key, keys),
            SpellingError::NotBoolean { key } => format!("write `,{key}=true`, or leave it away"),
        }
    }
}

/// How a kind of target is spelt.
#[derive(Debug, PartialEq)]
struct Form {
    kind: &'static str,
    /// As a hint shows it.
    place: &'static str,
    /// The keys that the place is made of.
    parts: Parts,
    /// The other keys.
    settings: &'static [(&'static str, Sort)],
}

/// Which keys a place is made of.
#[derive(Debug, PartialEq)]
enum Parts {
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
enum Sort {
    Text,
    Flag,
    /// Given several times.
    List,
}

use Sort::{Flag, List, Text};

const SCOPED: &[(&str, Sort)] = &[("protected", Flag), ("hidden", Flag), ("url", Text)];
const IN_AWS: &[(&str, Sort)] = &[("region", Text), ("kms-key", Text)];

const FORMS: &[Form] = &[
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

impl Spelling {
    /// Reads `--store`.
    ///
    /// # Errors
    /// When it does not spell a store. The place may be missing; whether it may is for the kind to say.
    pub fn of_store(text: &str) -> Result<Spelling, SpellingError> {
        Spelling::parse(text, &StoreSpec::KINDS)
    }

    /// Reads `--deliver`.
    ///
    /// # Errors
    /// When it does not spell a CI system's place.
    pub fn of_provider(text: &str) -> Result<Spelling, SpellingError> {
        let spelling = Spelling::parse(text, &ProviderSpec::KINDS)?;
        match spelling.place {
            Some(_) => Ok(spelling),
            None => Err(spelling.form.misplaced()),
        }
    }

    fn parse(text: &str, kinds: &[&'static str]) -> Result<Spelling, SpellingError> {
        let end = text.find([':', ',']).unwrap_or(text.len());
        let (kind, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let known = FORMS.iter().find(|form| form.kind == kind && kinds.contains(&kind));
        let form = known.ok_or_else(|| SpellingError::Kind {
            kind: kind.to_owned(),
            kinds: kinds.to_vec(),
        })?;
        let (place, settings) = match rest.strip_prefix(':') {
            Some(rest) => rest.split_at_checked(first_setting(rest)).unwrap_or((rest, "")),
            None => ("", rest),
        };
        let place = Some(place).filter(|place| !place.is_empty()).map(str::to_owned);
        if let Some(place) = &place {
            form.parts_of(place)?;
        }
        Ok(Spelling {
            form,
            place,
            settings: form.settings_of(settings)?,
        })
    }

    /// Returns the kind.
    pub fn kind(&self) -> &'static str {
        self.form.kind
    }

    /// Returns the place, if one was named.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// Sets what was not said.
    pub fn set_default(&mut self, key: &str, value: impl Into<Value>) {
        if !self.settings.contains_key(key) {
            self.settings.insert(key.to_owned(), value.into());
        }
    }

    /// Returns the table that the file would hold.
    pub fn into_entry(self) -> Table {
        let mut entry = Table::new();
        entry.insert("kind".to_owned(), self.form.kind.into());
        let parts = self.place.and_then(|place| self.form.parts_of(&place).ok());
        for (key, value) in parts.unwrap_or_default() {
            entry.insert(key.to_owned(), value.into());
        }
        entry.extend(self.settings);
        entry
    }
}

impl Target {
    /// Returns the target as a flag spells it, with its other settings. The names of variables are left out, which
    /// have a flag of their own. `shown` makes paths shorter.
    pub fn spelt(&self, shown: impl Fn(&str) -> String) -> String {
        let entry = match self {
            Target::Store(store) => Table::try_from(store),
            Target::Provider(provider) => Table::try_from(provider),
        };
        let entry = entry.unwrap_or_default();
        let path = |key: &str, value: &str| match key {
            "path" | "password-file" | "key-file" | "identity" | "directory" => shown(value),
            _ => value.to_owned(),
        };
        let Some(form) = FORMS.iter().find(|form| form.kind == self.kind()) else {
            return self.to_string();
        };
        let place = match form.parts {
            Parts::Whole(key) => path(key, &self.place()),
            _ => self.place(),
        };
        let mut spelt = format!("{}:{place}", form.kind);
        let mut add = |key: &str, value: &str| {
            spelt.push_str(&format!(",{key}={}", path(key, value)));
        };
        for (key, _) in form.settings {
            match entry.get(*key) {
                Some(Value::String(value)) => add(key, value),
                Some(Value::Boolean(true)) => add(key, "true"),
                Some(Value::Array(values)) => values
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|value| add(key, value)),
                _ => {}
            }
        }
        spelt
    }
}

impl Form {
    fn misplaced(&self) -> SpellingError {
        SpellingError::Place {
            kind: self.kind,
            form: self.place,
        }
    }

    /// Takes a place apart.
    fn parts_of(&self, place: &str) -> Result<Vec<(&'static str, String)>, SpellingError> {
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
    fn settings_of(&self, mut text: &str) -> Result<Table, SpellingError> {
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
fn first_setting(text: &str) -> usize {
    let begins = |(at, _): &(usize, &str)| {
        let key = text
            .get(at + 1..)
            .and_then(|rest| rest.split_once('='))
            .map(|(key, _)| key);
        key.is_some_and(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    };
    text.match_indices(',').find(begins).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(text: &str) -> StoreSpec {
        Spelling::of_store(text).unwrap().into_entry().try_into().unwrap()
    }

    fn provider(text: &str) -> ProviderSpec {
        Spelling::of_provider(text).unwrap().into_entry().try_into().unwrap()
    }

    #[test]
    fn what_a_flag_spells_is_spelt_the_same_again() {
        for text in [
            "kdbx:keys.kdbx,password-file=pw.txt,key-file=a, b.keyx",
            "1password:Infra, shared,account=acme",
            "csv:a.csv,format=console",
            "age:k.age,recipients=age1a,recipients=age1b,identity=~/id.txt",
            "pass:aws/storefront/CI_USER,directory=/srv/pass",
            "keyring:ciuser",
            "vault:secret/ci/storefront,url=https://vault.example.com,namespace=team",
            "aws-secrets-manager:ci/storefront,region=eu-west-1,kms-key=alias/ci",
            "aws-ssm:/ci/storefront",
        ] {
            let target = Target::Store(store(text));
            assert_eq!(target.spelt(str::to_owned), text);
            assert_eq!(Some(target.kind()), text.split(':').next());
        }
        for text in [
            "circleci-context:gh/acme/deploy,restrict-to=gh/acme/web,restrict-to=gh/acme/api,open=true",
            "circleci-context:circleci/o1/deploy,expression=pipeline.git.branch == \"main\"",
            "circleci-project:circleci/o1/p1,url=https://ci.example.com",
            "github:acme/storefront",
            "github:acme/storefront/production",
            "github-organization:acme,visibility=selected,repositories=storefront",
            "gitlab:acme/shop/storefront",
            "gitlab:acme/shop/storefront:review/*,protected=true,hidden=true",
            "gitlab-group:acme/shop:production",
            "bitbucket:acme/storefront/Production",
            "bitbucket-workspace:acme",
            "buildkite:acme/Default cluster",
        ] {
            assert_eq!(Target::Provider(provider(text)).spelt(str::to_owned), text);
        }
    }

    #[test]
    fn every_kind_can_be_spelt_and_no_form_is_without_a_kind() {
        let kinds: Vec<_> = StoreSpec::KINDS.into_iter().chain(ProviderSpec::KINDS).collect();
        assert!(FORMS.iter().map(|form| form.kind).eq(kinds));
    }

    #[test]
    fn a_place_may_be_left_away_for_a_store_only() {
        assert_eq!(Spelling::of_store("kdbx,key-file=k.keyx").unwrap().place(), None);
        let error = Spelling::of_provider("github").unwrap_err();
        assert_eq!(error.hint(), "write `github:OWNER/REPOSITORY[/ENVIRONMENT]`");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_can() {
        let refused = |text: &str| {
            let error = Spelling::of_provider(text)
                .or_else(|_| Spelling::of_store(text))
                .unwrap_err();
            format!("{error}; {}", error.hint())
        };
        assert_eq!(
            refused("kbdx:a"),
            "no target is of the kind `kbdx`; did you mean `kdbx`? there are `kdbx`, `1password`, `csv`, `age`, `pass`, \
             `keyring`, `vault`, `aws-secrets-manager`, `aws-ssm`"
        );
        let of_provider = |text: &str| {
            let error = Spelling::of_provider(text).unwrap_err();
            format!("{error}; {}", error.hint())
        };
        assert_eq!(
            of_provider("gitlab:a/b,protect=true"),
            "a target of the kind `gitlab` has no `protect`; did you mean `protected`? there are `protected`, `hidden`, `url`"
        );
        assert_eq!(
            of_provider("gitlab:a/b,protected=yes"),
            "`protected` is `true` or `false`; write `,protected=true`, or leave it away"
        );
        for text in [
            "circleci-context:gh/acme",
            "github:acme",
            "gitlab:",
            "gitlab:a:",
            "buildkite:acme",
            "github:a//b",
        ] {
            assert!(
                matches!(Spelling::of_provider(text), Err(SpellingError::Place { .. })),
                "{text}"
            );
        }
    }
}
