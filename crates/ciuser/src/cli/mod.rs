//! The command line: one file per command, each with its `Args` and its `run`.

mod apply;
mod circleci;
mod complete;
mod completions;
mod create;
mod delete;
mod exit;
mod export;
mod finish;
mod global;
mod help;
mod history;
mod init;
mod key;
mod live;
mod man;
mod places;
mod plan;
mod policies;
mod resume;
mod run;
mod sandbox;
mod saved;
mod spec_args;
mod unfinished;
mod wizard;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::env::Environment;
use crate::hygiene::NotHardened;
use crate::ui::{Manner, Ui};
#[cfg(test)]
pub(crate) use create::spec_of_command;
use exit::{CliError, Exit};
use global::GlobalArgs;
#[cfg(test)]
pub(crate) use help::sections;

/// Takes a CI pipeline from no AWS access to a key that is never lost, leaked, stale or oversized.
#[derive(Debug, Parser)]
#[command(name = "ciuser", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  Try it without any account:
    ciuser create CI_USER --sandbox --for s3,cloudfront --yes
  See what a spec file would change, then carry it out:
    ciuser plan -f ciuser.toml
    ciuser apply -f ciuser.toml

Exit codes:
  0   done, or nothing to do
  1   failed; nothing was changed, or all of it was undone
  2   wrong usage
  3   `plan --detailed-exit-code` found changes
  4   refused: a finding, a declined question, or nobody to ask
  5   applied in part; the message lists what remains
  70  a bug in ciuser";

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a CI user: permissions, tags, access key, stores, CI system, proof
    Create(Box<create::CreateArgs>),
    /// Write a commented spec file: a template, from flags, or from users that exist
    Init(Box<init::InitArgs>),
    /// Show what `apply` would do
    Plan(plan::PlanArgs),
    /// Carry out a spec file or a reviewed plan
    Apply(apply::ApplyArgs),
    /// Search and show managed policies; check, explain, simulate and compare any
    Policies(policies::PoliciesArgs),
    /// List and rotate access keys
    Key(key::KeyArgs),
    /// Delete a user with all that it has, or its access keys only
    Delete(Box<delete::DeleteArgs>),
    /// Carry on runs that did not end
    Resume(resume::ResumeArgs),
    /// Write the users of a spec file for Terraform or CloudFormation
    #[command(long_about = export::ABOUT)]
    Export(export::ExportArgs),
    /// Write the deploy jobs of a spec's users into CircleCI's pipeline file
    Circleci(circleci::CircleciArgs),
    /// List what was run on this machine and what is unfinished; needs neither credentials nor network
    #[command(long_about = history::ABOUT)]
    History(history::HistoryArgs),
    /// Serve or reset the local sandbox
    #[command(long_about = sandbox::ABOUT)]
    Sandbox(sandbox::SandboxArgs),
    /// Print a script that makes a shell complete commands and options
    Completions(completions::CompletionsArgs),
    /// Print a manual page, or write those of all commands
    Man(man::ManArgs),
}

/// Runs the program and returns its exit code; refuses to when the process could not be hardened.
pub(crate) fn main(hardened: Result<(), NotHardened>) -> ExitCode {
    let parsed = Cli::command()
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    let environment = Environment::read(cli.global.sandbox || matches!(cli.command, Command::Sandbox(_)));
    let ui = Ui::new(Manner {
        output: cli.global.output,
        color: cli.global.color,
        quiet: cli.global.quiet,
        unicode: environment.as_ref().is_ok_and(Environment::speaks_utf8),
        no_input: cli.global.no_input,
        flags: cli.global.session_flags(),
    });
    let ready = hardened
        .map_err(CliError::from)
        .and(environment.map_err(CliError::from));
    let ended = ready.and_then(|environment| dispatch(&cli, &environment, &ui));
    let exit = match ended {
        Ok(exit) => exit,
        Err(error) => error.report(&ui),
    };
    exit.code()
}

/// Prints what clap has to say: help, version, or what was wrong; the latter as JSON too, where that was asked for.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && crate::env::asks_for_json() {
        crate::ui::usage_document(&error.to_string());
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn dispatch(cli: &Cli, environment: &Environment, ui: &Ui) -> Result<Exit, CliError> {
    crate::log::start(cli.global.verbose);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("starting: {error}")))?;
    let local = tokio::task::LocalSet::new();
    runtime.block_on(local.run_until(async {
        let setting = global::Setting {
            global: &cli.global,
            environment,
            ui,
        };
        match &cli.command {
            Command::Create(args) => create::run(args, &setting).await,
            Command::Init(args) => init::run(args, &setting).await,
            Command::Plan(args) => plan::run(args, &setting).await,
            Command::Apply(args) => apply::run(args, &setting).await,
            Command::Policies(args) => policies::run(args, &setting).await,
            Command::Key(args) => key::run(args, &setting).await,
            Command::Delete(args) => delete::run(args, &setting).await,
            Command::Resume(args) => resume::run(args, &setting).await,
            Command::Export(args) => export::run(args, &setting),
            Command::Circleci(args) => circleci::run(args, &setting),
            Command::History(args) => history::run(args, &setting),
            Command::Sandbox(args) => sandbox::run(args, &setting).await,
            Command::Completions(args) => Ok(completions::run(args, &setting)),
            Command::Man(args) => man::run(args, &setting),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
