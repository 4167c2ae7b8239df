//! What a job would get: of each key the nearest value, project before group, narrow scope before wide.

use std::collections::BTreeMap;

use super::holder::Holder;
use super::state::State;

impl State {
    /// Returns the variables of a job of a project, for the environment that it deploys to, if it does; `protected`
    /// tells whether it runs on a protected branch or tag.
    pub fn job(&self, project: &str, environment: Option<&str>, protected: bool) -> BTreeMap<String, String> {
        let mut groups: Vec<&Holder> = self.groups.iter().filter(|group| group.contains(project)).collect();
        groups.sort_by_key(|group| group.path.len());
        let own = self.projects.iter().filter(|known| known.path == project);
        let mut got = BTreeMap::new();
        for holder in groups.into_iter().chain(own) {
            let fits = |scope: &str| scope == "*" || environment.is_some_and(|name| matches(scope, name));
            let mut variables: Vec<_> = holder
                .variables
                .iter()
                .filter(|one| fits(&one.environment_scope) && (protected || !one.protected))
                .collect();
            variables.sort_by_key(|one| (environment == Some(&one.environment_scope), one.environment_scope.len()));
            got.extend(variables.iter().map(|one| (one.key.clone(), one.value.clone())));
        }
        got
    }
}

/// Compares a name with a scope, in which `*` stands for anything.
fn matches(scope: &str, name: &str) -> bool {
    match scope.split_once('*') {
        None => scope == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|left| {
            left.char_indices()
                .map(|(at, _)| at)
                .chain([left.len()])
                .any(|at| left.get(at..).is_some_and(|tail| matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_a_scope_stands_for_anything() {
        for (scope, name, fits) in [
            ("production", "production", true),
            ("production", "productions", false),
            ("review/*", "review/a/b", true),
            ("review/*", "review", false),
            ("*/eu", "production/eu", true),
            ("*/eu", "production/us", false),
        ] {
            assert_eq!(matches(scope, name), fits, "{scope} {name}");
        }
    }
}
