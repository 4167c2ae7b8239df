//! Targets in flags: `KIND[:PLACE][,KEY=VALUE]...`, with the keys that the file has.
//!
//! A spelling becomes the same table that the file would hold, so that both are read by one reader.

mod form;

use ciuser_policy::nearest::nearest;
use toml::{Table, Value};

use self::form::{FORMS, Form, Parts, first_setting};
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
