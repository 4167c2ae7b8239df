//! Is there something that a request can have for a condition key, so that the answers are as wanted?
//!
//! A request may have no value for a key, one that is empty, one that is not, or several. Within each of these cases a
//! condition is a plain question about texts, numbers and so on. What is not understood may be answered either way.

use std::sync::Arc;

use super::Undecided;
use super::text;
use super::walk::Letter;
use crate::condition::{Condition, Demand, Given, Quantifier, Sort, Test};
use crate::pattern::{Lookup, Pattern, Token};
use crate::truth::Truth;

/// A condition, and whether it is to hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) condition: &'a Condition,
    pub(super) holds: bool,
}

/// What a request can have for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The values; none if the key is absent.
    pub(super) values: Vec<Vec<Letter>>,
}

/// Which cases there are for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cases {
    /// Whether a request may have several values: some policy asks for all or any of them.
    pub(super) several: bool,
}

/// A request of which no key is known. Where values are not texts there are no variables to look up.
pub(super) struct Nothing;

impl Lookup for Nothing {
    fn one_value(&self, _key: &str) -> Option<&str> {
        None
    }
}

/// Finds what a request can have for the key; something that is understood, if there is. `texts` are further demands on a
/// value, which must be one then.
pub(super) fn find(
    wanted: &[Wanted<'_>],
    cases: Cases,
    texts: &[text::Demand<'_>],
) -> Result<Option<Found>, Undecided> {
    for trust in [Trust::OnlyKnown, Trust::UnknownToo] {
        if texts.is_empty()
            && let Some(found) = only_empty(wanted, cases, trust)
        {
            return Ok(Some(found));
        }
        if let Some(value) = one_value(wanted, texts, trust)? {
            return Ok(Some(Found { values: vec![value] }));
        }
        if cases.several
            && texts.is_empty()
            && let Some(found) = several_values(wanted, trust)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Whether what is not understood may be answered as wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    OnlyKnown,
    UnknownToo,
}

impl Trust {
    fn answers(self, truth: Truth, wanted: bool) -> bool {
        match truth {
            Truth::Unknown => self == Self::UnknownToo,
            known => (known == Truth::Yes) == wanted,
        }
    }
}

/// Returns whether all answers can be as wanted for something that is given.
pub(super) fn may_all_be(wanted: &[Wanted<'_>], given: Given<'_>) -> bool {
    all_are(wanted, given, Trust::UnknownToo)
}

fn all_are(wanted: &[Wanted<'_>], given: Given<'_>, trust: Trust) -> bool {
    wanted.iter().all(|wanted| {
        let truth = match wanted.condition.holds(given, &Nothing) {
            _ if depends_on_variables(wanted.condition, given) => Truth::Unknown,
            truth => truth,
        };
        trust.answers(truth, wanted.holds)
    })
}

/// Returns whether what variables stand for may decide: some pattern that has one can match the values at all.
fn depends_on_variables(condition: &Condition, given: Given<'_>) -> bool {
    let Demand::Values {
        test: Test::Text(patterns),
        ..
    } = &condition.demand
    else {
        return false;
    };
    let Given::Values(values) = given else { return false };
    let has_variables = |pattern: &&Pattern| pattern.variables().next().is_some();
    let widest = patterns.iter().filter(has_variables).map(Pattern::widest);
    widest
        .into_iter()
        .any(|pattern| values.iter().any(|value| pattern.matches_as_it_is(value)))
}

/// No value, or only empty ones.
fn only_empty(wanted: &[Wanted<'_>], cases: Cases, trust: Trust) -> Option<Found> {
    let most = if cases.several { 2 } else { 1 };
    let count = (0..=most).find(|count| {
        let values = vec![String::new(); *count];
        let given = match values.as_slice() {
            [] => Given::Absent,
            values => Given::Values(values),
        };
        all_are(wanted, given, trust)
    })?;
    let values = vec![Vec::new(); count];
    Some(Found { values })
}

/// One value that is not empty: every operator asks the same of it, be it for one, for all or for any.
fn one_value(
    wanted: &[Wanted<'_>],
    texts: &[text::Demand<'_>],
    trust: Trust,
) -> Result<Option<Vec<Letter>>, Undecided> {
    let mut tests = Vec::new();
    for wanted in wanted {
        match &wanted.condition.demand {
            Demand::Absent(absent, _) if *absent == wanted.holds => return Ok(None),
            Demand::NotUnderstood(_) if trust == Trust::OnlyKnown => return Ok(None),
            Demand::Absent(..) | Demand::NotUnderstood(_) => {}
            Demand::Values { negated, test, .. } => tests.push((test, wanted.holds != *negated)),
        }
    }
    a_value(&tests, texts, false)
}

/// Finds a value with which the tests come out as wanted.
fn a_value(
    tests: &[(&Test, bool)],
    texts: &[text::Demand<'_>],
    empty_too: bool,
) -> Result<Option<Vec<Letter>>, Undecided> {
    let other = |(test, _): &&(&Test, bool)| test.sort() != Sort::Text;
    // What further demands are made on is an ARN, and none is a number or the like.
    if !texts.is_empty() && tests.iter().filter(other).any(|(_, passes)| *passes) {
        return Ok(None);
    }
    let mut found = None;
    let sorts = [Sort::Bool, Sort::Number, Sort::Date, Sort::Network];
    for sort in sorts.into_iter().filter(|_| texts.is_empty()) {
        let of_sort: Vec<_> = tests.iter().filter(|(test, _)| test.sort() == sort).copied().collect();
        if of_sort.is_empty() {
            continue;
        }
        match telling_value(&of_sort) {
            Some(value) => found = Some(value.chars().map(Letter::Char).collect::<Vec<_>>()),
            None => return Ok(None),
        }
    }
    if found.is_some() && tests.iter().all(|test| other(&test)) {
        return Ok(found);
    }
    let demands = tests.iter().filter_map(|(test, passes)| match test {
        Test::Text(patterns) => Some(text::Demand {
            patterns,
            matches: *passes,
        }),
        _ => None,
    });
    let demands: Vec<_> = demands.chain(texts.iter().copied()).collect();
    let text = text::find(&demands, empty_too)?;
    // Texts are independent of numbers and the like: nobody asks for both of one key but by mistake.
    Ok(text.map(|text| found.unwrap_or(text)))
}

/// Finds a value of another sort than text.
fn telling_value(tests: &[(&Test, bool)]) -> Option<String> {
    let candidates = tests.iter().flat_map(|(test, _)| test.telling_values());
    candidates.into_iter().find(|candidate| {
        tests
            .iter()
            .all(|(test, passes)| test.passes(candidate, &Nothing) == *passes)
    })
}

/// Several values: what all of them must pass, and what one of them must.
fn several_values(wanted: &[Wanted<'_>], trust: Trust) -> Result<Option<Found>, Undecided> {
    let mut each = Vec::new();
    let mut some = Vec::new();
    for wanted in wanted {
        match &wanted.condition.demand {
            Demand::Absent(absent, _) if *absent == wanted.holds => return Ok(None),
            Demand::NotUnderstood(_) if trust == Trust::OnlyKnown => return Ok(None),
            Demand::Absent(..) | Demand::NotUnderstood(_) => {}
            Demand::Values {
                quantifier,
                negated,
                test,
                ..
            } => {
                let asked = (test, wanted.holds != *negated);
                match (quantifier, wanted.holds) {
                    (Quantifier::ForAllValues, true) | (Quantifier::ForAnyValue, false) => each.push(asked),
                    (Quantifier::ForAllValues, false) | (Quantifier::ForAnyValue, true) => some.push(asked),
                    (Quantifier::Plain(_), _) if all_are(&[*wanted], Given::Values(&two()), trust) => {}
                    (Quantifier::Plain(_), _) => return Ok(None),
                }
            }
        }
    }
    let mut values = Vec::new();
    for test in &some {
        let tests: Vec<_> = each.iter().chain([test]).copied().collect();
        match a_value(&tests, &[], true)? {
            Some(value) if values.contains(&value) => {}
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    while values.len() < 2 {
        let known: Vec<Pattern> = values.iter().map(|value| pattern(value)).collect();
        let others = text::Demand {
            patterns: &known,
            matches: false,
        };
        // If there is no other one, the same comes twice.
        match a_value(&each, &[others], true)?.or_else(|| values.first().cloned()) {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(Found { values }))
}

fn two() -> [String; 2] {
    ["a", "b"].map(str::to_owned)
}

/// Returns the pattern that only this text matches.
fn pattern(letters: &[Letter]) -> Pattern {
    Pattern::of_tokens(letters.iter().map(|letter| match letter {
        Letter::Char(character) => Token::Char(*character),
        Letter::Variable(variable) | Letter::VariableInAnyCase(variable) => Token::Variable(Arc::clone(variable)),
    }))
}
