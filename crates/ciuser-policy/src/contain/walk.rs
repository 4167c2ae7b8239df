//! Lists of patterns, walked side by side, letter by letter.
//!
//! A list is matched when one of its patterns is. Once one of them matches whatever comes, the others of its list make no
//! difference any more and are forgotten: else a list of `*Job*`, `*Model*` and their like would have as many situations
//! as it has subsets.

use std::sync::Arc;

use crate::pattern::{Pattern, Token, Variable, cases, folded, takes};

/// A letter of a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Letter {
    /// This character.
    Char(char),
    /// Whatever the variable stands for.
    Variable(Arc<Variable>),
    /// Whatever the variable stands for, its letters in either case.
    VariableInAnyCase(Arc<Variable>),
}

impl Letter {
    /// Returns the variable that the letter stands for.
    pub(super) fn variable(&self) -> Option<&Arc<Variable>> {
        match self {
            Self::Char(_) => None,
            Self::Variable(variable) | Self::VariableInAnyCase(variable) => Some(variable),
        }
    }
}

/// How a list takes variables, its own and those that are letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variables {
    /// Its variables are letters of the text, and it takes no others.
    Letters,
    /// A variable, its own or a letter, may be any text.
    AnyText,
    /// A variable is taken where the same one stands, or a wildcard for any text.
    Same,
}

/// A place in a pattern: what comes next there.
#[derive(Debug)]
struct Node<'a> {
    list: u32,
    /// Nothing at the end of the pattern.
    token: Option<&'a Token>,
    ignores_case: bool,
    /// How many places of the same pattern are behind this one.
    behind: u32,
}

/// Lists of patterns.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    nodes: Vec<Node<'a>>,
    starts: Vec<u32>,
    lists: Vec<Variables>,
    /// A character that stands for all those that no pattern has.
    other: char,
}

/// Where the walk is in all patterns at once: sorted numbers of nodes.
pub(super) type Situation = Vec<u32>;

