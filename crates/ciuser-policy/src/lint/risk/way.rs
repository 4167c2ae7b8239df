//! Ways to more permissions than somebody has.

use std::collections::HashMap;

use super::need::Need;
use super::permissions::{Part, Permissions};
use super::ways::{BY_A_NEW_ROLE, BY_WHAT_IS_THERE, THROUGH_IAM};
use crate::lint::check::Check;
use crate::lint::finding::{Finding, Mark};

/// A way to more permissions: whoever has all that it needs can get them.
pub(in crate::lint) struct Way {
    /// The check that looks for it. Its title is what can be done.
    pub(in crate::lint) check: Check,
    /// What pathfinding.cloud calls it.
    pub(in crate::lint) reference: &'static str,
    pub(in crate::lint) needs: &'static [Need],
    /// What must be there already, beyond a role or user with more permissions; nothing if that is enough.
    pub(in crate::lint) given: Option<&'static str>,
}

/// Returns all ways.
pub(in crate::lint) fn ways() -> impl Iterator<Item = &'static Way> {
    [THROUGH_IAM, BY_A_NEW_ROLE, BY_WHAT_IS_THERE].into_iter().flatten()
}

const HELP: &str = "https://pathfinding.cloud";

impl Way {
    /// A way that needs nothing else, or a role or user that there is.
    pub(in crate::lint::risk) const fn new(
        id: &'static str,
        reference: &'static str,
        title: &'static str,
        needs: &'static [Need],
    ) -> Self {
        Self {
            check: Check::security(id, title, "this has a part in it").help(HELP),
            reference,
            needs,
            given: None,
        }
    }

    /// A way that depends on what somebody else made.
    pub(in crate::lint::risk) const fn given(
        given: &'static str,
        id: &'static str,
        reference: &'static str,
        title: &'static str,
        needs: &'static [Need],
    ) -> Self {
        Self {
            check: Check::warning(id, title, "this has a part in it").help(HELP),
            given: Some(given),
            ..Self::new(id, reference, title, needs)
        }
    }
}

/// Returns the ways that are open: all that they need may be allowed.
pub(super) fn find(permissions: &Permissions<'_>) -> Vec<Finding> {
    let mut known: HashMap<Need, Option<Part>> = HashMap::new();
    let mut findings = Vec::new();
    for way in ways() {
        let parts = way.needs.iter().map(|need| {
            let part = known.entry(*need).or_insert_with(|| need.part(permissions));
            part.map(|part| (need, part))
        });
        let parts: Option<Vec<(&Need, Part)>> = parts.collect();
        if let Some(parts) = parts {
            findings.extend(finding(way, &parts));
        }
    }
    findings
}

fn finding(way: &'static Way, parts: &[(&Need, Part)]) -> Option<Finding> {
    let ((_, first), more) = parts.split_first()?;
    let needs = parts.iter().map(|(need, _)| match need.passed_to {
        Some(service) => format!("`{}` to `{service}`", need.action),
        None => format!("`{}`", need.action),
    });
    let needs: Vec<String> = needs.collect();
    let given = way.given.map_or_else(String::new, |given| format!(", if {given}"));
    let message = format!("{} lets its holder {}{given}", needs.join(" with "), way.check.title);
    let mut finding = Finding::new(&way.check, first.policy, first.span, &message);
    finding.hint(format!(
        "allow one of them less: on named resources, under a condition, or not at all (pathfinding.cloud {})",
        way.reference
    ));
    let more = more.iter().map(|(need, part)| Mark {
        document: part.policy,
        span: part.span,
        label: format!("and `{}`", need.action),
    });
    finding.more = more.collect();
    Some(finding)
}
