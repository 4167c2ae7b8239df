//! Statements that differ in one element only become one.

use super::draft::{Draft, ListElement};
use crate::condition::{Condition, Demand, Quantifier};
use crate::document::{OneOrList, Scalar, Statement, Version, Written};
use crate::rule::Rule;

/// Merges statements as long as two can be.
pub(super) fn merge(drafts: &mut Vec<Draft>, language: Version) {
    for element in [ListElement::Actions, ListElement::Resources] {
        let mut at = 0;
        while at < drafts.len() {
            while let Some(other) = mergeable(drafts, at, element) {
                let other = drafts.remove(other);
                if let Some(draft) = drafts.get_mut(at)
                    && let (Some(mut values), Some(more)) = (draft.values(element), other.values(element))
                {
                    let known = values.clone();
                    values.extend(more.into_iter().filter(|value| !known.contains(value)));
                    draft.set_values(element, values, language);
                }
            }
            at += 1;
        }
    }
}

/// Finds a later statement that differs from one in this element only.
fn mergeable(drafts: &[Draft], at: usize, element: ListElement) -> Option<usize> {
    let draft = drafts.get(at)?;
    let later = drafts.iter().enumerate().skip(at + 1);
    let mut fitting = later.filter(|(_, other)| {
        let one_name = draft.statement.sid.is_none() && other.statement.sid.is_none();
        one_name && differ_in(element, &draft.rule, &other.rule)
    });
    fitting.next().map(|(at, _)| at)
}

/// Returns whether two rules may differ in an element, both naming what is meant in it, and agree in everything else.
fn differ_in(element: ListElement, one: &Rule, other: &Rule) -> bool {
    let rest = one.effect == other.effect && one.grantees == other.grantees && one.conditions == other.conditions;
    rest && match element {
        ListElement::Actions => one.resources == other.resources && !one.actions.negated && !other.actions.negated,
        ListElement::Resources => match (&one.resources, &other.resources) {
            (Some(resources), Some(others)) => one.actions == other.actions && !resources.negated && !others.negated,
            _ => false,
        },
    }
}

/// Merges statements that differ only in the values that one condition asks for: one of these values or one of those.
pub(super) fn merge_conditions(drafts: &mut Vec<Draft>, language: Version) {
    let mut at = 0;
    while at < drafts.len() {
        let later = (at + 1..drafts.len()).find_map(|other| Some((other, union(drafts.get(at)?, drafts.get(other)?)?)));
        match later {
            Some((other, union)) => {
                drafts.remove(other);
                if let Some(draft) = drafts.get_mut(at) {
                    draft.statement = union;
                    draft.rule = super::rule_of(&draft.statement, language);
                }
            }
            None => at += 1,
        }
    }
}

/// Returns a statement that matches what either does, if they differ in the values of one condition only.
fn union(one: &Draft, other: &Draft) -> Option<Statement> {
    let same = one.rule.effect == other.rule.effect
        && one.rule.grantees == other.rule.grantees
        && one.rule.actions == other.rule.actions
        && one.rule.resources == other.rule.resources
        && one.statement.sid.is_none()
        && other.statement.sid.is_none();
    let only_in = |conditions: &[Condition], others: &[Condition]| -> Vec<Condition> {
        conditions
            .iter()
            .filter(|condition| !others.contains(condition))
            .cloned()
            .collect()
    };
    let mine = only_in(&one.rule.conditions, &other.rule.conditions);
    let theirs = only_in(&other.rule.conditions, &one.rule.conditions);
    let ([mine], [theirs]) = (mine.as_slice(), theirs.as_slice()) else {
        return None;
    };
    if !same || !asks_for_one_of_its_values(mine) || mine.key != theirs.key {
        return None;
    }
    let mut statement = one.statement.clone();
    let theirs = written(&other.statement, &theirs.key)?;
    let blocks = &mut statement.conditions.as_mut()?.value;
    let block = blocks.iter_mut().find(|block| block.operator.value == theirs.0)?;
    let (_, values) = block
        .keys
        .iter_mut()
        .find(|(key, _)| key.value.to_lowercase() == *mine.key)?;
    let mut all: Vec<_> = values.iter().cloned().collect();
    all.extend(
        theirs
            .1
            .iter()
            .filter(|value| !values.iter().any(|known| known.value == value.value))
            .cloned(),
    );
    *values = OneOrList::List(all);
    Some(statement)
}

/// Returns whether a condition holds as soon as one of its values fits: then more values are one list.
fn asks_for_one_of_its_values(condition: &Condition) -> bool {
    matches!(
        condition.demand,
        Demand::Values {
            quantifier: Quantifier::Plain(_) | Quantifier::ForAnyValue,
            negated: false,
            ..
        }
    )
}

/// Returns the operator and the values with which a statement asks for a key; nothing if it asks for it more than once.
fn written<'a>(statement: &'a Statement, key: &str) -> Option<(&'a str, &'a OneOrList<Written<Scalar>>)> {
    let blocks = &statement.conditions.as_ref()?.value;
    let mut found = blocks.iter().flat_map(|block| {
        let keys = block.keys.iter().filter(|(name, _)| name.value.to_lowercase() == key);
        keys.map(|(_, values)| (block.operator.value.as_str(), values))
    });
    found.next().filter(|_| found.next().is_none())
}
