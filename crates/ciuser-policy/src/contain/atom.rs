//! What requests are asked, one question at a time.

use std::collections::HashMap;

use crate::condition::Condition;
use crate::rule::{Grantees, Texts};

/// A question to a request that has the answer yes or no.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    /// Does its resource match one of the patterns? Not negated, and all of it understood.
    Resource(Texts),
    /// Is its principal meant by an `Allow` that names these, as far as it would have to be?
    Allowed(Grantees),
    /// Is its principal meant by a `Deny` that names these?
    Denied(Grantees),
    /// Does it meet the condition?
    Condition(Condition),
    /// Something that is not understood: either answer may be right, but it is always the same.
    NotUnderstood(Texts),
}

/// What a question is about. Questions about different things are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum About {
    Resource,
    /// Who asks; `aws:PrincipalArn` too, where there are questions about principals.
    Principal,
    Key(u32),
    /// Nothing else.
    Itself(u32),
}

/// A question with the answer that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Literal {
    pub(super) atom: u32,
    pub(super) yes: bool,
}

impl Literal {
    pub(super) fn negated(self) -> Self {
        Self { yes: !self.yes, ..self }
    }
}

/// All questions that policies ask, each once.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    atoms: Vec<(Atom, About)>,
    numbers: HashMap<Atom, u32>,
    keys: HashMap<Box<str>, u32>,
    /// Whether questions about `aws:PrincipalArn` are about the principal.
    principals: bool,
}

const PRINCIPAL_ARN: &str = "aws:principalarn";

impl Atoms {
    /// Begins; with questions about principals, if the policies have any.
    pub(super) fn new(principals: bool) -> Self {
        Self {
            principals,
            ..Self::default()
        }
    }

    /// Returns the number of a question.
    pub(super) fn number(&mut self, atom: Atom) -> u32 {
        if let Some(number) = self.numbers.get(&atom) {
            return *number;
        }
        let number = u32::try_from(self.atoms.len()).unwrap_or(u32::MAX);
        let about = match &atom {
            Atom::Resource(_) => About::Resource,
            Atom::Allowed(_) | Atom::Denied(_) => About::Principal,
            Atom::Condition(condition) if self.principals && &*condition.key == PRINCIPAL_ARN => About::Principal,
            Atom::Condition(condition) => {
                let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
                About::Key(*self.keys.entry(condition.key.clone()).or_insert(next))
            }
            Atom::NotUnderstood(_) => About::Itself(number),
        };
        self.numbers.insert(atom.clone(), number);
        self.atoms.push((atom, about));
        number
    }

    /// Returns what a literal asks.
    pub(super) fn atom(&self, literal: Literal) -> Option<&Atom> {
        self.atoms.get(literal.atom as usize).map(|(atom, _)| atom)
    }

    /// Returns what a literal is about.
    pub(super) fn about(&self, literal: Literal) -> About {
        let known = self.atoms.get(literal.atom as usize);
        known.map_or(About::Itself(literal.atom), |(_, about)| *about)
    }

    /// Returns every question.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Atom> {
        self.atoms.iter().map(|(atom, _)| atom)
    }
}
