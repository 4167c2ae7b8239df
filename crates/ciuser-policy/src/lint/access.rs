//! What a statement of a user's or role's policy allows too freely.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::arn;
use crate::document::PolicyKind;
use crate::request::Context;
use crate::truth::Truth;

const PASS_ROLE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

static PASS_ANY_ROLE: Check = Check::security(
    "pass-any-role",
    "Any role may be passed to any service, which then acts with it",
    "any role",
)
.found_by(&[
    "Pass role with NotResource",
    "Pass role with star in action and NotResource",
    "Pass role with NotAction and NotResource",
    "Pass role with star in resource",
    "Pass role with star in action and resource",
    "Pass role with star in resource and NotAction",
])
.help(PASS_ROLE);

static PASS_TO_ANY_SERVICE: Check = Check::warning(
    "pass-role-to-any-service",
    "A role may be passed to every service that it trusts",
    "to which service?",
)
.help(PASS_ROLE);

static ANY_SERVICE_LINKED_ROLE: Check = Check::warning(
    "any-service-linked-role",
    "Service-linked roles of any service may be made",
    "of any service",
)
.found_by(&[
    "Create SLR with NotResource",
    "Create SLR with star in action and NotResource",
    "Create SLR with NotAction and NotResource",
    "Create SLR with star in resource",
    "Create SLR with star in action and resource",
    "Create SLR with star in resource and NotAction",
])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html");

static ALLOW_NOT_ACTION: Check = Check::security(
    "allow-not-action",
    "All actions but a few are allowed, those of services to come included",
    "all others",
)
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html");

static ALLOW_NOT_RESOURCE: Check = Check::security(
    "allow-not-resource",
    "Actions are allowed on all resources but a few, those of other services included",
    "all others",
)
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html");

pub(super) static CHECKS: &[&Check] = &[
    &PASS_ANY_ROLE,
    &PASS_TO_ANY_SERVICE,
    &ANY_SERVICE_LINKED_ROLE,
    &ALLOW_NOT_ACTION,
    &ALLOW_NOT_RESOURCE,
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    // What an organisation allows is a limit, and grants nothing.
    let is_granting = !matches!(examined.kind, PolicyKind::ServiceControl | PolicyKind::ResourceControl);
    if !examined.allows() || !is_granting {
        return;
    }
    if examined.written.actions.negated {
        let span = examined.written.actions.name;
        findings
            .add(
                &ALLOW_NOT_ACTION,
                span,
                "`NotAction` allows all other actions, those of services to come included",
            )
            .hint("name what is to be allowed: use `Action`");
    }
    if let Some(resources) = examined
        .written
        .resources
        .as_ref()
        .filter(|resources| resources.negated)
    {
        findings
            .add(
                &ALLOW_NOT_RESOURCE,
                resources.name,
                "`NotResource` allows the actions on all other resources",
            )
            .hint("name the resources: use `Resource`");
    }
    if matches!(examined.kind, PolicyKind::Identity | PolicyKind::Managed) {
        pass_role(examined, findings);
        service_linked_role(examined, findings);
    }
}

fn pass_role(examined: &Examined<'_>, findings: &mut Findings) {
    let Some(span) = examined.place_of("iam:PassRole") else {
        return;
    };
    if is_limited(examined, "iam:passedtoservice") {
        return;
    }
    if is_about_any(examined, "role/some-role-that-nobody-names") {
        findings
            .add(
                &PASS_ANY_ROLE,
                span,
                "any role may be passed to any service, which then acts with it",
            )
            .hint("name the roles, and add `iam:PassedToService`");
    } else {
        findings
            .add(
                &PASS_TO_ANY_SERVICE,
                span,
                "`iam:PassRole` without `iam:PassedToService`: to every service that the role trusts",
            )
            .hint("add `\"StringEquals\": {\"iam:PassedToService\": \"...\"}`");
    }
}

fn service_linked_role(examined: &Examined<'_>, findings: &mut Findings) {
    let Some(span) = examined.place_of("iam:CreateServiceLinkedRole") else {
        return;
    };
    let role = "role/aws-service-role/service-that-nobody-names.amazonaws.com/AWSServiceRoleForNobody";
    if !is_limited(examined, "iam:awsservicename") && is_about_any(examined, role) {
        findings
            .add(
                &ANY_SERVICE_LINKED_ROLE,
                span,
                "service-linked roles of any service may be made",
            )
            .hint("name the roles, or add `iam:AWSServiceName`");
    }
}

/// Returns whether a condition says which values a key may have.
fn is_limited(examined: &Examined<'_>, key: &str) -> bool {
    let mut of_key = examined.asked.iter().filter(|asked| asked.is_about(key));
    of_key.any(|asked| {
        let is_positive = asked.operator.is_some_and(|operator| !operator.negated);
        is_positive && asked.is_of_text() && asked.texts().all(|(text, _)| text != "*")
    })
}

/// Returns whether the statement is about something in IAM whose name nobody would write there, so about all such. In whose
/// account and partition it may say.
fn is_about_any(examined: &Examined<'_>, resource: &str) -> bool {
    let Some(resources) = &examined.rule.resources else {
        return false;
    };
    let written = examined
        .written
        .resources
        .iter()
        .flat_map(|resources| resources.value.iter());
    let of_statement = written.map(|written| {
        let parts = arn::parts(&written.value);
        let plain = |at: usize, otherwise: &str| {
            let part = parts
                .get(at)
                .filter(|part| !part.is_empty() && !part.contains(['*', '?', '$']));
            part.map_or_else(|| otherwise.to_owned(), |part| (*part).to_owned())
        };
        (plain(1, "aws"), plain(4, "111122223333"))
    });
    of_statement
        .map(|(partition, account)| format!("arn:{partition}:iam::{account}:{resource}"))
        .any(|arn| resources.hold(&arn, &Context::default()) == Truth::Yes)
}
