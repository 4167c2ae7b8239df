//! `ciuser create`: the whole procedure for one user.

use std::path::PathBuf;

use ciuser_core::name::UserName;
use ciuser_core::plan::{KeyPlan, Plan};
use ciuser_core::spec::Spec;
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};
use clap::Args;

use super::complete::complete;
use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::plan::read_spec_file;
use super::run::{ChoiceArgs, act_on, make_plan};
use super::saved::{Saved, Wanted};
use super::spec_args::SpecArgs;
use super::unfinished::resume_first;
use crate::clock::SystemClock;
use crate::document::Kind;

const EXAMPLES: &str = "\
Examples:
  Be asked for everything, page by page:
    ciuser create --sandbox
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
    /// Name of the user; on a terminal the wizard asks for it
    pub(super) name: Option<UserName>,
    /// Take the user from this spec file instead of flags
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write what was asked for to a new spec file, at the end
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(super) save: Option<PathBuf>,
    /// Let the wizard ask in plain lines, for screen readers
    #[arg(long)]
    pub(super) plain: bool,
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    #[command(flatten)]
    pub(super) choices: ChoiceArgs,
}

impl CreateArgs {
    /// Tells whether the wizard asks for what was not said: the name, or any permission. Never where a script waits.
    fn opens_wizard(&self, setting: &Setting<'_>) -> bool {
        let missing = self.name.is_none() || !self.spec.says_permissions();
        missing && self.file.is_none() && !setting.global.yes && setting.ui.can_ask()
    }
}

/// Runs `create`.
pub(super) async fn run(args: &CreateArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    if args.opens_wizard(setting) {
        return super::wizard::run(args, setting).await;
    }
    let Some(name) = &args.name else {
        return Err(nameless());
    };
    let saved = Saved::as_asked(args.save.as_deref(), setting)?;
    let wanted = Wanted::of(spec_of(name, args, setting)?, &args.spec, setting);
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let spec = complete(wanted.spec.clone(), setting, &live)?;
    resume_first(&live, setting, &[name]).await?;
    let plan = make_plan(&live, &spec, &args.choices.choices()).await?;
    let exit = act_on(&live, &plan, setting, None, Kind::Create).await?;
    if exit == Exit::Done && plan.has_changes() && !setting.global.dry_run {
        live.ui.next(&next_steps(setting, &plan));
    }
    saved.write_as_asked(&wanted, setting)?;
    Ok(exit)
}

fn spec_of(name: &UserName, args: &CreateArgs, setting: &Setting<'_>) -> Result<Spec, CliError> {
    let Some(file) = &args.file else {
        args.spec.check()?;
        return args.spec.spec(name, *setting);
    };
    if !args.spec.is_empty() {
        return Err(CliError::usage(
            "`--file` says all about the user; other flags about it contradict the file",
        ));
    }
    let mut spec = read_spec_file(file, setting)?;
    spec.users.retain(|user| user.name.same_as(name));
    if spec.users.is_empty() {
        return Err(CliError::usage(format!("`{}` has no user `{name}`", file.display())));
    }
    Ok(spec)
}

fn nameless() -> CliError {
    CliError::usage("the following required argument was not provided: <NAME>")
        .with_hint("`ciuser create NAME` names the user; on a terminal `ciuser create` asks for all that is missing")
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
    let name = args.name.as_ref().ok_or("it names nobody")?;
    spec_of(name, args, &setting).map_err(|error| format!("{error:?}"))
}

/// Says how to open what was made, and what to do later.
pub(super) fn next_steps(setting: &Setting<'_>, plan: &Plan) -> Vec<String> {
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
