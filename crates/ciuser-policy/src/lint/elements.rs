//! The frame of a document: its version, its size, what is empty in it.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;
use crate::document::{Document, PolicyKind, Span};
use crate::quota;

static MISSING_VERSION: Check = Check::warning(
    "missing-version",
    "There is no `Version`: the document is in the language of 2008, which has no variables",
    "no version",
)
.found_by(&["Missing version"])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html");

static EMPTY_SID: Check =
    Check::suggestion("empty-sid", "A `Sid` is an empty text", "empty").found_by(&["Empty Sid value"]);

static EMPTY_CONDITION: Check = Check::suggestion(
    "empty-condition",
    "A `Condition` or one of its operators has no keys, and asks for nothing",
    "asks for nothing",
)
.found_by(&["Empty object condition"]);

const QUOTAS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

static OVER_QUOTA: Check = Check::warning(
    "over-quota",
    "The document is larger than IAM's quota for such a policy",
    "too large",
)
.found_by(&[
    "Policy size exceeds identity policy quota",
    "Policy size exceeds role trust policy quota",
])
.help(QUOTAS);

static OVER_ORGANIZATIONS_QUOTA: Check = Check::error(
    "over-organizations-quota",
    "The document is larger than Organizations takes, even without white space",
    "too large",
)
.found_by(&["Policy size exceeds SCP quota", "Policy size exceeds RCP quota"])
.help("https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html");

static NEAR_QUOTA: Check = Check::suggestion(
    "near-quota",
    "The document has more than nine tenths of the size that is allowed",
    "nearly too large",
)
.help(QUOTAS);

pub(super) static CHECKS: &[&Check] = &[
    &MISSING_VERSION,
    &EMPTY_SID,
    &EMPTY_CONDITION,
    &OVER_QUOTA,
    &OVER_ORGANIZATIONS_QUOTA,
    &NEAR_QUOTA,
];

/// Where something about the whole document is said.
const OPENING: Span = Span { start: 0, end: 1 };

pub(super) fn check_document(document: &Document, kind: PolicyKind, findings: &mut Findings) {
    if document.version.is_none() {
        findings
            .add(
                &MISSING_VERSION,
                OPENING,
                "the document has no `Version`, so it is in the language of 2008",
            )
            .hint("write `\"Version\": \"2012-10-17\"`");
    }
    check_size(document.size(), kind, findings);
}

/// What may be that large: of inline policies all that a user, group or role has count together.
fn quotas(kind: PolicyKind) -> &'static [(usize, &'static str)] {
    match kind {
        PolicyKind::Identity => &[
            (quota::USER_INLINE_SIZE, "all inline policies of a user together"),
            (quota::GROUP_INLINE_SIZE, "all inline policies of a group together"),
            (quota::ROLE_INLINE_SIZE, "all inline policies of a role together"),
        ],
        PolicyKind::Managed => &[(quota::MANAGED_POLICY_SIZE, "a managed policy")],
        PolicyKind::Trust => &[(quota::TRUST_POLICY_SIZE, "a trust policy")],
        PolicyKind::ServiceControl => &[(quota::SERVICE_CONTROL_POLICY_SIZE, "a service control policy")],
        PolicyKind::ResourceControl => &[(quota::RESOURCE_CONTROL_POLICY_SIZE, "a resource control policy")],
        // Each service has its own.
        PolicyKind::Resource => &[],
    }
}

fn check_size(size: usize, kind: PolicyKind, findings: &mut Findings) {
    let quotas = quotas(kind);
    let Some((quota, what)) = quotas.iter().rev().find(|(quota, _)| size > *quota) else {
        if let Some((quota, what)) = quotas.first()
            && size * 10 > quota * 9
        {
            let message = format!("the document has {size} characters of the {quota} that {what} may have");
            findings.add(&NEAR_QUOTA, OPENING, message);
        }
        return;
    };
    let is_of_iam = !matches!(kind, PolicyKind::ServiceControl | PolicyKind::ResourceControl);
    let check = if is_of_iam {
        &OVER_QUOTA
    } else {
        &OVER_ORGANIZATIONS_QUOTA
    };
    let message = format!("the document has {size} characters; {what} may have {quota}");
    let finding = findings.add(check, OPENING, message);
    match kind {
        PolicyKind::Identity if size <= quota::MANAGED_POLICY_SIZE => {
            finding.hint(format!(
                "a managed policy may have {} characters",
                quota::MANAGED_POLICY_SIZE
            ));
        }
        PolicyKind::Trust => {
            finding.hint("the quota can be raised to 4096");
        }
        _ => {
            finding.hint("make several policies of it, or a shorter one: `ciuser policies minimise`");
        }
    }
}

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    if let Some(sid) = examined.written.sid.as_ref().filter(|sid| sid.value.is_empty()) {
        findings
            .add(&EMPTY_SID, sid.span, "the `Sid` is empty")
            .hint("give it a name, or leave it out");
    }
    let Some(conditions) = &examined.written.conditions else {
        return;
    };
    if conditions.value.is_empty() {
        findings
            .add(
                &EMPTY_CONDITION,
                conditions.span,
                "the `Condition` has no operators, so it asks for nothing",
            )
            .hint("leave it out, or write what it is to ask");
    }
    for block in conditions.value.iter().filter(|block| block.keys.is_empty()) {
        let message = format!("`{}` has no keys, so it asks for nothing", block.operator.value);
        findings
            .add(&EMPTY_CONDITION, block.operator.span, message)
            .hint("leave it out, or write what it is to ask");
    }
}
