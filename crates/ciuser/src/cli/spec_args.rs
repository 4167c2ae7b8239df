//! The flag form of a spec: one user, from the command line.

mod form;

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use ciuser_core::name::{GroupName, Path, PolicyArn, PolicyName, ProjectName, Tag, TagKey, UserName};
use ciuser_core::spec::{Attach, Places as _, PolicyRef, SealSpec, Spec, UserSpec};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, VariableNames};
use ciuser_policy::document::PolicyDocument;
use ciuser_policy::service;
use clap::Args;

use super::exit::CliError;
use super::global::Setting;
use super::places::Typed;
use crate::written::Documents;

/// What a user shall be, in flags.
#[derive(Debug, Clone, Args)]
pub(super) struct SpecArgs {
    /// Managed policy, by name or ARN; repeatable
    #[arg(long = "policy", value_name = "NAME|ARN", help_heading = "Permissions")]
    policies: Vec<PolicyRef>,
    /// AWS services whose usual managed policies to attach, as in `s3,cloudfront,elasticbeanstalk`
    #[arg(
        long = "for",
        value_name = "SERVICE,...",
        value_delimiter = ',',
        help_heading = "Permissions"
    )]
    services: Vec<String>,
    /// Inline policy from a file; repeatable
    #[arg(long = "inline", value_name = "NAME=FILE", help_heading = "Permissions")]
    inline: Vec<String>,
    /// Group to be in; repeatable
    #[arg(long = "group", value_name = "GROUP", help_heading = "Permissions")]
    groups: Vec<GroupName>,
    /// Attach policies to the user, or to a group that ciuser makes for it
    #[arg(long, value_name = "HOW", value_parser = parse_attach, help_heading = "Permissions")]
    attach: Option<Attach>,
    /// Permissions boundary
    #[arg(long, value_name = "ARN", help_heading = "Permissions")]
    boundary: Option<PolicyArn>,
    /// Path of a new user [default: /]
    #[arg(long, value_name = "PATH", help_heading = "User")]
    path: Option<Path>,
    /// Tag to set; repeatable
    #[arg(long = "tag", value_name = "KEY=VALUE", help_heading = "User")]
    tags: Vec<Tag>,
    /// Tag to remove; repeatable
    #[arg(long = "untag", value_name = "KEY", help_heading = "User")]
    untag: Vec<TagKey>,
    /// Project that owns the user [default: default]
    #[arg(long, value_name = "NAME", help_heading = "User")]
    project: Option<ProjectName>,
    #[command(flatten)]
    targets: TargetArgs,
}

/// Where the key goes, in flags.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets")]
pub(super) struct TargetArgs {
    /// Store that keeps the key: `kdbx[:FILE]` (default) or `csv[:FILE]`, repeatable; `none` leaves keys alone
    #[arg(long = "store", value_name = "KIND[:LOCATION]")]
    stores: Vec<String>,
    /// CI system's place: `circleci-context:ORG/CONTEXT` or `circleci-project:SLUG`; repeatable
    #[arg(long = "deliver", value_name = "KIND:PLACE")]
    deliver: Vec<String>,
    /// Project that may use a context that has to be made; repeatable
    #[arg(long, value_name = "SLUG")]
    restrict_to: Vec<String>,
    /// Leave a new context open to every project, on purpose
    #[arg(long, conflicts_with = "restrict_to")]
    open_context: bool,
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

fn parse_attach(text: &str) -> Result<Attach, String> {
    match text {
        "direct" => Ok(Attach::Direct),
        "group" => Ok(Attach::Group),
        _ => Err("`direct` or `group`".to_owned()),
    }
}

fn parse_csv_format(text: &str) -> Result<CsvFormat, String> {
    match text {
        "import" => Ok(CsvFormat::Import),
        "console" => Ok(CsvFormat::Console),
        _ => Err("`import` or `console`".to_owned()),
    }
}

impl SpecArgs {
    /// Tells whether nothing was said of the user, so that a file may say all of it.
    pub(super) fn is_empty(&self) -> bool {
        self.policies.is_empty()
            && self.services.is_empty()
            && self.inline.is_empty()
            && self.groups.is_empty()
            && self.attach.is_none()
            && self.boundary.is_none()
            && self.path.is_none()
            && self.tags.is_empty()
            && self.untag.is_empty()
            && self.project.is_none()
            && self.targets.is_empty()
    }

    /// Tells whether nothing was said but the project.
    pub(super) fn is_only_project(&self) -> bool {
        let without = SpecArgs {
            project: None,
            ..self.clone()
        };
        without.is_empty()
    }

