//! The notice beside the blobs: whose the data are, and under which licences the packages are that they were taken from.

use std::path::Path;

use super::Error;
use super::package::{MANAGED_POLICIES, Package};
use crate::generated::Generated;

const NOTICE: &str = "crates/ciuser-policy/data/NOTICE";

/// Makes the notice from the packages' licence texts, each package as it is unpacked in its directory.
pub(super) fn make(managed_policies: &Path) -> Result<Generated, Error> {
    let text = format!(
        "The policy documents in managed-policies.tsv.zst and managed-policy-versions.tsv.zst are published by Amazon Web\n\
         Services. They were taken from the npm package {} {}, which is distributed under this\n\
         licence:\n\n{}",
        MANAGED_POLICIES.name,
        MANAGED_POLICIES.version,
        licence(&MANAGED_POLICIES, managed_policies)?
    );
    Ok(Generated {
        path: NOTICE,
        bytes: text.into_bytes(),
    })
}

fn licence(package: &Package, directory: &Path) -> Result<String, Error> {
    Ok(std::fs::read_to_string(directory.join(package.licence_file))?)
}
