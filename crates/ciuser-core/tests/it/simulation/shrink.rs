//! Makes a history that breaks a rule short: leaves out what goes wrong, one thing after the other, while the rule
//! stays broken.

use super::broken::Broken;
use super::history::History;
use super::invariant::broken_rule;
use super::ledger::Violation;
use super::scenario::{Crowd, Scenario};
use super::trouble::Trouble;

/// Lives a scenario and says which rule it breaks.
pub(super) fn violation(scenario: &Scenario, broken: Option<Broken>) -> Option<Violation> {
    broken_rule(&History::live(scenario, &scenario.troubles, broken, false))
}

/// Returns the shortest scenario found that breaks the same rule.
pub(super) fn shrunk(scenario: &Scenario, rule: &'static str, broken: Option<Broken>) -> Scenario {
    let breaks = |scenario: &Scenario| violation(scenario, broken).is_some_and(|one| one.rule == rule);
    let mut least = scenario.clone();
    loop {
        let simpler = simpler(&least);
        match simpler.into_iter().find(breaks) {
            Some(found) => least = found,
            None => return least,
        }
    }
}

/// Everything that is one step simpler.
fn simpler(scenario: &Scenario) -> Vec<Scenario> {
    let with = |change: fn(&mut Scenario)| {
        let mut other = scenario.clone();
        change(&mut other);
        other
    };
    let mut all = vec![
        with(|one| one.crowd = Crowd::Alone),
        with(|one| one.two_users = false),
        with(|one| one.takes_only = false),
        with(|one| one.in_own_group = false),
        with(|one| one.locked = false),
        with(|one| (one.lag, one.sts_lag) = (0, 0)),
        with(|one| one.pause = 0),
        with(|one| one.rounds = one.rounds.saturating_sub(1)),
        with(|one| one.trail = false),
        with(|one| one.person = None),
        with(|one| one.commands.truncate(1)),
    ];
    all.retain(|one| format!("{one:?}") != format!("{scenario:?}"));
    for left_out in 0..scenario.troubles.len() {
        let mut other = scenario.clone();
        other.troubles.remove(left_out);
        all.push(other);
    }
    for (number, trouble) in scenario.troubles.iter().enumerate().filter(|(_, one)| one.span > 1) {
        let mut other = scenario.clone();
        other.troubles[number] = Trouble {
            span: trouble.span / 2,
            ..*trouble
        };
        all.push(other);
    }
    all
}
