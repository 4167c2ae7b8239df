//! Lists of actions and resources: what another value of the list matches as well is left out.

use super::draft::{Draft, ListElement};
use crate::contain::matches_no_more;
use crate::document::Version;
use crate::pattern::Pattern;

/// Leaves out what is said twice.
pub(super) fn tidy(draft: &mut Draft, language: Version) {
    for element in [ListElement::Actions, ListElement::Resources] {
        let Some(values) = draft.values(element) else { continue };
        let read = |value: &str| match element {
            ListElement::Actions => Some(Pattern::action(value)),
            ListElement::Resources => Pattern::resource(value, language),
        };
        let tidied = tidied(values.clone(), read);
        if tidied != values {
            draft.set_values(element, tidied, language);
        }
    }
}

fn tidied(values: Vec<String>, read: impl Fn(&str) -> Option<Pattern>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    let Some(patterns) = unique.iter().map(|value| read(value)).collect::<Option<Vec<_>>>() else {
        return unique;
    };
    let mut list: Vec<(String, Pattern)> = unique.into_iter().zip(patterns).collect();
    fold(&mut list, &read);
    drop_matched(&mut list);
    list.into_iter().map(|(value, _)| value).collect()
}

/// Shortens `Get?*` to `Get*` where the list matches that too, because of `Get`.
fn fold(list: &mut [(String, Pattern)], read: &impl Fn(&str) -> Option<Pattern>) {
    for at in 0..list.len() {
        while let Some((value, _)) = list.get(at)
            && let Some(shorter) = value.strip_suffix("?*").map(|before| format!("{before}*"))
            && let Some(pattern) = read(&shorter)
            && matches_no_more(&pattern, &near(&pattern, list.iter().map(|(_, other)| other)))
        {
            if let Some(entry) = list.get_mut(at) {
                *entry = (shorter, pattern);
            }
        }
    }
}

/// Leaves out each value all of whose texts the others match.
fn drop_matched(list: &mut Vec<(String, Pattern)>) {
    let values: Vec<_> = list.iter().map(|(value, pattern)| (value.as_str(), pattern)).collect();
    let gone = redundant(&values);
    let mut at = 0..;
    list.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
}

/// Returns the places of values all of whose texts the others match; those that are left match the same. Of two that match
/// alike the longer one goes, of two of the same length the later one.
pub(crate) fn redundant(list: &[(&str, &Pattern)]) -> Vec<usize> {
    let mut order: Vec<(usize, &(&str, &Pattern))> = list.iter().enumerate().collect();
    order.sort_by_key(|(at, (value, _))| std::cmp::Reverse((value.len(), *at)));
    let mut gone = Vec::new();
    for (at, (_, pattern)) in order {
        let others = list.iter().enumerate();
        let others = others.filter(|(other, _)| *other != at && !gone.contains(other));
        let others = near(pattern, others.map(|(_, (_, other))| *other));
        if !others.is_empty() && matches_no_more(pattern, &others) {
            gone.push(at);
        }
    }
    gone
}

/// Returns those of the others that may match a text that the pattern matches: both begin alike.
fn near<'a>(pattern: &Pattern, others: impl Iterator<Item = &'a Pattern>) -> Vec<Pattern> {
    let begins_alike = |other: &&Pattern| {
        other.literal().starts_with(pattern.literal()) || pattern.literal().starts_with(other.literal())
    };
    others.filter(begins_alike).cloned().collect()
}
