//! `ciuser export`: writes the users of a spec file for Terraform or CloudFormation. Asks nobody, changes nothing.

use std::path::{Path, PathBuf};

use ciuser_core::name::UserName;
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::plan::read_spec_file;
use crate::document::{Document, Export, Kind};
use crate::export::{Format, export};
use crate::place;
use crate::written::quoted;

const EXAMPLES: &str = "\
Examples:
  Have Terraform make the users of a spec file, then their keys by ciuser:
    ciuser export terraform -f ciuser.toml --out ci-users.tf
  Read the CloudFormation template of one of them:
    ciuser export cloudformation --user CI_USER";

pub(super) const ABOUT: &str = "\
Write the users of a spec file for Terraform or CloudFormation

Users, policies, groups, boundaries and tags are what `ciuser apply` would make. Access keys are left to ciuser: those \
tools keep secrets in their state. Once the users are made, `ciuser apply --adopt` takes them over.";

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportArgs {
    /// For which tool
    #[arg(value_enum)]
    format: Format,
    /// Spec file
    #[arg(long, short, value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
    /// Only this user of the file; repeatable
    #[arg(long, value_name = "NAME")]
    user: Vec<UserName>,
    /// Write to a file, new or written by `export` before; `-` prints it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs `export`.
pub(super) fn run(args: &ExportArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let mut spec = read_spec_file(&args.file, setting)?;
    if let Some(unknown) = args
        .user
        .iter()
        .find(|name| !spec.users.iter().any(|user| user.name.same_as(name)))
    {
        return Err(CliError::usage(format!(
            "`{}` has no user `{unknown}`",
            args.file.display()
        )));
    }
    if !args.user.is_empty() {
        spec.users
            .retain(|user| args.user.iter().any(|name| user.name.same_as(name)));
    }
    let text = export(args.format, &spec);
    let out = args.out.as_deref();
    let out = out.filter(|out| *out != Path::new("-") && !setting.global.dry_run);
    if let Some(out) = out {
        write(args.format, out, &text, setting)?;
    }
    if setting.ui.is_json() {
        let document = Export {
            format: args.format,
            file: out.map(|path| path.display().to_string()),
            text: out.is_none().then_some(text),
        };
        setting.ui.json(&Document::new(Kind::Export, document));
    } else if out.is_none() {
        setting.ui.verbatim(&text);
    } else {
        let file = quoted(&args.file.to_string_lossy());
        setting.ui.next(&[
            "apply it with its own tool".to_owned(),
            format!("`ciuser apply -f {file} --adopt` then takes the users over"),
        ]);
    }
    Ok(Exit::Done)
}

/// Writes a file anew that was written for the same tool before, and no other.
fn write(format: Format, out: &Path, text: &str, setting: &Setting<'_>) -> Result<(), CliError> {
    let home = Some(setting.environment.home());
    let path = place::absolute(setting.environment.current_dir(), home, &out.to_string_lossy());
    // A pipe would be waited for.
    place::refuse_what_is_no_file(&path)?;
    let there = place::read_text(&path)?;
    if there.is_some_and(|there| !there.starts_with(&format.head())) {
        let what = format!(
            "`{}` exists, and `export {}` did not write it",
            out.display(),
            format.word()
        );
        return Err(CliError::refused(what).with_hint("name another file"));
    }
    Ok(place::write_public(&path, text.as_bytes())?)
}
