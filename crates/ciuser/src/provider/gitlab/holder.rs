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
    /// Returns where people see it, on its server. A number leads there, too.
    pub(super) fn page(&self) -> String {
        match self {
            Holder::Project(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("/projects/{number}")
            }
            Holder::Project(path) => format!("/{path}"),
            Holder::Group(name) => format!("/groups/{name}"),
        }
    }

    /// Returns a resource of the project or group. A path is one segment there.
    pub(super) fn resource(&self, rest: &[&str]) -> Resource {
        let own = match self {
            Holder::Project(name) => ["projects", name],
            Holder::Group(name) => ["groups", name],
        };
        Resource::new(&[&own, rest].concat())
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
