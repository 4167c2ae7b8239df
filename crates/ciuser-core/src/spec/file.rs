//! `ciuser.toml`: reads the file into a [`Spec`].
//!
//! Unknown keys are errors with the nearest known one; keys that belong to later work are refused as not yet
//! known, never ignored. Paths in the file are relative to the file.

use std::collections::BTreeMap;

use ciuser_policy::document::{DocumentError, PolicyDocument};
use ciuser_policy::nearest::nearest;
use serde::Deserialize;
use toml::{Table, Value};

use super::entry::{kind_of, read_provider, read_store};
use super::{Attach, PolicyRef, SealSpec, Spec, SpecError, UserSpec};
use crate::name::{
    AccountId, GroupName, NameError, Path, PolicyArn, PolicyName, ProjectName, Region, Tag, TagKey, UserName,
};
use crate::target::{ProviderSpec, StoreSpec};

/// Where things are that the file leaves open.
pub trait Places {
    /// Makes a path of the file absolute: relative to the file, `~/` to the home directory.
    fn absolute(&self, path: &str) -> String;
    /// Returns the path of a store of this kind that names none.
    fn default_store(&self, kind: &str, user: &UserName) -> Option<String>;
    /// Reads a policy document that the file names.
    ///
    /// # Errors
    /// Why it cannot be read, in words, with the path.
    fn document(&self, path: &str) -> Result<String, String>;
}

/// A `ciuser.toml` that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecFileError {
    /// Not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A version that this program does not read.
    #[error("`version` is {0}; this ciuser reads version 1")]
    Version(String),
    /// A key that means nothing here.
    #[error("unknown key `{key}` in {place}")]
    UnknownKey {
        /// The key.
        key: String,
        /// Where it stands.
        place: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
    /// A key that comes with later work.
    #[error("`{key}` in {place} is not yet known to this version of ciuser")]
    NotYet {
        /// The key.
        key: String,
        /// Where it stands.
        place: String,
    },
    /// A value of the wrong type.
    #[error("{place}: {message}")]
    Value {
        /// Where it stands.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A name that breaks its rule.
    #[error("{place}: {source}")]
    Name {
        /// Where it stands.
        place: String,
        /// The rule.
        source: NameError,
    },
    /// A file that the spec names.
    #[error("{place}: {message}")]
    Document {
        /// Where it stands.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A policy document that IAM would refuse.
    #[error("{place}: `{path}`, {}: {source}", source.place())]
    Policy {
        /// Where its file is named.
        place: String,
        /// Its file, as it is named.
        path: String,
        /// What is wrong with it.
        source: Box<DocumentError>,
    },
    /// A contradiction.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

impl SpecFileError {
    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            SpecFileError::UnknownKey {
                nearest: Some(nearest), ..
            } => Some(format!("did you mean `{nearest}`?")),
            SpecFileError::Policy { source, .. } => source.hint(),
            _ => None,
        }
    }
}

/// The file as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecFile(Table);

const TOP: &[&str] = &["version", "project", "account", "seal", "user"];
const ACCOUNT: &[&str] = &["id", "region"];
const SEAL: &[&str] = &["recipient", "identity"];
const USER: &[&str] = &[
    "name", "path", "policies", "attach", "groups", "inline", "tags", "untag", "boundary", "store", "deliver",
];
const USER_LATER: &[&str] = &["key", "grant"];

impl SpecFile {
    /// Reads the text as TOML and looks for keys that mean nothing.
    ///
    /// # Errors
    /// Where and why it is not a spec file.
    pub fn parse(text: &str) -> Result<SpecFile, SpecFileError> {
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| SpecFileError::Syntax(error.to_string()))?;
        known(&table, TOP, &[], "the file")?;
        match table.get("version") {
            Some(Value::Integer(1)) => {}
            Some(other) => return Err(SpecFileError::Version(other.to_string())),
            None => return Err(value("the file", "`version = 1` is missing")),
        }
        for (key, keys) in [("account", ACCOUNT), ("seal", SEAL)] {
            if let Some(Value::Table(part)) = table.get(key) {
                known(part, keys, &[], &format!("[{key}]"))?;
            }
        }
        Ok(SpecFile(table))
    }

    /// Makes the spec of the file.
    ///
    /// # Errors
    /// Where and why the file asks for something that cannot be.
    pub fn into_spec(self, places: &dyn Places) -> Result<Spec, SpecFileError> {
        let account = sub_table(&self.0, "account")?;
        let users = match self.0.get("user") {
            None => Vec::new(),
            Some(Value::Array(users)) => users
                .iter()
                .map(|user| read_user(user, places))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(value("the file", "users are written as `[[user]]`")),
        };
        let mut seal: SealSpec = match self.0.get("seal") {
            Some(seal) => typed(seal.clone(), "[seal]")?,
            None => SealSpec::default(),
        };
        seal.identity = seal.identity.map(|path| places.absolute(&path));
        let spec = Spec {
            project: optional(&self.0, "project", "the file", ProjectName::new)?.unwrap_or_else(ProjectName::fallback),
            account: optional(&account, "id", "[account]", AccountId::new)?,
            region: optional(&account, "region", "[account]", Region::new)?,
            seal,
            users,
        };
        Ok(spec.checked()?)
    }
}

