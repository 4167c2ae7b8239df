//! Are all requests of one set in some others?
//!
//! A set of requests is what answers a list of questions as wanted; what is left of it outside of another one falls into
//! pieces of the same kind, one for each question that the other one asks besides.

use std::collections::HashMap;

use super::Undecided;
use super::atom::{About, Atom, Atoms, Literal};
use super::key::{self, Cases, Found, Wanted};
use super::principal::{self, Someone};
use super::text;
use super::walk::Letter;
use crate::catalogue::reference::AuthorizationReference;
use crate::condition::{Demand, Quantifier};

/// A set of requests: those that answer every question as wanted. Sorted, and not empty.
pub(super) type Cube = Vec<Literal>;

/// As many pieces are looked at before a question is given up.
const AT_MOST: usize = 500_000;

/// What a request can have so that the answers about one thing are as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The resource.
    Resource(Vec<Letter>),
    /// The principal.
    Principal(Someone),
    /// A condition key and its values.
    Key(Box<str>, Found),
    /// Something that is not understood: nothing can be said.
    NotUnderstood,
}

/// What of a set is outside of others.
pub(super) enum Outside<'c> {
    /// These requests, for example.
    Found(Cube),
    /// Nothing: these of the others make it up.
    Nothing(Vec<&'c Cube>),
}

/// Answers whether sets of requests are empty, and whether they lie in others; remembers what it found out.
pub(super) struct Cover {
    pub(super) atoms: Atoms,
    /// The keys of whose values some policy asks for all or any.
    several: HashMap<Box<str>, bool>,
    parts: HashMap<Cube, Option<Part>>,
    pieces: usize,
}

/// Returns whether a request may have several values for a key, as far as AWS says of what type they are. What it says of
/// services' own keys is wrong here and there, so those count too that are called in the plural, the methods by which somebody
/// was authenticated (`cognito-identity.amazonaws.com:amr`), and what SAML says of somebody.
fn may_have_several(key: &str) -> bool {
    let is_own = !key.starts_with("aws:");
    if is_own && (key.ends_with('s') || key.ends_with(":amr") || key.starts_with("saml:")) {
        return true;
    }
    let reference = AuthorizationReference::embedded();
    let Some(known) = reference.condition_key(key) else {
        return true;
    };
    // Services may give a key different types.
    let mut types = reference.condition_keys().filter(|other| other.name() == known.name());
    types.any(|key| key.value_type().is_multivalued())
}

impl Cover {
    pub(super) fn new(atoms: Atoms) -> Self {
        let mut several = HashMap::new();
        for atom in atoms.iter() {
            if let Atom::Condition(condition) = atom
                && let Demand::Values { quantifier, .. } = &condition.demand
            {
                let asks_for_several = !matches!(quantifier, Quantifier::Plain(_)) && may_have_several(&condition.key);
                *several.entry(condition.key.clone()).or_insert(false) |= asks_for_several;
            }
        }
        Self {
            atoms,
            several,
            parts: HashMap::new(),
            pieces: 0,
        }
    }

    /// Returns the requests of a set that answer one question more; nothing if there are none.
    pub(super) fn and(&mut self, cube: &Cube, literal: Literal) -> Result<Option<Cube>, Undecided> {
        let mut more = cube.clone();
        match more.binary_search_by_key(&literal.atom, |known| known.atom) {
            Ok(at) => {
                let same = more.get(at) == Some(&literal);
                return Ok(same.then_some(more));
            }
            Err(at) => more.insert(at, literal),
        }
        let about = self.atoms.about(literal);
        Ok(self.part(&more, about)?.is_some().then_some(more))
    }

    /// Returns the requests that are in both sets; nothing if there are none.
    pub(super) fn both(&mut self, one: &Cube, other: &Cube) -> Result<Option<Cube>, Undecided> {
        let mut both = one.clone();
        for literal in other {
            match self.and(&both, *literal)? {
                Some(fewer) => both = fewer,
                None => return Ok(None),
            }
        }
        Ok(Some(both))
    }

