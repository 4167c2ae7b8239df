//! Actions, sorted by which statements name them.
//!
//! Of two actions that the same statements name none needs to be looked at twice. The patterns of all statements are
//! walked side by side, letter by letter, and whenever a text ends that is an action, the statements that name it are one
//! class. The first action of each class that is found is among its shortest.

use std::collections::{HashMap, HashSet};

use super::Undecided;
use crate::pattern::{Pattern, Token, takes};
use crate::rule::Texts;

/// Actions that the same statements name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// One of them.
    pub(super) action: String,
    /// Which statements name it, by their numbers.
    pub(super) named_by: Vec<bool>,
}

const AT_MOST: usize = 1_000_000;

/// Returns the classes of actions under the `Action` and `NotAction` elements of some statements.
pub(super) fn classes(elements: &[&Texts]) -> Result<Vec<Class>, Undecided> {
    let mut patterns: Vec<&Pattern> = elements.iter().flat_map(|texts| &texts.patterns).collect();
    patterns.sort_unstable();
    patterns.dedup();
    let walk = Walk::new(&patterns);
    let matched_sets = walk.matched_sets()?;
    let numbers: HashMap<&Pattern, u32> = patterns.iter().copied().zip(0..).collect();
    let elements: Vec<(bool, HashSet<u32>)> = elements
        .iter()
        .map(|texts| {
            let of = texts.patterns.iter().filter_map(|pattern| numbers.get(pattern).copied());
            (texts.negated, of.collect())
        })
        .collect();
    let mut classes: HashMap<Vec<bool>, String> = HashMap::new();
    for (matched, action) in matched_sets {
        let named_by = elements.iter().map(|(negated, patterns)| {
            matched.iter().any(|pattern| patterns.contains(pattern)) != *negated
        });
        classes.entry(named_by.collect()).or_insert(action);
    }
    let mut classes: Vec<Class> = classes
        .into_iter()
        .map(|(named_by, action)| Class { action, named_by })
        .collect();
    classes.sort_unstable_by(|a, b| a.action.cmp(&b.action));
    Ok(classes)
}

/// Which part of an action the walk is in: `s3:GetObject` has one colon and something on both sides of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Nothing,
    Service,
    Colon,
    Name,
}

impl Part {
    fn after(self, character: char) -> Option<Self> {
        match (self, character) {
            (Self::Service, ':') => Some(Self::Colon),
            (_, ':') => None,
            (Self::Nothing | Self::Service, _) => Some(Self::Service),
            (Self::Colon | Self::Name, _) => Some(Self::Name),
        }
    }
}

/// A place in a pattern.
struct Node<'a> {
    token: Option<&'a Token>,
    pattern: u32,
}

struct Walk<'a> {
    nodes: Vec<Node<'a>>,
    starts: Vec<u32>,
    /// A character that no pattern has.
    other: char,
}

type Situation = (Part, Vec<u32>);

impl<'a> Walk<'a> {
    fn new(patterns: &[&'a Pattern]) -> Self {
        let mut walk = Self {
            nodes: Vec::new(),
            starts: Vec::new(),
            other: 'x',
        };
        let mut used = HashSet::new();
        for (number, pattern) in (0..).zip(patterns) {
            walk.starts.push(u32::try_from(walk.nodes.len()).unwrap_or(u32::MAX));
            let tokens = pattern.tokens().iter().map(Some).chain([None]);
            walk.nodes.extend(tokens.map(|token| Node { token, pattern: number }));
            used.extend(pattern.tokens().iter().filter_map(|token| match token {
                Token::Char(character) => Some(*character),
                _ => None,
            }));
        }
        let mut candidates = ('a'..='z').rev().chain('0'..='9').chain('\u{e000}'..='\u{f8ff}');
        walk.other = candidates.find(|candidate| !used.contains(candidate)).unwrap_or('\u{10fffd}');
        walk
    }

    /// Returns every set of patterns that match some action together, with the action.
    fn matched_sets(&self) -> Result<HashMap<Vec<u32>, String>, Undecided> {
        let mut found: HashMap<Vec<u32>, String> = HashMap::new();
        let start = (Part::Nothing, self.settled(self.starts.clone()));
        let mut known: HashSet<Situation> = HashSet::from([start.clone()]);
        let mut layer = vec![(start, String::new())];
        while !layer.is_empty() {
            let mut next_layer = Vec::new();
            for ((part, places), action) in layer {
                if part == Part::Name {
                    let ends = places.iter().filter_map(|place| self.nodes.get(*place as usize));
                    let matched = ends.filter(|node| node.token.is_none()).map(|node| node.pattern);
                    found.entry(matched.collect()).or_insert_with(|| action.clone());
                }
                for letter in self.letters(&places) {
                    let Some(part) = part.after(letter) else { continue };
                    let next = (part, self.step(&places, letter));
                    if known.insert(next.clone()) {
                        next_layer.push((next, format!("{action}{letter}")));
                    }
                }
                if known.len() > AT_MOST {
                    return Err(Undecided);
                }
            }
            layer = next_layer;
        }
        Ok(found)
    }

    fn settled(&self, mut places: Vec<u32>) -> Vec<u32> {
        let mut at = 0;
        while let Some(place) = places.get(at).copied() {
            if self.nodes.get(place as usize).is_some_and(|node| node.token == Some(&Token::AnyText)) {
                places.push(place + 1);
            }
            at += 1;
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn letters(&self, places: &[u32]) -> Vec<char> {
        let tokens = places.iter().filter_map(|place| self.nodes.get(*place as usize)?.token);
        let chars = tokens.filter_map(|token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        });
        let mut letters: Vec<char> = chars.chain([self.other, ':']).collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    }

    fn step(&self, places: &[u32], letter: char) -> Vec<u32> {
        let mut next = Vec::new();
        for place in places {
            match self.nodes.get(*place as usize).and_then(|node| node.token) {
                Some(Token::AnyText) => next.push(*place),
                Some(token) if takes(token, letter, false) => next.push(*place + 1),
                _ => {}
            }
        }
        self.settled(next)
    }
}
