//! `ciuser delete`: takes a user apart, or its keys only, after its name was typed.

use std::path::PathBuf;

use ciuser_core::apply::{Failure, Freshness, Outcome, UserOutcome};
use ciuser_core::inventory::gather_deletion;
use ciuser_core::name::{ProjectName, Region, UserName};
use ciuser_core::plan::{Plan, plan_delete};
use ciuser_core::port::{Iam as _, Journal as _};
use ciuser_core::spec::{Clear, DeletionSpec};
use ciuser_core::target::{ProviderSpec, StoreSpec, Target};
use clap::Args;

use super::complete::complete_targets;
use super::exit::{CliError, Exit};
use super::finish::finish;
use super::global::Setting;
use super::live::{Live, Process};
use super::places::Typed;
use super::plan::read_spec_file;
use super::run::{carry_out, make_unlocking};
use super::spec_args::{Purpose, TargetArgs};
use super::unfinished::resume_first;
use crate::clock::SystemClock;
use crate::document::{Deleted, Document, Kind, PlanAndLines};

const EXAMPLES: &str = "\
Examples:
  Review, then type the name; targets that this machine knows are looked at:
    ciuser delete CI_USER --project storefront
  From a script, with the key taken away from every target:
    ciuser delete CI_USER --project storefront --clear --confirm CI_USER
  Only the keys, of a user that is needed again later:
    ciuser delete CI_USER -f ciuser.toml --keep-user";

