//! Is there a text that matches some patterns and not some others?
//!
//! The patterns are walked side by side, letter by letter, until a text is found or every way has ended. A text that is
//! found is among the shortest there are.
//!
//! Variables stand for texts that are not known, the same wherever a variable is repeated. One of the demands to match,
//! the carrier, is read with its variables as letters of their own; then for the other demands a variable may be any text,
//! and a demand not to match is broken only where the same variable, or a wildcard for any text, stands in the same place.
//! So for every value that the variables can have: if a text meets all demands, one is found here. The contrary does not
//! hold, and need not: what is found is tried out before it is believed.

use std::collections::HashSet;
use std::sync::Arc;

use super::Undecided;
use crate::pattern::{Pattern, Token, Variable, folded, takes};

/// A letter of a text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Letter {
    /// This character.
    Char(char),
    /// Whatever the variable stands for.
    Variable(Arc<Variable>),
}

/// What a text must or must not match: one of the patterns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) patterns: &'a [Pattern],
    pub(super) matches: bool,
}

/// Returns the text of letters, with something in the place of variables.
pub(super) fn spelt(letters: &[Letter]) -> String {
    letters.iter().fold(String::new(), |text, letter| match letter {
        Letter::Char(character) => text + character.encode_utf8(&mut [0; 4]),
        Letter::Variable(variable) => text + &stand_in(variable),
    })
}

/// Returns what a variable may stand for in a request that is made up.
pub(super) fn stand_in(variable: &Variable) -> String {
    match &variable.default {
        Some(default) if !default.is_empty() => default.clone(),
        _ => format!("some-{}", variable.key.rsplit([':', '/']).next().unwrap_or_default()),
    }
}

/// As many situations are looked at before the search is given up.
const AT_MOST: usize = 200_000;

/// Finds a text that meets all demands; one that is not empty, if so wished.
pub(super) fn find(demands: &[Demand<'_>], empty_too: bool) -> Result<Option<Vec<Letter>>, Undecided> {
    let carriers = demands.iter().enumerate().filter(|(_, demand)| {
        demand.matches && demand.patterns.iter().any(|pattern| pattern.variables().next().is_some())
    });
    let carriers: Vec<usize> = carriers.map(|(number, _)| number).collect();
    if carriers.is_empty() {
        return Walk::new(demands, None, empty_too).search();
    }
    let mut found = None;
    for carrier in carriers {
        found = Walk::new(demands, Some(carrier), empty_too).search()?;
        // No carrier is better than another: where one finds nothing there is nothing.
        if found.is_none() {
            return Ok(None);
        }
    }
    Ok(found)
}

/// A place in a pattern: what comes next there.
struct Node<'a> {
    demand: usize,
    /// Nothing at the end of the pattern.
    token: Option<&'a Token>,
    ignores_case: bool,
    /// How many places of the same pattern are behind this one.
    behind: u32,
}

struct Walk<'a> {
    demands: &'a [Demand<'a>],
    carrier: Option<usize>,
    empty_too: bool,
    nodes: Vec<Node<'a>>,
    /// A character that no pattern has.
    other: char,
}

/// Where the walk is in all patterns at once: sorted numbers of nodes.
type Situation = Vec<u32>;

