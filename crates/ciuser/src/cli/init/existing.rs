//! `init --from-user`: users that exist, asked for as they are.

use std::path::{Path, PathBuf};

use ciuser_core::apply::Failure;
use ciuser_core::inventory::{ExistingUser, ExistingUserError, OtherCredential, Reader, gather_existing};
use ciuser_core::name::{PolicyName, ProjectName, UserName};
use ciuser_core::port::AccessKeyStatus;
use ciuser_core::spec::{SealSpec, Spec, UserSpec};

use super::Draft;
use crate::cli::exit::CliError;
use crate::cli::global::Setting;
use crate::cli::live::{Live, Process};
use crate::clock::SystemClock;
use crate::place;
use crate::written::{Documents, Remarks};

/// Reads the users and drafts the file that asks for them.
pub(super) async fn draft(
    names: &[UserName],
    project: Option<&ProjectName>,
    path: &Path,
    setting: &Setting<'_>,
) -> Result<Draft, CliError> {
    let process = Process::new(setting)?;
    let (stores, clock) = (process.stores(), SystemClock);
    let live = Live::connect(&process, &stores, &clock).await?;
    live.ui.spin("reading what exists");
    let reader = Reader {
        iam: &live.iam,
        targets: live.targets(),
        journal: &live.journal,
        scope: &live.scope,
        run: &live.run,
        unlock: false,
    };
    let found = gather_existing(reader, names).await;
    live.ui.still();
    let found = found.map_err(refused)?;
    let project = project_of(&found, project)?;
    let mut remarks = Remarks::default();
    let mut users = Vec::new();
    for (asked, user) in names.iter().zip(&found) {
        let name = &user.facts.name;
        if asked != name {
            live.ui.warn(&format!(
                "user `{asked}` is called `{name}` in this account; IAM ignores case"
            ));
        }
        remarks.users.insert(name.clone(), say(&live, user));
        users.push(user.as_spec().map_err(refused)?);
    }
    let (documents, new) = documents(&users, path);
    let unmanaged = found.iter().filter(|user| !user.is_managed());
    let unmanaged = unmanaged.map(|user| user.facts.name.clone()).collect();
    let spec = Spec {
        project,
        account: Some(live.scope.account.clone()),
        region: setting.global.region.clone().or_else(|| live.region.clone()),
        seal: SealSpec::default(),
        users,
    };
    let spec = spec.checked().map_err(|error| CliError::usage(error.to_string()))?;
    Ok(Draft {
        spec: Some(spec),
        remarks,
        unmanaged,
        documents,
        new,
    })
}

fn refused(error: ExistingUserError) -> CliError {
    match error {
        ExistingUserError::Gather(error) => Failure::from(error).into(),
        ExistingUserError::Missing { ref nearest, .. } => {
            let failed = CliError::failed(error.to_string());
            match nearest.as_slice() {
                [] => failed.with_hint("check the name, and the account that `--profile` leads to"),
                near => failed.with_hint(format!("did you mean `{}`?", near.join("` or `"))),
            }
        }
        ExistingUserError::Document { .. } => CliError::failed(error.to_string()),
    }
}

/// Finds the one project of the file: the one that was named, or else the one that manages the users.
fn project_of(users: &[ExistingUser], named: Option<&ProjectName>) -> Result<ProjectName, CliError> {
    let mut project = named.cloned();
    for user in users {
        let Some(owner) = user.project() else { continue };
        match &project {
            Some(project) if *project != owner => {
                let what = format!(
                    "user `{}` belongs to project `{owner}`, not to `{project}`",
                    user.facts.name
                );
                return Err(CliError::refused(what)
                    .with_hint("a file is of one project: write one for each, with `--project` or without"));
            }
            _ => project = Some(owner),
        }
    }
    Ok(project.unwrap_or_else(ProjectName::fallback))
}

/// Says what a person should know of the user and what no spec can say, and returns it as comments.
fn say(live: &Live<'_>, user: &ExistingUser) -> Vec<String> {
    let facts = &user.facts;
    let mut remarks = Vec::new();
    if let Some(project) = user.project() {
        remarks.push(format!("managed already, by project `{project}`"));
    }
    let active = facts.keys.iter().filter(|key| key.status == AccessKeyStatus::Active);
    remarks.push(match (facts.keys.len(), active.count()) {
        (0, _) => "has no access key".to_owned(),
        (1, active) => format!("has 1 access key ({active} active), which is left alone"),
        (keys, active) => format!("has {keys} access keys ({active} active), which are left alone"),
    });
    for remark in &remarks {
        live.ui.talk(&format!("  user `{}`: {remark}", facts.name));
    }
    let credentials = facts.other_credentials.iter();
    let warnings: Vec<String> = credentials
        .map(|credential| match credential {
            OtherCredential::Unchecked(what, why) => format!("could not be looked at for {what}: {why}"),
            found => format!("has {found}, which no spec asks for: a CI user needs access keys only"),
        })
        .collect();
    for warning in &warnings {
        live.ui.warn(&format!("user `{}` {warning}", facts.name));
    }
    remarks.extend(warnings);
    remarks
}

/// Finds a name beside the file, and other than the file's own, for the document of each inline policy.
fn documents(users: &[UserSpec], file: &Path) -> (Documents, Vec<(PathBuf, String)>) {
    let mut taken = vec![file.to_owned()];
    let mut documents = Documents::new();
    let mut new: Vec<(PathBuf, String)> = Vec::new();
    for user in users {
        for (policy, document) in &user.inline {
            let path = free_name(&user.name, policy, place::directory_of(file), &taken);
            documents.insert((user.name.clone(), policy.clone()), path.display().to_string());
            taken.push(path.clone());
            // As a person writes it; its meaning stays.
            new.push((path, format!("{:#}\n", document.document())));
        }
    }
    (documents, new)
}

/// Returns `POLICY.json`; when that is taken, whatever its case, `USER.POLICY.json`, then numbered.
fn free_name(user: &UserName, policy: &PolicyName, directory: &Path, taken: &[PathBuf]) -> PathBuf {
    let numbered = (2..).map(|number| format!("{user}.{policy}-{number}.json"));
    let names = [format!("{policy}.json"), format!("{user}.{policy}.json")];
    let free = |path: &PathBuf| !taken.iter().any(|other| other.as_os_str().eq_ignore_ascii_case(path));
    let mut paths = names.into_iter().chain(numbered).map(|name| directory.join(name));
    paths.find(free).unwrap_or_default()
}
