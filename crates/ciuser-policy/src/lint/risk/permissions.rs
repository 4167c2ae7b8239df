//! What policies allow together, asked about one action at a time.
//!
//! For one action only the statements that are about it matter: they are taken out, as statements about nothing else, and the
//! prover is asked about these.

use crate::contain::{Grants, is_within, may_grant};
use crate::document::{Document, Effect, Element, OneOrList, Span, Statement, Version};
use crate::minimise::may_meet;
use crate::pattern::Pattern;
use crate::request::Context;
use crate::rule::{Rule, Texts};
use crate::truth::Truth;
use crate::unsettled::Unsettled;

/// Policies that apply together, perhaps within a boundary.
pub(super) struct Permissions<'a> {
    policies: Vec<Policy<'a>>,
    boundary: Option<Policy<'a>>,
}

struct Policy<'a> {
    name: &'a str,
    document: &'a Document,
    rules: Vec<Rule>,
}

/// A place in one of the policies that has a part in something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The number of the policy.
    pub(super) policy: usize,
    /// The place of the value that names the action.
    pub(super) span: Span,
}

/// The statements of the policies that are about one action, as if about no other.
struct Narrowed<'a> {
    documents: Vec<(&'a str, Document)>,
    /// The statements that allow, each by itself, and where they stand.
    allowing: Vec<(Document, Part)>,
}

impl<'a> Permissions<'a> {
    pub(super) fn of(policies: &[(&'a str, &'a Document)], boundary: Option<&'a Document>) -> Self {
        Self {
            policies: policies
                .iter()
                .map(|(name, document)| Policy::of(name, document))
                .collect(),
            boundary: boundary.map(|document| Policy::of("boundary", document)),
        }
    }

    /// Returns the rules of the policies, each with its statement and the number of its policy.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&Rule, &'a Statement, usize)> {
        self.policies.iter().enumerate().flat_map(|(number, policy)| {
            let statements = policy.document.statements.iter();
            let rules = policy.rules.iter().zip(statements);
            rules.map(move |(rule, statement)| (rule, statement, number))
        })
    }

    /// Returns whether all that a rule allows is proven to be allowed, by the policies and by the boundary. A `Deny` counts,
    /// unless it is to be left out.
    pub(super) fn allow_all_of(&self, wanted: &Rule, with_denials: bool) -> bool {
        let allow = |policies: &[Policy<'_>]| {
            let rules = policies.iter().flat_map(|policy| &policy.rules);
            let counting = rules.filter(|rule| with_denials || rule.effect == Effect::Allow);
            let near: Vec<Rule> = counting.filter_map(|rule| as_far_as(rule, wanted)).collect();
            is_within(std::slice::from_ref(wanted), &near)
        };
        self.boundary
            .as_ref()
            .is_none_or(|one| allow(std::slice::from_ref(one)))
            && allow(&self.policies)
    }

    /// Returns the statement by which an action may be allowed on something that the question is about; nothing if it is
    /// proven not to be. `also` are other actions that must be allowed on the same thing.
    pub(super) fn allow_some(&self, action: &str, question: &Document, also: &[&str]) -> Option<Part> {
        let narrowed = self.narrowed(action);
        if narrowed.allowing.is_empty() {
            return None;
        }
        let mut grants = Grants::of(named(&narrowed.documents)).within(question);
        if let Some(boundary) = &self.boundary {
            grants = grants.within(&boundary.narrowed(action)?);
        }
        for other in also {
            let other = self.narrowed(other);
            let other = other.as_about(action)?;
            grants = grants.within_together(named(&other));
        }
        may_grant(&grants).then(|| narrowed.part_of(question)).flatten()
    }

    fn narrowed(&self, action: &str) -> Narrowed<'a> {
        let mut narrowed = Narrowed {
            documents: Vec::new(),
            allowing: Vec::new(),
        };
        for (number, policy) in self.policies.iter().enumerate() {
            for (statement, rule) in policy.about(action) {
                if rule.effect == Effect::Allow {
                    let part = Part {
                        policy: number,
                        span: place(statement, action),
                    };
                    let alone = policy.with([about_only(statement, action)]);
                    narrowed.allowing.push((alone, part));
                }
            }
            if let Some(document) = policy.narrowed(action) {
                narrowed.documents.push((policy.name, document));
            }
        }
        narrowed
    }
}

