//! `ciuser key`: list and rotate access keys, find them, prove them.

mod locate;
mod verify;

use std::path::PathBuf;

use ciuser_core::apply::Failure;
use ciuser_core::name::{AccessKeyId, Path, ProjectName, TagKey, UserName};
use ciuser_core::plan::{Choices, IssueKey, KeyPlan, Replaces, UserPlan, plan_rotation};
use ciuser_core::port::{AccessKeyStatus, Clock as _, Iam as _, Journal as _, KeyLastUsed, Known, ListedKey};
use ciuser_core::spec::{Attach, Spec, UserSpec};
use ciuser_core::target::Target;
use clap::{Args, Subcommand};

use super::complete::complete;
use super::exit::{CliError, Exit};
use super::global::Setting;
use super::live::{Live, Process};
use super::places::Typed;
use super::plan::read_spec_file;
use super::run::{act_on, plan_with};
use super::spec_args::{Purpose, TargetArgs};
use super::unfinished::resume_first;
use crate::clock::SystemClock;
use crate::document::{Document, KeyList, Kind, Listed};
use crate::ui::{Column, ago, table};

/// Arguments of `key`.
#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// List a user's access keys: status, age, last use, and where each is
    List(ListArgs),
    /// Find every place that holds a key, or the keys of a user
    Where(locate::WhereArgs),
    /// Prove anew that every target of a spec file holds the live key; writes nothing
    Verify(verify::VerifyArgs),
    /// Issue a new key to every target, then make the old one inactive if asked
    Rotate(Box<RotateArgs>),
}

const LIST_EXAMPLES: &str = "\
Examples:
  What keys there are, how old, when last used, and where:
    ciuser key list CI_USER";

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListArgs {
    /// Name of the user
    name: UserName,
}

const ROTATE_EXAMPLES: &str = "\
Examples:
  To wherever the old key is, as far as this machine knows:
    ciuser key rotate CI_USER
  To the targets of a spec file; the old key is inactive afterwards:
    ciuser key rotate CI_USER -f ciuser.toml --deactivate-old";

