//! Actions and resources of one statement that do not go together.

use std::collections::HashMap;

use super::arn_form::forms_for;
use super::arns::Resource;
use super::check::Check;
use super::examined::{Examined, Named};
use super::finding::Findings;
use crate::catalogue::reference::Action;
use crate::document::{Element, Strings};

const REFERENCE: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

static ACTION_WITHOUT_RESOURCE: Check = Check::warning(
    "action-without-resource",
    "The statement names no resource that the action takes, so it says nothing of the action",
    "takes none of the resources",
)
.help(REFERENCE);

static RESOURCE_WITHOUT_ACTION: Check = Check::warning(
    "resource-without-action",
    "No action of the statement takes such a resource",
    "taken by no action",
)
.help(REFERENCE);

pub(super) static CHECKS: &[&Check] = &[&ACTION_WITHOUT_RESOURCE, &RESOURCE_WITHOUT_ACTION];

/// Finds actions that take none of the resources, and resources that no action takes.
pub(super) fn check(examined: &Examined<'_>, resources: &[Resource<'_>], findings: &mut Findings) {
    let is_negated = |resources: &Element<Strings>| resources.negated;
    if examined.written.actions.negated || examined.written.resources.as_ref().is_some_and(is_negated) {
        return;
    }
    let mut fitting: HashMap<&'static str, Vec<bool>> = HashMap::new();
    let mut taken = vec![false; resources.len()];
    let mut all_known = true;
    for named in examined.named() {
        let Some(actions) = &named.actions else { return };
        if actions.is_empty() {
            all_known = false;
            continue;
        }
        let mut takes_any = takes_all_of_service(actions, resources, &mut taken);
        for form in actions.iter().flat_map(|action| forms_for(*action)) {
            let fits = fitting
                .entry(form.text)
                .or_insert_with(|| resources.iter().map(|resource| form.may_be(&resource.arn)).collect());
            for (taken, fits) in taken.iter_mut().zip(fits.iter()) {
                takes_any |= *fits;
                *taken |= *fits;
            }
        }
        if !takes_any {
            without_resource(named, findings);
        }
    }
    let not_taken = resources.iter().zip(&taken);
    for (resource, _) in not_taken.filter(|(resource, taken)| all_known && resource.is_known && !**taken) {
        let message = format!(
            "no action of the statement takes a resource like `{}`",
            resource.written.value
        );
        findings.add(&RESOURCE_WITHOUT_ACTION, resource.written.span, message);
    }
}

/// Returns whether an action that takes no resource meets an ARN that names all of its service. AWS's own policies allow
/// `s3:ListAllMyBuckets` on `arn:aws:s3:::*`; that it is taken for `*` AWS does not say, nor that it is not.
fn takes_all_of_service(actions: &[Action], resources: &[Resource<'_>], taken: &mut [bool]) -> bool {
    let services = actions.iter().filter(|action| !action.takes_resources());
    let mut services: Vec<&str> = services.map(|action| action.service().prefix()).collect();
    services.dedup();
    let mut takes_any = false;
    for (resource, taken) in resources.iter().zip(taken) {
        if services.iter().any(|service| resource.arn.is_all_of(service)) {
            takes_any = true;
            *taken = true;
        }
    }
    takes_any
}

fn without_resource(named: &Named<'_>, findings: &mut Findings) {
    let mut forms: Vec<&str> = named
        .actions
        .iter()
        .flatten()
        .flat_map(|action| forms_for(*action))
        .map(|form| form.text)
        .collect();
    forms.dedup();
    let message = format!("`{}` takes none of the statement's resources", named.written.value);
    let finding = findings.add(&ACTION_WITHOUT_RESOURCE, named.written.span, message);
    match forms.as_slice() {
        [] => finding.hint("it takes no resource: name it in a statement of its own, with `\"Resource\": \"*\"`"),
        [only] => finding.hint(format!("it takes `{only}`")),
        [one, other] => finding.hint(format!("it takes `{one}` and `{other}`")),
        [one, other, ..] => finding.hint(format!("it takes `{one}`, `{other}` and others")),
    };
}
