//! Which rules may match an action: most are told apart by its service.

use std::collections::HashMap;

use crate::pattern::Pattern;
use crate::rule::Rule;

/// The rules of a set by the actions that they name.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Actions written in full.
    exact: HashMap<Box<str>, Vec<u32>>,
    /// Patterns by the service that they are written with.
    of_service: HashMap<Box<str>, Vec<(Pattern, u32)>>,
    /// Rules that any service may match.
    of_any_service: Vec<u32>,
}

impl Index {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (number, rule) in (0..).zip(rules) {
            if rule.actions.negated {
                index.of_any_service.push(number);
                continue;
            }
            for pattern in &rule.actions.patterns {
                match pattern.literal().split_once(':') {
                    _ if pattern.is_literal() => index.exact.entry(pattern.literal().into()).or_default().push(number),
                    Some((service, _)) => {
                        let patterns = index.of_service.entry(service.into()).or_default();
                        patterns.push((pattern.clone(), number));
                    }
                    None => index.of_any_service.push(number),
                }
            }
        }
        index.of_any_service.dedup();
        index
    }

    /// Returns the numbers of the rules that match an action, some perhaps twice, and of those that may.
    pub(super) fn candidates(&self, action: &str) -> (impl Iterator<Item = u32>, &[u32]) {
        let exact = self.exact.get(action).map(Vec::as_slice).unwrap_or_default();
        let service = action.split_once(':').map_or(action, |(service, _)| service);
        let patterns = self.of_service.get(service).map(Vec::as_slice).unwrap_or_default();
        let matching = patterns.iter().filter(|(pattern, _)| pattern.matches_as_it_is(action));
        let sure = exact.iter().copied().chain(matching.map(|(_, number)| *number));
        (sure, &self.of_any_service)
    }
}
