//! Flags and the wizard's form: each can be made of the other, so that both lead to a spec in one way.

use ciuser_core::name::{Path, ProjectName, Tag, UserName};
use ciuser_core::target::Spelling;

use super::targets::misspelt;
use super::{SpecArgs, TargetArgs, policy_for};
use crate::cli::exit::CliError;
use crate::wizard::{Asked, Form, PlaceKind, PlaceRow, TagRow, restriction};

impl SpecArgs {
    /// Returns the form with what the flags have said; a store that names no file goes to its `usual` one.
    pub(in crate::cli) fn form(
        &self,
        name: Option<&UserName>,
        usual: impl Fn(PlaceKind) -> String,
    ) -> Result<Form, CliError> {
        let mut policies = self.policies.clone();
        for service in &self.services {
            let policy = policy_for(service)?;
            if !policies.contains(&policy) {
                policies.push(policy);
            }
        }
        let tags = self.tags.iter().map(|tag| TagRow {
            key: tag.key.to_string(),
            value: tag.value.to_string(),
        });
        let inline = self.inline.iter().map(|entry| format!("--inline {entry}"));
        let untag = self.untag.iter().map(|key| format!("--untag {key}"));
        Ok(Form {
            name: name.map(ToString::to_string).unwrap_or_default(),
            path: self.path.clone().unwrap_or_else(Path::root).to_string(),
            project: self.project.clone().unwrap_or_else(ProjectName::fallback).to_string(),
            policies,
            attach: self.attach.unwrap_or_default(),
            groups: self.groups.clone(),
            boundary: self.boundary.clone(),
            tags: tags.collect(),
            places: self.targets.rows(usual)?,
            restrict_to: match self.targets.open_context {
                true => "*".to_owned(),
                false => self.targets.restrict_to.join(" "),
            },
            kept: inline.chain(untag).collect(),
        })
    }

    /// Returns the flags that say what the form says, and what only flags can say as it was given.
    pub(in crate::cli) fn filled(&self, form: &Form) -> Result<SpecArgs, CliError> {
        let usage = |error: ciuser_core::name::NameError| CliError::usage(error.to_string());
        let tags = form.tags.iter().filter(|tag| !tag.is_empty());
        let tags: Result<Vec<Tag>, _> = tags.map(|tag| Tag::new(&tag.key, &tag.value)).collect();
        let (restrict_to, open_context) = restriction(&form.restrict_to);
        Ok(SpecArgs {
            policies: form.policies.clone(),
            services: Vec::new(),
            inline: self.inline.clone(),
            groups: form.groups.clone(),
            attach: Some(form.attach),
            boundary: form.boundary.clone(),
            path: Some(Path::new(&form.path).map_err(usage)?),
            tags: tags.map_err(usage)?,
            untag: self.untag.clone(),
            project: Some(ProjectName::new(&form.project).map_err(usage)?),
            targets: self.targets.with(form.targets(), restrict_to, open_context),
        })
    }

    /// Returns the flags of one target alone, for a look at it.
    pub(in crate::cli) fn only(&self, asked: &Asked) -> TargetArgs {
        let (restrict_to, open_context) = restriction(&asked.restrict_to);
        self.targets.with([&asked.row].into_iter(), restrict_to, open_context)
    }

    /// Tells whether anything was said about permissions.
    pub(in crate::cli) fn says_permissions(&self) -> bool {
        !(self.policies.is_empty() && self.services.is_empty() && self.inline.is_empty() && self.groups.is_empty())
    }
}