    /// Returns the project, if it was named.
    pub(super) fn project(&self) -> Option<&ProjectName> {
        self.project.as_ref()
    }

    /// Makes the spec of one user.
    pub(super) fn spec(&self, name: &UserName, setting: Setting<'_>) -> Result<Spec, CliError> {
        let typed = Typed::on_command_line(setting);
        let mut policies = self.policies.clone();
        for service in &self.services {
            policies.push(policy_for(service)?);
        }
        let user = UserSpec {
            name: name.clone(),
            path: self.path.clone().unwrap_or_else(Path::root),
            policies,
            attach: self.attach.unwrap_or_default(),
            groups: self.groups.clone(),
            inline: self.inline(&typed)?,
            tags: self.tags.clone(),
            untag: self.untag.clone(),
            boundary: self.boundary.clone(),
            stores: self.targets.stores(name, &typed)?,
            deliver: self.targets.deliver_at(setting.global.circleci_url.as_deref())?,
        };
        let spec = Spec {
            project: self.project.clone().unwrap_or_else(ProjectName::fallback),
            account: setting.global.expect_account.clone(),
            region: setting.global.region.clone(),
            seal: self.targets.seal(&typed),
            users: vec![user],
        };
        spec.checked().map_err(|error| CliError::usage(error.to_string()))
    }

    /// Returns where the documents of the inline policies lie.
    pub(super) fn documents(&self, name: &UserName, setting: Setting<'_>) -> Documents {
        let typed = Typed::on_command_line(setting);
        let named = self.inline.iter().filter_map(|entry| entry.split_once('='));
        let placed = named
            .filter_map(|(policy, path)| Some(((name.clone(), PolicyName::new(policy).ok()?), typed.absolute(path))));
        placed.collect()
    }

    fn inline(&self, typed: &Typed<'_>) -> Result<BTreeMap<PolicyName, PolicyDocument>, CliError> {
        let mut inline = BTreeMap::new();
        for entry in &self.inline {
            let (name, path) = entry
                .split_once('=')
                .ok_or_else(|| CliError::usage(format!("`--inline {entry}`: write `NAME=FILE`")))?;
            let name = PolicyName::new(name).map_err(|error| CliError::usage(error.to_string()))?;
            let text = typed.document(&typed.absolute(path)).map_err(CliError::usage)?;
            let document =
                PolicyDocument::parse(&text).map_err(|error| CliError::usage(format!("`{path}`: {error}")))?;
            if inline.insert(name, document).is_some() {
                return Err(CliError::usage(format!(
                    "`--inline {entry}`: this policy is named twice"
                )));
            }
        }
        Ok(inline)
    }
}

fn policy_for(name: &str) -> Result<PolicyRef, CliError> {
    let name = name.trim().to_lowercase();
    match service::policies_for(&name) {
        Some(policy) => policy
            .parse()
            .map_err(|error| CliError::usage(format!("`--for {name}`: {error}"))),
        None => {
            let known: Vec<&str> = service::known_services().collect();
            Err(
                CliError::usage(format!("`--for {name}`: no managed policy is known for this service"))
                    .with_hint(format!("known: {}; others by `--policy NAME`", known.join(", "))),
            )
        }
    }
}

impl TargetArgs {
    /// Tells whether no target was named.
    pub(super) fn is_empty(&self) -> bool {
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

    pub(super) fn seal(&self, typed: &Typed<'_>) -> SealSpec {
        SealSpec {
            recipient: self.seal_recipient.clone(),
            identity: self.seal_identity.as_deref().map(|path| typed.absolute(path)),
        }
    }

    /// Returns the stores; the KeePass file when nothing is said of them.
    pub(super) fn stores(&self, user: &UserName, typed: &Typed<'_>) -> Result<Vec<StoreSpec>, CliError> {
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
    pub(super) fn named_stores(&self, user: &UserName, typed: &Typed<'_>) -> Result<Vec<StoreSpec>, CliError> {
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
    pub(super) fn deliver(&self) -> Result<Vec<ProviderSpec>, CliError> {
        let names = self.names()?;
        self.deliver.iter().map(|text| self.place(text, &names)).collect()
    }

    /// Returns the CI systems' places, at the server that was named.
    fn deliver_at(&self, server: Option<&str>) -> Result<Vec<ProviderSpec>, CliError> {
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
pub(super) fn key_file_beside(kdbx: &str) -> String {
    FilePath::new(kdbx)
        .with_extension("keyx")
        .to_string_lossy()
        .into_owned()
}
