//! Statements that are about the action of a request and do not match it: what of them does not hold.
//!
//! Says nothing about the decision: it is for people who wonder why a statement of theirs had no part in one.

use super::decision::{Layer, StatementAt};
use super::layers::Policies;
use super::set::{Bounded, PolicySet};
use crate::document::Effect;
use crate::request::Request;
use crate::rule::{Reach, Rule};
use crate::truth::Truth;

/// A part of a statement that a request may fail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// The conditions on this key, which is in lower case.
    Condition(String),
}

/// A statement that a request misses, or may miss, although it is about the request's action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The statement.
    pub statement: StatementAt,
    /// Its effect.
    pub effect: Effect,
    /// The parts that do not hold.
    pub fails: Vec<Part>,
    /// The parts of which it is not understood whether they hold.
    pub not_understood: Vec<Part>,
}

impl Policies {
    /// Returns the statements that are about the action of a request and do not match it, with the reasons.
    pub fn misses(&self, request: &Request) -> Vec<Miss> {
        let layers = self.layers();
        let bounded = Bounded::by(self);
        layers
            .flat_map(|(layer, set)| set.misses(request, bounded, layer))
            .collect()
    }
}

impl PolicySet {
    fn misses(&self, request: &Request, bounded: Bounded, layer: Layer) -> Vec<Miss> {
        let statements = self.statements(layer);
        let misses = statements.filter_map(|(rule, statement)| Miss::of(rule, statement, request, bounded));
        misses.collect()
    }
}

impl Miss {
    fn of(rule: &Rule, at: impl FnOnce() -> StatementAt, request: &Request, bounded: Bounded) -> Option<Self> {
        let context = request.context();
        let action = rule.actions.hold(request.folded_action(), context);
        if action == Truth::No {
            return None;
        }
        let resource = rule.resources.as_ref();
        let resource = resource.map(|texts| (Part::Resource, texts.hold(request.resource(), context)));
        let principal = bounded
            .meant(rule, request, Reach::Account)
            .map(|meant| (Part::Principal, meant));
        let conditions = rule.conditions.iter().map(|condition| {
            let holds = condition.holds(context.given(&condition.key), context);
            (Part::Condition(condition.key.to_string()), holds)
        });
        let parts = std::iter::once((Part::Action, action)).chain(resource).chain(principal);
        let (mut fails, mut not_understood) = (Vec::new(), Vec::new());
        for (part, holds) in parts.chain(conditions) {
            match holds {
                Truth::No => fails.push(part),
                Truth::Unknown => not_understood.push(part),
                Truth::Yes => {}
            }
        }
        fails.dedup();
        not_understood.dedup();
        (!fails.is_empty() || !not_understood.is_empty()).then(|| Self {
            statement: at(),
            effect: rule.effect,
            fails,
            not_understood,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn misses(statement: &str, request: &Request) -> Vec<(Vec<Part>, Vec<Part>)> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let document = Document::read(&text).unwrap();
        let policies = Policies::of_identity(PolicySet::compile([("p", &document)]));
        let misses = policies.misses(request).into_iter();
        misses.map(|miss| (miss.fails, miss.not_understood)).collect()
    }

    #[test]
    fn each_part_that_does_not_hold_is_named() {
        let statement = r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"arn:aws:s3:::b/*","Condition":{
            "StringEquals":{"aws:RequestedRegion":"eu-west-1"},"StringLike":{"aws:RequestedRegion":"eu-*"},
            "stringequals":{"aws:x":"y"},"Bool":{"aws:SecureTransport":"true"}}}"#;
        let request = Request::new("s3:PutObject", "arn:aws:s3:::c/key")
            .with_context([("aws:SecureTransport", "true")].into_iter().collect());
        let condition = |key: &str| Part::Condition(key.to_owned());
        assert_eq!(
            misses(statement, &request),
            [(
                vec![Part::Resource, condition("aws:requestedregion")],
                vec![condition("aws:x")]
            )]
        );
    }

    #[test]
    fn a_statement_about_other_actions_or_one_that_matches_is_no_miss() {
        let statement = r#"[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Allow","Action":"s3:Put*","Resource":"*"}]"#;
        let request = Request::new("s3:PutObject", "arn:aws:s3:::c/key");
        assert_eq!(misses(statement, &request), []);
    }

    #[test]
    fn a_request_of_somebody_unknown_may_miss_a_principal() {
        let statement = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*",
            "Principal":{"AWS":"arn:aws:iam::111122223333:user/you"}}"#;
        let request = Request::new("s3:PutObject", "arn:aws:s3:::c/key");
        assert_eq!(misses(statement, &request), [(Vec::new(), vec![Part::Principal])]);
    }
}
