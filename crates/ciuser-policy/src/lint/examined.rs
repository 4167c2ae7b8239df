//! A statement with what the checks want to know of it.

use std::cell::OnceCell;

use crate::catalogue::reference::{Action, AuthorizationReference, ConditionKey};
use crate::condition::{Comparison, Operator, Quantifier};
use crate::document::{Document, Effect, OperatorBlock, PolicyKind, Scalar, Span, Statement, Version, Written};
use crate::request::Context;
use crate::rule::Rule;
use crate::truth::Truth;
use crate::unsettled::{OperatorCase, Unsettled};

/// A statement under examination.
pub(super) struct Examined<'a> {
    pub(super) written: &'a Statement,
    pub(super) rule: Rule,
    pub(super) kind: PolicyKind,
    pub(super) language: Version,
    /// What its conditions ask.
    pub(super) asked: Vec<Asked<'a>>,
    named: OnceCell<Vec<Named<'a>>>,
}

/// One key under one operator.
pub(super) struct Asked<'a> {
    pub(super) operator_name: &'a Written<String>,
    /// Nothing if it is not understood.
    pub(super) operator: Option<Operator>,
    pub(super) key: &'a Written<String>,
    /// Nothing if AWS has no such key.
    pub(super) known: Option<ConditionKey>,
    pub(super) values: &'a [Written<Scalar>],
}

/// A value of `Action` or `NotAction`, with the actions that it stands for.
pub(super) struct Named<'a> {
    pub(super) written: &'a Written<String>,
    /// None if AWS has no such action. Nothing for `*`, which stands for all.
    pub(super) actions: Option<Vec<Action>>,
}

impl<'a> Examined<'a> {
    pub(super) fn of(statement: &'a Statement, document: &Document, kind: PolicyKind) -> Self {
        let language = document.language();
        let blocks = statement.conditions.iter().flat_map(|written| &written.value);
        Self {
            written: statement,
            rule: Rule::of(statement, language, Unsettled::default()),
            kind,
            language,
            asked: blocks.flat_map(Asked::of_block).collect(),
            named: OnceCell::new(),
        }
    }

    /// Returns the statement's name for messages: its `Sid` in backticks, or its number.
    pub(super) fn name(statement: &Statement, index: usize) -> String {
        let sid = statement.sid.as_ref().filter(|sid| !sid.value.is_empty());
        sid.map_or_else(|| (index + 1).to_string(), |sid| format!("`{}`", sid.value))
    }

    pub(super) fn allows(&self) -> bool {
        self.written.effect.value == Effect::Allow
    }

    /// Returns the values of `Action` or `NotAction` with what they stand for.
    pub(super) fn named(&self) -> &[Named<'a>] {
        self.named.get_or_init(|| {
            let reference = AuthorizationReference::embedded();
            let values = self.written.actions.value.iter();
            let named = values.map(|written| {
                let text = written.value.as_str();
                let actions = match text {
                    "*" => None,
                    _ if text.contains(['*', '?']) => Some(reference.expand(text).collect()),
                    _ => Some(reference.action(text).into_iter().collect()),
                };
                Named { written, actions }
            });
            named.collect()
        })
    }

    /// Returns the place of the value that makes the statement be about an action; of `NotAction`, that of the element's name.
    /// Nothing if it is not about it.
    pub(super) fn place_of(&self, action: &str) -> Option<Span> {
        let action = action.to_ascii_lowercase();
        if self.rule.actions.hold(&action, &Context::default()) != Truth::Yes {
            return None;
        }
        if self.written.actions.negated {
            return Some(self.written.actions.name);
        }
        let matches =
            |value: &&Written<String>| crate::pattern::Pattern::action(&value.value).matches_as_it_is(&action);
        self.written.actions.value.iter().find(matches).map(|value| value.span)
    }

    /// Returns what the conditions ask of one of these keys, which are in lower case.
    pub(super) fn asks_for(&self, keys: &[&str]) -> Option<&Asked<'a>> {
        self.asked
            .iter()
            .find(|asked| keys.iter().any(|key| asked.is_about(key)))
    }
}

impl<'a> Asked<'a> {
    fn of_block(block: &'a OperatorBlock) -> impl Iterator<Item = Self> {
        let operator = Operator::read(&block.operator.value, OperatorCase::Counts);
        block.keys.iter().map(move |(key, values)| Self {
            operator_name: &block.operator,
            operator,
            key,
            known: AuthorizationReference::embedded().condition_key(&key.value),
            values: values.as_slice(),
        })
    }

    /// Returns whether it asks for a key. One that ends with `*` stands for all that begin so.
    pub(super) fn is_about(&self, key: &str) -> bool {
        let own = self.key.value.as_str();
        match key.strip_suffix('*') {
            Some(start) => own
                .split_at_checked(start.len())
                .is_some_and(|(own, _)| own.eq_ignore_ascii_case(start)),
            None => own.eq_ignore_ascii_case(key),
        }
    }

    /// Returns the texts of its values, each with its place.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'a str, Span)> {
        self.values.iter().map(|value| (value.value.as_str(), value.span))
    }

    /// Returns the operator without its quantifier and `IfExists`.
    pub(super) fn bare_operator(&self) -> &'a str {
        let name = self.operator_name.value.as_str();
        let name = name.split_once(':').map_or(name, |(_, name)| name);
        name.strip_suffix("IfExists").unwrap_or(name)
    }

    /// Returns whether it compares texts: `StringEquals` and its kin.
    pub(super) fn is_of_text(&self) -> bool {
        let comparison = self.operator.map(|operator| operator.comparison);
        matches!(
            comparison,
            Some(Comparison::Text | Comparison::TextIgnoringCase | Comparison::TextLike)
        )
    }

    /// Returns whether it holds for requests that have the key only: so does every operator but those with `Not`, `IfExists`,
    /// `ForAllValues` and `Null`. `Null` with `false` does, too.
    pub(super) fn needs_the_key(&self) -> bool {
        let Some(operator) = self.operator else { return false };
        match operator.comparison {
            Comparison::Null => self.texts().all(|(text, _)| text.eq_ignore_ascii_case("false")),
            _ => !operator.negated && !operator.if_exists && operator.quantifier != Some(Quantifier::ForAllValues),
        }
    }
}
