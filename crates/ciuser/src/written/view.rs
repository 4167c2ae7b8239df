//! From where a spec is seen: which paths are near.

use std::collections::BTreeMap;
use std::path::Path;

use ciuser_core::name::{PolicyName, UserName};
use ciuser_core::spec::Places;

/// Where the documents of inline policies lie: absolute paths.
pub(crate) type Documents = BTreeMap<(UserName, PolicyName), String>;

/// From where paths are seen: what is near is written short.
pub(crate) struct View<'a> {
    /// How a written path is read again.
    pub(crate) places: &'a dyn Places,
    /// The directory of the file, or the current one.
    pub(crate) base: &'a Path,
    /// The home directory.
    pub(crate) home: &'a Path,
    /// Where the documents of inline policies lie.
    pub(crate) documents: &'a Documents,
}

impl View<'_> {
    /// Returns the shortest way to write this path that is read as the very same.
    pub(super) fn path(&self, path: &str) -> String {
        let below = |directory: &Path| {
            let rest = Path::new(path).strip_prefix(directory).ok()?;
            rest.to_str().filter(|rest| !rest.is_empty()).map(str::to_owned)
        };
        let near = below(self.base);
        let dotted = near.as_ref().map(|near| format!("./{near}"));
        let home = below(self.home).map(|rest| format!("~/{rest}"));
        [near, dotted, home]
            .into_iter()
            .flatten()
            .find(|short| self.places.absolute(short) == path)
            .unwrap_or_else(|| path.to_owned())
    }

    /// Returns how the document of an inline policy is written; one that lies nowhere yet is expected under the
    /// policy's name.
    pub(super) fn document(&self, user: &UserName, policy: &PolicyName) -> String {
        match self.documents.get(&(user.clone(), policy.clone())) {
            Some(path) => self.path(path),
            None => self.path(&self.places.absolute(&format!("{policy}.json"))),
        }
    }

    /// Tells whether a store of this kind lies there when it names no place.
    pub(super) fn is_default_store(&self, kind: &str, user: &UserName, path: &str) -> bool {
        self.places.default_store(kind, user).is_some_and(|place| place == path)
    }
}
