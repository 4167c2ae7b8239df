//! Options that every command has.

use ciuser_core::name::{AccountId, Region};
use clap::Args;

use crate::env::Environment;
use crate::ui::{Color, Output, Ui};
use crate::written::quoted;

/// Options that every command has.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// AWS profile; an explicit one leaves out the keys in the environment
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Region: for signing, and what the pipeline gets as AWS_REGION
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<Region>,
    /// Endpoint of an AWS-compatible service
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Refuse to run in any other account
    #[arg(long, global = true, value_name = "ACCOUNT")]
    pub(crate) expect_account: Option<AccountId>,
    /// Run although the caller is the account's root user
    #[arg(long, global = true)]
    pub(crate) allow_root: bool,
    /// CircleCI server; also CIRCLE_HOST
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) circleci_url: Option<String>,
    /// Use the local sandbox instead of AWS and CircleCI, as its administrator
    #[arg(long, global = true, conflicts_with_all = ["profile", "endpoint_url", "circleci_url"])]
    pub(crate) sandbox: bool,
    /// Form of the result on stdout
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: Output,
    /// Carry out the plan without asking
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
    /// Never ask; refuse what would need an answer
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Stop after the review
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Print no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print more; repeat for more still
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
}

impl GlobalArgs {
    /// Returns the flags that a command needs to work on the same account, as they follow it.
    pub(crate) fn session_flags(&self) -> String {
        let words = self.session_words();
        words.iter().map(|word| format!(" {}", quoted(word))).collect()
    }

    /// Returns the same flags as single words.
    pub(crate) fn session_words(&self) -> Vec<String> {
        if self.sandbox {
            return vec!["--sandbox".to_owned()];
        }
        let named = [("--profile", &self.profile), ("--endpoint-url", &self.endpoint_url)];
        let flags = named
            .into_iter()
            .filter_map(|(flag, value)| Some([flag.to_owned(), value.clone()?]));
        flags.flatten().collect()
    }
}

/// What a command is run with.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) global: &'a GlobalArgs,
    pub(crate) environment: &'a Environment,
    pub(crate) ui: &'a Ui,
}
