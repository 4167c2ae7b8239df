//! What a statement means: the requests that it matches.
//!
//! The evaluator asks a rule about one request; the prover takes its parts for the sets of requests that they are.

mod grantee;
mod texts;

pub(crate) use grantee::{Grantee, Grantees, Reach};
pub(crate) use texts::Texts;

use crate::condition::{self, Condition};
use crate::document::{Document, Effect, Statement, Version};
use crate::pattern::{self, Pattern};
use crate::request::Request;
use crate::truth::{self, Truth};
use crate::unsettled::Unsettled;

/// What a statement means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// What it does to the requests that it matches.
    pub(crate) effect: Effect,
    /// Which actions they have.
    pub(crate) actions: Texts,
    /// Which resources they have; a statement of a trust policy says nothing of them.
    pub(crate) resources: Option<Texts>,
    /// Who makes them; a statement of an identity-based policy says nothing of them.
    pub(crate) grantees: Option<Grantees>,
    /// What else must hold; all of it.
    pub(crate) conditions: Vec<Condition>,
}

/// Returns how the values of a statement's `Resource` are read. What an incomplete ARN means is documented for identity-based
/// policies only: in a policy of a resource it is not understood.
pub(crate) fn resource_reading(statement: &Statement, language: Version) -> impl Fn(&str) -> Option<Pattern> + use<> {
    let completes = statement.principals.is_none();
    move |text| {
        let is_understood = completes || !pattern::is_incomplete(text);
        is_understood.then(|| Pattern::resource(text, language))?
    }
}

impl Rule {
    /// Reads the statements of a document.
    pub(crate) fn of_document(document: &Document, unsettled: Unsettled) -> Vec<Self> {
        let language = document.language();
        let statements = document.statements.iter();
        statements
            .map(|statement| Self::of(statement, language, unsettled))
            .collect()
    }

    /// Reads one statement.
    pub(crate) fn of(statement: &Statement, language: Version, unsettled: Unsettled) -> Self {
        let conditions = statement.conditions.as_ref();
        Self {
            effect: statement.effect.value,
            actions: Texts::read(&statement.actions, language, |action| Some(Pattern::action(action))),
            resources: statement
                .resources
                .as_ref()
                .map(|resources| Texts::read(resources, language, resource_reading(statement, language))),
            grantees: statement.principals.as_ref().map(Grantees::read),
            conditions: conditions
                .map_or_else(Vec::new, |written| condition::read(&written.value, language, unsettled)),
        }
    }

    /// Returns whether who makes a request is meant, by an allowance that reaches at least so far; nothing if the rule is about
    /// whoever has its policy.
    pub(crate) fn meant(&self, request: &Request, at_least: Reach) -> Option<Truth> {
        let grantees = self.grantees.as_ref()?;
        Some(match (request.principal(), self.effect) {
            (None, _) => Truth::Unknown,
            (Some(principal), Effect::Allow) => grantees.allow(principal, at_least),
            (Some(principal), Effect::Deny) => grantees.deny(principal),
        })
    }

    /// Returns whether the rule matches a request, whoever makes it.
    pub(crate) fn matches(&self, request: &Request) -> Truth {
        let actions = self.actions.hold(request.folded_action(), request.context());
        if actions == Truth::No {
            return Truth::No;
        }
        actions.and(self.matches_but_for_action(request))
    }

    /// Returns whether the rule matches a request whose action is known to match.
    pub(crate) fn matches_but_for_action(&self, request: &Request) -> Truth {
        let context = request.context();
        let resources = self.resources.as_ref();
        let resource = resources.map_or(Truth::Yes, |texts| texts.hold(request.resource(), context));
        if resource == Truth::No {
            return Truth::No;
        }
        let conditions = self.conditions.iter();
        resource.and(truth::all(
            conditions.map(|condition| condition.holds(context.given(&condition.key), context)),
        ))
    }
}
