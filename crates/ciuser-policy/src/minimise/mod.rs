//! Makes a document as short as it gets without changing what it means.
//!
//! Invariant: what comes out is proven to mean the same as what went in, both ways ([`contain`](crate::contain)), alone and
//! beside other policies; a step that cannot be proven is left out. With [`Options::allow_future`] the proof is for the
//! actions that AWS has now.
//!
//! `Sid`s mean nothing to IAM and go, unless they are to be kept. Conditions and principals stay as they are written.

mod draft;
mod future;
mod merge;
mod redundant;
mod values;

pub(crate) use redundant::may_meet;
pub(crate) use values::redundant as redundant_values;

use self::draft::Draft;
use crate::contain;
use crate::document::{Document, Effect, OneOrList, Version};
use crate::pattern::Pattern;
use crate::rule::{Rule, Texts};
use crate::unsettled::Unsettled;

/// What may go and what may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Write actions with wildcards where these match no other action that AWS has now. AWS may add one that they match.
    pub allow_future: bool,
    /// Keep the `Sid` of every statement, and so every statement that has one by itself unless it is redundant.
    pub keep_sids: bool,
}

/// Returns the shortest document that is found and proven to mean the same. Statements and values keep their order as far
/// as they stay.
pub fn minimise(document: &Document, options: Options) -> Document {
    let language = document.language();
    let original = drafts(document, options);
    let mut shorter = original.clone();
    loop {
        let before = size(document, &shorter);
        for draft in &mut shorter {
            values::tidy(draft, language);
        }
        merge::merge(&mut shorter, language);
        merge::merge_conditions(&mut shorter, language);
        if size(document, &shorter) >= before {
            break;
        }
    }
    if !mean_the_same(&original, &shorter) {
        shorter = original;
    }
    redundant::remove(&mut shorter);
    if options.allow_future {
        future::fold(&mut shorter, language);
    }
    written(document, shorter)
}

fn drafts(document: &Document, options: Options) -> Vec<Draft> {
    let rules = Rule::of_document(document, Unsettled::default());
    let statements = document.statements.iter().zip(rules);
    statements
        .map(|(statement, rule)| Draft::of(statement, rule, options.keep_sids))
        .collect()
}

fn written(document: &Document, drafts: Vec<Draft>) -> Document {
    let mut statements: Vec<_> = drafts.into_iter().map(|draft| draft.statement).collect();
    let statements = match (statements.pop(), statements.is_empty()) {
        (Some(only), true) => OneOrList::One(only),
        (last, _) => {
            statements.extend(last);
            OneOrList::List(statements)
        }
    };
    Document {
        statements,
        ..document.clone()
    }
}

fn size(document: &Document, drafts: &[Draft]) -> usize {
    written(document, drafts.to_vec()).size()
}

fn rules(drafts: &[Draft]) -> Vec<Rule> {
    drafts.iter().map(|draft| draft.rule.clone()).collect()
}

/// Returns whether statements are proven to mean the same: to grant the same, and to deny the same.
fn mean_the_same(some: &[Draft], others: &[Draft]) -> bool {
    let (some, others) = (rules(some), rules(others));
    let both_ways =
        |some: &[Rule], others: &[Rule]| contain::is_within(some, others) && contain::is_within(others, some);
    let denials = [&some, &others].map(|rules| rules.iter().filter(|rule| rule.effect == Effect::Deny));
    let [some_denials, other_denials] = denials.map(beside_everything);
    let denies = some_denials.len() + other_denials.len() > 2;
    both_ways(&some, &others) && (!denies || both_ways(&some_denials, &other_denials))
}

/// Returns denials beside a statement that allows everything, so that each denies something if it can.
fn beside_everything<'a>(denials: impl Iterator<Item = &'a Rule>) -> Vec<Rule> {
    let everything = Rule {
        effect: Effect::Allow,
        actions: Texts {
            negated: false,
            patterns: vec![Pattern::action("*")],
            not_understood: Vec::new(),
        },
        resources: None,
        grantees: None,
        conditions: Vec::new(),
    };
    denials.cloned().chain([everything]).collect()
}

/// Reads the rule of a statement anew.
fn rule_of(statement: &crate::document::Statement, language: Version) -> Rule {
    Rule::of(statement, language, Unsettled::default())
}
