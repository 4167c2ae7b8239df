//! Whom a policy of a resource lets in.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use super::named_values::{is_service_principal, service_principal};
use crate::document::{PolicyKind, Principals, Span, Written};

const PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";
const DEPUTY: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html";
const RCP: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html";

static UNIQUE_ID: Check = Check::warning(
    "unique-id-principal",
    "A principal is the unique id of a user or role: IAM leaves it there when that was deleted",
    "a unique id",
)
.found_by(&["Invalid role reference", "Invalid user reference"])
.help(PRINCIPAL);

static EVERYONE: Check = Check::security(
    "open-to-everyone",
    "Everybody is let in, in any account, and no condition says who",
    "everybody",
)
.help(PRINCIPAL);

static WITHOUT_SOURCE: Check = Check::security(
    "service-without-source",
    "A service is let in on whoever's behalf it asks",
    "on whose behalf?",
)
.found_by(&[
    "Restrict access to service principal",
    "Recommended condition key for service principal",
])
.help(DEPUTY);

static PRINCIPAL_KEY: Check = Check::error(
    "principal-key-for-service",
    "A condition asks a service for something that only users and roles have, so it never holds",
    "services have none",
)
.found_by(&["Unsupported condition key for service principal"])
.help(PRINCIPAL);

static FEDERATED: Check = Check::error(
    "federated-principal-elsewhere",
    "An identity provider is named outside of a trust policy",
    "only in trust policies",
)
.found_by(&["Federated principal not supported"])
.help(PRINCIPAL);

static RCP_DENIES_SERVICES: Check = Check::warning(
    "rcp-denies-services",
    "A resource control policy asks who the principal is, and so denies AWS's own services, too",
    "services have none",
)
.found_by(&["RCP missing related principal condition key"])
.help(RCP);

static RCP_DENIES_PRINCIPALS: Check = Check::warning(
    "rcp-denies-principals",
    "A resource control policy asks on whose behalf a service asks, and so denies users and roles, too",
    "users and roles have none",
)
.found_by(&["RCP missing related service principal condition key"])
.help(RCP);

static RCP_WITHOUT_NULL: Check = Check::warning(
    "rcp-without-source-check",
    "A resource control policy denies services that ask on nobody's behalf",
    "not always there",
)
.found_by(&["RCP missing service condition key null check"])
.help(RCP);

pub(super) static CHECKS: &[&Check] = &[
    &UNIQUE_ID,
    &EVERYONE,
    &WITHOUT_SOURCE,
    &PRINCIPAL_KEY,
    &FEDERATED,
    &RCP_DENIES_SERVICES,
    &RCP_DENIES_PRINCIPALS,
    &RCP_WITHOUT_NULL,
];

/// Keys that say on whose behalf a service asks.
const OF_SOURCES: [&str; 4] = [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
];

/// Keys that say who asks or from where.
const OF_WHOM: [&str; 6] = [
    "aws:principal*",
    "aws:source*",
    "aws:userid",
    "aws:vpce*",
    "kms:calleraccount",
    "s3:dataaccesspoint*",
];

