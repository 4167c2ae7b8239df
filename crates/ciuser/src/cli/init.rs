//! `ciuser init`: writes a commented `ciuser.toml`, never over an existing one.
//!
//! A template when nothing is said; the user that flags describe, as `create` would make it; or users that exist, asked
//! for as they are. Changes nothing in the account.

mod existing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ciuser_core::name::UserName;
use ciuser_core::spec::{Spec, UserSpec};
use clap::Args;

use super::exit::{CliError, Exit};
use super::global::Setting;
use super::places::Typed;
use super::spec_args::SpecArgs;
use crate::document::{Document, Init, InitDocument, InitUser, Kind};
use crate::place;
use crate::ui::Ui;
use crate::written::{self, Documents, Remarks};

const EXAMPLES: &str = "\
Examples:
  Begin with a template:
    ciuser init
  Write down what flags would ask for:
    ciuser init --user CI_USER --for s3,cloudfront --store kdbx:keys.kdbx
  Take over users that somebody made by hand; no key is made:
    ciuser init --from-user deployer --from-user backup
    ciuser init - --from-user deployer --sandbox";

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArgs {
    /// File to write; `-` prints it
    #[arg(value_name = "FILE", default_value = "ciuser.toml")]
    file: PathBuf,
    /// Print the file instead of writing it
    #[arg(long)]
    stdout: bool,
    /// Name of the user that the flags describe
    #[arg(long, value_name = "NAME")]
    user: Option<UserName>,
    /// Ask for this user of the account as it is; repeatable
    #[arg(long, value_name = "NAME", conflicts_with = "user")]
    from_user: Vec<UserName>,
    #[command(flatten)]
    spec: SpecArgs,
}

/// What is to be written.
struct Draft {
    /// The users that it asks for, none for the template.
    spec: Option<Spec>,
    remarks: Remarks,
    /// Those of them that are there and of no project: they are to be adopted.
    unmanaged: BTreeSet<UserName>,
    /// Where documents lie, or shall lie.
    documents: Documents,
    /// Documents that are to be written: path and text.
    new: Vec<(PathBuf, String)>,
}

impl Draft {
    /// Tells whether documents of this user are to be written.
    fn is_to_write_for(&self, name: &UserName) -> bool {
        let mut documents = self.documents.iter().filter(|((user, _), _)| user == name);
        documents.any(|(_, path)| self.new.iter().any(|(new, _)| new == Path::new(path)))
    }
}

/// Runs `init`.
pub(super) async fn run(args: &InitArgs, setting: &Setting<'_>) -> Result<Exit, CliError> {
    let printed = args.stdout || args.file == Path::new("-") || setting.global.dry_run;
    let named = if args.file == Path::new("-") {
        Path::new("ciuser.toml")
    } else {
        &args.file
    };
    let home = Some(setting.environment.home());
    let path = place::absolute(setting.environment.current_dir(), home, &named.to_string_lossy());
    if !printed {
        refuse_existing(&path, named)?;
    }
    let draft = draft(args, &path, setting).await?;
    let typed = Typed::in_file(*setting, &path);
    let text = match &draft.spec {
        Some(spec) => written::file(spec, &draft.remarks, &typed.view(&draft.documents)),
        None => written::template(
            args.spec.project(),
            setting.global.expect_account.as_ref(),
            setting.global.region.as_ref(),
        ),
    };
    if !printed {
        write(&draft.new, &path, &text, setting.ui)?;
    }
    report(args, &draft, (!printed).then_some(&path), text, setting);
    Ok(Exit::Done)
}

async fn draft(args: &InitArgs, path: &Path, setting: &Setting<'_>) -> Result<Draft, CliError> {
    if !args.from_user.is_empty() {
        if !args.spec.is_only_project() {
            let what = "`--from-user` asks for the user as it is; other flags about it contradict it";
            return Err(CliError::usage(what).with_hint("change the file afterwards; `--project` alone may be said"));
        }
        return existing::draft(&args.from_user, args.spec.project(), path, setting).await;
    }
    args.spec.check()?;
    let (spec, documents) = match &args.user {
        Some(user) => (
            Some(args.spec.spec(user, *setting)?),
            args.spec.documents(user, *setting),
        ),
        None if args.spec.is_only_project() => (None, Documents::new()),
        None => {
            let what = "flags describe a user, and none is named";
            return Err(CliError::usage(what).with_hint("`--user NAME` names it"));
        }
    };
    Ok(Draft {
        spec,
        remarks: Remarks::default(),
        unmanaged: BTreeSet::new(),
        documents,
        new: Vec::new(),
    })
}

