//! What a document says about each service.
//!
//! Actions are put together only where they are said of the same kind of resources and under the same kind of
//! circumstances: a reader must not take what is allowed on one bucket for something that is allowed on all.

use std::collections::{BTreeMap, BTreeSet};

use super::{ExplainedStatement, Named, OfService};
use crate::document::Effect;

/// What statements of one kind say about one service, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceSummary {
    /// The service, as actions begin with it; nothing for what is said of every service.
    pub service: Option<String>,
    /// Whether they allow or deny.
    pub effect: Effect,
    /// Whether all actions but these are meant.
    pub all_but: bool,
    /// The actions, as they are written; `*` for all.
    pub actions: BTreeSet<String>,
    /// The resources.
    pub resources: Resources,
    /// Whether each of the statements has conditions; otherwise none has.
    pub conditional: bool,
}

/// Which resources statements are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resources {
    /// Any, or any but some.
    Any,
    /// These, as they are written.
    These(BTreeSet<String>),
    /// The one that has the policy.
    Its,
}

/// What statements must have in common to be put together.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    service: Option<String>,
    denies: bool,
    all_but: bool,
    names_resources: bool,
    conditional: bool,
}

impl ServiceSummary {
    /// Returns whether all actions are meant.
    pub fn is_everything(&self) -> bool {
        self.actions.contains("*") && !self.all_but
    }

    fn of(statement: &ExplainedStatement, kind: &Kind) -> Self {
        Self {
            service: kind.service.clone(),
            effect: statement.effect,
            all_but: kind.all_but,
            actions: BTreeSet::new(),
            resources: match &statement.resources {
                None => Resources::Its,
                Some(_) if kind.names_resources => Resources::These(BTreeSet::new()),
                Some(_) => Resources::Any,
            },
            conditional: kind.conditional,
        }
    }

    fn add(&mut self, statement: &ExplainedStatement, named: &OfService) {
        let actions = named.actions.iter();
        self.actions.extend(actions.map(|action| match &named.service {
            Some(service) if self.all_but => format!("{service}:{action}"),
            _ => action.clone(),
        }));
        if let (Resources::These(these), Some(more)) = (&mut self.resources, &statement.resources) {
            these.extend(more.names.iter().cloned());
        }
    }
}

/// Returns what the statements say, sorted by service; what is said of all services but some is said of every service.
pub(super) fn summaries(statements: &[ExplainedStatement]) -> Vec<ServiceSummary> {
    let mut summaries: BTreeMap<Kind, ServiceSummary> = BTreeMap::new();
    for statement in statements {
        let names = |resources: &Named| !resources.all_but && !resources.is_everything();
        for named in &statement.actions.services {
            let kind = Kind {
                service: named.service.clone().filter(|_| !statement.actions.all_but),
                denies: statement.effect == Effect::Deny,
                all_but: statement.actions.all_but,
                names_resources: statement.resources.as_ref().is_some_and(names),
                conditional: !statement.conditions.is_empty(),
            };
            let new = ServiceSummary::of(statement, &kind);
            summaries.entry(kind).or_insert(new).add(statement, named);
        }
    }
    summaries.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PolicyDocument, PolicyKind};
    use crate::explain::explain;

    /// Each summary in one line.
    fn summaries_of(kind: PolicyKind, statements: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = PolicyDocument::parse_as(&text, kind).unwrap();
        let line = |one: ServiceSummary| {
            let actions = Vec::from_iter(one.actions).join(" ");
            format!(
                "{} {} {}{actions} on {:?}{}",
                one.service.unwrap_or_else(|| "all".to_owned()),
                one.effect.as_str(),
                if one.all_but { "but " } else { "" },
                one.resources,
                if one.conditional { " if" } else { "" },
            )
        };
        explain(document.document()).services.into_iter().map(line).collect()
    }

    #[test]
    fn only_statements_about_the_same_kind_of_resources_and_circumstances_are_put_together() {
        let statements = r#"
            {"Effect":"Allow","Action":["s3:Get*","S3:PutObject"],"Resource":"arn:aws:s3:::a/*"},
            {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::a"},
            {"Effect":"Allow","Action":["s3:ListAllMyBuckets","ec2:Describe*"],"Resource":"*"},
            {"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::a/*",
             "Condition":{"Bool":{"aws:SecureTransport":"true"}}},
            {"Effect":"Deny","Action":"ec2:*","NotResource":"arn:aws:ec2:*:*:vpc/x"}"#;
        let expected = [
            "ec2 Allow Describe* on Any",
            "ec2 Deny * on Any",
            "s3 Allow ListAllMyBuckets on Any",
            r#"s3 Allow Get* ListBucket PutObject on These({"arn:aws:s3:::a", "arn:aws:s3:::a/*"})"#,
            r#"s3 Allow DeleteObject on These({"arn:aws:s3:::a/*"}) if"#,
        ];
        assert_eq!(summaries_of(PolicyKind::Identity, statements), expected);
    }

    #[test]
    fn all_actions_but_some_are_said_of_every_service() {
        let statement = r#"{"Effect":"Allow","NotAction":["iam:*","sts:AssumeRole"],"Resource":"*"}"#;
        let expected = ["all Allow but iam:* sts:AssumeRole on Any"];
        assert_eq!(summaries_of(PolicyKind::Identity, statement), expected);
    }

    #[test]
    fn a_trust_policy_is_about_the_role_that_has_it() {
        let statement = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#;
        assert_eq!(
            summaries_of(PolicyKind::Trust, statement),
            ["sts Allow AssumeRole on Its"]
        );
    }
}
