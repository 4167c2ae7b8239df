//! Where things are: state, stores without a place of their own, paths that were typed.

use std::path::{Path, PathBuf};

use ciuser_core::name::UserName;
use ciuser_core::port::Clock as _;
use ciuser_core::spec::Places;

use super::global::Setting;
use crate::clock::SystemClock;
use crate::journal::SqliteJournal;
use crate::place;
use crate::written::{Documents, View};

/// Where the program keeps its own files. The sandbox's are apart from all others.
#[derive(Debug, Clone)]
pub(super) struct OwnPlaces {
    /// Journal, spool, locks.
    pub(super) state: PathBuf,
    /// Identities of unfinished handovers.
    pub(super) config: PathBuf,
    /// Stores without a place of their own.
    pub(super) data: PathBuf,
    /// The sandbox itself.
    pub(super) sandbox: PathBuf,
}

impl OwnPlaces {
    pub(super) fn of(setting: &Setting<'_>) -> OwnPlaces {
        let environment = setting.environment;
        let apart = |path: PathBuf| {
            if setting.global.sandbox {
                path.join("sandbox")
            } else {
                path
            }
        };
        OwnPlaces {
            state: apart(environment.state_dir()),
            config: apart(environment.config_dir()),
            data: apart(environment.data_dir()),
            sandbox: environment.state_dir().join("sandbox"),
        }
    }

    /// Returns the journal, which may not be there yet.
    pub(super) fn journal(&self) -> SqliteJournal {
        SqliteJournal::new(self.state.join("journal.sqlite"), || SystemClock.now())
    }

    /// Returns where a store of this kind goes that names no place.
    pub(super) fn default_store(&self, kind: &str, user: &UserName) -> Option<PathBuf> {
        match kind {
            "kdbx" => Some(self.data.join("keys.kdbx")),
            "csv" => Some(self.data.join(format!("{user}_accessKeys.csv"))),
            _ => None,
        }
    }
}

/// Resolves what was typed: relative to a directory, `~/` to the home directory.
pub(super) struct Typed<'a> {
    setting: Setting<'a>,
    own: OwnPlaces,
    base: PathBuf,
}

impl<'a> Typed<'a> {
    /// For paths on the command line.
    pub(super) fn on_command_line(setting: Setting<'a>) -> Typed<'a> {
        Typed {
            own: OwnPlaces::of(&setting),
            base: setting.environment.current_dir().to_owned(),
            setting,
        }
    }

    /// For paths in a file.
    pub(super) fn in_file(setting: Setting<'a>, file: &Path) -> Typed<'a> {
        let base = place::directory_of(file).to_owned();
        Typed {
            own: OwnPlaces::of(&setting),
            base,
            setting,
        }
    }

    /// Returns how paths are written that are read here again.
    pub(super) fn view<'b>(&'b self, documents: &'b Documents) -> View<'b> {
        View {
            places: self,
            base: &self.base,
            home: self.setting.environment.home(),
            documents,
        }
    }
}

impl Places for Typed<'_> {
    fn absolute(&self, path: &str) -> String {
        let home = Some(self.setting.environment.home());
        place::absolute(&self.base, home, path).to_string_lossy().into_owned()
    }

    fn default_store(&self, kind: &str, user: &UserName) -> Option<String> {
        Some(self.own.default_store(kind, user)?.to_string_lossy().into_owned())
    }

    fn document(&self, path: &str) -> Result<String, String> {
        match place::read_text(Path::new(path)) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(format!("`{path}` is not there")),
            Err(error) => Err(error.to_string()),
        }
    }
}
