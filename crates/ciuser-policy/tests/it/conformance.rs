//! Where AWS's own verdicts are: beside the checkout, or where `CIUSER_CONFORMANCE_DATA` says. They are not part of it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Reads a file of conformance data; nothing if it is not there.
pub(crate) fn data(file: &str) -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let directory = std::env::var_os("CIUSER_CONFORMANCE_DATA").map_or(beside, PathBuf::from);
    let text = std::fs::read_to_string(directory.join(file)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}
