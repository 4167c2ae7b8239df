//! Statements without which the others mean the same.

use super::beside_everything;
use super::draft::Draft;
use crate::contain::is_within;
use crate::document::Effect;
use crate::rule::{Rule, Texts};

/// Removes statements that are proven to make no difference; the longest first.
pub(super) fn remove(drafts: &mut Vec<Draft>) {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(drafts.get(*at).map(|draft| draft.rule.actions.patterns.len())));
    let mut kept = vec![true; drafts.len()];
    for at in order {
        let others = drafts
            .iter()
            .enumerate()
            .zip(&kept)
            .filter(|((number, _), kept)| **kept && *number != at);
        let others: Vec<&Rule> = others.map(|((_, draft), _)| &draft.rule).collect();
        if let (Some(draft), Some(kept)) = (drafts.get(at), kept.get_mut(at)) {
            *kept = others.is_empty() || !is_redundant(&draft.rule, &others);
        }
    }
    let mut kept = kept.into_iter();
    drafts.retain(|_| kept.next().unwrap_or(true));
}

/// Returns whether a statement makes no difference to the others. Only those that name some of its actions matter.
fn is_redundant(rule: &Rule, others: &[&Rule]) -> bool {
    let near = others.iter().filter(|other| may_meet(&rule.actions, &other.actions));
    let others: Vec<Rule> = near.map(|other| (*other).clone()).collect();
    let denials = others.iter().filter(|other| other.effect == Effect::Deny);
    match rule.effect {
        Effect::Allow => {
            let with: Vec<Rule> = denials.chain([rule]).cloned().collect();
            is_within(&with, &others)
        }
        // What nothing here allows other policies may, so only other denials make up for one.
        Effect::Deny => is_within(
            &beside_everything(denials.clone()),
            &beside_everything(denials.chain([rule])),
        ),
    }
}

/// Returns whether some action may be in both.
pub(crate) fn may_meet(one: &Texts, other: &Texts) -> bool {
    let service = |texts: &Texts| -> Vec<String> {
        let services = texts.patterns.iter().map(|pattern| pattern.literal().split_once(':'));
        services
            .map(|split| split.map_or(String::new(), |(service, _)| service.to_owned()))
            .collect()
    };
    if one.negated || other.negated {
        return true;
    }
    let (one, other) = (service(one), service(other));
    one.iter().any(|service| service.is_empty() || other.contains(service)) || other.iter().any(String::is_empty)
}
