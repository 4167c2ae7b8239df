//! The policies that a command is about: files, AWS's managed policies by name or ARN, and the account's own by ARN.
//!
//! A name is AWS's policy of that name, whatever files there are: `./NAME` is a file. Nobody is called but for the
//! account's own policies.

use std::path::PathBuf;

use ciuser_core::name::PolicyArn;
use ciuser_policy::catalogue::{Catalogue, ManagedPolicy};
use ciuser_policy::document::{Document, PolicyDocument, PolicyKind};

use super::account;
use super::policy_type::{PolicyType, in_words, told_from};
use super::show::{pretty, unknown};
use crate::cli::exit::CliError;
use crate::cli::global::Setting;
use crate::place;

/// The name of the standard input on a command line.
const INPUT: &str = "-";

/// A policy's text, and what it is called.
pub(super) struct Source {
    /// The path as it was typed, or the policy's name.
    pub(super) name: String,
    /// The document, which may be no policy at all. Managed policies are laid out as `policies show` prints them.
    pub(super) text: String,
    /// Where it comes from.
    pub(super) origin: Origin,
}

/// Where a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file.
    File(PathBuf),
    /// The standard input.
    Input,
    /// AWS's managed policies.
    Aws,
    /// The account's managed policies.
    Account,
}

/// A policy of a kind that is known.
pub(super) struct Policy {
    /// What it is called.
    pub(super) name: String,
    parsed: PolicyDocument,
}

/// Where a policy is.
enum Place {
    Here(Source),
    Account(PolicyArn),
}

/// Reads policies, in this order.
pub(super) async fn read_all<'a>(
    named: impl IntoIterator<Item = &'a str>,
    setting: &Setting<'_>,
) -> Result<Vec<Source>, CliError> {
    let places = named.into_iter().map(|named| find(named, setting));
    let places: Vec<Place> = places.collect::<Result<_, _>>()?;
    let arns = places.iter().filter_map(|place| match place {
        Place::Account(arn) => Some(arn.clone()),
        Place::Here(_) => None,
    });
    let arns: Vec<PolicyArn> = arns.collect();
    let mut own = if arns.is_empty() {
        Vec::new()
    } else {
        account::read(&arns, setting).await?
    }
    .into_iter();
    let sources = places.into_iter().filter_map(|place| match place {
        Place::Here(source) => Some(source),
        Place::Account(arn) => own.next().map(|own| Source {
            name: arn.policy_name().to_owned(),
            text: pretty(&own.text),
            origin: Origin::Account,
        }),
    });
    Ok(sources.collect())
}

/// Finds what a word of the command line stands for.
fn find(named: &str, setting: &Setting<'_>) -> Result<Place, CliError> {
    if named == INPUT {
        let source = Source {
            name: "standard input".to_owned(),
            text: place::read_input()?,
            origin: Origin::Input,
        };
        return Ok(Place::Here(source));
    }
    if named.starts_with("arn:") {
        let arn = PolicyArn::new(named).map_err(|error| CliError::usage(error.to_string()))?;
        if !arn.is_aws_managed() {
            return Ok(Place::Account(arn));
        }
        let found = Catalogue::embedded().by_name(arn.policy_name());
        return found
            .map(of_catalogue)
            .ok_or_else(|| unknown(arn.policy_name()).with_usage());
    }
    // Names of AWS's policies have neither: a path does not cost unpacking the catalogue.
    let may_be_a_name = !named.contains(['/', '.']);
    if may_be_a_name && let Some(policy) = Catalogue::embedded().by_name(named) {
        return Ok(of_catalogue(policy));
    }
    let home = Some(setting.environment.home());
    let path = place::absolute(setting.environment.current_dir(), home, named);
    match place::read_text(&path)? {
        Some(text) => Ok(Place::Here(Source {
            name: named.to_owned(),
            text,
            origin: Origin::File(path),
        })),
        None if may_be_a_name => Err(unknown(named).with_usage()),
        None => Err(CliError::usage(format!("policy `{named}`: there is no such file"))),
    }
}

fn of_catalogue(policy: &ManagedPolicy) -> Place {
    Place::Here(Source {
        name: policy.name.to_owned(),
        text: pretty(policy.document()),
        origin: Origin::Aws,
    })
}

/// Reads the documents as policies of one kind.
pub(super) fn parse_all(sources: Vec<Source>, kind: PolicyKind) -> Result<Vec<Policy>, CliError> {
    sources.into_iter().map(|source| source.parse(kind)).collect()
}

impl Source {
    /// Returns of which kind it is: as typed, or else as can be told.
    pub(super) fn kind(&self, typed: Option<PolicyType>) -> PolicyKind {
        match (typed, &self.origin) {
            (Some(typed), _) => typed.kind(),
            (None, Origin::Aws | Origin::Account) => PolicyKind::Managed,
            (None, Origin::File(_) | Origin::Input) => told_from(&self.text),
        }
    }

    /// Reads the document as one of a kind.
    pub(super) fn parse(self, kind: PolicyKind) -> Result<Policy, CliError> {
        let parsed = PolicyDocument::parse_as(&self.text, kind).map_err(|error| {
            let what = format!("`{}` is no {}: {error}", self.name, in_words(kind));
            CliError::usage(what)
        })?;
        Ok(Policy {
            name: self.name,
            parsed,
        })
    }
}

impl Policy {
    /// Returns the parts of the document.
    pub(super) fn document(&self) -> &Document {
        self.parsed.document()
    }

    /// Returns the size that counts against IAM's quotas.
    pub(super) fn size(&self) -> usize {
        self.parsed.size()
    }

    /// Returns name and document, as policies are compiled.
    pub(super) fn named(&self) -> (&str, &Document) {
        (&self.name, self.document())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_an_aws_policy_looks_like_a_path() {
        let policies = Catalogue::embedded().policies();
        assert!(policies.iter().all(|policy| !policy.name.contains(['/', '.'])));
    }
}