    /// Finds requests of a set that are in none of the others; or names those others that make up the set together.
    pub(super) fn outside<'c>(&mut self, cube: &Cube, others: &[&'c Cube]) -> Result<Outside<'c>, Undecided> {
        self.pieces += 1;
        if self.pieces > AT_MOST {
            return Err(Undecided);
        }
        let mut near = Vec::new();
        for other in others {
            let questions = self.open_questions(cube, other)?;
            if questions.is_empty() {
                return Ok(Outside::Nothing(vec![other]));
            }
            if self.both(cube, other)?.is_some() {
                near.push((questions, *other));
            }
        }
        // The one that leaves the fewest pieces is cut away first.
        let Some(at) = (0..near.len()).min_by_key(|at| near.get(*at).map(|(questions, _)| questions.len())) else {
            return Ok(Outside::Found(cube.clone()));
        };
        let (questions, cut_away) = near.swap_remove(at);
        let rest: Vec<&Cube> = near.into_iter().map(|(_, other)| other).collect();
        let mut inside = cube.clone();
        let mut together = vec![cut_away];
        for question in questions {
            if let Some(piece) = self.and(&inside, question.negated())? {
                match self.outside(&piece, &rest)? {
                    Outside::Nothing(more) => together.extend(more),
                    found @ Outside::Found(_) => return Ok(found),
                }
            }
            match self.and(&inside, question)? {
                Some(fewer) => inside = fewer,
                None => break,
            }
        }
        together.sort_unstable();
        together.dedup();
        Ok(Outside::Nothing(together))
    }

    /// Returns the questions of another set that not all requests of this one answer as it wants.
    fn open_questions(&mut self, cube: &Cube, other: &Cube) -> Result<Vec<Literal>, Undecided> {
        let mut open = Vec::new();
        for literal in other {
            if self.and(cube, literal.negated())?.is_some() {
                open.push(*literal);
            }
        }
        Ok(open)
    }

    /// Returns what a request of the set can have for every thing that is asked about.
    pub(super) fn example(&mut self, cube: &Cube) -> Result<Vec<Part>, Undecided> {
        let mut things: Vec<About> = cube.iter().map(|literal| self.atoms.about(*literal)).collect();
        things.sort_unstable();
        things.dedup();
        let mut parts = Vec::new();
        for about in things {
            parts.extend(self.part(cube, about)?);
        }
        Ok(parts)
    }

    /// Returns what a request can have so that the answers about one thing are as wanted; nothing if they cannot be.
    fn part(&mut self, cube: &Cube, about: About) -> Result<Option<Part>, Undecided> {
        let asked: Cube = cube
            .iter()
            .filter(|literal| self.atoms.about(**literal) == about)
            .copied()
            .collect();
        if let Some(known) = self.parts.get(&asked) {
            return Ok(known.clone());
        }
        let part = self.found(&asked, about)?;
        self.parts.insert(asked, part.clone());
        Ok(part)
    }

    fn found(&self, asked: &[Literal], about: About) -> Result<Option<Part>, Undecided> {
        match about {
            About::Resource => {
                let demands = asked.iter().filter_map(|literal| match self.atoms.atom(*literal)? {
                    Atom::Resource(texts) => Some(text::Demand {
                        patterns: &texts.patterns,
                        matches: literal.yes,
                    }),
                    _ => None,
                });
                let demands: Vec<_> = demands.collect();
                Ok(text::find(&demands, false)?.map(Part::Resource))
            }
            About::Principal => Ok(principal::find(&self.atoms, asked)?.map(Part::Principal)),
            About::Key(_) => {
                let wanted = asked.iter().filter_map(|literal| match self.atoms.atom(*literal)? {
                    Atom::Condition(condition) => Some(Wanted {
                        condition,
                        holds: literal.yes,
                    }),
                    _ => None,
                });
                let wanted: Vec<_> = wanted.collect();
                let Some(first) = wanted.first() else {
                    return Ok(Some(Part::NotUnderstood));
                };
                let key = first.condition.key.clone();
                let several = self.several.get(&key).copied().unwrap_or_default();
                let found = key::find(&wanted, Cases { several }, &[])?;
                Ok(found.map(|found| Part::Key(key, found)))
            }
            About::Itself(_) => Ok(Some(Part::NotUnderstood)),
        }
    }
}
