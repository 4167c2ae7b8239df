//! `ciuser plan`: shows what `apply` would do, and writes it down for review.

use std::path::{Path, PathBuf};

use ciuser_core::plan::write_plan;
use ciuser_core::spec::{Spec, SpecFile};
use clap::Args;

use super::complete::complete;
use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::places::Typed;
use super::run::{ChoiceArgs, make_plan};
use crate::clock::SystemClock;
use crate::document::{Document, Kind, PlanAndLines};
use crate::place;
use crate::written::quoted;

const EXAMPLES: &str = "\
Examples:
  Tell a script whether anything differs:
    ciuser plan --detailed-exit-code
  Have the plan reviewed, then carry out that very plan:
    ciuser plan -f ciuser.toml --out ci-user.plan.json";

/// Arguments of `plan`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PlanArgs {
    /// Spec file
    #[arg(long, short, value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
    /// Write the plan to a file, for `ciuser apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 3 when there are changes
    #[arg(long)]
    detailed_exit_code: bool,
    #[command(flatten)]
    choices: ChoiceArgs,
}

impl PlanArgs {
    /// Says how to carry the plan out, as it is typed.
    fn next_step(&self) -> String {
        if let Some(out) = &self.out {
            let out = quoted(&out.to_string_lossy());
            return format!("`ciuser apply {out}` carries out this very plan");
        }
        let file = quoted(&self.file.to_string_lossy());
        format!("`ciuser apply -f {file}{}` carries it out", self.choices.flags())
    }
}

/// Runs `plan`.
pub(super) async fn run(args: &PlanArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let spec = read_spec_file(&args.file, setting)?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let spec = complete(spec, setting, &live)?;
    let plan = make_plan(&live, &spec, &args.choices.choices()).await?;
    if let Some(out) = &args.out {
        let text = write_plan(&plan).map_err(|error| CliError::failed(error.to_string()))?;
        let path = place::absolute(
            setting.environment.current_dir(),
            Some(setting.environment.home()),
            &out.to_string_lossy(),
        );
        place::write_private(&path, text.as_bytes()).map_err(|error| CliError::failed(error.to_string()))?;
    }
    if live.ui.is_json() {
        live.ui.json(&Document::new(Kind::Plan, PlanAndLines::of(&plan)));
    } else {
        live.ui.talk("");
        live.ui.plan_result(&plan);
        if args.out.is_some() || plan.has_changes() {
            live.ui.next(&[args.next_step()]);
        }
    }
    Ok(if args.detailed_exit_code && plan.has_changes() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// Reads a spec file.
pub(super) fn read_spec_file(file: &Path, setting: &Setting<'_>) -> Result<Spec, CliError> {
    let path = place::absolute(
        setting.environment.current_dir(),
        Some(setting.environment.home()),
        &file.to_string_lossy(),
    );
    let text = match place::read_text(&path) {
        Ok(Some(text)) => text,
        Ok(None) => {
            return Err(CliError::usage(format!("spec file `{}` is not there", file.display()))
                .with_hint("`--file FILE` names another"));
        }
        Err(error) => return Err(CliError::failed(error.to_string())),
    };
    let typed = Typed::in_file(*setting, &path);
    SpecFile::parse(&text)
        .and_then(|parsed| parsed.into_spec(&typed))
        .map_err(|error| {
            let failed = CliError::usage(format!("spec file `{}`: {error}", file.display()));
            match error.hint() {
                Some(hint) => failed.with_hint(hint),
                None => failed,
            }
        })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::{Cli, Command};

    fn next_step(words: &[&str]) -> String {
        match Cli::try_parse_from(["ciuser", "plan"].iter().chain(words))
            .unwrap()
            .command
        {
            Command::Plan(args) => args.next_step(),
            _ => panic!("this is `plan`"),
        }
    }

    #[test]
    fn the_next_step_has_the_flags_of_the_plan_and_can_be_typed() {
        assert_eq!(next_step(&[]), "`ciuser apply -f ciuser.toml` carries it out");
        assert_eq!(
            next_step(&[
                "-f",
                "two words.toml",
                "--adopt",
                "--overwrite",
                "csv:a b.csv",
                "--overwrite",
                "kdbx:k"
            ]),
            "`ciuser apply -f 'two words.toml' --adopt --overwrite 'csv:a b.csv' --overwrite kdbx:k` carries it out"
        );
        assert_eq!(
            next_step(&["--adopt", "--out", "my plan"]),
            "`ciuser apply 'my plan'` carries out this very plan"
        );
    }
}
