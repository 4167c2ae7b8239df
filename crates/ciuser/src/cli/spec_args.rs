//! The flag form of a spec: one user, from the command line.

mod form;
mod idle;
mod targets;

use std::collections::BTreeMap;

use ciuser_core::name::{GroupName, Path, PolicyArn, PolicyName, ProjectName, Tag, TagKey, UserName};
use ciuser_core::spec::{Attach, Places as _, PolicyRef, Spec, UserSpec};
use ciuser_policy::document::PolicyDocument;
use ciuser_policy::service;
use clap::Args;

use super::exit::CliError;
use super::global::Setting;
use super::places::Typed;
use crate::written::Documents;

pub(super) use idle::Purpose;
pub(super) use targets::{TargetArgs, key_file_beside};

const STORES: &str =
    "Store that keeps the key: `kdbx[:FILE]` (default) or `csv[:FILE]`, repeatable; `none` leaves keys alone";

/// What a user shall be, in flags.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("stores", |arg| arg.help(STORES)))]
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

fn parse_attach(text: &str) -> Result<Attach, String> {
    match text {
        "direct" => Ok(Attach::Direct),
        "group" => Ok(Attach::Group),
        _ => Err("`direct` or `group`".to_owned()),
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

    /// Refuses flags that would be ignored.
    pub(super) fn check(&self) -> Result<(), CliError> {
        self.targets.check(Purpose::Create)
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
            let document = PolicyDocument::parse(&text).map_err(|error| {
                let refused = CliError::usage(format!("`{path}`, {}: {error}", error.place()));
                match error.hint() {
                    Some(hint) => refused.with_hint(hint),
                    None => refused,
                }
            })?;
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
