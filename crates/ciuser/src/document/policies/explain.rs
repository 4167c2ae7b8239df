//! `explain`: what policies say.

use ciuser_policy::explain::{
    Actions, ConditionInWords, Explained, ExplainedStatement, Named, Resources, ServiceSummary,
};
use serde::Serialize;

/// What policies say, one by one. The texts are for people and may change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Explain {
    /// The policies, as they were named.
    pub(crate) policies: Vec<Explanation>,
}

/// What one policy says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Explanation {
    /// The policy: its name, or its file as it was typed.
    policy: String,
    /// `identity-based policy`, `resource-based policy`, `trust policy`, ...
    r#type: &'static str,
    /// Its size in characters without white space, as IAM's quotas count it.
    size: usize,
    /// What it says about each service.
    services: Vec<OfService>,
    /// Its statements.
    statements: Vec<Statement>,
    /// What is broader than it may seem, and what is not understood.
    notes: Vec<String>,
}

/// What a policy says about one service; a service has one for each kind of resources and circumstances.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct OfService {
    /// The service, as actions begin with it; null for what is said of every service.
    service: Option<String>,
    /// `Allow` or `Deny`.
    effect: &'static str,
    /// Whether all actions but these are meant.
    all_but: bool,
    /// The actions, as they are written; `*` for all.
    actions: Vec<String>,
    /// The resources; null for any, empty for the one that has the policy.
    resources: Option<Vec<String>>,
    /// Whether it holds under conditions only.
    conditional: bool,
}

/// What one statement says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Statement {
    /// Its number, counted from 1.
    number: usize,
    /// Its `Sid`.
    sid: Option<String>,
    /// `Allow` or `Deny`.
    effect: &'static str,
    /// Which actions.
    actions: NamedOrOthers,
    /// On which resources; null in a trust policy.
    resources: Option<NamedOrOthers>,
    /// To whom; null in an identity-based policy.
    principals: Option<NamedOrOthers>,
    /// What must hold, all of it.
    conditions: Vec<Condition>,
}

/// Things that are named, or all others.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NamedOrOthers {
    /// Whether all others are meant.
    all_but: bool,
    /// Their names.
    names: Vec<String>,
}

/// A condition.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Condition {
    /// When it holds, in words.
    words: String,
    /// Whether it is understood.
    understood: bool,
    /// The operator.
    operator: String,
    /// The condition key.
    key: String,
    /// The values.
    values: Vec<String>,
}

impl Explanation {
    /// Describes what a policy says.
    pub(crate) fn of(policy: &str, r#type: &'static str, size: usize, explained: &Explained) -> Explanation {
        Explanation {
            policy: policy.to_owned(),
            r#type,
            size,
            services: explained.services.iter().map(OfService::of).collect(),
            statements: (1..)
                .zip(&explained.statements)
                .map(|(number, statement)| Statement::of(number, statement))
                .collect(),
            notes: explained.notes.clone(),
        }
    }
}

impl OfService {
    fn of(summary: &ServiceSummary) -> OfService {
        OfService {
            service: summary.service.clone(),
            effect: summary.effect.as_str(),
            all_but: summary.all_but,
            actions: summary.actions.iter().cloned().collect(),
            resources: match &summary.resources {
                Resources::Any => None,
                Resources::These(these) => Some(these.iter().cloned().collect()),
                Resources::Its => Some(Vec::new()),
            },
            conditional: summary.conditional,
        }
    }
}

impl Statement {
    fn of(number: usize, statement: &ExplainedStatement) -> Statement {
        Statement {
            number,
            sid: statement.sid.clone(),
            effect: statement.effect.as_str(),
            actions: NamedOrOthers::of_actions(&statement.actions),
            resources: statement.resources.as_ref().map(NamedOrOthers::of),
            principals: statement.principals.as_ref().map(NamedOrOthers::of),
            conditions: statement.conditions.iter().map(Condition::of).collect(),
        }
    }
}

impl NamedOrOthers {
    fn of(named: &Named) -> NamedOrOthers {
        NamedOrOthers {
            all_but: named.all_but,
            names: named.names.clone(),
        }
    }

    fn of_actions(actions: &Actions) -> NamedOrOthers {
        let names = actions.services.iter().flat_map(|one| {
            let full = |action: &String| match &one.service {
                Some(service) => format!("{service}:{action}"),
                None => action.clone(),
            };
            one.actions.iter().map(full).collect::<Vec<_>>()
        });
        NamedOrOthers {
            all_but: actions.all_but,
            names: names.collect(),
        }
    }
}

impl Condition {
    fn of(condition: &ConditionInWords) -> Condition {
        Condition {
            words: condition.words.clone(),
            understood: condition.understood,
            operator: condition.operator.clone(),
            key: condition.key.clone(),
            values: condition.values.clone(),
        }
    }
}