impl<'a> Policy<'a> {
    fn of(name: &'a str, document: &'a Document) -> Self {
        Self {
            name,
            document,
            rules: Rule::of_document(document, Unsettled::default()),
        }
    }

    /// Returns the statements that are about an action.
    fn about(&self, action: &str) -> impl Iterator<Item = (&'a Statement, &Rule)> {
        let action = action.to_ascii_lowercase();
        let statements = self.document.statements.iter().zip(&self.rules);
        statements.filter(move |(_, rule)| rule.actions.hold(&action, &Context::default()) != Truth::No)
    }

    /// Returns the statements that are about an action, as if about no other; nothing if there are none.
    fn narrowed(&self, action: &str) -> Option<Document> {
        let statements = self.about(action).map(|(statement, _)| about_only(statement, action));
        let narrowed = self.with(statements);
        (!narrowed.statements.as_slice().is_empty()).then_some(narrowed)
    }

    /// Returns the document with other statements.
    fn with(&self, statements: impl IntoIterator<Item = Statement>) -> Document {
        Document {
            version: self.document.version.clone(),
            id: None,
            statements: OneOrList::List(statements.into_iter().collect()),
        }
    }
}

impl Narrowed<'_> {
    /// Returns a statement that by itself may allow something of what the question is about: the first one.
    fn part_of(&self, question: &Document) -> Option<Part> {
        let alone = |document: &Document| may_grant(&Grants::of([("alone", document)]).within(question));
        let found = self.allowing.iter().find(|(document, _)| alone(document));
        found.or_else(|| self.allowing.first()).map(|(_, part)| *part)
    }

    /// Returns the statements as if they were about another action, whatever else the request is like: their conditions may
    /// ask for what only requests for their own action have. Nothing if none allows.
    fn as_about(&self, action: &str) -> Option<Vec<(&str, Document)>> {
        if self.allowing.is_empty() {
            return None;
        }
        let documents = self.documents.iter().map(|(name, document)| {
            let statements = document.statements.iter();
            let kept = statements.filter(|one| one.effect.value == Effect::Allow || one.conditions.is_none());
            let statements = kept.map(|statement| Statement {
                conditions: None,
                ..about_only(statement, action)
            });
            let document = Document {
                statements: OneOrList::List(statements.collect()),
                ..document.clone()
            };
            (*name, document)
        });
        Some(documents.collect())
    }
}

fn named<'d>(documents: &'d [(&'d str, Document)]) -> impl Iterator<Item = (&'d str, &'d Document)> {
    documents.iter().map(|(name, document)| (*name, document))
}

fn about_only(statement: &Statement, action: &str) -> Statement {
    Statement {
        actions: Element::only([action].into_iter().collect()),
        ..statement.clone()
    }
}

/// Returns a rule without the actions that are none of those of another rule; nothing if none are left.
fn as_far_as(rule: &Rule, wanted: &Rule) -> Option<Rule> {
    if !may_meet(&rule.actions, &wanted.actions) {
        return None;
    }
    let mut rule = rule.clone();
    rule.actions.patterns.retain(|pattern| {
        let alone = Texts {
            negated: false,
            patterns: vec![pattern.clone()],
            not_understood: Vec::new(),
        };
        may_meet(&alone, &wanted.actions)
    });
    Some(rule)
}

/// Returns the place of the value that names an action; of `NotAction`, that of the element's name.
fn place(statement: &Statement, action: &str) -> Span {
    let action = action.to_ascii_lowercase();
    let mut values = statement.actions.value.iter();
    let matching = values.find(|value| Pattern::action(&value.value).matches_as_it_is(&action));
    match matching {
        Some(value) if !statement.actions.negated => value.span,
        _ => statement.actions.name,
    }
}

/// Returns a statement that allows an action on resources: what is asked for, or what is wanted.
pub(super) fn allowing(action: &str, resources: &[&str]) -> Statement {
    Statement::new(
        Effect::Allow,
        Element::only([action].into_iter().collect()),
        Element::only(resources.iter().copied().collect()),
    )
}

/// Returns the rule of a statement that is in the language of 2012.
pub(super) fn rule(statement: &Statement) -> Rule {
    Rule::of(statement, Version::V2012, Unsettled::default())
}