impl TargetArgs {
    /// Returns the targets as rows; without any, the KeePass file.
    fn rows(&self, usual: impl Fn(PlaceKind) -> String) -> Result<Vec<PlaceRow>, CliError> {
        let none = ["kdbx".to_owned()];
        let stores = if self.stores.is_empty() {
            none.as_slice()
        } else {
            &self.stores
        };
        let mut rows = Vec::new();
        let stores = stores.iter().filter(|store| *store != "none");
        let stores = stores.map(|text| (text, PlaceKind::OtherStore));
        let places = self.deliver.iter().map(|text| (text, PlaceKind::OtherPlace));
        for (text, other) in stores.chain(places) {
            let (word, place) = text.split_once(':').unwrap_or((text, ""));
            let mut asked_for = PlaceKind::ALL.into_iter();
            let kind = asked_for.find(|kind| kind.is_store() == other.is_store() && kind.word() == Some(word));
            let (kind, place) = match (kind, place) {
                (Some(kind), "") => (kind, usual(kind)),
                (Some(kind), place) => (kind, place.to_owned()),
                (None, _) => (other, spelling(text, other)?),
            };
            rows.push(PlaceRow { kind, place });
        }
        rows.sort_by_key(|row| row.kind);
        Ok(rows)
    }

    fn with<'a>(
        &self,
        rows: impl Iterator<Item = &'a PlaceRow> + Clone,
        restrict_to: Vec<String>,
        open_context: bool,
    ) -> TargetArgs {
        let mut targets = self.clone();
        targets.stores = rows
            .clone()
            .filter(|row| row.kind.is_store())
            .map(PlaceRow::spelt)
            .collect();
        targets.deliver = rows.filter(|row| !row.kind.is_store()).map(PlaceRow::spelt).collect();
        targets.restrict_to = restrict_to;
        targets.open_context = open_context;
        targets
    }
}

/// Returns a target that no row of its own is for, if it is one.
fn spelling(text: &str, kind: PlaceKind) -> Result<String, CliError> {
    let (flag, spelt) = match kind.is_store() {
        true => ("--store", Spelling::of_store(text)),
        false => ("--deliver", Spelling::of_provider(text)),
    };
    spelt.map_err(|error| misspelt(flag, text, &error))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn flags(words: &str) -> SpecArgs {
        let words = ["ciuser", "create", "CI_USER"]
            .into_iter()
            .chain(words.split_whitespace());
        match Cli::try_parse_from(words).unwrap().command {
            Command::Create(args) => args.spec,
            _ => panic!("this is `create`"),
        }
    }

    /// Sends flags through the form, and back.
    fn through_the_form(words: &str) -> SpecArgs {
        let flags = flags(words);
        let name = UserName::new("CI_USER").unwrap();
        let mut form = flags
            .form(Some(&name), |kind| format!("~/usual.{}", kind.word().unwrap()))
            .unwrap();
        form.make_room();
        flags.filled(&form).unwrap()
    }

    #[test]
    fn what_flags_say_comes_back_from_the_form_as_it_was() {
        let words = "--policy AmazonS3FullAccess --inline a=a.json --group developers --attach group \
                     --boundary arn:aws:iam::111122223333:policy/b --path /ci/ --tag env=test --untag old --project shop \
                     --store kdbx:keys.kdbx --store csv:keys.csv --store 1password:Infra,account=acme \
                     --store pass:aws/x,directory=/p \
                     --deliver circleci-context:gh/acme/deploy --deliver circleci-project:gh/acme/web --deliver github:acme/web --restrict-to gh/acme/web --restrict-to gh/acme/api \
                     --variable AWS_REGION=R --kdbx-key-file new --csv-format console";
        assert_eq!(format!("{:?}", through_the_form(words)), format!("{:?}", flags(words)));
    }

    #[test]
    fn what_flags_leave_open_is_filled_in_as_the_flags_would() {
        let filled = through_the_form("--for s3,S3,cloudfront --open-context");
        let said = flags(
            "--policy AmazonS3FullAccess --policy CloudFrontFullAccess --attach direct --path / --project default \
             --store kdbx:~/usual.kdbx --open-context",
        );
        assert_eq!(format!("{filled:?}"), format!("{said:?}"));
    }

    #[test]
    fn no_store_on_purpose_proposes_none() {
        let form = flags("--store none").form(None, |_| "usual".to_owned()).unwrap();
        assert_eq!(form.targets().count(), 0);
    }
}
