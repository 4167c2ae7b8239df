//! Where a key goes, in flags: stores, CI systems' places, and how to open them.

use std::collections::BTreeMap;
use std::path::Path;

use ciuser_core::name::UserName;
use ciuser_core::spec::{Places as _, SealSpec};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};
use clap::Args;

use crate::cli::exit::CliError;
use crate::cli::places::Typed;

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
    pub(super) variables: Vec<String>,
    /// File with the passphrase of the KeePass file in its first line
    #[arg(long, value_name = "FILE")]
    pub(super) kdbx_password_file: Option<String>,
    /// Key file of the KeePass file; `new` makes one beside it
    #[arg(long, value_name = "FILE|new")]
    pub(super) kdbx_key_file: Option<String>,
    /// Columns of the CSV file: `import` for `aws configure import`, `console` as the AWS console writes it
    #[arg(long, value_name = "FORM", value_parser = parse_csv_format)]
    pub(super) csv_format: Option<CsvFormat>,
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
