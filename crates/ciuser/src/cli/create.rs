//! `ciuser create`: the whole procedure for one user.

use std::path::PathBuf;

use ciuser_core::name::UserName;
use ciuser_core::plan::{KeyPlan, Plan};
use ciuser_core::spec::Spec;
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::plan::read_spec_file;
use super::run::{ChoiceArgs, act_on, complete, make_plan, resume_first};
use super::spec_args::SpecArgs;
use crate::clock::SystemClock;
use crate::document::Kind;

const EXAMPLES: &str = "\
Examples:
  Try it without any account:
    ciuser create CI_USER --sandbox --for s3,cloudfront \\
        --deliver circleci-context:gh/acme/storefront-deploy --yes
  With a profile, a context that is made and restricted, and a KeePass file:
    ciuser create CI_USER --profile admin --for s3 --tag project=storefront \\
        --store kdbx:./keys.kdbx --deliver circleci-context:gh/acme/deploy \\
        --restrict-to gh/acme/storefront
  As a spec file says, and no other user of it:
    ciuser create CI_USER -f ciuser.toml";

/// Arguments of `create`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CreateArgs {
    /// Name of the user
    name: UserName,
    /// Take the user from this spec file instead of flags
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    spec: SpecArgs,
    #[command(flatten)]
    choices: ChoiceArgs,
}

/// Runs `create`.
pub(super) async fn run(args: &CreateArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let spec = spec_of(args, setting)?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let spec = complete(spec, setting, &live);
    resume_first(&live, setting, &[&args.name]).await?;
    let plan = make_plan(&live, &spec, &args.choices.choices()).await?;
    let exit = act_on(&live, &plan, setting, None, Kind::Create).await?;
    if exit == Exit::Done && plan.has_changes() && !setting.global.dry_run {
        live.ui.next(&next_steps(setting, &plan));
    }
    Ok(exit)
}

fn spec_of(args: &CreateArgs, setting: &Setting<'_>) -> Result<Spec, CliError> {
    let Some(file) = &args.file else {
        return args.spec.spec(&args.name, *setting);
    };
    if !args.spec.is_empty() {
        return Err(CliError::usage(
            "`--file` says all about the user; other flags about it contradict the file",
        ));
    }
    let mut spec = read_spec_file(file, setting)?;
    spec.users.retain(|user| user.name.same_as(&args.name));
    if spec.users.is_empty() {
        return Err(CliError::usage(format!(
            "`{}` has no user `{}`",
            file.display(),
            args.name
        )));
    }
    Ok(spec)
}

/// Returns the spec that a command line asks for, and what is wrong with it otherwise.
#[cfg(test)]
pub(crate) fn spec_of_command(words: &[String], environment: &crate::env::Environment) -> Result<Spec, String> {
    use clap::Parser as _;
    let cli = super::Cli::try_parse_from(words).map_err(|error| error.to_string())?;
    let super::Command::Create(args) = &cli.command else {
        return Err("it is not `create`".to_owned());
    };
    let ui = crate::ui::Ui::new(crate::ui::Manner {
        output: cli.global.output,
        color: cli.global.color,
        quiet: cli.global.quiet,
        unicode: true,
        no_input: true,
        flags: String::new(),
    });
    let setting = Setting {
        global: &cli.global,
        environment,
        ui: &ui,
    };
    spec_of(args, &setting).map_err(|error| format!("{error:?}"))
}

/// Says how to open what was made, and what to do later.
fn next_steps(setting: &Setting<'_>, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for user in &plan.users {
        for target in &user.targets {
            lines.extend(how_to_use(target));
        }
        if matches!(user.key, KeyPlan::Issue(_)) {
            lines.push(format!(
                "`ciuser key list {}` shows the key, its age and where it is",
                user.user
            ));
        }
        if !user.targets.is_empty() {
            lines.push(format!(
                "`ciuser key rotate {}` issues a new key to the same places",
                user.user
            ));
        }
    }
    if setting.global.sandbox {
        lines.push("the same command without `--sandbox` does it in your account".to_owned());
    }
    lines
}

fn how_to_use(target: &Target) -> Option<String> {
    match target {
        Target::Store(StoreSpec::Csv {
            path,
            format: ciuser_core::target::CsvFormat::Import,
        }) => Some(format!(
            "`aws configure import --csv file://{path}` (AWS CLI v2) makes a profile of the key; then delete the file, it is plain text"
        )),
        Target::Provider(ProviderSpec::CircleciContext { context, .. }) => Some(format!(
            "in `.circleci/config.yml`, give the job `context: [{context}]`"
        )),
        _ => None,
    }
}
