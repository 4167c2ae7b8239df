//! All condition keys in one list, in which actions and resource types name them by number.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use super::global_keys::GLOBAL_KEYS;
use super::iam_data::{IamData, ServiceData};

/// Keys that actions name and that their service's list lacks, with the type of their siblings.
const UNLISTED: [(&str, &str); 1] = [("kms:RecipientAttestation:PCR8:ServiceName", "String")];

const VALUE_TYPES: [&str; 11] = [
    "ARN",
    "ArrayOfARN",
    "ArrayOfBool",
    "ArrayOfString",
    "Bool",
    "Date",
    "DateOrNumeric",
    "IPAddress",
    "Numeric",
    "String",
    "StringOrArn",
];

/// A key as services know it: two of them may give it different types.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    lower: String,
    /// Whether the type is not the one that the service gives that the key is named after: that one is first.
    borrowed: bool,
    value_type: String,
    name: String,
}

/// The list.
pub(super) struct ConditionKeys {
    keys: Vec<Key>,
    global: BTreeSet<String>,
    indices: BTreeMap<(String, String), usize>,
}

impl ConditionKeys {
    /// Collects the keys of all services and those that no service lists.
    pub(super) fn collect(data: &IamData) -> Result<Self, Error> {
        let mut keys = of_services(data);
        add_unlisted(&mut keys)?;
        let keys: Vec<Key> = keys.into_values().collect();
        let federated = keys
            .iter()
            .filter(|key| data.federation_prefixes.contains(owner(&key.name)));
        let mut global: BTreeSet<String> = federated.map(|key| key.lower.clone()).collect();
        global.extend(GLOBAL_KEYS.map(|(name, _)| name.to_ascii_lowercase()));
        Self::number(keys, global)
    }

    fn number(mut keys: Vec<Key>, global: BTreeSet<String>) -> Result<Self, Error> {
        keys.sort_unstable();
        for key in &keys {
            if !VALUE_TYPES.contains(&key.value_type.as_str()) {
                return Err(Error::unexpected(&key.name, "its type is not known"));
            }
            if key.name.matches(['$', '<']).count() > 1 {
                return Err(Error::unexpected(&key.name, "it has several variable parts"));
            }
        }
        let numbered = keys.iter().enumerate();
        let indices = numbered.map(|(index, key)| ((key.lower.clone(), key.value_type.clone()), index));
        Ok(Self {
            indices: indices.collect(),
            keys,
            global,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns a line for each key: name, type, and `*` if it is global.
    pub(super) fn lines(&self) -> String {
        let line = |key: &Key| {
            let global = if self.global.contains(&key.lower) { "*" } else { "" };
            format!("{}\t{}\t{global}\n", key.name, key.value_type)
        };
        self.keys.iter().map(line).collect()
    }

    /// Returns the numbers of keys as a service knows them, ascending, with commas between them.
    pub(super) fn numbers<'a>(
        &self,
        service: &ServiceData,
        names: impl IntoIterator<Item = &'a String>,
    ) -> Result<String, Error> {
        let mut numbers = BTreeSet::new();
        for name in names {
            let lower = name.to_ascii_lowercase();
            let listed = service.condition_keys.get(&lower).map(|key| key.value_type.as_str());
            let unlisted = || UNLISTED.iter().find(|(known, _)| known == name).map(|(_, of)| *of);
            let value_type = listed
                .or_else(unlisted)
                .ok_or_else(|| Error::unexpected(name, "its service's list lacks the key"))?;
            let index = self.indices.get(&(lower, value_type.to_owned()));
            numbers.insert(*index.ok_or_else(|| Error::unexpected(name, "the key was not collected"))?);
        }
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        Ok(numbers.join(","))
    }
}

/// Returns the keys that services list, by name in lower case and type.
fn of_services(data: &IamData) -> BTreeMap<(String, String), Key> {
    let mut keys = BTreeMap::new();
    for service in &data.services {
        for (lower, key) in &service.condition_keys {
            let borrowed = owner(&key.key) != service.prefix;
            let known: &mut Key = keys
                .entry((lower.clone(), key.value_type.clone()))
                .or_insert_with(|| Key {
                    lower: lower.clone(),
                    borrowed,
                    value_type: key.value_type.clone(),
                    name: key.key.clone(),
                });
            known.borrowed &= borrowed;
        }
    }
    keys
}

/// Adds the keys that no service lists. What is listed must have the type that is written down for it here.
fn add_unlisted(keys: &mut BTreeMap<(String, String), Key>) -> Result<(), Error> {
    for (name, value_type) in GLOBAL_KEYS.into_iter().chain(UNLISTED) {
        let lower = name.to_ascii_lowercase();
        let listed = keys.keys().any(|(known, _)| *known == lower);
        let by_type = (lower.clone(), value_type.to_owned());
        if listed && !keys.contains_key(&by_type) {
            return Err(Error::unexpected(
                name,
                "the key has another type than in the documentation",
            ));
        }
        keys.entry(by_type).or_insert_with(|| Key {
            lower,
            borrowed: false,
            value_type: value_type.to_owned(),
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// Returns what a key is named after: a service, `aws`, or who federates.
fn owner(key: &str) -> &str {
    key.split_once(':').map_or(key, |(owner, _)| owner)
}
