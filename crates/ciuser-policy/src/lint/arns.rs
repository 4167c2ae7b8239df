//! Resources: ARNs that no resource has.

use super::actions::UNLISTED_SERVICE;
use super::arn_form::{Form, WrittenArn, forms_of, services};
use super::arn_place;
use super::aws;
use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::catalogue::reference::AuthorizationReference;
use crate::document::{Span, Written};
use crate::nearest::nearest;
use crate::pattern::is_incomplete;

const RESOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html";
const IDENTIFIERS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns";
const REFERENCE: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

static UNKNOWN_ARN_SERVICE: Check = Check::error(
    "unknown-arn-service",
    "An ARN names a service that AWS does not have",
    "no such service",
)
.found_by(&["Invalid service"])
.help(REFERENCE);

static ARN_SERVICE_CASE: Check = Check::error(
    "arn-service-case",
    "An ARN has its service in capitals",
    "lower case only",
)
.found_by(&["Invalid ARN service case"])
.help(RESOURCE);

static ARN_SERVICE_WILDCARD: Check = Check::suggestion(
    "arn-service-wildcard",
    "An ARN has a wildcard in its service, so it reaches other services, too",
    "a pattern of services",
)
.found_by(&["Wildcard in service name"])
.help(RESOURCE);

static UNKNOWN_ARN_FORM: Check = Check::warning(
    "unknown-arn-form",
    "No resource type of the service has ARNs of this form",
    "no resource of this form",
)
.found_by(&["Invalid ARN resource"])
.help(REFERENCE);

static INCOMPLETE_ARN: Check = Check::error(
    "incomplete-arn",
    "An ARN lacks parts, which may then be anything",
    "lacks parts",
)
.found_by(&["Missing ARN field"])
.help(IDENTIFIERS);

pub(super) static CHECKS: &[&Check] = &[
    &INCOMPLETE_ARN,
    &UNKNOWN_ARN_SERVICE,
    &ARN_SERVICE_CASE,
    &ARN_SERVICE_WILDCARD,
    &UNKNOWN_ARN_FORM,
];

/// An ARN of a statement.
pub(super) struct Resource<'a> {
    pub(super) written: &'a Written<String>,
    pub(super) arn: WrittenArn<'a>,
    /// Whether some resource may have it.
    pub(super) is_known: bool,
}

/// Looks at the resources of a statement. Returns them, if all are ARNs.
pub(super) fn check<'a>(examined: &Examined<'a>, findings: &mut Findings) -> Option<Vec<Resource<'a>>> {
    let resources = examined.written.resources.as_ref()?;
    let mut arns = Vec::new();
    for written in resources.value.iter() {
        // What is no ARN is `*`, or of a form that only a policy of a resource may have.
        let arn = WrittenArn::read(&written.value, examined.language);
        let is_known = arn
            .as_ref()
            .is_none_or(|arn| check_arn(written, arn, examined, findings));
        arns.push(arn.map(|arn| Resource { written, arn, is_known }));
    }
    arns.into_iter().collect()
}

/// Looks at one ARN. Returns whether some resource may have it.
fn check_arn(
    written: &Written<String>,
    arn: &WrittenArn<'_>,
    examined: &Examined<'_>,
    findings: &mut Findings,
) -> bool {
    let (text, span) = (written.value.as_str(), written.span);
    if is_incomplete(text) {
        incomplete(text, arn, examined, span, findings);
    }
    let Some(service) = arn.service() else {
        let message = format!("the service of `{text}` is a pattern, so it reaches other services, too");
        findings.add(&ARN_SERVICE_WILDCARD, span, message);
        return true;
    };
    let forms = forms_of(service);
    if forms.is_empty() {
        unknown_service(service, text, span, findings);
        return false;
    }
    let Some(anywhere) = arn.anywhere(examined.language) else {
        return true;
    };
    let candidates: Vec<&Form> = forms.iter().filter(|form| form.may_be(&anywhere)).collect();
    if candidates.is_empty() {
        let near = nearest(text, forms.iter().map(|form| form.text));
        let finding = findings.add(
            &UNKNOWN_ARN_FORM,
            span,
            format!("`{service}` has no resource with an ARN like `{text}`"),
        );
        if let Some(near) = near.first() {
            finding.hint(format!("a similar form is `{near}`"));
        }
        return false;
    }
    arn_place::check(text, span, arn, &candidates, findings);
    candidates.iter().any(|form| form.may_be(arn))
}

fn incomplete(text: &str, arn: &WrittenArn<'_>, examined: &Examined<'_>, span: Span, findings: &mut Findings) {
    let complete = format!("{text}{}", ":*".repeat(6_usize.saturating_sub(arn.parts.len())));
    let (meaning, hint) = if examined.written.principals.is_none() {
        (
            format!("so it stands for `{complete}`"),
            "write that, if it is meant".to_owned(),
        )
    } else {
        (
            "and what it stands for in a policy of a resource is not documented".to_owned(),
            format!("write all parts, `*` for those that may be anything: `{complete}`"),
        )
    };
    let message = format!("`{text}` lacks parts, {meaning}");
    findings.add(&INCOMPLETE_ARN, span, message).hint(hint);
}

fn unknown_service(service: &str, text: &str, span: Span, findings: &mut Findings) {
    let lower = service.to_ascii_lowercase();
    if !forms_of(&lower).is_empty() {
        let message = format!("the service of `{text}` has capitals, and services have none");
        findings
            .add(&ARN_SERVICE_CASE, span, message)
            .hint(format!("write `{lower}`"));
    } else if AuthorizationReference::embedded().service(service).is_some() {
        let message = format!("`{service}` has no resources that a policy could name");
        findings.add(&UNKNOWN_ARN_FORM, span, message).hint("write `*`");
    } else if let Some(policy) = aws::policy_with(&format!(":{service}:")) {
        let message = format!("`{service}` is in no list of AWS's services, though AWS's `{policy}` names it");
        findings.add(&UNLISTED_SERVICE, span, message);
    } else {
        let finding = findings.add(
            &UNKNOWN_ARN_SERVICE,
            span,
            format!("unknown service `{service}` in `{text}`"),
        );
        if let Some(near) = nearest(service, services()).first() {
            finding.hint(format!("did you mean `{near}`?"));
        }
    }
}