impl<'a> Walk<'a> {
    /// Lays out lists of patterns.
    pub(super) fn new(lists: impl IntoIterator<Item = (&'a [Pattern], Variables)>) -> Self {
        let mut walk = Self::default();
        for (patterns, variables) in lists {
            let list = u32::try_from(walk.lists.len()).unwrap_or(u32::MAX);
            walk.lists.push(variables);
            for pattern in patterns {
                walk.starts.push(u32::try_from(walk.nodes.len()).unwrap_or(u32::MAX));
                let tokens = pattern.tokens();
                let behind = (0..=u32::try_from(tokens.len()).unwrap_or(u32::MAX)).rev();
                let nodes = tokens.iter().map(Some).chain([None]).zip(behind);
                walk.nodes.extend(nodes.map(|(token, behind)| Node {
                    list,
                    token,
                    ignores_case: pattern.ignores_case(),
                    behind,
                }));
            }
        }
        walk.other = walk.other_character();
        walk
    }

    /// Returns a character that stands in none of the patterns, not even in the other case.
    fn other_character(&self) -> char {
        let chars = self.nodes.iter().filter_map(|node| match node.token {
            Some(Token::Char(character)) => Some(folded(*character)),
            _ => None,
        });
        let used: std::collections::HashSet<char> = chars.collect();
        let mut candidates = ('a'..='z').rev().chain('0'..='9').chain('\u{e000}'..='\u{f8ff}');
        candidates
            .find(|candidate| !used.contains(candidate))
            .unwrap_or('\u{10fffd}')
    }

    /// Returns where the walk begins.
    pub(super) fn start(&self) -> Situation {
        self.settled(self.starts.clone())
    }

    /// Returns where a letter leads.
    pub(super) fn step(&self, situation: &Situation, letter: &Letter) -> Situation {
        let mut next = Vec::with_capacity(situation.len());
        for number in situation {
            let Some((node, variables)) = self.node(*number) else {
                continue;
            };
            match letter {
                Letter::Char(character) => by_character(*number, node, variables, *character, &mut next),
                Letter::Variable(variable) => by_variable(*number, node, variables, variable, &mut next),
                // A place where case counts takes some of these texts and not others.
                Letter::VariableInAnyCase(_) if variables == Variables::Same && is_particular(node) => {}
                Letter::VariableInAnyCase(variable) => by_variable(*number, node, variables, variable, &mut next),
            }
        }
        self.settled(next)
    }

    fn node(&self, number: u32) -> Option<(&Node<'a>, Variables)> {
        let node = self.nodes.get(number as usize)?;
        Some((node, *self.lists.get(node.list as usize)?))
    }

    /// Adds the places that are reached without a letter, and forgets those that make no difference.
    fn settled(&self, mut places: Situation) -> Situation {
        let mut at = 0;
        let mut forever = Vec::new();
        while let Some(number) = places.get(at).copied() {
            at += 1;
            let Some((node, variables)) = self.node(number) else {
                continue;
            };
            let may_be_empty = match node.token {
                Some(Token::AnyText | Token::PartText) => true,
                Some(Token::Variable(_)) => variables == Variables::AnyText,
                _ => false,
            };
            if may_be_empty {
                places.push(number + 1);
            }
            if node.is_forever() {
                forever.push((node.list, number));
            }
        }
        places.sort_unstable();
        places.dedup();
        if forever.is_empty() {
            return places;
        }
        forever.sort_unstable();
        forever.dedup_by_key(|(list, _)| *list);
        places.retain(|number| {
            let list = self.nodes.get(*number as usize).map(|node| node.list);
            let one = forever.binary_search_by_key(&list, |(list, _)| Some(*list)).ok();
            match one.and_then(|at| forever.get(at)) {
                // The place itself, and the end behind it.
                Some((_, kept)) => number == kept || *number == *kept + 1,
                None => true,
            }
        });
        places
    }

    /// Returns the letters that make a difference in a situation, and one that stands for all others.
    pub(super) fn letters(&self, situation: &Situation) -> Vec<Letter> {
        let mut letters = vec![Letter::Char(self.other)];
        for number in situation {
            let Some((node, variables)) = self.node(*number) else {
                continue;
            };
            match node.token {
                Some(Token::Char(character)) if node.ignores_case => {
                    letters.extend(cases(*character).into_iter().map(Letter::Char));
                }
                Some(Token::Char(character)) => letters.push(Letter::Char(*character)),
                Some(Token::PartChar | Token::PartText) => letters.push(Letter::Char(':')),
                Some(Token::Digit) => letters.extend(('0'..='9').map(Letter::Char)),
                Some(Token::Variable(variable)) if variables == Variables::Letters => {
                    let variable = Arc::clone(variable);
                    letters.push(if node.ignores_case {
                        Letter::VariableInAnyCase(variable)
                    } else {
                        Letter::Variable(variable)
                    });
                }
                _ => {}
            }
        }
        letters.sort_unstable();
        letters.dedup();
        letters
    }

    /// Returns the lists that the text so far matches; sorted.
    pub(super) fn matched(&self, situation: &Situation) -> Vec<u32> {
        self.lists_where(situation, |node| node.token.is_none())
    }

    /// Returns the lists that some text from here matches; sorted.
    pub(super) fn alive(&self, situation: &Situation) -> Vec<u32> {
        self.lists_where(situation, |_| true)
    }

    /// Returns the lists that every text from here matches; sorted.
    pub(super) fn matched_forever(&self, situation: &Situation) -> Vec<u32> {
        self.lists_where(situation, Node::is_forever)
    }

    fn lists_where(&self, situation: &Situation, is_so: impl Fn(&Node<'a>) -> bool) -> Vec<u32> {
        let nodes = situation.iter().filter_map(|number| self.nodes.get(*number as usize));
        let mut lists: Vec<u32> = nodes.filter(|node| is_so(node)).map(|node| node.list).collect();
        // Nodes are numbered list by list.
        lists.dedup();
        lists
    }
}

impl Node<'_> {
    /// Returns whether the pattern matches whatever comes.
    fn is_forever(&self) -> bool {
        self.token == Some(&Token::AnyText) && self.behind == 1
    }
}

/// Returns whether a variable stands here, and the case of its value counts.
fn is_particular(node: &Node<'_>) -> bool {
    matches!(node.token, Some(Token::Variable(_))) && !node.ignores_case
}

fn by_character(number: u32, node: &Node<'_>, variables: Variables, character: char, next: &mut Situation) {
    match node.token {
        Some(Token::AnyText) => next.push(number),
        Some(Token::PartText) if character != ':' => next.push(number),
        Some(Token::Variable(_)) if variables == Variables::AnyText => next.push(number),
        Some(token) if takes(token, character, node.ignores_case) => next.push(number + 1),
        _ => {}
    }
}

fn by_variable(number: u32, node: &Node<'_>, variables: Variables, letter: &Variable, next: &mut Situation) {
    let is_same = matches!(node.token, Some(Token::Variable(here)) if **here == *letter);
    match variables {
        Variables::Letters | Variables::Same if is_same => next.push(number + 1),
        Variables::Same if node.token == Some(&Token::AnyText) => next.push(number),
        // It may end at any place behind.
        Variables::AnyText => next.extend(number..=number + node.behind),
        Variables::Letters | Variables::Same => {}
    }
}
