//! What was asked for, written down for the next time: as a `ciuser.toml` and as a command.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use ciuser_core::spec::Spec;

use super::exit::CliError;
use super::global::Setting;
use super::places::Typed;
use super::spec_args::SpecArgs;
use crate::place;
use crate::written::{self, Documents, Remarks};

/// The file that `--save` named, and whether it is written.
pub(super) struct Saved {
    asked: Option<PathBuf>,
    done: Cell<bool>,
}

/// A spec, and where the documents of its inline policies lie.
pub(super) struct Wanted {
    /// As it was asked for, before the session fills in what it knows.
    pub(super) spec: Spec,
    documents: Documents,
}

impl Wanted {
    /// Takes the spec that these flags have made.
    pub(super) fn of(spec: Spec, args: &SpecArgs, setting: &Setting<'_>) -> Wanted {
        let users = spec.users.iter();
        let documents = users.flat_map(|user| args.documents(&user.name, *setting)).collect();
        Wanted { spec, documents }
    }

    /// Returns the file; its paths are relative to where it will lie.
    fn file(&self, file: &Path, setting: &Setting<'_>) -> String {
        let typed = Typed::in_file(*setting, file);
        written::file(&self.spec, &Remarks::default(), &typed.view(&self.documents))
    }

    /// Shows the command that asks for the same, and the file.
    pub(super) fn show(&self, setting: &Setting<'_>) {
        let typed = Typed::on_command_line(*setting);
        let view = typed.view(&self.documents);
        for user in &self.spec.users {
            let session = setting.global.session_words();
            match written::command(&self.spec, user, &session, &view) {
                Ok(command) => setting.ui.block("The same as a command", &command),
                Err(unsayable) => setting.ui.warn(&unsayable.to_string()),
            }
        }
        let file = setting.environment.current_dir().join("ciuser.toml");
        setting
            .ui
            .block("The same as `ciuser.toml`", &self.file(&file, setting));
    }
}

impl Saved {
    /// Takes what `--save` named.
    ///
    /// # Errors
    /// When something is there already: it would be known too late otherwise.
    pub(super) fn as_asked(asked: Option<&Path>, setting: &Setting<'_>) -> Result<Saved, CliError> {
        let asked = asked.map(|file| absolute(file, setting));
        if let Some(file) = &asked
            && place::exists(file)
        {
            return Err(taken(file));
        }
        Ok(Saved {
            asked,
            done: Cell::new(false),
        })
    }

    /// Writes the file that `--save` named, unless that was done.
    pub(super) fn write_as_asked(&self, wanted: &Wanted, setting: &Setting<'_>) -> Result<(), CliError> {
        match &self.asked {
            Some(file) if !self.done.get() => {
                self.write(wanted, file, setting)?;
                setting.ui.talk(&format!("  written: {}", file.display()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes the spec to a new file.
    pub(super) fn write(&self, wanted: &Wanted, file: &Path, setting: &Setting<'_>) -> Result<(), CliError> {
        let file = absolute(file, setting);
        if place::exists(&file) {
            return Err(taken(&file));
        }
        let text = wanted.file(&file, setting);
        place::create_public_new(&file, text.as_bytes()).map_err(|error| {
            // Somebody was faster.
            if error.already_exists() {
                taken(&file)
            } else {
                CliError::from(error)
            }
        })?;
        if self.asked.as_ref() == Some(&file) {
            self.done.set(true);
        }
        Ok(())
    }
}

fn absolute(file: &Path, setting: &Setting<'_>) -> PathBuf {
    let environment = setting.environment;
    place::absolute(
        environment.current_dir(),
        Some(environment.home()),
        &file.to_string_lossy(),
    )
}

fn taken(file: &Path) -> CliError {
    let what = format!(
        "`{}` is there already; a spec file is never written over another",
        file.display()
    );
    CliError::refused(what).with_hint("name another file with `--save`")
}
