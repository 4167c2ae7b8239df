//! Where a key goes, in flags: stores, CI systems' places, and how to open them.

use std::collections::BTreeMap;
use std::path::Path;

use ciuser_core::name::UserName;
use ciuser_core::spec::{Places as _, SealSpec};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};
use clap::Args;

use crate::cli::exit::CliError;
use crate::cli::places::Typed;

/// What a command wants the targets for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Purpose {
    /// A user with a key, or without one.
    Create,
    /// A new key.
    Rotate,
    /// The end of a key.
    Delete,
}

/// Where the key goes, in flags.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets")]
pub(in crate::cli) struct TargetArgs {
    /// Store that keeps the key: `kdbx[:FILE]` or `csv[:FILE]`; repeatable
    #[arg(long = "store", value_name = "KIND[:LOCATION]")]
    pub(super) stores: Vec<String>,
    /// CI system's place: `circleci-context:ORG/CONTEXT` or `circleci-project:SLUG`; repeatable
    #[arg(long = "deliver", value_name = "KIND:PLACE")]
    pub(super) deliver: Vec<String>,
    /// Project that may use a context that has to be made; repeatable
    #[arg(long, value_name = "SLUG")]
    pub(super) restrict_to: Vec<String>,
    /// Leave a new context open to every project, on purpose
    #[arg(long, conflicts_with = "restrict_to")]
    pub(super) open_context: bool,
    /// Give a variable another name, as in `AWS_REGION=DEPLOY_REGION`; repeatable
    #[arg(long = "variable", value_name = "NAME=NAME")]
    variables: Vec<String>,
    /// File with the passphrase of the KeePass file in its first line
    #[arg(long, value_name = "FILE")]
    kdbx_password_file: Option<String>,
    /// Key file of the KeePass file; `new` makes one beside it
    #[arg(long, value_name = "FILE|new")]
    kdbx_key_file: Option<String>,
    /// Columns of the CSV file: `import` for `aws configure import`, `console` as the AWS console writes it
    #[arg(long, value_name = "FORM", value_parser = parse_csv_format)]
    csv_format: Option<CsvFormat>,
    /// Age recipient to seal the secret to during the handover
    #[arg(long, value_name = "RECIPIENT", requires = "seal_identity")]
    seal_recipient: Option<String>,
    /// File of the age identity that opens the seal again
    #[arg(long, value_name = "FILE", requires = "seal_recipient")]
    seal_identity: Option<String>,
}

fn parse_csv_format(text: &str) -> Result<CsvFormat, String> {
    match text {
        "import" => Ok(CsvFormat::Import),
        "console" => Ok(CsvFormat::Console),
        _ => Err("`import` or `console`".to_owned()),
    }
}