/// Writes the documents, then the file that names them, or none of them. Nothing that exists is touched.
fn write(documents: &[(PathBuf, String)], path: &Path, text: &str, ui: &Ui) -> Result<(), CliError> {
    for (document, _) in documents {
        refuse_existing(document, document)?;
    }
    let documents = documents.iter().map(|(path, text)| (path.as_path(), text.as_str()));
    let mut made = Vec::new();
    for (path, text) in documents.chain([(path, text)]) {
        let Err(error) = place::create_public_new(path, text.as_bytes()) else {
            made.push(path);
            continue;
        };
        // Somebody was faster, and the file is theirs.
        let taken = error.already_exists();
        made.extend((!taken).then_some(path));
        for path in made {
            if let Err(left) = place::remove(path) {
                ui.warn(&left.to_string());
            }
        }
        return Err(match taken {
            true => CliError::refused(error.to_string()),
            false => CliError::from(error),
        });
    }
    Ok(())
}

fn refuse_existing(path: &Path, named: &Path) -> Result<(), CliError> {
    if !place::exists(path) {
        return Ok(());
    }
    let what = format!("`{}` exists, and `init` overwrites nothing", named.display());
    Err(CliError::refused(what).with_hint("name another file, or print it with `--stdout`"))
}

fn report(args: &InitArgs, draft: &Draft, written: Option<&PathBuf>, text: String, setting: &Setting<'_>) {
    let ui = setting.ui;
    if ui.is_json() {
        return ui.json(&Document::new(Kind::Init, document(draft, written, text, setting)));
    }
    if written.is_none() {
        for (document, _) in &draft.new {
            ui.warn(&format!(
                "`{}` is named in the file, and was not written",
                document.display()
            ));
        }
        return ui.verbatim(&text);
    }
    for path in draft.new.iter().map(|(path, _)| path).chain(written) {
        ui.talk(&format!("  wrote {}", path.display()));
    }
    let file = written::quoted(&args.file.to_string_lossy());
    let adopt = if draft.unmanaged.is_empty() { "" } else { " --adopt" };
    ui.next(&[
        format!("`ciuser plan -f {file}{adopt}` shows what it would change"),
        format!("`ciuser apply -f {file}{adopt}` changes it"),
    ]);
}

fn document(draft: &Draft, written: Option<&PathBuf>, text: String, setting: &Setting<'_>) -> Init {
    let mut users = Vec::new();
    if let Some(spec) = &draft.spec {
        users.extend(spec.users.iter().map(|user| {
            InitUser {
                name: user.name.to_string(),
                remarks: draft.remarks.users.get(&user.name).cloned().unwrap_or_default(),
                // It would name documents that are not there.
                command: (written.is_some() || !draft.is_to_write_for(&user.name))
                    .then(|| command(draft, spec, user, setting))
                    .flatten(),
            }
        }));
    }
    let (mut documents, mut unwritten) = (Vec::new(), Vec::new());
    for (path, text) in &draft.new {
        let path = path.display().to_string();
        match written {
            Some(_) => documents.push(path),
            None => unwritten.push(InitDocument {
                path,
                text: text.clone(),
            }),
        }
    }
    Init {
        file: written.map(|path| path.display().to_string()),
        text: written.is_none().then_some(text),
        documents,
        unwritten,
        users,
    }
}

/// Returns the command that asks for the same user, unless flags cannot say it.
fn command(draft: &Draft, spec: &Spec, user: &UserSpec, setting: &Setting<'_>) -> Option<String> {
    let typed = Typed::on_command_line(*setting);
    let mut flags = setting.global.session_words();
    if draft.unmanaged.contains(&user.name) {
        flags.push("--adopt".to_owned());
    }
    written::command(spec, user, &flags, &typed.view(&draft.documents)).ok()
}
