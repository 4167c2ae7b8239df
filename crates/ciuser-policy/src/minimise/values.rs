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
            && matches_no_more(&pattern, &near(&pattern, list, usize::MAX))
        {
            if let Some(entry) = list.get_mut(at) {
                *entry = (shorter, pattern);
            }
        }
    }
}

/// Leaves out each value all of whose texts the others match; the longest first.
fn drop_matched(list: &mut Vec<(String, Pattern)>) {
    let mut order: Vec<String> = list.iter().map(|(value, _)| value.clone()).collect();
    order.sort_by_key(|value| std::cmp::Reverse(value.len()));
    for value in order {
        let Some(at) = list.iter().position(|(known, _)| *known == value) else {
            continue;
        };
        let Some((_, pattern)) = list.get(at) else { continue };
        let others = near(pattern, list, at);
        if !others.is_empty() && matches_no_more(pattern, &others) {
            list.remove(at);
        }
    }
}

/// Returns the patterns of the list, but for one, that may match a text that this one matches: both begin alike.
fn near(pattern: &Pattern, list: &[(String, Pattern)], but: usize) -> Vec<Pattern> {
    let begins_alike = |other: &Pattern| {
        other.literal().starts_with(pattern.literal()) || pattern.literal().starts_with(other.literal())
    };
    let others = list
        .iter()
        .enumerate()
        .filter(|(at, (_, other))| *at != but && begins_alike(other));
    others.map(|(_, (_, other))| other.clone()).collect()
}
