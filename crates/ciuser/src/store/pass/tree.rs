//! The directory of a password store: where entries lie, and for whom they are encrypted.

use std::path::PathBuf;

use ciuser_core::port::TargetError;

use crate::env::Environment;
use crate::place;

/// A password store.
pub(super) struct Tree {
    pub(super) root: PathBuf,
    /// The keys that `PASSWORD_STORE_KEY` names, which count before those of the store.
    keys: Option<String>,
}

impl Tree {
    /// Finds it as `pass` does; `directory` comes first.
    pub(super) fn find(directory: Option<&str>, environment: &Environment) -> Tree {
        let named = directory.or_else(|| environment.variable("PASSWORD_STORE_DIR"));
        Tree {
            root: match named {
                Some(named) => environment.current_dir().join(named),
                None => environment.home().join(".password-store"),
            },
            keys: environment.variable("PASSWORD_STORE_KEY").map(str::to_owned),
        }
    }

    /// Returns the file of an entry.
    pub(super) fn file_of(&self, name: &str) -> Result<PathBuf, TargetError> {
        let plain = |part: &str| !part.is_empty() && !part.starts_with(['.', '-']) && !part.contains(char::is_control);
        if name.split('/').all(plain) {
            return Ok(self.root.join(format!("{name}.gpg")));
        }
        Err(
            TargetError::new(format!("`{name}` cannot be the name of an entry of `pass`"))
                .with_hint("write it as `aws/storefront/CI_USER`, without `.` or `-` before a part of it"),
        )
    }

    /// Refuses a store that was never made.
    pub(super) fn prove_made(&self) -> Result<(), TargetError> {
        if place::exists(&self.root.join(".gpg-id")) {
            return Ok(());
        }
        let message = format!("`{}` is not a password store: it has no `.gpg-id`", self.root.display());
        Err(TargetError::new(message)
            .with_hint("`pass init KEY` makes one; PASSWORD_STORE_DIR, or `directory`, names another"))
    }

    /// Tells whether what is replaced stays in a history.
    pub(super) fn has_history(&self) -> bool {
        place::in_git_work_tree(&self.root.join(".gpg-id"))
    }

    /// Returns the keys that an entry is encrypted to: those of the nearest `.gpg-id` above it.
    pub(super) fn recipients_of(&self, name: &str) -> Result<Vec<String>, TargetError> {
        if let Some(keys) = &self.keys {
            return Ok(keys.split_whitespace().map(str::to_owned).collect());
        }
        let file = self.file_of(name)?;
        let inside = file
            .ancestors()
            .skip(1)
            .take_while(|above| above.starts_with(&self.root));
        for above in inside {
            if let Some(text) = place::read_text(&above.join(".gpg-id"))? {
                return Ok(keys_in(&text));
            }
        }
        Ok(Vec::new())
    }
}

/// Reads the keys of a `.gpg-id`, one on a line, with comments.
fn keys_in(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn tree(root: &Path, variables: &[(&str, &str)]) -> Tree {
        Tree::find(None, &Environment::of(root.to_str().unwrap(), root, variables))
    }

    #[test]
    fn names_that_lead_out_of_the_store_or_look_like_flags_are_refused() {
        let tree = tree(Path::new("/home/me"), &[]);
        let file = tree.file_of("aws/CI_USER").unwrap();
        assert_eq!(file, Path::new("/home/me/.password-store/aws/CI_USER.gpg"));
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            "-a",
            "a/-b",
            ".git/config",
            "a\nb",
        ] {
            assert!(tree.file_of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_nearest_list_of_keys_counts_and_the_environment_before_it() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join(".password-store");
        place::private_dir(&root.join("aws/deep")).unwrap();
        place::write_private(&root.join(".gpg-id"), b"ME\n").unwrap();
        place::write_private(&root.join("aws/.gpg-id"), b"# the team\nA@example.org # first\n\nB\n").unwrap();
        let found = tree(home.path(), &[]);
        assert_eq!(found.recipients_of("mail").unwrap(), ["ME"]);
        assert_eq!(found.recipients_of("aws/deep/x").unwrap(), ["A@example.org", "B"]);
        let named = tree(home.path(), &[("PASSWORD_STORE_KEY", "C D")]);
        assert_eq!(named.recipients_of("mail").unwrap(), ["C", "D"]);
    }
}
