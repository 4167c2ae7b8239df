//! `ciuser key where`: from a key back to the places that hold it.

use std::path::PathBuf;

use ciuser_core::apply::Failure;
use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{Clock as _, Survey, Unseen};
use ciuser_core::spec::Spec;
use ciuser_core::target::Target;
use ciuser_core::whereabouts::{Located, Subject, locate};
use clap::Args;

use crate::cli::complete::{complete, servers};
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::cli::live::Live;
use crate::cli::plan::read_spec_file;
use crate::clock::SystemClock;
use crate::document::{Document, KeyWhere, Kind};
use crate::journal::Which;
use crate::provider::{self, CiSystem};
use crate::store;
use crate::targets::OpenTargets;

const EXAMPLES: &str = "\
Examples:
  Every place that holds a key that was found somewhere:
    ciuser key where AKIAIOSFODNN7EXAMPLE
  Where the keys of a user are, the targets of a spec file among the rest:
    ciuser key where CI_USER -f ciuser.toml";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct WhereArgs {
    /// Id of an access key, or name of a user
    #[arg(value_name = "KEY_ID|USER", value_parser = subject)]
    subject: Subject,
    /// Look at the user's targets in this spec file, too
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl WhereArgs {
    /// Reads the spec file, if there is one.
    pub(super) fn spec(&self, setting: &Setting<'_>) -> Result<Option<Spec>, CliError> {
        self.file.as_ref().map(|file| read_spec_file(file, setting)).transpose()
    }
}

/// Tells ids from names.
fn subject(text: &str) -> Result<Subject, String> {
    match AccessKeyId::new(text) {
        Ok(id) if id.is_long_term() => Ok(Subject::Key(id)),
        _ => UserName::new(text)
            .map(Subject::User)
            .map_err(|error| error.to_string()),
    }
}

/// Looks everywhere, and shows what was found and what was not looked at.
pub(super) async fn run(
    args: &WhereArgs,
    spec: Option<Spec>,
    live: &Live<'_>,
    setting: &Setting<'_>,
) -> Result<Exit, CliError> {
    let spec = spec.map(|spec| complete(spec, setting, live)).transpose()?;
    let targets_of = |name: &UserName| -> Vec<Target> {
        let users = spec.iter().flat_map(|spec| &spec.users);
        users
            .filter(|user| user.name.same_as(name))
            .flat_map(|user| user.targets())
            .collect()
    };
    let past = live.journal.runs(Which::All).map_err(Failure::from)?;
    let planned = past
        .iter()
        .flat_map(|run| &run.plan.users)
        .flat_map(|user| &user.targets);
    let delivered = planned.filter_map(|target| match target {
        Target::Provider(place) => Some(place),
        Target::Store(_) => None,
    });
    let asked = spec.iter().flat_map(|spec| &spec.users).flat_map(|user| &user.deliver);
    let (surveys, closed) = surveys(live, servers(asked.chain(delivered), setting));
    let region = spec
        .as_ref()
        .and_then(|spec| spec.region.as_ref())
        .or(live.region.as_ref());
    let looker = live.looker(false, region);
    let looking = |what: &str| live.ui.spin(&format!("looking at {what}"));
    let mut located = locate(&looker, &args.subject, targets_of, &surveys, &looking)
        .await
        .map_err(Failure::from)?;
    live.ui.still();
    located.unseen.extend(closed);
    located.unseen.extend(unasked(&located, args));
    if live.ui.is_json() {
        let document = KeyWhere::of(&live.scope.account, &located);
        live.ui.json(&Document::new(Kind::KeyWhere, document));
    } else {
        if let (Subject::User(name), []) = (&args.subject, located.keys.as_slice()) {
            live.ui.result(&format!(
                "user `{name}` has no access keys, and this machine knows of none"
            ));
        }
        live.ui.located(&located, SystemClock.now());
    }
    Ok(Exit::Done)
}

/// Opens what looks through services; the others are named among what was not looked at.
fn surveys<'l>(
    live: &'l Live<'_>,
    servers: Vec<(CiSystem, Option<String>)>,
) -> (Vec<Box<dyn Survey + 'l>>, Vec<Unseen>) {
    let (mut surveys, mut closed) = (Vec::new(), Vec::new());
    let OpenTargets { stores, reach } = live.targets();
    let systems = servers
        .into_iter()
        .map(|(system, url)| (system.name(), provider::survey(system, url.as_deref(), reach)));
    // What stores give back is what the others are compared with.
    for (service, opened) in [store::survey(stores, reach)].into_iter().chain(systems) {
        match opened {
            Ok(survey) => surveys.push(survey),
            Err(error) => closed.push(Unseen {
                what: format!("the places of {service}"),
                why: error.message,
            }),
        }
    }
    (surveys, closed)
}

/// Names what would have been looked at if more were known.
fn unasked(located: &Located, args: &WhereArgs) -> Option<Unseen> {
    if located.user.is_some() {
        return None;
    }
    let file = args.file.as_ref().map(|file| format!(" of `{}`, and", file.display()));
    Some(Unseen {
        what: format!("the targets{} that this machine knows of", file.unwrap_or_default()),
        why: "IAM does not say whose key it is".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        let id = AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap();
        assert_eq!(subject("AKIAIOSFODNN7EXAMPLE"), Ok(Subject::Key(id)));
        for name in ["CI_USER", "akia-deployer-of-the-shop", "AKIA", "AKIAdeployerOfTheShop"] {
            let expected = Subject::User(UserName::new(name).unwrap());
            assert_eq!(subject(name), Ok(expected), "{name}");
        }
        assert!(subject("no/name").is_err());
    }
}
