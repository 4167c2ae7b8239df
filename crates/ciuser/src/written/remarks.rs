//! What a written file says beside the spec: comments for the person who reads it.

use std::collections::BTreeMap;

use ciuser_core::name::UserName;

/// Comments to be written into a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remarks {
    /// At the head of the file.
    pub(crate) head: Vec<String>,
    /// Above each user.
    pub(crate) users: BTreeMap<UserName, Vec<String>>,
}