/// Arguments of `delete`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DeleteArgs {
    /// Name of the user
    name: UserName,
    /// Delete the access keys and keep the user
    #[arg(long)]
    keep_user: bool,
    /// Take the deleted key away from the stores and CI systems that hold it
    #[arg(long)]
    clear: bool,
    /// Consent without being asked: the name once more; `--yes` is not enough
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Project that owns the user [default: the spec file's, or default]
    #[arg(long, value_name = "NAME", help_heading = "Ownership")]
    project: Option<ProjectName>,
    /// Delete a user that ciuser does not manage
    #[arg(long, help_heading = "Ownership")]
    unmanaged: bool,
    /// Take project and targets from this spec file
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs `delete`.
pub(super) async fn run(args: &DeleteArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    check_confirmation(args)?;
    let named = Named::of(args, setting)?;
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    let mut spec = named.deletion(args, setting, &live);
    let carried_on = deletion_under_way(&live, &args.name)?;
    resume_first(&live, setting, &[&args.name]).await?;
    let mut plan = match make_plan(&live, &spec).await {
        // The run that was carried on a moment ago has done all that is asked.
        Err(_) if carried_on && is_gone(&live, &args.name).await? => return Ok(ended_already(&live, &args.name)),
        plan => plan?,
    };
    if offer_clearing(setting, &plan) {
        spec.clear = Clear::WithinReach;
        plan = make_plan(&live, &spec).await?;
    }
    let asks = plan.has_changes() && args.confirm.is_none() && !setting.global.dry_run;
    live.ui.review(&plan, asks);
    if !plan.has_changes() {
        live.ui.talk("");
        live.ui.talk("  Nothing to do: there is no key to delete.");
        return finish(&live, &plan, &nothing_deleted(&live, &plan), Kind::Delete);
    }
    if setting.global.dry_run {
        if live.ui.is_json() {
            live.ui.json(&Document::new(Kind::Plan, PlanAndLines::of(&plan)));
        }
        return Ok(Exit::Done);
    }
    let freshness = confirm_by_name(args, setting, &plan)?;
    // While somebody typed a passphrase, others went on.
    let freshness = if live.prompt.has_asked() {
        Freshness::Reviewed
    } else {
        freshness
    };
    let exit = carry_out(&live, &plan, freshness, Kind::Delete).await?;
    if exit == Exit::Done {
        live.ui.next(&next_steps(args, &plan));
    }
    Ok(exit)
}

fn next_steps(args: &DeleteArgs, plan: &Plan) -> Vec<String> {
    let mut steps =
        vec!["AWS may take a deleted key for some seconds more: IAM tells its regions one by one".to_owned()];
    let mut retirements = plan.users.iter().filter_map(|user| user.retirement());
    if retirements.any(|retirement| !retirement.leave.is_empty()) {
        steps.push(format!(
            "`ciuser delete {} --clear` takes the key away from the targets, too",
            args.name
        ));
    }
    if args.keep_user {
        steps.push(format!("`ciuser create {}` issues the next key", args.name));
    }
    steps
}

fn ended_already(live: &Live<'_>, name: &UserName) -> Exit {
    live.ui.talk("");
    live.ui.talk(&format!(
        "  User `{name}` is deleted: the earlier run has come to its end."
    ));
    if live.ui.is_json() {
        let outcome = Outcome {
            run: live.run.clone(),
            users: Vec::new(),
            failure: None,
        };
        live.ui
            .json(&Document::new(Kind::Delete, Deleted::of(&live.scope.account, &outcome)));
    }
    Exit::Done
}

/// A name that does not fit is found before anybody is asked anything.
fn check_confirmation(args: &DeleteArgs) -> Result<(), CliError> {
    match &args.confirm {
        Some(typed) if typed != args.name.as_str() => Err(CliError::refused(format!(
            "`--confirm {typed}` is not the name of user `{}`; nothing was changed",
            args.name
        ))),
        _ => Ok(()),
    }
}

/// What flags and spec file name.
struct Named {
    stores: Vec<StoreSpec>,
    deliver: Vec<ProviderSpec>,
    project: Option<ProjectName>,
    region: Option<Region>,
}

impl Named {
    fn of(args: &DeleteArgs, setting: &Setting<'_>) -> Result<Named, CliError> {
        args.targets.check(Purpose::Delete)?;
        let typed = Typed::on_command_line(*setting);
        let mut named = Named {
            stores: args.targets.named_stores(&args.name, &typed)?,
            deliver: args.targets.deliver()?,
            project: args.project.clone(),
            region: setting.global.region.clone(),
        };
        if let Some(file) = &args.file {
            let spec = read_spec_file(file, setting)?;
            let user = spec.users.into_iter().find(|user| user.name.same_as(&args.name));
            let unknown = || CliError::usage(format!("`{}` has no user `{}`", file.display(), args.name));
            let user = user.ok_or_else(unknown)?;
            named.stores.extend(user.stores);
            named.deliver.extend(user.deliver);
            named.project.get_or_insert(spec.project);
            named.region = named.region.or(spec.region);
        }
        Ok(named)
    }

    /// Returns what is to be deleted, each target once.
    fn deletion(self, args: &DeleteArgs, setting: &Setting<'_>, live: &Live<'_>) -> DeletionSpec {
        let Named {
            mut stores,
            mut deliver,
            project,
            region,
        } = self;
        complete_targets(
            &mut stores,
            &mut deliver,
            setting,
            region.as_ref().or(live.region.as_ref()),
        );
        let mut targets: Vec<Target> = Vec::new();
        let named = stores.into_iter().map(Target::Store);
        for target in named.chain(deliver.into_iter().map(Target::Provider)) {
            if !targets.iter().any(|there| there.same_place(&target)) {
                targets.push(target);
            }
        }
        DeletionSpec {
            user: args.name.clone(),
            project: project.unwrap_or_else(ProjectName::fallback),
            keep_user: args.keep_user,
            unmanaged: args.unmanaged,
            clear: if args.clear { Clear::Everything } else { Clear::Nothing },
            targets,
        }
    }
}

async fn make_plan(live: &Live<'_>, spec: &DeletionSpec) -> Result<Plan, CliError> {
    let read = async |reader: ciuser_core::inventory::Reader<'_>| gather_deletion(reader, &live.caller, spec).await;
    make_unlocking(live, read, |inventory, heading| plan_delete(spec, inventory, heading)).await
}

/// Tells whether an earlier run was deleting this user.
fn deletion_under_way(live: &Live<'_>, name: &UserName) -> Result<bool, CliError> {
    let runs = live.journal.unfinished(&live.scope).map_err(Failure::from)?;
    let mut users = runs.iter().flat_map(|record| &record.plan.users);
    Ok(users.any(|user| user.user.same_as(name) && user.deletes_user()))
}

async fn is_gone(live: &Live<'_>, name: &UserName) -> Result<bool, CliError> {
    match live.iam.get_user(name).await {
        Ok(_) => Ok(false),
        Err(error) if error.is_no_such_entity() => Ok(true),
        Err(error) => Err(CliError::failed(format!("reading user `{name}`: {error}"))),
    }
}

/// Asks, where somebody can be asked, whether the targets that hold the key shall lose it.
fn offer_clearing(setting: &Setting<'_>, plan: &Plan) -> bool {
    use ciuser_core::apply::Ask as _;
    let held = plan.users.iter().filter_map(|user| user.retirement());
    let holders: Vec<_> = held
        .flat_map(|retirement| &retirement.leave)
        .map(|holder| format!("`{}`", holder.target))
        .collect();
    let asks = !holders.is_empty() && !setting.global.dry_run && setting.ui.can_ask();
    let question = || format!("{} still hold its key. Take it away there too?", holders.join(", "));
    asks && setting.ui.confirm(&question()) == Some(true)
}

/// Asks for the name, unless `--confirm` has said it.
fn confirm_by_name(args: &DeleteArgs, setting: &Setting<'_>, plan: &Plan) -> Result<Freshness, CliError> {
    if args.confirm.is_some() {
        return Ok(Freshness::JustRead);
    }
    let account = &plan.scope.account;
    let what = if args.keep_user {
        format!(
            "This deletes the access keys of user `{}` in account {account} for good.",
            args.name
        )
    } else {
        format!("This deletes user `{}` in account {account} for good.", args.name)
    };
    match setting.ui.type_to_confirm(&what, args.name.as_str()) {
        Some(true) => Ok(Freshness::Reviewed),
        Some(false) => Err(CliError::refused(
            "what was typed is not the name of the user; nothing was changed",
        )),
        None => Err(CliError::refused(
            "a deletion needs a person who types the user's name, and there is nobody to ask",
        )
        .with_hint(format!(
            "`--confirm {}` carries it out without asking; `--dry-run` stops after the review",
            args.name
        ))),
    }
}

fn nothing_deleted(live: &Live<'_>, plan: &Plan) -> Outcome {
    let users = plan.users.iter().map(|user| UserOutcome {
        user: user.user.clone(),
        arn: user.arn.clone(),
        changed: false,
        key: None,
        issued: false,
        targets: Vec::new(),
        retired: None,
        unfinished: Vec::new(),
        for_person: Vec::new(),
    });
    Outcome {
        run: live.run.clone(),
        users: users.collect(),
        failure: None,
    }
}
