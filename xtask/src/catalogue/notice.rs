//! The notice beside the blobs: whose the data are, and under which licences the packages are that they were taken from.

use std::path::Path;

use super::Error;
use super::package::{IAM_DATA, MANAGED_POLICIES, POLICY_SENTRY, Package};
use crate::generated::Generated;

const NOTICE: &str = "crates/ciuser-policy/data/NOTICE";

/// Makes the notice from the packages' licence texts. Each package is unpacked in a directory of its name in `place`.
pub(super) fn make(place: &Path) -> Result<Generated, Error> {
    let text = [
        "The policy documents in managed-policies.tsv.zst and managed-policy-versions.tsv.zst are published by Amazon Web\n\
         Services. They were taken from an npm package:\n\n"
            .to_owned(),
        licence(&MANAGED_POLICIES, place)?,
        "\n\nThe names in authorization-reference.tsv.zst, and what they have to do with each other, are published by Amazon\n\
         Web Services. They were taken from two packages of PyPI, the dependent actions from the second:\n\n"
            .to_owned(),
        licence(&IAM_DATA, place)?,
        "\n\n".to_owned(),
        licence(&POLICY_SENTRY, place)?,
        "\n".to_owned(),
    ];
    Ok(Generated::new(NOTICE, text.concat()))
}

/// Returns a package's licence under its name, without white space at the end.
fn licence(package: &Package, place: &Path) -> Result<String, Error> {
    let file = place.join(package.name).join(package.licence_file);
    let text = std::fs::read_to_string(file)?;
    Ok(format!(
        "{} {}, under this licence ({}):\n\n{}",
        package.name,
        package.version,
        package.licence,
        text.trim_end()
    ))
}
