//! Restrictions of a context: which jobs may use it. Ours are of the kind that names a project.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The group that every new context is open to.
const EVERYBODY: &str = "All members";

/// A restriction.
#[derive(Debug, Deserialize)]
pub(super) struct Restriction {
    /// The name of the project or group.
    name: Option<String>,
    restriction_type: Option<String>,
    restriction_value: Option<String>,
    /// What old servers have in place of type and value.
    project_id: Option<String>,
}

impl Restriction {
    fn kind(&self) -> &str {
        self.restriction_type.as_deref().unwrap_or("project")
    }

    /// Returns the id of the project that it lets in.
    fn project(&self) -> Option<&str> {
        let value = self.restriction_value.as_deref().or(self.project_id.as_deref());
        value.filter(|_| self.kind() == "project")
    }

    fn lets_everybody_in(&self) -> bool {
        self.kind() == "group"
            && self
                .name
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(EVERYBODY))
    }

    fn in_words(&self) -> String {
        let named = self.name.as_deref().or(self.restriction_value.as_deref());
        format!("{} `{}`", self.kind(), named.or(self.project()).unwrap_or("?"))
    }
}

/// Returns the ids of the projects that are let in.
pub(super) fn projects(restrictions: &[Restriction]) -> BTreeSet<&str> {
    restrictions.iter().filter_map(Restriction::project).collect()
}

/// Tells whether every project of the organisation is let in.
pub(super) fn is_open(restrictions: &[Restriction]) -> bool {
    restrictions.iter().all(Restriction::lets_everybody_in)
}

/// Tells whether jobs of the project may be let in. What an expression or a group decides is not known here.
pub(super) fn may_let_in(restrictions: &[Restriction], project: &str) -> bool {
    let projects = projects(restrictions);
    projects.is_empty() || projects.contains(project)
}

/// Says who is let in.
pub(super) fn in_words(restrictions: &[Restriction]) -> String {
    let closed = restrictions.iter().filter(|one| !one.lets_everybody_in());
    closed.map(Restriction::in_words).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(json: serde_json::Value) -> Vec<Restriction> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_context_is_open_without_restrictions_and_to_all_members() {
        assert!(is_open(&[]));
        let all = serde_json::json!({ "name": "All members", "restriction_type": "group", "restriction_value": "1" });
        assert!(is_open(&listed(serde_json::json!([all]))));
        let one = serde_json::json!({ "name": "ops", "restriction_type": "group", "restriction_value": "2" });
        assert!(!is_open(&listed(serde_json::json!([all, one]))));
    }

    #[test]
    fn projects_are_read_in_todays_form_and_in_the_old_one() {
        let both = listed(serde_json::json!([
            { "id": "r1", "name": "storefront", "restriction_type": "project", "restriction_value": "p1", "project_id": "p1" },
            { "id": "r2", "project_id": "p2" },
            { "id": "r3", "name": null, "restriction_type": "expression", "restriction_value": "not job.ssh.enabled" },
        ]));
        assert_eq!(projects(&both), BTreeSet::from(["p1", "p2"]));
        assert!(may_let_in(&both, "p2") && !may_let_in(&both, "p3"));
        assert_eq!(
            in_words(&both),
            "project `storefront`, project `p2`, expression `not job.ssh.enabled`"
        );
    }
}
