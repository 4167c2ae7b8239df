//! What a policy document says, statement by statement and service by service, in plain words.
//!
//! Conditions are put into words by what the evaluator takes them for: negation, `IfExists` and absent keys included.
//! Nothing is decided here, and nothing is left out: what is not understood is said to be.

mod actions;
mod condition;
mod note;
mod service;

pub use actions::{Actions, OfService};
pub use condition::ConditionInWords;
pub use service::{Resources, ServiceSummary};

use crate::document::{Document, Effect, Element, Principals, Statement, Strings, Version};

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Service by service, sorted; what names no service comes first.
    pub services: Vec<ServiceSummary>,
    /// Statement by statement, as they are written.
    pub statements: Vec<ExplainedStatement>,
    /// What is broader than it may seem, and what is not understood.
    pub notes: Vec<String>,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStatement {
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Which actions.
    pub actions: Actions,
    /// On which resources; a statement of a trust policy says nothing of them.
    pub resources: Option<Named>,
    /// To whom; a statement of an identity-based policy says nothing of it.
    pub principals: Option<Named>,
    /// If all of this holds.
    pub conditions: Vec<ConditionInWords>,
}

/// Things that are named, or all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Whether all others are meant.
    pub all_but: bool,
    /// Their names, as they are written.
    pub names: Vec<String>,
}

impl Named {
    /// Returns whether all there are of their kind are meant.
    pub fn is_everything(&self) -> bool {
        !self.all_but && self.names.iter().any(|name| name == "*")
    }

    fn of(element: &Element<Strings>) -> Self {
        Self {
            all_but: element.negated,
            names: element.value.iter().map(|written| written.value.clone()).collect(),
        }
    }

    /// Principals are named with their kind, but for those of AWS, whose ARNs say it.
    fn of_principals(element: &Element<Principals>) -> Self {
        let names = match &element.value {
            Principals::Everyone(_) => vec!["*".to_owned()],
            Principals::Of(kinds) => kinds
                .iter()
                .flat_map(|(kind, names)| names.iter().map(|name| principal(&kind.value, &name.value)))
                .collect(),
        };
        Self {
            all_but: element.negated,
            names,
        }
    }
}

fn principal(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("AWS", account) if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("account {account}")
        }
        ("AWS", name) => name.to_owned(),
        (kind, name) => format!("{kind} {name}"),
    }
}

/// Says what a document says.
pub fn explain(document: &Document) -> Explained {
    let language = document.language();
    let statements: Vec<_> = document
        .statements
        .iter()
        .map(|one| ExplainedStatement::of(one, language))
        .collect();
    Explained {
        services: service::summaries(&statements),
        notes: note::notes(document, &statements),
        statements,
    }
}

impl ExplainedStatement {
    fn of(statement: &Statement, language: Version) -> Self {
        let conditions = statement.conditions.iter().flat_map(|written| &written.value);
        let conditions = conditions.flat_map(|block| {
            let keys = block.keys.iter();
            keys.map(|(key, values)| ConditionInWords::of(&block.operator, key, values, language))
        });
        Self {
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            effect: statement.effect.value,
            actions: Actions::of(&statement.actions),
            resources: statement.resources.as_ref().map(Named::of),
            principals: statement.principals.as_ref().map(Named::of_principals),
            conditions: conditions.collect(),
        }
    }
}
