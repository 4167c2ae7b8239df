//! `ciuser key verify`: proves every target of a spec anew.

use std::path::PathBuf;

use ciuser_core::apply::Failure;
use ciuser_core::name::UserName;
use ciuser_core::port::Clock as _;
use ciuser_core::spec::Spec;
use ciuser_core::whereabouts::verify;
use clap::Args;

use crate::cli::complete::complete;
use crate::cli::exit::{CliError, Exit};
use crate::cli::global::Setting;
use crate::cli::live::Live;
use crate::cli::plan::read_spec_file;
use crate::clock::SystemClock;
use crate::document::{Document, KeyVerify, Kind};
use crate::written::quoted;

const EXAMPLES: &str = "\
Examples:
  Every target of ciuser.toml; exit 5 when one lacks the live key:
    ciuser key verify
  The targets of one user, for a script:
    ciuser key verify CI_USER -f ciuser.toml --output json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct VerifyArgs {
    /// Name of the user [default: every user of the file]
    name: Option<UserName>,
    /// Spec file
    #[arg(long, short, value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
}

impl VerifyArgs {
    /// Reads the users whose targets are to be proven.
    pub(super) fn spec(&self, setting: &Setting<'_>) -> Result<Spec, CliError> {
        let mut spec = read_spec_file(&self.file, setting)?;
        if let Some(name) = &self.name {
            spec.users.retain(|user| user.name.same_as(name));
            if spec.users.is_empty() {
                let file = self.file.display();
                return Err(CliError::usage(format!("`{file}` has no user `{name}`")));
            }
        }
        Ok(spec)
    }
}

/// Proves the targets, and shows how each stands.
pub(super) async fn run(
    args: &VerifyArgs,
    spec: Spec,
    live: &Live<'_>,
    setting: &Setting<'_>,
) -> Result<Exit, CliError> {
    let spec = complete(spec, setting, live)?;
    let account = &live.scope.account;
    if let Some(expected) = spec.account.as_ref().filter(|expected| *expected != account) {
        let what = format!("this is account {account}, but the spec is for account {expected}");
        return Err(CliError::refused(what).with_hint("check `--profile`"));
    }
    let looker = live.looker(true, spec.region.as_ref());
    let mut users = Vec::new();
    for user in spec.users.iter().filter(|user| !user.targets().is_empty()) {
        live.ui.spin(&format!("looking at the targets of {}", user.name));
        users.push(verify(&looker, user).await.map_err(Failure::from)?);
    }
    live.ui.still();
    let fine = users
        .iter()
        .flat_map(|user| &user.targets)
        .all(|target| target.state.is_fine());
    if live.ui.is_json() {
        live.ui
            .json(&Document::new(Kind::KeyVerify, KeyVerify::of(account, &users)));
    } else if users.is_empty() {
        live.ui.result("no user of the file has targets");
    } else {
        for user in &users {
            live.ui.verified(user, SystemClock.now());
        }
    }
    if fine {
        return Ok(Exit::Done);
    }
    let file = quoted(&args.file.to_string_lossy());
    live.ui.next(&[
        format!("`ciuser plan -f {file}` says what it takes to put this right"),
        format!("`ciuser key rotate NAME -f {file}` issues a new key where no store gives the secret back"),
    ]);
    Ok(Exit::Partial)
}
