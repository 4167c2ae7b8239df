//! One target as a table, from the file or from a flag, read into its description.

use toml::{Table, Value};

use super::Places;
use crate::name::UserName;
use crate::target::{ProviderSpec, StoreSpec};

/// The keys of a store that are paths, whatever its kind.
const PATHS: [&str; 4] = ["password-file", "key-file", "identity", "directory"];
/// The kinds whose `path` is one of the file system.
const FILES: [&str; 3] = ["kdbx", "csv", "age"];

/// Returns the kind that a table names, or nothing.
pub(super) fn kind_of(entry: &Table) -> &str {
    entry.get("kind").and_then(Value::as_str).unwrap_or_default()
}

/// Changes every path of a store's table.
pub fn map_store_paths(entry: &mut Table, change: impl Fn(&str) -> String) {
    let is_file = FILES.contains(&kind_of(entry));
    for key in PATHS.into_iter().chain(is_file.then_some("path")) {
        if let Some(Value::String(path)) = entry.get_mut(key) {
            *path = change(path);
        }
    }
}

/// Reads a store. Paths become absolute, and a store that names no place gets its usual one.
///
/// # Errors
/// What is wrong with the table, in words.
pub fn read_store(mut entry: Table, user: &UserName, places: &dyn Places) -> Result<StoreSpec, String> {
    map_store_paths(&mut entry, |path| places.absolute(path));
    if !entry.contains_key("path")
        && let Some(path) = places.default_store(kind_of(&entry), user)
    {
        entry.insert("path".to_owned(), Value::String(path));
    }
    typed(entry)
}

/// Reads a CI system's place.
///
/// # Errors
/// What is wrong with the table, in words.
pub fn read_provider(entry: Table) -> Result<ProviderSpec, String> {
    let place: ProviderSpec = typed(entry)?;
    match place.contradiction() {
        Some(contradiction) => Err(contradiction.to_owned()),
        None => Ok(place),
    }
}

fn typed<T: for<'de> serde::Deserialize<'de>>(entry: Table) -> Result<T, String> {
    entry
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}
