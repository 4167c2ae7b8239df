//! What has variables: a project or a group.

use crate::rest::Resource;

/// A project or a group, by its path or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) enum Holder {
    /// A project.
    Project(String),
    /// A group, for all the projects below it.
    Group(String),
}

impl Holder {
    /// Returns path or number, as it was written.
    pub(super) fn name(&self) -> &str {
        match self {
            Holder::Project(name) | Holder::Group(name) => name,
        }
    }

    /// Returns a resource of the project or group. A path is one segment there.
    pub(super) fn resource(&self, rest: &[&str]) -> Resource {
        let collection = match self {
            Holder::Project(_) => "projects",
            Holder::Group(_) => "groups",
        };
        Resource::new(&[&[collection, self.name()], rest].concat())
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Holder::Project(name) => write!(f, "project `{name}`"),
            Holder::Group(name) => write!(f, "group `{name}`"),
        }
    }
}
