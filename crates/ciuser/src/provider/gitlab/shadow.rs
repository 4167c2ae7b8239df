//! Which value a job gets when a key is set more than once: the project's before the group's, a narrow scope's before a
//! wide one's.

use ciuser_core::port::TargetError;
use ciuser_core::target::{Variable, VariableNames};

use super::api::{Gitlab, told};
use super::holder::Holder;
use super::variable::ShownVariable;

/// Each project costs a call.
const MOST: usize = 30;

/// Warns of other scopes of the same project or group that win over this one in some jobs.
pub(super) fn narrower_scopes(all: &[ShownVariable], scope: &str, names: &VariableNames) -> Vec<String> {
    let ours = Variable::ALL.map(|variable| names.name(variable));
    let mut scopes: Vec<&str> = all
        .iter()
        .filter(|one| ours.contains(&one.key.as_str()) && may_win(&one.environment_scope, scope))
        .map(|one| one.environment_scope.as_str())
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    let warning = |other: &str| {
        let set = set_in(all, names, |known| known == other);
        format!("{set} also set for environment scope `{other}`; in its jobs that wins")
    };
    scopes.into_iter().map(warning).collect()
}

/// Tells whether another scope can win over ours: it is more of a name, and may cover the same environments. Whether it
/// does is GitLab's to say, so two patterns are taken to overlap unless one of them is plain and does not fit.
fn may_win(other: &str, ours: &str) -> bool {
    if other == ours || other == "*" {
        return false;
    }
    let start = |scope: &str| scope.split('*').next().unwrap_or_default().to_owned();
    let (other_start, our_start) = (start(other), start(ours));
    let overlap = other_start.starts_with(&our_start) || (other.contains('*') && our_start.starts_with(&other_start));
    overlap && (ours.contains('*') || other.contains('*')) && other_start.len() >= our_start.len()
}

/// Warns of projects below a group that set the same keys themselves.
pub(super) async fn projects_over_group(
    gitlab: &Gitlab<'_>,
    group: &Holder,
    names: &VariableNames,
) -> Result<Vec<String>, TargetError> {
    let projects = match gitlab.projects(group).await {
        Err(trouble) if trouble.is_hidden() => return Ok(Vec::new()),
        projects => projects.map_err(told)?,
    };
    let mut warnings = Vec::new();
    for project in projects.iter().take(MOST) {
        let holder = Holder::Project(project.full_path.clone());
        match gitlab.variables(&holder).await {
            Err(trouble) if trouble.is_hidden() => {}
            variables => {
                let set = set_in(&variables.map_err(told)?, names, |_| true);
                if !set.is_empty() {
                    warnings.push(format!("{set} also set by {holder}; there that wins over the group"));
                }
            }
        }
    }
    if projects.len() > MOST {
        let count = projects.len();
        warnings.push(format!(
            "only {MOST} of {count} projects were looked at; one that sets the same keys wins"
        ));
    }
    Ok(warnings)
}

/// Returns in words which of our names are set: "`A`, `B` are".
fn set_in(all: &[ShownVariable], names: &VariableNames, scope: impl Fn(&str) -> bool) -> String {
    let is_set = |name: &&str| all.iter().any(|one| one.key == *name && scope(&one.environment_scope));
    let ours = Variable::ALL.map(|variable| names.name(variable));
    let set: Vec<_> = ours
        .into_iter()
        .filter(is_set)
        .map(|name| format!("`{name}`"))
        .collect();
    match set.as_slice() {
        [] => String::new(),
        [one] => format!("{one} is"),
        _ => format!("{} are", set.join(", ")),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_narrower_scope_may_win() {
        for (other, ours, wins) in [
            ("production", "*", true),
            ("review/*", "*", true),
            ("*", "production", false),
            ("production", "production", false),
            ("production", "staging", false),
            ("review/eu", "review/*", true),
            ("staging", "review/*", false),
            ("review/*", "review/eu", false),
        ] {
            assert_eq!(may_win(other, ours), wins, "{other} over {ours}");
        }
    }
}
