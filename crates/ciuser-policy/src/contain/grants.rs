//! Policies that grant something together.

use super::Undecided;
use super::atom::{Atom, Atoms, Literal};
use super::cover::{Cover, Cube};
use crate::condition::{Condition, Demand};
use crate::document::{Document, Effect};
use crate::evaluate::PolicySet;
use crate::rule::{Rule, Texts};
use crate::unsettled::Unsettled;

/// Policies that grant something together: those of a user and its groups, within its permissions boundary if it has one;
/// or the policy of a resource.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    rules: Vec<Rule>,
    limits: Vec<Vec<Rule>>,
    pub(super) set: PolicySet,
    pub(super) limit_sets: Vec<PolicySet>,
}

/// Sets of requests that statements match, by effect.
#[derive(Debug, Clone, Default)]
pub(super) struct Cubes<C> {
    pub(super) allow: Vec<C>,
    pub(super) deny: Vec<C>,
}

/// The sets of requests of each statement, with the statements that must name the action.
pub(super) struct Numbered {
    cubes: Cubes<(Vec<usize>, Cube)>,
}

impl Grants {
    /// Holds policies, each with the name that it is called by.
    pub fn of<'a>(policies: impl IntoIterator<Item = (&'a str, &'a Document)>) -> Self {
        let policies: Vec<_> = policies.into_iter().collect();
        let documents = policies.iter().map(|(_, document)| *document);
        Self {
            rules: rules(documents),
            limits: Vec::new(),
            set: PolicySet::compile(policies),
            limit_sets: Vec::new(),
        }
    }

    /// Holds rules, for which no request can be tried out.
    pub(super) fn of_rules(rules: &[Rule]) -> Self {
        Self {
            rules: rules.to_vec(),
            ..Self::default()
        }
    }

    /// Adds a limit: nothing is granted but what it allows, too. A permissions boundary is one, a session policy, or a
    /// question ("may they pass a role to a function?").
    #[must_use]
    pub fn within(self, limit: &Document) -> Self {
        self.within_together([("limit", limit)])
    }

    /// Adds a limit of several policies: nothing is granted but what these allow together, too.
    #[must_use]
    pub fn within_together<'a>(mut self, policies: impl IntoIterator<Item = (&'a str, &'a Document)>) -> Self {
        let policies: Vec<_> = policies.into_iter().collect();
        let documents = policies.iter().map(|(_, document)| *document);
        self.limits.push(rules(documents));
        self.limit_sets.push(PolicySet::compile(policies));
        self
    }

    /// Returns whether any statement names principals.
    pub(super) fn names_principals(&self) -> bool {
        self.rules.iter().any(|rule| rule.grantees.is_some())
    }

    fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain(self.limits.iter().flatten())
    }

    /// Returns the `Action` elements of all statements.
    pub(super) fn actions(&self) -> impl Iterator<Item = &Texts> {
        self.all_rules().map(|rule| &rule.actions)
    }

    /// Returns the sets of requests that the statements match, but for their actions.
    pub(super) fn cubes(&self, atoms: &mut Atoms) -> Numbered {
        let mut number = 0;
        let mut of_rules = |rules: &[Rule], deny: &mut Vec<(Vec<usize>, Cube)>| {
            let mut allow = Vec::new();
            for rule in rules {
                if let Some(cube) = cube(rule, atoms) {
                    let cubes = if rule.effect == Effect::Allow {
                        &mut allow
                    } else {
                        &mut *deny
                    };
                    cubes.push((vec![number], cube));
                }
                number += 1;
            }
            allow
        };
        let mut deny = Vec::new();
        let mut allow = of_rules(&self.rules, &mut deny);
        for limit in &self.limits {
            allow = within(&allow, &of_rules(limit, &mut deny));
        }
        Numbered {
            cubes: Cubes { allow, deny },
        }
    }
}

fn rules<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<Rule> {
    let rules = documents.flat_map(|document| Rule::of_document(document, Unsettled::default()));
    rules.collect()
}

/// Returns every set that is allowed and also within a limit.
fn within(allowed: &[(Vec<usize>, Cube)], limits: &[(Vec<usize>, Cube)]) -> Vec<(Vec<usize>, Cube)> {
    let pairs = allowed.iter().flat_map(|(numbers, cube)| {
        limits.iter().filter_map(|(limits, limiting)| {
            let numbers = numbers.iter().chain(limits).copied().collect();
            Some((numbers, merged(cube.iter().chain(limiting).copied())?))
        })
    });
    pairs.collect()
}

/// Sorts questions; nothing if one is wanted to be answered both ways.
fn merged(literals: impl Iterator<Item = Literal>) -> Option<Cube> {
    let mut cube: Cube = literals.collect();
    cube.sort_unstable();
    cube.dedup();
    let contradicts = cube
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one.atom == other.atom));
    (!contradicts).then_some(cube)
}

fn cube(rule: &Rule, atoms: &mut Atoms) -> Option<Cube> {
    let mut literals = Vec::new();
    if let Some(texts) = &rule.resources {
        let asked = Texts {
            negated: false,
            ..texts.clone()
        };
        let atom = if asked.not_understood.is_empty() {
            Atom::Resource(asked)
        } else {
            Atom::NotUnderstood(asked)
        };
        literals.push(Literal {
            atom: atoms.number(atom),
            yes: !texts.negated,
        });
    }
    if let Some(grantees) = &rule.grantees {
        let atom = match rule.effect {
            Effect::Allow => Atom::Allowed(grantees.clone()),
            Effect::Deny => Atom::Denied(grantees.clone()),
        };
        literals.push(Literal {
            atom: atoms.number(atom),
            yes: true,
        });
    }
    literals.extend(rule.conditions.iter().map(|condition| literal(condition, atoms)));
    merged(literals.into_iter())
}

/// Asks whether a condition holds. That a key is there is the contrary of that it is absent, whatever counts as absent.
fn literal(condition: &Condition, atoms: &mut Atoms) -> Literal {
    let (condition, yes) = match &condition.demand {
        Demand::Absent(false, empty) => {
            let absent = Condition {
                key: condition.key.clone(),
                demand: Demand::Absent(true, *empty),
            };
            (absent, false)
        }
        _ => (condition.clone(), true),
    };
    Literal {
        atom: atoms.number(Atom::Condition(condition)),
        yes,
    }
}

impl Numbered {
    /// Returns the sets whose statements all name the action.
    pub(super) fn naming(&self, named_by: &[bool]) -> Cubes<&Cube> {
        let is_named = |numbers: &[usize]| numbers.iter().all(|number| named_by.get(*number) == Some(&true));
        Cubes {
            allow: self
                .cubes
                .allow
                .iter()
                .filter(|(numbers, _)| is_named(numbers))
                .map(|(_, cube)| cube)
                .collect(),
            deny: self
                .cubes
                .deny
                .iter()
                .filter(|(numbers, _)| is_named(numbers))
                .map(|(_, cube)| cube)
                .collect(),
        }
    }

    /// Leaves out the sets that no request is in.
    pub(super) fn not_empty(mut self, cover: &mut Cover) -> Result<Self, Undecided> {
        for cubes in [&mut self.cubes.allow, &mut self.cubes.deny] {
            let mut kept = Vec::new();
            for (numbers, cube) in cubes.drain(..) {
                if cover.both(&Cube::new(), &cube)?.is_some() {
                    kept.push((numbers, cube));
                }
            }
            *cubes = kept;
        }
        Ok(self)
    }
}
