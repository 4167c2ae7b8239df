//! `ciuser policies`: what managed policies there are, and what any policy means.

mod account;
mod check;
mod compare;
mod explain;
mod minimise;
mod policy_type;
mod principal;
mod search;
mod show;
mod simulate;
mod source;
mod spelling;

use clap::{Args, Subcommand};

use super::exit::{CliError, Exit};
use super::global::Setting;

/// Arguments of `policies`.
#[derive(Debug, Args)]
pub(super) struct PoliciesArgs {
    #[command(subcommand)]
    command: PoliciesCommand,
}

#[derive(Debug, Subcommand)]
enum PoliciesCommand {
    /// Search by name, path and actions; best matches first
    Search(search::SearchArgs),
    /// Show the default version of a policy
    Show(show::ShowArgs),
    /// Find what is wrong or dangerous in policies
    #[command(long_about = check::ABOUT)]
    Check(check::CheckArgs),
    /// Decide requests as AWS would, and say why
    #[command(long_about = simulate::ABOUT)]
    Simulate(Box<simulate::SimulateArgs>),
    /// Prove that new policies grant nothing that old ones do not
    #[command(long_about = compare::ABOUT)]
    Compare(compare::CompareArgs),
    /// Say in plain words what a policy allows and denies
    #[command(long_about = explain::ABOUT)]
    Explain(explain::ExplainArgs),
    /// Make policies shorter, proven to mean the same
    #[command(long_about = minimise::ABOUT)]
    Minimise(minimise::MinimiseArgs),
}

/// Runs `policies`.
pub(super) async fn run(args: &PoliciesArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    match &args.command {
        PoliciesCommand::Search(args) => search::run(args, setting).await,
        PoliciesCommand::Show(args) => show::run(args, setting).await,
        PoliciesCommand::Check(args) => check::run(args, setting).await,
        PoliciesCommand::Simulate(args) => simulate::run(args, setting).await,
        PoliciesCommand::Compare(args) => compare::run(args, setting).await,
        PoliciesCommand::Explain(args) => explain::run(args, setting).await,
        PoliciesCommand::Minimise(args) => minimise::run(args, setting).await,
    }
}
