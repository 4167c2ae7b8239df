//! Actions and services that AWS does not have.

use super::aws;
use super::check::Check;
use super::examined::{Examined, Named};
use super::finding::Findings;
use crate::catalogue::reference::AuthorizationReference;

const ACTIONS: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

static UNKNOWN_SERVICE: Check = Check::error(
    "unknown-service",
    "An action is of a service that AWS does not have",
    "no such service",
)
.found_by(&["Invalid service in action"])
.help(ACTIONS);

static UNKNOWN_ACTION: Check = Check::error(
    "unknown-action",
    "An action, or a pattern of actions, is none that AWS has",
    "no such action",
)
.found_by(&["Invalid action"])
.help(ACTIONS);

pub(super) static UNLISTED_SERVICE: Check = Check::warning(
    "unlisted-service",
    "A service is in no list of AWS's services, but AWS's own policies name it: it is retired or not documented",
    "not listed",
)
.help(ACTIONS);

static UNLISTED_ACTION: Check = Check::warning(
    "unlisted-action",
    "An action is in no list of AWS's actions, but AWS's own policies name it: it is retired or not documented",
    "not listed",
)
.help(ACTIONS);

pub(super) static CHECKS: &[&Check] = &[&UNKNOWN_SERVICE, &UNKNOWN_ACTION, &UNLISTED_SERVICE, &UNLISTED_ACTION];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for named in examined.named() {
        if named.actions.as_ref().is_some_and(Vec::is_empty) {
            unknown(named, findings);
        }
    }
}

fn unknown(named: &Named<'_>, findings: &mut Findings) {
    let (text, span) = (named.written.value.as_str(), named.written.span);
    // Without a colon it is a fault of the document.
    let Some((prefix, name)) = text.split_once(':') else {
        return;
    };
    let reference = AuthorizationReference::embedded();
    let finding = if reference.service(prefix).is_none() {
        match aws::policy_with(&format!("\"{prefix}:")) {
            Some(policy) => {
                let message = format!("`{prefix}` is in no list of AWS's services, though AWS's `{policy}` names it");
                findings.add(&UNLISTED_SERVICE, span, message)
            }
            None => findings.add(
                &UNKNOWN_SERVICE,
                span,
                format!("unknown service `{prefix}` in `{text}`"),
            ),
        }
    } else {
        match aws::policy_with(&format!("\"{text}\"")) {
            Some(policy) => {
                let message = format!("`{text}` is in no list of AWS's actions, though AWS's `{policy}` names it");
                findings.add(&UNLISTED_ACTION, span, message)
            }
            None if name.contains(['*', '?']) => findings.add(
                &UNKNOWN_ACTION,
                span,
                format!("AWS has no action that `{text}` matches"),
            ),
            None => findings.add(&UNKNOWN_ACTION, span, format!("unknown action `{text}`")),
        }
    };
    let near: Vec<String> = reference
        .nearest_action(text)
        .iter()
        .map(|action| format!("`{action}`"))
        .collect();
    if !near.is_empty() {
        finding.hint(format!("did you mean {}?", near.join(" or ")));
    } else if let Some(service) = reference
        .nearest_service(prefix)
        .first()
        .filter(|service| !service.prefix().eq_ignore_ascii_case(prefix))
    {
        finding.hint(format!("did you mean the service `{}`?", service.prefix()));
    }
}
