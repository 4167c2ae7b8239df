//! Policies of one kind, compiled.

use super::decision::{Decision, Layer, StatementAt};
use super::index::Index;
use super::layers::Policies;
use crate::document::{Document, Effect};
use crate::request::{Principal, Request};
use crate::rule::{Reach, Rule};
use crate::truth::Truth;
use crate::unsettled::Unsettled;

/// Policies of one kind that apply together: those of a user and its groups, say. Compiled once, for many requests.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    rules: Vec<Rule>,
    places: Vec<Place>,
    index: Index,
}

/// Where a rule was written.
#[derive(Debug, Clone)]
struct Place {
    policy: String,
    index: usize,
    sid: Option<String>,
}

/// Whether the principal has a permissions boundary.
///
/// "The `NotPrincipal` element with a `Deny` effect will always deny any IAM principal that has a permissions boundary
/// policy attached, regardless of the values" (IAM User Guide, "AWS JSON policy elements: NotPrincipal").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bounded {
    No,
    Yes,
}

impl Bounded {
    /// Returns whether there is a boundary among the policies.
    pub(super) fn by(policies: &Policies) -> Self {
        match policies.boundary {
            Some(_) => Self::Yes,
            None => Self::No,
        }
    }

    /// Returns whether a rule means who makes a request, as [`Rule::meant`] does, with regard to the boundary.
    pub(super) fn meant(self, rule: &Rule, request: &Request, at_least: Reach) -> Option<Truth> {
        let is_of_others = rule.effect == Effect::Deny && rule.grantees.as_ref().is_some_and(|meant| meant.negated);
        if self == Self::Yes && is_of_others && request.principal().is_some_and(Principal::may_have_boundary) {
            return Some(Truth::Yes);
        }
        rule.meant(request, at_least)
    }
}

/// What the set says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Say {
    /// Whether a statement allows it: to the account, to the role, to the very principal. All the same for every kind of policy
    /// without principals.
    allows: [Truth; 3],
    /// Whether a statement denies it.
    pub(super) denies: Truth,
}

impl Say {
    /// What a set without statements says.
    pub(super) const NOTHING: Self = Self {
        allows: [Truth::No; 3],
        denies: Truth::No,
    };

    /// Returns whether a statement allows the request, to the principal, or as far as at least this reach.
    pub(super) fn allows(&self, at_least: Reach) -> Truth {
        self.allows.get(at_least as usize).copied().unwrap_or(Truth::No)
    }
}

impl PolicySet {
    /// Compiles policies, each with the name that verdicts call it by.
    pub fn compile<'a>(policies: impl IntoIterator<Item = (&'a str, &'a Document)>) -> Self {
        Self::compile_with(policies, Unsettled::default())
    }

    /// Compiles policies with another reading of what AWS leaves open.
    pub fn compile_with<'a>(policies: impl IntoIterator<Item = (&'a str, &'a Document)>, unsettled: Unsettled) -> Self {
        let mut set = Self::default();
        for (name, document) in policies {
            set.rules.extend(Rule::of_document(document, unsettled));
            let statements = document.statements.iter().enumerate();
            set.places.extend(statements.map(|(index, statement)| Place {
                policy: name.to_owned(),
                index,
                sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            }));
        }
        set.index = Index::of(&set.rules);
        set
    }

    /// Returns how many statements there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Returns whether there are no statements.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Decides a request by these policies alone, as if nothing else applied.
    pub fn decide(&self, request: &Request) -> Decision {
        self.decide_as_far_as(request, Reach::Account, Bounded::No)
    }

    /// Decides a request by these policies alone; an allowance counts if it reaches as far as this.
    pub(crate) fn decide_as_far_as(&self, request: &Request, reach: Reach, bounded: Bounded) -> Decision {
        let say = self.say(request, bounded);
        Decision::of(say.allows(reach), say.denies)
    }

    /// Returns what the set says to a request.
    pub(super) fn say(&self, request: &Request, bounded: Bounded) -> Say {
        let mut say = Say::NOTHING;
        let (sure, perhaps) = self.index.candidates(request.folded_action());
        let sure = sure.map(|number| (number, true));
        for (number, action_matches) in sure.chain(perhaps.iter().map(|number| (*number, false))) {
            let Some(rule) = self.rules.get(number as usize) else {
                continue;
            };
            if rule.effect == Effect::Allow && say.allows(Reach::Principal) == Truth::Yes {
                continue;
            }
            let matches = || {
                if action_matches {
                    rule.matches_but_for_action(request)
                } else {
                    rule.matches(request)
                }
            };
            say.hear(rule, request, bounded, matches);
            if say.denies == Truth::Yes {
                break;
            }
        }
        say
    }

    /// Returns all statements: what each means, and where it is.
    pub(super) fn statements(&self, layer: Layer) -> impl Iterator<Item = (&Rule, impl FnOnce() -> StatementAt)> {
        self.rules.iter().zip(&self.places).map(move |(rule, place)| {
            let at = move || StatementAt {
                layer,
                policy: place.policy.clone(),
                index: place.index,
                sid: place.sid.clone(),
            };
            (rule, at)
        })
    }

    /// Returns the statements that allow a request, and those that may, whatever denies it.
    pub(crate) fn allowing(&self, request: &Request, layer: Layer) -> [Vec<StatementAt>; 2] {
        self.matching(request, Effect::Allow, Bounded::No, layer)
    }

    /// Returns the statements with this effect that match a request, and those that may.
    pub(super) fn matching(
        &self,
        request: &Request,
        effect: Effect,
        bounded: Bounded,
        layer: Layer,
    ) -> [Vec<StatementAt>; 2] {
        let mut found = [Vec::new(), Vec::new()];
        let [sure, perhaps] = &mut found;
        for (rule, at) in self.statements(layer).filter(|(rule, _)| rule.effect == effect) {
            let mut say = Say::NOTHING;
            say.hear(rule, request, bounded, || rule.matches(request));
            match say.allows(Reach::Account).max(say.denies) {
                Truth::Yes => sure.push(at()),
                Truth::Unknown => perhaps.push(at()),
                Truth::No => {}
            }
        }
        found
    }
}

impl Say {
    /// Adds what a rule says.
    fn hear(&mut self, rule: &Rule, request: &Request, bounded: Bounded, matches: impl FnOnce() -> Truth) {
        let meant = |at_least| bounded.meant(rule, request, at_least).unwrap_or(Truth::Yes);
        // Whoever is not meant at all is not meant any further.
        if meant(Reach::Account) == Truth::No {
            return;
        }
        let matches = matches();
        match rule.effect {
            Effect::Allow => {
                for (heard, reach) in self.allows.iter_mut().zip(Reach::ALL) {
                    *heard = heard.or(meant(reach).and(matches));
                }
            }
            Effect::Deny => self.denies = self.denies.or(meant(Reach::Account).and(matches)),
        }
    }
}
