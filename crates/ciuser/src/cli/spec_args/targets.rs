//! Where a key goes, in flags: stores, CI systems' places, and how to open them.

use std::collections::BTreeMap;
use std::path::Path;

use ciuser_core::name::UserName;
use ciuser_core::spec::{Places as _, SealSpec, read_provider, read_store};
use ciuser_core::target::{CsvFormat, ProviderSpec, Spelling, SpellingError, StoreSpec, VariableNames};
use clap::Args;

use crate::cli::exit::CliError;
use crate::cli::places::Typed;

/// Where the key goes, in flags.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets")]
pub(in crate::cli) struct TargetArgs {
    /// Store that keeps the key: `kdbx[:FILE]`, `1password:VAULT`, `csv[:FILE]`, `age:FILE`, `pass:ENTRY`, `keyring[:SERVICE]`,
    /// `vault:MOUNT/PATH`, `aws-secrets-manager:NAME`, `aws-ssm:NAME`; settings follow as `,KEY=VALUE`; repeatable
    #[arg(long = "store", value_name = "KIND[:PLACE]")]
    pub(super) stores: Vec<String>,
    /// CI system's place: `circleci-context:gh/ORG/CONTEXT`, `circleci-project:gh/ORG/REPO`, `github:OWNER/REPO[/ENVIRONMENT]`,
    /// `github-organization:ORG`, `gitlab:PROJECT[:SCOPE]`, `gitlab-group:GROUP[:SCOPE]`, `bitbucket:WORKSPACE/REPO[/DEPLOYMENT]`,
    /// `bitbucket-workspace:WORKSPACE`, `buildkite:ORG/CLUSTER`; settings follow as `,KEY=VALUE`; repeatable
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
        let mut spelling = Spelling::of_store(text).map_err(|error| misspelt("--store", text, &error))?;
        match spelling.kind() {
            "kdbx" => self.complete_kdbx(&mut spelling, user, typed),
            "csv" => {
                if let Some(CsvFormat::Console) = self.csv_format {
                    spelling.set_default("format", "console");
                }
            }
            _ => {}
        }
        read_store(spelling.into_entry(), user, typed)
            .map_err(|error| CliError::usage(format!("`--store {text}`: {error}")))
    }

    fn complete_kdbx(&self, spelling: &mut Spelling, user: &UserName, typed: &Typed<'_>) {
        if let Some(file) = &self.kdbx_password_file {
            spelling.set_default("password-file", file.as_str());
        }
        let path = spelling
            .place()
            .map(str::to_owned)
            .or_else(|| typed.default_store("kdbx", user));
        match (self.kdbx_key_file.as_deref(), path) {
            (Some("new"), Some(path)) => spelling.set_default("key-file", key_file_beside(&path)),
            (Some(file), _) => spelling.set_default("key-file", file),
            (None, _) => {}
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
            if let ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. } = place
                && url.is_none()
            {
                *url = server.map(str::to_owned);
            }
        }
        Ok(places)
    }

    fn place(&self, text: &str, names: &BTreeMap<String, String>) -> Result<ProviderSpec, CliError> {
        let mut spelling = Spelling::of_provider(text).map_err(|error| misspelt("--deliver", text, &error))?;
        if spelling.kind() == "circleci-context" {
            if !self.restrict_to.is_empty() {
                spelling.set_default("restrict-to", self.restrict_to.clone());
            }
            if self.open_context {
                spelling.set_default("open", true);
            }
        }
        let mut entry = spelling.into_entry();
        if !names.is_empty() {
            let names = names
                .iter()
                .map(|(standard, chosen)| (standard.clone(), chosen.as_str().into()));
            entry.insert("names".to_owned(), toml::Table::from_iter(names).into());
        }
        read_provider(entry).map_err(|error| CliError::usage(format!("`--deliver {text}`: {error}")))
    }

    fn names(&self) -> Result<BTreeMap<String, String>, CliError> {
        let mut map = BTreeMap::new();
        for entry in &self.variables {
            let (standard, chosen) = entry
                .split_once('=')
                .ok_or_else(|| CliError::usage(format!("`--variable {entry}`: write `NAME=NAME`")))?;
            map.insert(standard.to_owned(), chosen.to_owned());
        }
        let checked = VariableNames::try_from(map.clone());
        checked.map_err(|error| CliError::usage(format!("`--variable`: {error}")))?;
        Ok(map)
    }
}

pub(super) fn misspelt(flag: &str, text: &str, error: &SpellingError) -> CliError {
    CliError::usage(format!("`{flag} {text}`: {error}")).with_hint(error.hint())
}

/// Returns where a new key file goes: beside the KeePass file, under its name.
pub(in crate::cli) fn key_file_beside(kdbx: &str) -> String {
    Path::new(kdbx).with_extension("keyx").to_string_lossy().into_owned()
}
