//! Lists of actions and resources: what another value of the list matches as well is left out.

use std::collections::HashMap;

use super::draft::{Draft, ListElement};
use crate::contain::matches_no_more;
use crate::document::Version;
use crate::pattern::Pattern;
use crate::rule::resource_reading;

/// Leaves out what is said twice.
pub(super) fn tidy(draft: &mut Draft, language: Version) {
    for element in [ListElement::Actions, ListElement::Resources] {
        let Some(values) = draft.values(element) else { continue };
        let resource = resource_reading(&draft.statement, language);
        let read = |value: &str| match element {
            ListElement::Actions => Some(Pattern::action(value)),
            ListElement::Resources => resource(value),
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
    let by_start = ByStart::of(list);
    let mut gone = Vec::new();
    for (at, (_, pattern)) in order {
        let is_left = |other: usize| other != at && !gone.contains(&other);
        if !by_start.may_match_all_of(pattern, is_left) {
            continue;
        }
        let others = list.iter().enumerate().filter(|(other, _)| is_left(*other));
        let others = near(pattern, others.map(|(_, (_, other))| *other));
        if !others.is_empty() && matches_no_more(pattern, &others) {
            gone.push(at);
        }
    }
    gone
}

/// Patterns by the characters that they begin with: lists may have thousands.
struct ByStart<'a>(HashMap<&'a str, Vec<(usize, &'a Pattern)>>);

impl<'a> ByStart<'a> {
    fn of(list: &[(&str, &'a Pattern)]) -> Self {
        let mut by_start: HashMap<&str, Vec<(usize, &Pattern)>> = HashMap::new();
        for (at, (_, pattern)) in list.iter().enumerate() {
            by_start.entry(pattern.literal()).or_default().push((at, *pattern));
        }
        Self(by_start)
    }

    /// Returns whether others may match all that a pattern does, judged by one text: if none matches that, nothing needs to be
    /// proven.
    fn may_match_all_of(&self, pattern: &Pattern, is_left: impl Fn(usize) -> bool) -> bool {
        let Some(sample) = pattern.sample() else { return true };
        let starts = (0..=sample.len()).filter_map(|end| sample.get(..end));
        let mut beginning_so = starts.filter_map(|start| self.0.get(start)).flatten();
        beginning_so.any(|(at, other)| is_left(*at) && other.may_match(&sample))
    }
}

/// Returns those of the others that may match a text that the pattern matches: both begin alike.
fn near<'a>(pattern: &Pattern, others: impl Iterator<Item = &'a Pattern>) -> Vec<Pattern> {
    let begins_alike = |other: &&Pattern| {
        other.literal().starts_with(pattern.literal()) || pattern.literal().starts_with(other.literal())
    };
    others.filter(begins_alike).cloned().collect()
}
