//! The command line: one file per command, each with its `Args` and its `run`.

mod apply;
mod create;
mod delete;
mod exit;
mod global;
mod key;
mod live;
mod places;
mod plan;
mod policies;
mod resume;
mod run;
mod sandbox;
mod spec_args;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::env::Environment;
use crate::hygiene::NotHardened;
use crate::ui::{Manner, Ui};
use exit::{CliError, Exit};
use global::GlobalArgs;

/// Takes a CI pipeline from no AWS access to a key that is never lost, leaked, stale or oversized.
#[derive(Debug, Parser)]
#[command(name = "ciuser", version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done or nothing to do; 1 failed, nothing changed; 2 wrong usage; 3 `plan --detailed-exit-code` found changes;
4 refused; 5 applied in part; 70 a bug in ciuser.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a CI user: permissions, tags, access key, stores, CI system, proof
    Create(Box<create::CreateArgs>),
    /// Show what `apply` would do
    Plan(plan::PlanArgs),
    /// Carry out a spec file or a reviewed plan
    Apply(apply::ApplyArgs),
    /// Search and show managed policies
    Policies(policies::PoliciesArgs),
    /// List and rotate access keys
    Key(key::KeyArgs),
    /// Delete a user with all that it has, or its access keys only
    Delete(Box<delete::DeleteArgs>),
    /// Carry on runs that did not end
    Resume(resume::ResumeArgs),
    /// Serve or reset the local sandbox
    Sandbox(sandbox::SandboxArgs),
}

/// Runs the program and returns its exit code; refuses to when the process could not be hardened.
pub(crate) fn main(hardened: Result<(), NotHardened>) -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let environment = Environment::read(cli.global.sandbox || matches!(cli.command, Command::Sandbox(_)));
    let ui = Ui::new(Manner {
        output: cli.global.output,
        color: cli.global.color,
        quiet: cli.global.quiet,
        unicode: environment.as_ref().is_ok_and(Environment::speaks_utf8),
        no_input: cli.global.no_input,
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
            Command::Plan(args) => plan::run(args, &setting).await,
            Command::Apply(args) => apply::run(args, &setting).await,
            Command::Policies(args) => policies::run(args, &setting).await,
            Command::Key(args) => key::run(args, &setting).await,
            Command::Delete(args) => delete::run(args, &setting).await,
            Command::Resume(args) => resume::run(args, &setting).await,
            Command::Sandbox(args) => sandbox::run(args, &setting).await,
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
