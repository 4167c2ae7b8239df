//! What a way needs, and the question whether policies allow it.

use super::permissions::{Part, Permissions, allowing};
use crate::catalogue::reference::{ActionResource, AuthorizationReference};
use crate::document::{Document, Effect, Element, OperatorBlock, Scalar, Statement, Written};
use crate::lint::arn_form::without_variables;

/// One permission that a way needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::lint) struct Need {
    pub(in crate::lint) action: &'static str,
    /// For `iam:PassRole`: the service.
    pub(super) passed_to: Option<&'static str>,
    /// Kinds of resource types on each of which it must be allowed; a kind is types of which one is enough. Empty: one of those
    /// that the action must have.
    on: &'static [&'static [&'static str]],
    /// Other actions that must be allowed on the same thing.
    also: &'static [&'static str],
}

/// Needs an action, on something that it takes.
pub(in crate::lint::risk) const fn action(action: &'static str) -> Need {
    Need {
        action,
        passed_to: None,
        on: &[],
        also: &[],
    }
}

/// Needs to pass a role to a service.
pub(in crate::lint::risk) const fn pass_role(service: &'static str) -> Need {
    Need {
        passed_to: Some(service),
        ..action("iam:PassRole")
    }
}

impl Need {
    /// On something of each of these kinds.
    pub(in crate::lint::risk) const fn on(self, on: &'static [&'static [&'static str]]) -> Self {
        Self { on, ..self }
    }

    /// On something for which other actions are allowed as well.
    pub(in crate::lint::risk) const fn with(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// Returns the statement by which policies may allow it; nothing if it is proven that they do not.
    pub(super) fn part(&self, permissions: &Permissions<'_>) -> Option<Part> {
        let mut first = None;
        for resources in self.resources() {
            let part = permissions.allow_some(self.action, &self.question(&resources), self.also)?;
            first.get_or_insert(part);
        }
        first
    }

    /// Returns, for each kind of resource that is needed, patterns of its ARNs.
    fn resources(&self) -> Vec<Vec<String>> {
        let Some(action) = AuthorizationReference::embedded().action(self.action) else {
            return vec![everything()];
        };
        let arns = |is_meant: &dyn Fn(&ActionResource) -> bool| -> Vec<String> {
            let meant = action.resources().filter(|resource| is_meant(resource));
            meant
                .flat_map(|resource| resource.resource_type().arn_formats())
                .map(pattern)
                .collect()
        };
        if !self.on.is_empty() {
            let kinds = self.on.iter();
            return kinds
                .map(|kind| arns(&|resource| kind.contains(&resource.resource_type().name())))
                .collect();
        }
        let required = arns(&|resource| resource.is_required());
        let any = if required.is_empty() { arns(&|_| true) } else { required };
        vec![if any.is_empty() { everything() } else { any }]
    }

    /// Returns a document that allows what is asked for, and nothing else.
    fn question(&self, resources: &[String]) -> Document {
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let mut asked = allowing(self.action, &resources);
        if let Some(service) = self.passed_to {
            let china = format!("{service}.cn");
            asked.conditions = Some(condition("StringEquals", "iam:PassedToService", &[service, &china]));
        } else if self.action.starts_with("iam:Attach") {
            asked.conditions = Some(condition("ArnLike", "iam:PolicyARN", &POWERFUL));
        }
        let mut statements = vec![asked];
        if IS_HARMLESS_TO_ITSELF.contains(&self.action) {
            statements.push(Statement::new(
                Effect::Deny,
                Element::only([self.action].into_iter().collect()),
                Element::only(OWN.into_iter().collect()),
            ));
        }
        Document::new(statements)
    }
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

/// Policies that give more than they look like: AWS's own that do, and an account's own, of which nothing is known.
const POWERFUL: [&str; 3] = [
    "arn:*:iam::aws:policy/AdministratorAccess",
    "arn:*:iam::aws:policy/IAMFullAccess",
    "arn:*:iam::????????????:policy/*",
];

/// Actions that give users nothing new when they do it to themselves: a second key is as good as the first.
const IS_HARMLESS_TO_ITSELF: [&str; 4] = [
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:DeleteAccessKey",
    "iam:UpdateLoginProfile",
];

/// Whoever asks, as a user.
const OWN: [&str; 2] = [
    "arn:*:iam::*:user/${aws:username}",
    "arn:*:iam::*:user/*/${aws:username}",
];

/// Returns the pattern of an ARN's form. An account is twelve digits: `aws` is none.
fn pattern(form: &'static str) -> String {
    without_variables(&form.replace("${Account}", "????????????"), "*")
}

fn condition(operator: &str, key: &str, values: &[&str]) -> Written<Vec<OperatorBlock>> {
    let values = values.iter().map(|value| Scalar::String((*value).to_owned()).into());
    let values: Vec<Written<Scalar>> = values.collect();
    vec![OperatorBlock {
        operator: operator.to_owned().into(),
        keys: vec![(key.to_owned().into(), values.into())],
    }]
    .into()
}
