//! The managed policies in their default versions.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::package::MANAGED_POLICIES;
use super::{Error, Made, blob};
use crate::generated::Generated;

const BLOB: &str = "crates/ciuser-policy/data/managed-policies.tsv.zst";
const RECORD: &str = "crates/ciuser-policy/data/managed-policies.toml";

/// The package's own form, as far as it is used: policies by name.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct ManagedPolicies<'a>(#[serde(borrow)] pub(super) BTreeMap<&'a str, Policy<'a>>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy<'a> {
    arn: &'a str,
    pub(super) latest_version_id: &'a str,
    pub(super) created_date: &'a str,
    last_updated_date: &'a str,
    #[serde(borrow)]
    pub(super) versions: BTreeMap<&'a str, Version<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version<'a> {
    pub(super) created_date: &'a str,
    #[serde(borrow)]
    document: &'a RawValue,
}

/// Reads the package, as it is unpacked in `directory`, as text: its data borrow from it.
pub(super) fn read(directory: &Path) -> Result<String, Error> {
    Ok(std::fs::read_to_string(
        directory.join("package/dist/managedPolicies.json"),
    )?)
}

impl<'a> ManagedPolicies<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, Error> {
        Ok(serde_json::from_str(json)?)
    }

    /// Returns the day of the newest change.
    pub(super) fn as_of(&self) -> &'a str {
        let newest = self.0.values().map(|policy| policy.last_updated_date).max();
        newest.and_then(|date| date.split('T').next()).unwrap_or_default()
    }
}

/// Makes the blob and its record.
///
/// After a line about the source the table has a line for each policy, sorted by name: name, path, id of the default
/// version, when the policy was made, when it was last changed, document.
pub(super) fn make(policies: &ManagedPolicies<'_>) -> Result<Made, Error> {
    let as_of = policies.as_of();
    let mut text = blob::source_line(&MANAGED_POLICIES, as_of);
    for (name, policy) in &policies.0 {
        text.push_str(&policy.line(name).map_err(|what| Error::unexpected(*name, what))?);
    }
    let packed = blob::compress(&text)?;
    let summary = format!(
        "{} managed policies as of {as_of}, {} bytes",
        policies.0.len(),
        packed.len()
    );
    let record = [
        blob::record_head("managed-policies.tsv.zst"),
        blob::record_source(&MANAGED_POLICIES, as_of),
        format!("policies = {}\n", policies.0.len()),
        blob::record_blob(&packed, text.len()),
    ];
    Ok(Made {
        summary,
        blob: Generated::new(BLOB, packed),
        record: Generated::new(RECORD, record.concat()),
    })
}

impl Policy<'_> {
    fn line(&self, name: &str) -> Result<String, &'static str> {
        let path = self
            .arn
            .strip_prefix("arn:aws:iam::aws:policy")
            .and_then(|rest| rest.strip_suffix(name));
        let path = path.ok_or("its ARN is not an AWS managed policy's")?;
        let latest = self
            .versions
            .get(self.latest_version_id)
            .ok_or("its latest version is missing")?;
        let created = whole_seconds(self.created_date).ok_or("its date of creation has another form")?;
        let updated = whole_seconds(self.last_updated_date).ok_or("its date of update has another form")?;
        Ok(format!(
            "{name}\t{path}\t{}\t{created}\t{updated}\t{}\n",
            self.latest_version_id,
            latest.minified()?
        ))
    }
}

impl Version<'_> {
    /// Returns the document without white space, otherwise as it is.
    pub(super) fn minified(&self) -> Result<String, &'static str> {
        let document: serde_json::Value =
            serde_json::from_str(self.document.get()).map_err(|_| "a document is not JSON")?;
        Ok(document.to_string())
    }
}

/// IAM's times have no fractions; the package adds empty ones.
pub(super) fn whole_seconds(date: &str) -> Option<String> {
    date.strip_suffix(".000Z").map(|seconds| format!("{seconds}Z"))
}