impl TargetArgs {
    /// Tells whether no target was named.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        self.stores.is_empty()
            && self.deliver.is_empty()
            && self.restrict_to.is_empty()
            && !self.open_context
            && self.variables.is_empty()
            && self.kdbx_password_file.is_none()
            && self.kdbx_key_file.is_none()
            && self.csv_format.is_none()
            && self.seal_recipient.is_none()
    }

    /// Refuses flags that would be ignored: those about a target that is not named, and `--store none` where it asks for
    /// nothing.
    pub(in crate::cli) fn check(&self, purpose: Purpose) -> Result<(), CliError> {
        let none = self.stores.iter().any(|store| store == "none");
        let contradiction = match purpose {
            Purpose::Create => None,
            Purpose::Rotate => Some((
                "`key rotate` issues a key",
                "without `--store` and `--deliver` it goes where the old one is",
            )),
            Purpose::Delete => Some((
                "`delete` deletes them",
                "without `--clear` no store is changed, whether it is named or not",
            )),
        };
        if let Some((what, hint)) = contradiction.filter(|_| none) {
            return Err(CliError::usage(format!("`--store none` leaves keys alone, and {what}")).with_hint(hint));
        }
        match self.idle(purpose) {
            Some((flag, about)) => Err(CliError::usage(format!(
                "`{flag}` has nothing to act on: it is about {about}, and none is named"
            ))
            .with_hint("name one, or leave the flag out")),
            None => Ok(()),
        }
    }

    /// Returns the first flag that no target is there for, and what it is about.
    fn idle(&self, purpose: Purpose) -> Option<(&'static str, &'static str)> {
        let kind_of = |target: &String| target.split(':').next().unwrap_or_default().to_owned();
        let mut stores: Vec<String> = self.stores.iter().map(kind_of).filter(|kind| kind != "none").collect();
        if self.stores.is_empty() && purpose != Purpose::Delete {
            stores.push("kdbx".to_owned());
        }
        let places: Vec<String> = self.deliver.iter().map(kind_of).collect();
        let has = |kinds: &[String], kind: &str| kinds.iter().any(|one| one == kind);
        let (kdbx, csv) = (has(&stores, "kdbx"), has(&stores, "csv"));
        let context = has(&places, "circleci-context");
        let flags = [
            (
                "--kdbx-password-file",
                self.kdbx_password_file.is_some(),
                kdbx,
                "a store `kdbx`",
            ),
            ("--kdbx-key-file", self.kdbx_key_file.is_some(), kdbx, "a store `kdbx`"),
            ("--csv-format", self.csv_format.is_some(), csv, "a store `csv`"),
            (
                "--restrict-to",
                !self.restrict_to.is_empty(),
                context,
                "a place `circleci-context`",
            ),
            (
                "--open-context",
                self.open_context,
                context,
                "a place `circleci-context`",
            ),
            (
                "--variable",
                !self.variables.is_empty(),
                !places.is_empty(),
                "a place of `--deliver`",
            ),
        ];
        let idle = flags.into_iter().find(|(_, said, there, _)| *said && !there);
        idle.map(|(flag, _, _, about)| (flag, about))
    }

    pub(in crate::cli) fn seal(&self, typed: &Typed<'_>) -> SealSpec {
        SealSpec {
            recipient: self.seal_recipient.clone(),
            identity: self.seal_identity.as_deref().map(|path| typed.absolute(path)),
        }
    }

    /// Returns the stores; the KeePass file when nothing is said of them.
    pub(in crate::cli) fn stores(&self, user: &UserName, typed: &Typed<'_>) -> Result<Vec<StoreSpec>, CliError> {
        if self.stores == ["none"] {
            return Ok(Vec::new());
        }
        let named: Vec<&str> = if self.stores.is_empty() {
            vec!["kdbx"]
        } else {
            self.stores.iter().map(String::as_str).collect()
        };
        named.into_iter().map(|text| self.store(text, user, typed)).collect()
    }

    /// Returns the stores that are named, and no other.
    pub(in crate::cli) fn named_stores(&self, user: &UserName, typed: &Typed<'_>) -> Result<Vec<StoreSpec>, CliError> {
        self.stores.iter().map(|text| self.store(text, user, typed)).collect()
    }

    fn store(&self, text: &str, user: &UserName, typed: &Typed<'_>) -> Result<StoreSpec, CliError> {
        let (kind, location) = match text.split_once(':') {
            Some((kind, location)) if !location.is_empty() => (kind, Some(location)),
            Some((kind, _)) => (kind, None),
            None => (text, None),
        };
        let path = location
            .map(|path| typed.absolute(path))
            .or_else(|| typed.default_store(kind, user));
        let unknown = || {
            CliError::usage(format!(
                "`--store {text}`: the kinds are `kdbx` and `csv`; `none` stands alone"
            ))
        };
        let path = path.ok_or_else(unknown)?;
        match kind {
            "kdbx" => Ok(StoreSpec::Kdbx {
                password_file: self.kdbx_password_file.as_deref().map(|path| typed.absolute(path)),
                key_file: self.kdbx_key_file.as_deref().map(|file| match file {
                    "new" => key_file_beside(&path),
                    file => typed.absolute(file),
                }),
                path,
            }),
            "csv" => Ok(StoreSpec::Csv {
                path,
                format: self.csv_format.unwrap_or_default(),
            }),
            _ => Err(unknown()),
        }
    }

    /// Returns the CI systems' places.
    pub(in crate::cli) fn deliver(&self) -> Result<Vec<ProviderSpec>, CliError> {
        let names = self.names()?;
        self.deliver.iter().map(|text| self.place(text, &names)).collect()
    }

    /// Returns the CI systems' places, at the server that was named.
    pub(super) fn deliver_at(&self, server: Option<&str>) -> Result<Vec<ProviderSpec>, CliError> {
        let mut places = self.deliver()?;
        for place in &mut places {
            let (ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. }) = place;
            *url = server.map(str::to_owned);
        }
        Ok(places)
    }

    fn place(&self, text: &str, names: &VariableNames) -> Result<ProviderSpec, CliError> {
        let malformed = || {
            CliError::usage(format!("`--deliver {text}`: this is not a place"))
                .with_hint("write `circleci-context:gh/ORG/CONTEXT` or `circleci-project:gh/ORG/REPOSITORY`")
        };
        let (kind, place) = text.split_once(':').ok_or_else(malformed)?;
        let parts: Vec<&str> = place.splitn(3, '/').collect();
        let [host, org, rest] = parts.as_slice() else {
            return Err(malformed());
        };
        if host.is_empty() || org.is_empty() || rest.is_empty() {
            return Err(malformed());
        }
        match kind {
            "circleci-context" => Ok(ProviderSpec::CircleciContext {
                org: format!("{host}/{org}"),
                context: (*rest).to_owned(),
                restrict_to: self.restrict_to.clone(),
                open: self.open_context,
                url: None,
                names: names.clone(),
            }),
            "circleci-project" => Ok(ProviderSpec::CircleciProject {
                project: place.to_owned(),
                url: None,
                names: names.clone(),
            }),
            _ => Err(malformed()),
        }
    }

    fn names(&self) -> Result<VariableNames, CliError> {
        let mut map = BTreeMap::new();
        for entry in &self.variables {
            let (standard, chosen) = entry
                .split_once('=')
                .ok_or_else(|| CliError::usage(format!("`--variable {entry}`: write `NAME=NAME`")))?;
            map.insert(standard.to_owned(), chosen.to_owned());
        }
        VariableNames::try_from(map).map_err(|error| CliError::usage(format!("`--variable`: {error}")))
    }
}

