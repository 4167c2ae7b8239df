//! Restrictions of a context: which jobs may use it. Ours name a project, or a condition in CircleCI's own language.
//!
//! A group restricts who may start a job, whichever project it is of: it closes a context to no project.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The group that every new context is open to.
const EVERYBODY: &str = "All members";

/// A restriction that says which jobs are let in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Those of the project with this id.
    Project(String),
    /// Those for which this is true.
    Expression(String),
}

impl Rule {
    /// Makes the rule of an expression. CircleCI reads any white space between its words as one blank.
    pub(super) fn of_expression(text: &str) -> Rule {
        let mut quoted = false;
        let mut folded = String::new();
        for letter in text.trim().chars() {
            quoted ^= letter == '"' && !folded.ends_with('\\');
            if quoted || !letter.is_whitespace() {
                folded.push(letter);
            } else if !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        Rule::Expression(folded)
    }

    /// Returns the id of the project that is let in.
    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Rule::Project(id) => Some(id),
            Rule::Expression(_) => None,
        }
    }

    /// Returns type and value as the API has them.
    pub(super) fn type_and_value(&self) -> (&'static str, &str) {
        match self {
            Rule::Project(id) => ("project", id),
            Rule::Expression(text) => ("expression", text),
        }
    }
}

/// A restriction, as it is listed.
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

    fn value(&self) -> Option<&str> {
        self.restriction_value.as_deref().or(self.project_id.as_deref())
    }

    fn rule(&self) -> Option<Rule> {
        match (self.kind(), self.value()?) {
            ("project", id) => Some(Rule::Project(id.to_owned())),
            ("expression", text) => Some(Rule::of_expression(text)),
            _ => None,
        }
    }

    fn is_group(&self) -> bool {
        self.kind() == "group"
    }

    fn name(&self) -> &str {
        self.name.as_deref().or(self.value()).unwrap_or("?")
    }
}

/// Returns which jobs are let in; all of them if there is no rule.
pub(super) fn rules(restrictions: &[Restriction]) -> BTreeSet<Rule> {
    restrictions.iter().filter_map(Restriction::rule).collect()
}

/// Returns the groups outside of which nobody may use or change the context; none if everybody may.
pub(super) fn groups(restrictions: &[Restriction]) -> Vec<&str> {
    let groups = restrictions.iter().filter(|one| one.is_group()).map(Restriction::name);
    let groups: Vec<_> = groups.collect();
    if groups.iter().any(|name| name.eq_ignore_ascii_case(EVERYBODY)) {
        return Vec::new();
    }
    groups
}

/// Tells whether jobs of the project may be let in. What an expression or a group decides is not known here.
pub(super) fn may_let_in(restrictions: &[Restriction], project: Option<&str>) -> bool {
    let rules = rules(restrictions);
    let projects: Vec<_> = rules.iter().filter_map(Rule::project).collect();
    projects.is_empty() || project.is_none_or(|project| projects.contains(&project))
}

/// Says which jobs are let in.
pub(super) fn in_words(restrictions: &[Restriction]) -> String {
    let rules = restrictions.iter().filter(|one| one.rule().is_some());
    let words = rules.map(|one| format!("{} `{}`", one.kind(), one.name()));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listed(json: serde_json::Value) -> Vec<Restriction> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_group_keeps_people_out_but_no_project() {
        let all = json!({ "name": "All members", "restriction_type": "group", "restriction_value": "1" });
        let ops = json!({ "name": "ops", "restriction_type": "group", "restriction_value": "2" });
        let nameless = json!({ "name": null, "restriction_type": "group", "restriction_value": "3" });
        for (there, kept_to) in [
            (json!([]), vec![]),
            (json!([all]), vec![]),
            (json!([ops, nameless]), vec!["ops", "3"]),
            (json!([all, ops]), vec![]),
        ] {
            let there = listed(there);
            assert_eq!((rules(&there), groups(&there)), (BTreeSet::new(), kept_to));
        }
    }

    #[test]
    fn rules_are_read_in_todays_form_and_in_the_old_one() {
        let there = listed(json!([
            { "id": "r1", "name": "storefront", "restriction_type": "project", "restriction_value": "p1", "project_id": "p1" },
            { "id": "r2", "project_id": "p2" },
            { "id": "r3", "name": null, "restriction_type": "expression", "restriction_value": "not job.ssh.enabled" },
        ]));
        let project = |id: &str| Rule::Project(id.to_owned());
        let ssh = Rule::Expression("not job.ssh.enabled".to_owned());
        assert_eq!(rules(&there), BTreeSet::from([project("p1"), project("p2"), ssh]));
        assert!(may_let_in(&there, Some("p2")) && may_let_in(&there, None) && !may_let_in(&there, Some("p3")));
        assert!(may_let_in(&there[2..], Some("p3")));
        assert_eq!(
            in_words(&there),
            "project `storefront`, project `p2`, expression `not job.ssh.enabled`"
        );
    }

    #[test]
    fn white_space_counts_inside_quotes_only() {
        let folded = |text: &str| Rule::of_expression(text).type_and_value().1.to_owned();
        assert_eq!(
            folded(" pipeline.git.branch\n\t== \"a  b\\\"  c\"  and not  job.ssh.enabled\n"),
            r#"pipeline.git.branch == "a  b\"  c" and not job.ssh.enabled"#
        );
    }
}
