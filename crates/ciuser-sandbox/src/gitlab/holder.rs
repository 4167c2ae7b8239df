//! Projects and groups, as far as they hold variables: `/projects/{id}` and `/groups/{id}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::variable::Variable;

const MAINTAINER: u32 = 40;
const DEVELOPER: u32 = 30;

/// A project or a group, with its variables.
#[derive(Serialize, Deserialize)]
pub(super) struct Holder {
    pub(super) id: u64,
    pub(super) path: String,
    pub(super) archived: bool,
    /// Whether the user is a maintainer there.
    pub(super) maintained: bool,
    pub(super) variables: Vec<Variable>,
}

impl Holder {
    pub(super) fn fresh(id: u64, path: &str) -> Holder {
        Holder {
            id,
            path: path.to_owned(),
            archived: false,
            maintained: true,
            variables: Vec::new(),
        }
    }

    /// Returns the user's role there, as GitLab counts them.
    pub(super) fn access_level(&self) -> u32 {
        if self.maintained { MAINTAINER } else { DEVELOPER }
    }

    pub(super) fn project_json(&self) -> Value {
        let access_level = self.access_level();
        json!({
            "id": self.id,
            "name": self.name(),
            "path": self.name(),
            "path_with_namespace": self.path,
            "web_url": format!("https://gitlab.com/{}", self.path),
            "archived": self.archived,
            "default_branch": "main",
            "permissions": { "project_access": { "access_level": access_level }, "group_access": null },
        })
    }

    pub(super) fn group_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name(),
            "path": self.name(),
            "full_path": self.path,
            "web_url": format!("https://gitlab.com/groups/{}", self.path),
        })
    }

    /// Tells whether a path lies below this group.
    pub(super) fn contains(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('/'))
    }

    fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }
}