/// Returns where a new key file goes: beside the KeePass file, under its name.
pub(in crate::cli) fn key_file_beside(kdbx: &str) -> String {
    Path::new(kdbx).with_extension("keyx").to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Flags {
        #[command(flatten)]
        targets: TargetArgs,
    }

    fn refusal(words: &str, purpose: Purpose) -> Option<String> {
        let flags = Flags::try_parse_from(["ciuser"].into_iter().chain(words.split_whitespace())).unwrap();
        let error = flags.targets.check(purpose).err()?;
        error.into_failures().pop().map(|failure| failure.what)
    }

    #[test]
    fn a_flag_about_a_target_that_is_not_named_is_refused() {
        let idle = [
            ("--store none --kdbx-key-file new", "--kdbx-key-file", "a store `kdbx`"),
            (
                "--store csv --kdbx-password-file p",
                "--kdbx-password-file",
                "a store `kdbx`",
            ),
            ("--csv-format console", "--csv-format", "a store `csv`"),
            (
                "--restrict-to gh/acme/web",
                "--restrict-to",
                "a place `circleci-context`",
            ),
            (
                "--deliver circleci-project:gh/acme/web --open-context",
                "--open-context",
                "a place `circleci-context`",
            ),
            ("--variable AWS_REGION=R", "--variable", "a place of `--deliver`"),
        ];
        for (words, flag, about) in idle {
            let what = format!("`{flag}` has nothing to act on: it is about {about}, and none is named");
            assert_eq!(refusal(words, Purpose::Create), Some(what), "{words}");
        }
        let context = "--deliver circleci-context:gh/acme/deploy --restrict-to gh/acme/web --variable AWS_REGION=R";
        for words in ["", "--kdbx-key-file new", "--store csv:f --csv-format console", context] {
            assert_eq!(refusal(words, Purpose::Create), None, "{words}");
        }
        // No store is meant where none is named.
        assert!(refusal("--kdbx-key-file k", Purpose::Delete).is_some());
    }

    #[test]
    fn leaving_keys_alone_is_refused_where_the_command_is_about_keys() {
        let said = |purpose| refusal("--store none", purpose);
        assert_eq!(said(Purpose::Create), None);
        assert_eq!(
            said(Purpose::Rotate).as_deref(),
            Some("`--store none` leaves keys alone, and `key rotate` issues a key")
        );
        assert_eq!(
            said(Purpose::Delete).as_deref(),
            Some("`--store none` leaves keys alone, and `delete` deletes them")
        );
    }
}
