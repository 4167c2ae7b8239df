//! Wildcards in the place of many actions, where AWS has no other action that they match.
//!
//! AWS may add one tomorrow, which these wildcards would allow: that is why somebody has to ask for it. Only what is
//! allowed is folded; a `Deny` that reaches further would be another risk.

use std::collections::HashSet;

use super::draft::{Draft, ListElement};
use super::mean_the_same;
use crate::catalogue::reference::{Action, AuthorizationReference};
use crate::contain::matches_no_more;
use crate::document::{Effect, Version};
use crate::pattern::Pattern;

/// The quotes and the comma around a value of a list.
const AROUND: usize = 3;

/// Folds the actions of every statement that allows them by name.
pub(super) fn fold(drafts: &mut [Draft], language: Version) {
    for draft in drafts {
        if draft.rule.effect != Effect::Allow || draft.rule.actions.negated {
            continue;
        }
        let Some(values) = draft.values(ListElement::Actions) else {
            continue;
        };
        let folded = folded(&values);
        let mut shorter = draft.clone();
        shorter.set_values(ListElement::Actions, folded.clone(), language);
        if shorter.statement_size() < draft.statement_size() && is_proven(draft, &values, &folded, language) {
            *draft = shorter;
        }
    }
}

/// Proves that the new values match what the old ones do, and of the actions that AWS has no others.
fn is_proven(draft: &Draft, values: &[String], folded: &[String], language: Version) -> bool {
    let reference = AuthorizationReference::embedded();
    let new = folded.iter().filter(|value| !values.contains(value));
    let known = new
        .flat_map(|pattern| reference.expand(pattern))
        .map(|action| action.to_string());
    let mut spelt_out = draft.clone();
    spelt_out.set_values(
        ListElement::Actions,
        values.iter().cloned().chain(known).collect(),
        language,
    );
    let patterns: Vec<Pattern> = folded.iter().map(|value| Pattern::action(value)).collect();
    let covers_all = values
        .iter()
        .all(|value| matches_no_more(&Pattern::action(value), &patterns));
    covers_all && mean_the_same(std::slice::from_ref(draft), &[spelt_out])
}

fn folded(values: &[String]) -> Vec<String> {
    let mut services: Vec<&str> = Vec::new();
    let mut folded = Vec::new();
    for value in values {
        match value.split_once(':') {
            Some((service, _)) if AuthorizationReference::embedded().service(service).is_some() => {
                let known = services.iter().any(|known| known.eq_ignore_ascii_case(service));
                if !known {
                    services.push(service);
                    let of_service = values.iter().filter(|value| {
                        value
                            .split_once(':')
                            .is_some_and(|(other, _)| other.eq_ignore_ascii_case(service))
                    });
                    folded.extend(fold_service(service, &of_service.cloned().collect::<Vec<_>>()));
                }
            }
            _ => folded.push(value.clone()),
        }
    }
    folded
}

/// A pattern that could take the place of some values.
struct Candidate {
    text: String,
    /// Which of the values it matches everything of.
    covers: Vec<usize>,
}

/// Replaces values of one service by patterns, the ones that save the most first.
fn fold_service(service: &str, values: &[String]) -> Vec<String> {
    let candidates = candidates(service, values);
    let mut left: HashSet<usize> = (0..values.len()).collect();
    let mut chosen = Vec::new();
    loop {
        let saves = |candidate: &Candidate| {
            let saved = candidate.covers.iter().filter(|at| left.contains(at));
            let saved: usize = saved
                .filter_map(|at| values.get(*at))
                .map(|value| value.len() + AROUND)
                .sum();
            saved
                .checked_sub(candidate.text.len() + AROUND)
                .filter(|saved| *saved > 0)
        };
        let best = candidates
            .iter()
            .filter_map(|candidate| Some((saves(candidate)?, candidate)));
        let Some((_, best)) = best.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.text.cmp(&a.1.text))) else {
            break;
        };
        left.retain(|at| !best.covers.contains(at));
        chosen.push(best.text.clone());
    }
    let rest = values
        .iter()
        .enumerate()
        .filter(|(at, _)| left.contains(at))
        .map(|(_, value)| value.clone());
    rest.chain(chosen).collect()
}

/// Returns the patterns that match only actions of which the values match all that AWS has.
fn candidates(service: &str, values: &[String]) -> Vec<Candidate> {
    let reference = AuthorizationReference::embedded();
    let Some(known) = reference.service(service) else {
        return Vec::new();
    };
    let patterns: Vec<Pattern> = values.iter().map(|value| Pattern::action(value)).collect();
    let is_matched = |action: &Action| {
        let name = action.to_string().to_ascii_lowercase();
        patterns.iter().any(|pattern| pattern.matches_as_it_is(&name))
    };
    let (inside, outside): (Vec<Action>, Vec<Action>) = known.actions().partition(is_matched);
    let outside: Vec<String> = outside
        .iter()
        .map(|action| action.name().to_ascii_lowercase())
        .collect();
    let mut texts: Vec<String> = inside.iter().flat_map(|action| shapes(action.name())).collect();
    texts.sort_unstable();
    texts.dedup();
    let harmless = texts.into_iter().filter(|text| {
        let pattern = Pattern::action(text);
        !outside.iter().any(|name| pattern.matches_as_it_is(name))
    });
    let prefix = known.prefix();
    let candidates = harmless.map(|text| {
        let text = format!("{prefix}:{text}");
        let pattern = Pattern::action(&text);
        let covers = (0..).zip(&patterns).filter(|(_, value)| is_covered(value, &pattern));
        Candidate {
            covers: covers.map(|(at, _)| at).collect(),
            text,
        }
    });
    candidates.filter(|candidate| candidate.covers.len() > 1).collect()
}

fn is_covered(value: &Pattern, by: &Pattern) -> bool {
    if value.is_literal() {
        by.matches_as_it_is(value.literal())
    } else {
        matches_no_more(value, std::slice::from_ref(by))
    }
}

/// Returns patterns that match a name: `*`, each of its beginnings and ends, and both with a gap between words.
fn shapes(name: &str) -> Vec<String> {
    let mut shapes = vec!["*".to_owned()];
    let cuts = name.char_indices().filter(|(at, _)| *at > 0);
    let cuts = cuts.filter_map(|(at, letter)| Some((name.split_at_checked(at)?, letter.is_ascii_uppercase())));
    let mut words: Vec<&str> = Vec::new();
    for ((begin, end), is_word) in cuts {
        shapes.push(format!("{begin}*"));
        shapes.push(format!("*{end}"));
        if is_word {
            shapes.extend(words.iter().map(|earlier| format!("{earlier}*{end}")));
            words.push(begin);
        }
    }
    shapes
}