#[derive(Debug, Args)]
#[command(after_help = ROTATE_EXAMPLES)]
struct RotateArgs {
    /// Name of the user
    name: UserName,
    /// Take the targets from this spec file
    #[arg(long, short, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The key to replace [default: the newest active one]
    #[arg(long, value_name = "KEY")]
    old: Option<AccessKeyId>,
    /// Make the old key inactive once every target is proven to hold the new one
    #[arg(long)]
    deactivate_old: bool,
    /// Target that may be overwritten although it holds something else; repeatable
    #[arg(long, value_name = "PLACE")]
    overwrite: Vec<String>,
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs `key`.
pub(super) async fn run(args: &KeyArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    // What is wrong with flags and files is said before anybody is asked for credentials.
    let asked = match &args.command {
        KeyCommand::List(args) => Asked::List(args),
        KeyCommand::Where(args) => Asked::Where(args, args.spec(setting)?),
        KeyCommand::Verify(args) => Asked::Verify(args, args.spec(setting)?),
        KeyCommand::Rotate(args) => {
            check(args)?;
            Asked::Rotate(args)
        }
    };
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    match asked {
        Asked::List(args) => list(&args.name, &live).await,
        Asked::Where(args, spec) => locate::run(args, spec, &live, setting).await,
        Asked::Verify(args, spec) => verify::run(args, spec, &live, setting).await,
        Asked::Rotate(args) => rotate(args, &live, setting).await,
    }
}

/// A command with what it reads before it connects.
enum Asked<'a> {
    List(&'a ListArgs),
    Where(&'a locate::WhereArgs, Option<Spec>),
    Verify(&'a verify::VerifyArgs, Spec),
    Rotate(&'a RotateArgs),
}

/// Refuses flags that would be ignored.
fn check(args: &RotateArgs) -> Result<(), CliError> {
    if args.file.is_some() && !args.targets.is_empty() {
        return Err(CliError::usage(
            "`--file` says where the key goes; other flags about targets contradict the file",
        ));
    }
    args.targets.check(Purpose::Rotate)
}

const COLUMNS: [Column; 5] = [
    Column {
        heading: "access key",
        wraps: false,
    },
    Column {
        heading: "status",
        wraps: false,
    },
    Column {
        heading: "age",
        wraps: false,
    },
    Column {
        heading: "last used",
        wraps: false,
    },
    Column {
        heading: "delivered to",
        wraps: true,
    },
];

async fn list(name: &UserName, live: &Live<'_>) -> Result<Exit, CliError> {
    let listed = live.iam.list_access_keys(name).await;
    let keys = listed
        .map_err(|error| CliError::failed(format!("listing the access keys of user `{name}`: {error}")))?
        .keys;
    let known = live.journal.known(&live.scope, name).map_err(Failure::from)?;
    let (mut rows, mut documents) = (Vec::new(), Vec::new());
    for key in &keys {
        let used = last_use(key, live).await;
        // IAM rounds a use down to its quarter of an hour, which may lie before the key was made.
        let at = used.as_ref().and_then(|used| used.at).map(|at| at.max(key.created));
        let holders: Vec<&Known> = known
            .iter()
            .filter(|known| known.proof.is_some() && known.key == key.id)
            .collect();
        let last_used = match (&used, at) {
            (_, Some(at)) => format!("{} ago", ago(SystemClock.now(), at)),
            (Some(_), None) => "never".to_owned(),
            (None, None) => "unknown".to_owned(),
        };
        rows.push(row(key, last_used, &holders));
        documents.push(Listed::of(key, at, &holders));
    }
    if live.ui.is_json() {
        let keys = KeyList::of(&live.scope.account, name, documents);
        live.ui.json(&Document::new(Kind::KeyList, keys));
    } else if keys.is_empty() {
        live.ui.result(&format!("user `{name}` has no access keys"));
    } else {
        live.ui.talk("");
        live.ui.result(&table(live.ui, &COLUMNS, &rows));
    }
    Ok(Exit::Done)
}

/// Returns when a key was last used, or says why that is not known: a caller without the permission still sees the keys.
async fn last_use(key: &ListedKey, live: &Live<'_>) -> Option<KeyLastUsed> {
    let asked = live.iam.get_access_key_last_used(&key.id).await;
    asked
        .map_err(|error| {
            let unknown = format!("when access key `{}` was last used is not known: {error}", key.id);
            live.ui.warn(&unknown);
        })
        .ok()
}

fn row(key: &ListedKey, last_used: String, holders: &[&Known]) -> Vec<String> {
    let status = match key.status {
        AccessKeyStatus::Active => "Active",
        AccessKeyStatus::Inactive => "Inactive",
    };
    let places: Vec<String> = holders.iter().map(|known| known.target.to_string()).collect();
    let places = if places.is_empty() {
        "nowhere that this machine knows of".to_owned()
    } else {
        places.join(", ")
    };
    vec![
        key.id.to_string(),
        status.to_owned(),
        ago(SystemClock.now(), key.created),
        last_used,
        places,
    ]
}

async fn rotate(args: &RotateArgs, live: &Live<'_>, setting: &Setting<'_>) -> Result<Exit, CliError> {
    resume_first(live, setting, &[&args.name]).await?;
    let spec = complete(rotation_spec(args, live, setting).await?, setting, live)?;
    let choices = Choices {
        adopt: false,
        overwrite: args.overwrite.clone(),
    };
    let plan = plan_with(live, &spec, |inventory, heading| {
        plan_rotation(
            &spec,
            inventory,
            &choices,
            args.old.as_ref(),
            args.deactivate_old,
            heading,
        )
    })
    .await?;
    let exit = act_on(live, &plan, setting, None, Kind::KeyRotate).await?;
    let rotated = exit == Exit::Done && !setting.global.dry_run;
    if let Some(old) = plan.users.iter().find_map(still_active).filter(|_| rotated) {
        live.ui.next(&[format!(
            "{old} is still active; once no pipeline uses it: `aws iam update-access-key --user-name {} --access-key-id {old} --status Inactive`",
            args.name
        )]);
    }
    Ok(exit)
}

/// The old key of a rotation that leaves it active.
fn still_active(user: &UserPlan) -> Option<&AccessKeyId> {
    match &user.key {
        KeyPlan::Issue(IssueKey {
            replaces: Some(Replaces { id, deactivate: false }),
            ..
        }) => Some(id),
        _ => None,
    }
}

/// Finds the targets of a rotation: flags, a spec file, or where the journal knows the key to be.
async fn rotation_spec(args: &RotateArgs, live: &Live<'_>, setting: &Setting<'_>) -> Result<Spec, CliError> {
    if let Some(file) = &args.file {
        let mut spec = read_spec_file(file, setting)?;
        spec.users.retain(|user| user.name.same_as(&args.name));
        if spec.users.is_empty() {
            return Err(CliError::usage(format!(
                "`{}` has no user `{}`",
                file.display(),
                args.name
            )));
        }
        return Ok(spec);
    }
    let user = live.iam.get_user(&args.name).await;
    let user = user.map_err(|error| CliError::failed(format!("reading user `{}`: {error}", args.name)))?;
    // A rotation changes the key and nothing else, so it works as whichever project owns the user.
    let owner = user.tags.iter().find(|tag| tag.key.same_as(&TagKey::project()));
    let owner = owner.and_then(|tag| ProjectName::new(tag.value.as_str()).ok());
    let typed = Typed::on_command_line(*setting);
    let (stores, deliver) = if args.targets.is_empty() {
        known_targets(live, &args.name)?
    } else {
        (args.targets.stores(&args.name, &typed)?, args.targets.deliver()?)
    };
    let spec = Spec {
        project: owner.unwrap_or_else(ProjectName::fallback),
        account: None,
        region: None,
        seal: args.targets.seal(&typed),
        users: vec![UserSpec {
            name: user.name,
            path: Path::root(),
            policies: Vec::new(),
            attach: Attach::Direct,
            groups: Vec::new(),
            inline: std::collections::BTreeMap::new(),
            tags: Vec::new(),
            untag: Vec::new(),
            boundary: user.boundary,
            stores,
            deliver,
        }],
    };
    spec.checked().map_err(|error| CliError::usage(error.to_string()))
}

type Places = (
    Vec<ciuser_core::target::StoreSpec>,
    Vec<ciuser_core::target::ProviderSpec>,
);

fn known_targets(live: &Live<'_>, name: &UserName) -> Result<Places, CliError> {
    let mut known = live.journal.known(&live.scope, name).map_err(Failure::from)?;
    // Where an older key was left behind, the new one is not wanted.
    let newest = known.iter().max_by_key(|known| known.at).map(|known| known.key.clone());
    known.retain(|known| Some(&known.key) == newest.as_ref());
    let (mut stores, mut deliver) = (Vec::new(), Vec::new());
    for known in known {
        match known.target {
            Target::Store(store) => stores.push(store),
            Target::Provider(place) => deliver.push(place),
        }
    }
    if stores.is_empty() {
        return Err(
            CliError::refused(format!("this machine does not know where the key of user `{name}` is"))
                .with_hint("name the targets with `--store` and `--deliver`, or with `--file ciuser.toml`"),
        );
    }
    Ok((stores, deliver))
}