/// Keys that only requests of users and roles have.
const OF_PRINCIPALS: [&str; 5] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/*",
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    let Some(element) = &examined.written.principals else {
        return;
    };
    match &element.value {
        Principals::Everyone(span) if !element.negated => everyone(*span, examined, findings),
        Principals::Everyone(_) => {}
        Principals::Of(kinds) => {
            for (kind, names) in kinds {
                for name in names.iter() {
                    one(&kind.value, name, element.negated, examined, findings);
                }
            }
            let is_service = |kind: &Written<String>| kind.value == "Service";
            if kinds.iter().all(|(kind, _)| is_service(kind)) && !element.negated {
                services_only(examined, findings);
            }
        }
    }
    if examined.kind == PolicyKind::ResourceControl {
        resource_control(examined, findings);
    }
}

fn one(kind: &str, name: &Written<String>, negated: bool, examined: &Examined<'_>, findings: &mut Findings) {
    let (text, span) = (name.value.as_str(), name.span);
    match kind {
        "AWS" if text == "*" && !negated => everyone(span, examined, findings),
        "AWS" if is_unique_id(text) => {
            findings
                .add(
                    &UNIQUE_ID,
                    span,
                    format!("`{text}` is a unique id, as IAM leaves it of what was deleted"),
                )
                .hint("write the ARN of the user or role that is meant");
        }
        "Service" if text != "*" && !is_service_principal(text) => service_principal(text, span, findings),
        "Federated" if examined.kind == PolicyKind::Resource => {
            findings
                .add(
                    &FEDERATED,
                    span,
                    format!("`{text}` can be named in a trust policy only"),
                )
                .hint("name the role that its users assume");
        }
        _ => {}
    }
    let is_let_in = examined.allows() && !negated && examined.kind == PolicyKind::Resource;
    if kind == "Service" && is_let_in && examined.asks_for(&OF_SOURCES).is_none() {
        findings
            .add(
                &WITHOUT_SOURCE,
                span,
                format!("`{text}` is let in on whoever's behalf it asks"),
            )
            .hint("add `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`");
    }
}

/// "IAM identifiers", "Unique identifiers": users have `AIDA`, roles `AROA`.
fn is_unique_id(text: &str) -> bool {
    let is_kind = text.starts_with("AIDA") || text.starts_with("AROA");
    is_kind
        && text.len() >= 16
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn everyone(span: Span, examined: &Examined<'_>, findings: &mut Findings) {
    let is_of_resource = matches!(examined.kind, PolicyKind::Resource | PolicyKind::Trust);
    if is_of_resource && examined.allows() && examined.asks_for(&OF_WHOM).is_none() {
        let what = if examined.kind == PolicyKind::Trust {
            "everybody, in any account, may assume the role"
        } else {
            "everybody is let in, in any account"
        };
        findings
            .add(&EVERYONE, span, what)
            .hint("name who is meant, or add a condition such as `aws:PrincipalOrgID`");
    }
}

/// Keys of users and roles are never there when a service asks.
fn services_only(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in examined.asked.iter().filter(|asked| asked.needs_the_key()) {
        if OF_PRINCIPALS.iter().any(|key| asked.is_about(key)) {
            let message = format!("`{}` is never there when a service asks", asked.key.value);
            findings
                .add(&PRINCIPAL_KEY, asked.key.span, message)
                .hint("use `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`");
        }
    }
}

/// A `Deny` of a resource control policy is for everybody: users, roles and AWS's services.
fn resource_control(examined: &Examined<'_>, findings: &mut Findings) {
    if examined.allows() {
        return;
    }
    let of_services = examined.asks_for(&["aws:principalisawsservice"]).is_some();
    if !of_services && let Some(asked) = examined.asks_for(&OF_PRINCIPALS) {
        let message = format!(
            "`{}` is never there when a service asks, so services are denied, too",
            asked.key.value
        );
        findings
            .add(&RCP_DENIES_SERVICES, asked.key.span, message)
            .hint("add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`");
    }
    let Some(asked) = examined.asks_for(&OF_SOURCES) else {
        return;
    };
    let (name, span) = (&asked.key.value, asked.key.span);
    if !of_services {
        let message = format!("`{name}` is there only when a service asks, so users and roles are denied, too");
        findings
            .add(&RCP_DENIES_PRINCIPALS, span, message)
            .hint("add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}`");
    }
    let must_be_there = |asked: &super::examined::Asked<'_>| {
        asked.bare_operator() == "Null"
            && (asked.is_about("aws:sourceaccount") || asked.is_about("aws:sourcearn"))
            && asked.needs_the_key()
    };
    if !examined.asked.iter().any(must_be_there) {
        let message = format!("some services ask on nobody's behalf and have no `{name}`, so they are denied");
        findings
            .add(&RCP_WITHOUT_NULL, span, message)
            .hint("add `\"Null\": {\"aws:SourceAccount\": \"false\"}`");
    }
}
