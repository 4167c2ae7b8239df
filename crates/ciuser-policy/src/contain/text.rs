//! Is there a text that matches some patterns and not some others?
//!
//! A text that is found is among the shortest there are.
//!
//! Variables stand for texts that are not known, the same wherever a variable is repeated. One of the demands to match,
//! the carrier, is read with its variables as letters of their own; then for the other demands to match a variable may be
//! any text, and a demand not to match is broken only where the same variable, or a wildcard for any text, stands in the
//! same place. Where case makes no difference the letter is any spelling of the value, so no variable takes it where it does.
//! So for every value that the variables can have: if a text meets all demands, one is found here. The contrary does not
//! hold, and need not: what is found is tried out before it is believed.

use std::collections::HashSet;

use super::Undecided;
use super::walk::{Letter, Situation, Variables, Walk};
use crate::pattern::{Lookup, Pattern, Variable};

/// What a text must or must not match: one of the patterns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) patterns: &'a [Pattern],
    pub(super) matches: bool,
}

/// As many situations are looked at before the search is given up.
const AT_MOST: usize = 200_000;

/// Finds a text that meets all demands; one that is not empty, unless that counts too.
pub(super) fn find(demands: &[Demand<'_>], empty_too: bool) -> Result<Option<Vec<Letter>>, Undecided> {
    let has_variables = |demand: &Demand<'_>| {
        demand
            .patterns
            .iter()
            .any(|pattern| pattern.variables().next().is_some())
    };
    let may_carry = demands
        .iter()
        .enumerate()
        .filter(|(_, demand)| demand.matches && has_variables(demand));
    let carriers: Vec<usize> = may_carry.map(|(number, _)| number).collect();
    if carriers.is_empty() {
        return search(demands, None, empty_too);
    }
    let mut found = None;
    for carrier in carriers {
        found = search(demands, Some(carrier), empty_too)?;
        // No carrier is better than another: where one finds nothing there is nothing.
        if found.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Returns whether a pattern is proven to match nothing that none of the others does.
pub(crate) fn matches_no_more(pattern: &Pattern, others: &[Pattern]) -> bool {
    let demands = [
        Demand {
            patterns: std::slice::from_ref(pattern),
            matches: true,
        },
        Demand {
            patterns: others,
            matches: false,
        },
    ];
    matches!(find(&demands, true), Ok(None))
}

/// Returns whether a text may match both of two patterns and none of some others.
pub(crate) fn may_match_alike(one: &Pattern, other: &Pattern, none_of: &[Pattern]) -> bool {
    let matched = [one, other].map(|pattern| Demand {
        patterns: std::slice::from_ref(pattern),
        matches: true,
    });
    let unmatched = Demand {
        patterns: none_of,
        matches: false,
    };
    let [one, other] = matched;
    !matches!(find(&[one, other, unmatched], true), Ok(None))
}

fn search(demands: &[Demand<'_>], carrier: Option<usize>, empty_too: bool) -> Result<Option<Vec<Letter>>, Undecided> {
    let walk = Walk::new(demands.iter().enumerate().map(|(number, demand)| {
        let variables = match demand.matches {
            true if carrier == Some(number) => Variables::Letters,
            true => Variables::AnyText,
            false => Variables::Same,
        };
        (demand.patterns, variables)
    }));
    let lists = |matches: bool| (0..).zip(demands).filter(move |(_, demand)| demand.matches == matches);
    let wanted: Vec<u32> = lists(true).map(|(number, _)| number).collect();
    let unwanted: Vec<u32> = lists(false).map(|(number, _)| number).collect();
    let is_hopeless = |situation: &Situation| {
        let alive = walk.alive(situation);
        !wanted.iter().all(|list| alive.binary_search(list).is_ok())
            || walk
                .matched_forever(situation)
                .iter()
                .any(|list| unwanted.binary_search(list).is_ok())
    };
    let mut ways = Ways::default();
    // When the empty text does not count, a longer one may lead back to where it starts.
    ways.begin(walk.start(), empty_too);
    let mut number = 0;
    while let Some(situation) = ways.situations.get(number).cloned() {
        if !is_hopeless(&situation) {
            if (empty_too || number > 0) && walk.matched(&situation) == wanted {
                return Ok(Some(ways.to(number)));
            }
            for letter in walk.letters(&situation) {
                let next = walk.step(&situation, &letter);
                ways.go(number, letter, next);
            }
        }
        if ways.situations.len() > AT_MOST {
            return Err(Undecided);
        }
        number += 1;
    }
    Ok(None)
}

/// The situations that are known, in the order in which they were found, and how each was come by.
#[derive(Default)]
struct Ways {
    situations: Vec<Situation>,
    came_by: Vec<Option<(usize, Letter)>>,
    known: HashSet<Situation>,
}

impl Ways {
    fn begin(&mut self, start: Situation, is_known: bool) {
        if is_known {
            self.known.insert(start.clone());
        }
        self.situations.push(start);
        self.came_by.push(None);
    }

    fn go(&mut self, from: usize, letter: Letter, to: Situation) {
        if self.known.insert(to.clone()) {
            self.situations.push(to);
            self.came_by.push(Some((from, letter)));
        }
    }

    /// Returns the text that leads to a situation.
    fn to(&self, mut number: usize) -> Vec<Letter> {
        let mut letters = Vec::new();
        while let Some(Some((before, letter))) = self.came_by.get(number) {
            letters.push(letter.clone());
            number = *before;
        }
        letters.reverse();
        letters
    }
}

/// Returns the text of letters, with what a request has in the place of variables, or something made up.
pub(super) fn spelt(letters: &[Letter], request: &dyn Lookup) -> String {
    letters.iter().fold(String::new(), |text, letter| match letter {
        Letter::Char(character) => text + character.encode_utf8(&mut [0; 4]),
        Letter::Variable(variable) => text + &value(variable, request),
        Letter::VariableInAnyCase(variable) => text + &value(variable, request).to_uppercase(),
    })
}

fn value(variable: &Variable, request: &dyn Lookup) -> String {
    variable
        .value(request)
        .map_or_else(|| stand_in(variable), str::to_owned)
}

/// Returns what a variable may stand for in a request that is made up.
pub(super) fn stand_in(variable: &Variable) -> String {
    format!("some-{}", variable.key.rsplit([':', '/']).next().unwrap_or_default())
}
