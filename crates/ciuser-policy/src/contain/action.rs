//! Actions, sorted by which statements name them.
//!
//! Of two actions that the same statements name none needs to be looked at twice. The patterns of all statements are
//! walked side by side, letter by letter, and whenever a text ends that is an action, the statements that name it are one
//! class. The first action of each class that is found is among its shortest.

use std::collections::{HashMap, HashSet};

use super::Undecided;
use super::walk::{Letter, Situation, Variables, Walk};
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
    // Many statements name the same actions: what differs is walked once.
    let mut lists = Vec::new();
    let mut known = HashMap::new();
    let mut list_of = Vec::with_capacity(elements.len());
    for element in elements {
        let list = *known.entry(&element.patterns).or_insert_with(|| {
            lists.push(element.patterns.as_slice());
            lists.len() - 1
        });
        list_of.push((u32::try_from(list).unwrap_or(u32::MAX), element.negated));
    }
    let mut classes: Vec<Class> = matched_sets(&lists)?
        .into_iter()
        .map(|(matched, action)| {
            let is_named = |(list, negated): &(u32, bool)| matched.binary_search(list).is_ok() != *negated;
            Class {
                action,
                named_by: list_of.iter().map(is_named).collect(),
            }
        })
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

/// Returns every set of lists that match some action together, with the action.
fn matched_sets(lists: &[&[crate::pattern::Pattern]]) -> Result<HashMap<Vec<u32>, String>, Undecided> {
    let walk = Walk::new(lists.iter().map(|patterns| (*patterns, Variables::Same)));
    let mut found: HashMap<Vec<u32>, String> = HashMap::new();
    let start = (Part::Nothing, walk.start());
    let mut known: HashSet<(Part, Situation)> = HashSet::from([start.clone()]);
    let mut layer = vec![(start, String::new())];
    while !layer.is_empty() {
        let mut longer = Vec::new();
        for ((part, situation), action) in layer {
            if part == Part::Name {
                found.entry(walk.matched(&situation)).or_insert_with(|| action.clone());
            }
            let letters = walk.letters(&situation).into_iter().chain([Letter::Char(':')]);
            for letter in letters {
                let Letter::Char(character) = letter else { continue };
                let Some(part) = part.after(character) else { continue };
                let next = (part, walk.step(&situation, &letter));
                if known.insert(next.clone()) {
                    longer.push((next, format!("{action}{character}")));
                }
            }
            if known.len() > AT_MOST {
                return Err(Undecided);
            }
        }
        layer = longer;
    }
    Ok(found)
}