fn read_user(entry: &Value, places: &dyn Places) -> Result<UserSpec, SpecFileError> {
    let Value::Table(table) = entry else {
        return Err(value("[[user]]", "a user is a table"));
    };
    let Some(name) = optional(table, "name", "[[user]]", UserName::new)? else {
        return Err(value("[[user]]", "`name` is missing"));
    };
    let place = format!("[[user]] `{name}`");
    known(table, USER, USER_LATER, &place)?;
    let mut tags = Vec::new();
    for (key, text) in sub_table(table, "tags")? {
        let Value::String(text) = text else {
            return Err(value(&place, "tag values are strings"));
        };
        tags.push(Tag::new(key, text).map_err(|source| SpecFileError::Name {
            place: place.clone(),
            source,
        })?);
    }
    let attach = match table.get("attach") {
        Some(attach) => typed::<Attach>(attach.clone(), &place)?,
        None => Attach::Direct,
    };
    Ok(UserSpec {
        path: optional(table, "path", &place, Path::new)?.unwrap_or_else(Path::root),
        policies: list(table, "policies", &place, |text| text.parse::<PolicyRef>())?,
        attach,
        groups: list(table, "groups", &place, |text| GroupName::new(text))?,
        inline: read_inline(table, &place, places)?,
        tags,
        untag: list(table, "untag", &place, |text| TagKey::new(text))?,
        boundary: optional(table, "boundary", &place, PolicyArn::new)?,
        stores: read_stores(table, &place, &name, places)?,
        deliver: read_deliver(table, &place)?,
        name,
    })
}

fn read_inline(
    table: &Table,
    place: &str,
    places: &dyn Places,
) -> Result<BTreeMap<PolicyName, PolicyDocument>, SpecFileError> {
    let mut inline = BTreeMap::new();
    for (name, path) in sub_table(table, "inline")? {
        let named = format!("{place}, inline `{name}`");
        let wrong = |message: String| SpecFileError::Document {
            place: named.clone(),
            message,
        };
        let Value::String(path) = path else {
            return Err(wrong("the path of a document is a string".to_owned()));
        };
        let text = places.document(&places.absolute(&path)).map_err(wrong)?;
        let document = PolicyDocument::parse(&text).map_err(|source| SpecFileError::Policy {
            place: named.clone(),
            path,
            source: Box::new(source),
        })?;
        let name = PolicyName::new(name).map_err(|source| SpecFileError::Name {
            place: place.to_owned(),
            source,
        })?;
        inline.insert(name, document);
    }
    Ok(inline)
}

fn read_stores(
    table: &Table,
    place: &str,
    user: &UserName,
    places: &dyn Places,
) -> Result<Vec<StoreSpec>, SpecFileError> {
    let mut entries = entries(table, "store", place)?;
    // `store = []` asks for none; a file that says nothing gets the usual one.
    if !table.contains_key("store") {
        entries.push(Table::from_iter([(
            "kind".to_owned(),
            Value::String("kdbx".to_owned()),
        )]));
    }
    let read = entries.into_iter().map(|entry| {
        let place = format!("{place}, store `{}`", kind_of(&entry));
        read_store(entry, user, places).map_err(|message| value(&place, &message))
    });
    read.collect()
}

fn read_deliver(table: &Table, place: &str) -> Result<Vec<ProviderSpec>, SpecFileError> {
    let entries = entries(table, "deliver", place)?;
    let read = entries.into_iter().map(|entry| {
        let place = format!("{place}, deliver `{}`", kind_of(&entry));
        read_provider(entry).map_err(|message| value(&place, &message))
    });
    read.collect()
}

fn entries(table: &Table, key: &str, place: &str) -> Result<Vec<Table>, SpecFileError> {
    let wrong = || value(place, &format!("targets are written as `[[user.{key}]]`"));
    match table.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_table().cloned().ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

fn known(table: &Table, keys: &[&str], later: &[&str], place: &str) -> Result<(), SpecFileError> {
    for key in table.keys() {
        if later.contains(&key.as_str()) {
            return Err(SpecFileError::NotYet {
                key: key.clone(),
                place: place.to_owned(),
            });
        }
        if !keys.contains(&key.as_str()) {
            let nearest = nearest(key, keys.iter().copied())
                .first()
                .map(|known| (*known).to_owned());
            return Err(SpecFileError::UnknownKey {
                key: key.clone(),
                place: place.to_owned(),
                nearest,
            });
        }
    }
    Ok(())
}

fn value(place: &str, message: &str) -> SpecFileError {
    SpecFileError::Value {
        place: place.to_owned(),
        message: message.to_owned(),
    }
}

fn typed<T: for<'de> Deserialize<'de>>(from: Value, place: &str) -> Result<T, SpecFileError> {
    from.try_into()
        .map_err(|error: toml::de::Error| value(place, error.message()))
}

fn sub_table(table: &Table, key: &str) -> Result<Table, SpecFileError> {
    match table.get(key) {
        None => Ok(Table::new()),
        Some(Value::Table(part)) => Ok(part.clone()),
        Some(_) => Err(value(&format!("`{key}`"), "a table is expected")),
    }
}

fn optional<T>(
    table: &Table,
    key: &str,
    place: &str,
    make: impl Fn(String) -> Result<T, NameError>,
) -> Result<Option<T>, SpecFileError> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => make(text.clone()).map(Some).map_err(|source| SpecFileError::Name {
            place: place.to_owned(),
            source,
        }),
        Some(_) => Err(value(place, &format!("`{key}` is a string"))),
    }
}

fn list<T>(
    table: &Table,
    key: &str,
    place: &str,
    make: impl Fn(&str) -> Result<T, NameError>,
) -> Result<Vec<T>, SpecFileError> {
    let wrong = || value(place, &format!("`{key}` is a list of strings"));
    let items = match table.get(key) {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(wrong()),
    };
    let mut made = Vec::new();
    for item in items {
        let text = item.as_str().ok_or_else(wrong)?;
        made.push(make(text).map_err(|source| SpecFileError::Name {
            place: place.to_owned(),
            source,
        })?);
    }
    Ok(made)
}
