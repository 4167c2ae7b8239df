//! What a store has to bring to be put under the contract.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, Store};
use ciuser_core::target::StoreSpec;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use super::Rig;
use crate::rig::{Script, reach};
use crate::targets::Reach;

/// The ground that one store stands on: a place of its own for every test, seen from outside the store.
pub(in crate::store) trait Ground: Sized {
    /// Makes it, with an empty place.
    fn new() -> Self;

    /// Returns who can be asked, and a directory that is removed in the end.
    fn rig(&self) -> &Rig;

    /// Names the place; the same one every time.
    fn spec(&self) -> StoreSpec;

    /// Returns how the store reaches its service; one that is no service reaches nothing.
    fn reach(&self) -> Reach<'_> {
        reach(Script::of([]), &self.rig().waits, SecretString::from("no token"))
    }

    /// Describes all that can be seen from outside, without the store: the same text as long as nothing has changed.
    fn seen(&self) -> String {
        everything_in(self.rig().directory.path())
    }

    /// Puts this text, which is not a key of the user, where the store would put one.
    fn occupy(&self, text: &str);

    /// Tells whether the text of [`Ground::occupy`] is there as it was.
    fn is_occupied_by(&self, text: &str) -> bool;

    /// Says what the store answers of a key of the user that it has put there itself.
    fn held(&self, id: &AccessKeyId) -> Holdings {
        Holdings::Key(id.clone())
    }

    /// Opens the store as another process would, with nothing learnt, and does something with it.
    fn opened<T>(&self, act: impl FnOnce(&dyn Store) -> T) -> T {
        let (session, reach) = (self.rig().session(), self.reach());
        act(&*crate::store::open(&self.spec(), &session, &reach).unwrap())
    }
}

/// Makes a file of this text, and its directory.
pub(in crate::store) fn lay_file(path: &str, text: &str) {
    crate::place::private_dir(Path::new(path).parent().unwrap()).unwrap();
    crate::place::write_private(Path::new(path), text.as_bytes()).unwrap();
}

/// Tells whether the file is made of this text.
pub(in crate::store) fn is_file_of(path: &str, text: &str) -> bool {
    super::bytes(path).unwrap() == text.as_bytes()
}

/// Describes every file below a directory: its name, its mode, and a digest of its bytes.
fn everything_in(directory: &Path) -> String {
    let mut entries: Vec<_> = directory
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    let mut text = String::new();
    for path in entries {
        let mode = path.symlink_metadata().unwrap().permissions().mode();
        let is_directory = path.is_dir();
        let inside = match is_directory {
            true => everything_in(&path),
            false => hex::encode(Sha256::digest(crate::place::read(&path).unwrap().unwrap_or_default())) + "\n",
        };
        write!(text, "{} {mode:o}\n{inside}", path.display()).unwrap();
    }
    text
}