impl<'a> Walk<'a> {
    fn new(demands: &'a [Demand<'a>], carrier: Option<usize>, empty_too: bool) -> Self {
        let mut nodes = Vec::new();
        for (number, demand) in demands.iter().enumerate() {
            for pattern in demand.patterns {
                let tokens = pattern.tokens();
                let ends = tokens.iter().map(Some).chain([None]);
                nodes.extend(ends.zip((0..=tokens.len() as u32).rev()).map(|(token, behind)| Node {
                    demand: number,
                    token,
                    ignores_case: pattern.ignores_case(),
                    behind,
                }));
            }
        }
        let other = other_than(&nodes);
        Self {
            demands,
            carrier,
            empty_too,
            nodes,
            other,
        }
    }

    fn search(&self) -> Result<Option<Vec<Letter>>, Undecided> {
        let mut ways = Ways::default();
        let Some(start) = self.start() else { return Ok(None) };
        // When the empty text does not count, a longer one may lead back to where it starts.
        ways.begin(start, self.empty_too);
        let mut number = 0;
        while let Some(situation) = ways.situations.get(number).cloned() {
            if (self.empty_too || number > 0) && self.is_good(&situation) {
                return Ok(Some(ways.to(number)));
            }
            for letter in self.letters(&situation) {
                if let Some(next) = self.step(&situation, &letter) {
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

    fn start(&self) -> Option<Situation> {
        let mut firsts = Vec::new();
        let mut is_first = true;
        for (number, node) in (0..).zip(&self.nodes) {
            if is_first {
                firsts.push(number);
            }
            is_first = node.token.is_none();
        }
        self.settled(firsts)
    }

    /// Adds the places that are reached without a letter. Nothing if no text can be good from here.
    fn settled(&self, mut places: Situation) -> Option<Situation> {
        let mut at = 0;
        while let Some(number) = places.get(at).copied() {
            let node = self.nodes.get(number as usize)?;
            if self.may_be_empty(node) {
                places.push(number + 1);
            }
            at += 1;
        }
        places.sort_unstable();
        places.dedup();
        let mut alive = vec![false; self.demands.len()];
        for number in &places {
            let node = self.nodes.get(*number as usize)?;
            let demand = self.demands.get(node.demand)?;
            if let Some(alive) = alive.get_mut(node.demand) {
                *alive = true;
            }
            // Whatever comes, it matches.
            if !demand.matches && node.token == Some(&Token::AnyText) && node.behind == 1 {
                return None;
            }
        }
        let hopeless = alive.iter().zip(self.demands).any(|(alive, demand)| demand.matches && !alive);
        (!hopeless).then_some(places)
    }

    fn may_be_empty(&self, node: &Node<'_>) -> bool {
        match node.token {
            Some(Token::AnyText | Token::PartText) => true,
            Some(Token::Variable(_)) => self.is_any_text(node),
            _ => false,
        }
    }

    /// Returns whether the variable at a node may be any text: it is in a demand to match that is not the carrier.
    fn is_any_text(&self, node: &Node<'_>) -> bool {
        let matches = self.demands.get(node.demand).is_some_and(|demand| demand.matches);
        matches && Some(node.demand) != self.carrier
    }

    fn is_good(&self, situation: &Situation) -> bool {
        let mut ended = vec![false; self.demands.len()];
        for number in situation {
            let Some(node) = self.nodes.get(*number as usize) else { continue };
            if node.token.is_none()
                && let Some(ended) = ended.get_mut(node.demand)
            {
                *ended = true;
            }
        }
        ended.iter().zip(self.demands).all(|(ended, demand)| *ended == demand.matches)
    }

    /// Returns the letters that make a difference here, and one that stands for all others.
    fn letters(&self, situation: &Situation) -> Vec<Letter> {
        let mut letters = vec![Letter::Char(self.other)];
        for number in situation {
            let Some(node) = self.nodes.get(*number as usize) else { continue };
            match node.token {
                Some(Token::Char(character)) if node.ignores_case => {
                    let cases = character.to_uppercase().chain(character.to_lowercase()).chain([*character]);
                    let same = cases.filter(|case| folded(*case) == folded(*character));
                    letters.extend(same.map(Letter::Char));
                }
                Some(Token::Char(character)) => letters.push(Letter::Char(*character)),
                Some(Token::PartChar | Token::PartText) => letters.push(Letter::Char(':')),
                Some(Token::Variable(variable)) if Some(node.demand) == self.carrier => {
                    letters.push(Letter::Variable(Arc::clone(variable)));
                }
                _ => {}
            }
        }
        letters.sort_unstable();
        letters.dedup();
        letters
    }

    fn step(&self, situation: &Situation, letter: &Letter) -> Option<Situation> {
        let mut next = Vec::with_capacity(situation.len());
        for number in situation {
            let node = self.nodes.get(*number as usize)?;
            match letter {
                Letter::Char(character) => self.step_by_char(*number, node, *character, &mut next),
                Letter::Variable(variable) => self.step_by_variable(*number, node, variable, &mut next),
            }
        }
        self.settled(next)
    }

    fn step_by_char(&self, number: u32, node: &Node<'_>, character: char, next: &mut Situation) {
        match node.token {
            Some(Token::AnyText) => next.push(number),
            Some(Token::PartText) if character != ':' => next.push(number),
            Some(Token::Variable(_)) if self.is_any_text(node) => next.push(number),
            Some(token) if takes(token, character, node.ignores_case) => next.push(number + 1),
            _ => {}
        }
    }

    fn step_by_variable(&self, number: u32, node: &Node<'_>, variable: &Arc<Variable>, next: &mut Situation) {
        let is_demand_to_match = self.demands.get(node.demand).is_some_and(|demand| demand.matches);
        if Some(node.demand) == self.carrier {
            if matches!(node.token, Some(Token::Variable(here)) if here == variable) {
                next.push(number + 1);
            }
        } else if is_demand_to_match {
            // The variable may be any text, and so end at any place behind.
            next.extend(number..=number + node.behind);
        } else {
            match node.token {
                Some(Token::AnyText) => next.push(number),
                Some(Token::Variable(here)) if here == variable => next.push(number + 1),
                _ => {}
            }
        }
    }
}

/// Returns a character that stands in none of the patterns, not even in the other case.
fn other_than(nodes: &[Node<'_>]) -> char {
    let used = |candidate: &char| {
        nodes.iter().any(|node| matches!(node.token, Some(Token::Char(character)) if folded(*character) == folded(*candidate)))
    };
    let mut candidates = ('a'..='z').rev().chain('0'..='9').chain('\u{e000}'..='\u{f8ff}');
    candidates.find(|candidate| !used(candidate)).unwrap_or('\u{10fffd}')
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
