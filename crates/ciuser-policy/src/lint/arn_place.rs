//! The region and the account of an ARN: whether such resources are in one, and whether it is one.

use super::arn_form::{Form, WrittenArn};
use super::check::Check;
use super::finding::Findings;
use super::named_values::region_fault;
use crate::document::Span;

const RESOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html";
const REFERENCE: &str = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

static ARN_REGION: Check = Check::error(
    "arn-region-not-allowed",
    "An ARN has a region, and such resources are in none: it matches nothing",
    "has a region",
)
.found_by(&["ARN Region not allowed"])
.help(REFERENCE);

static ARN_ACCOUNT: Check = Check::error(
    "arn-account-not-allowed",
    "An ARN has an account, and ARNs of such resources have none: it matches nothing",
    "has an account",
)
.found_by(&["ARN account not allowed"])
.help(REFERENCE);

static MISSING_ARN_REGION: Check = Check::error(
    "missing-arn-region",
    "An ARN has no region, and such resources are in one: it matches nothing",
    "no region",
)
.found_by(&["Missing ARN Region"])
.help(REFERENCE);

static MISSING_ARN_ACCOUNT: Check = Check::error(
    "missing-arn-account",
    "An ARN has no account, and such resources are in one: it matches nothing",
    "no account",
)
.found_by(&["Missing ARN account"])
.help(REFERENCE);

static INVALID_ARN_REGION: Check = Check::error(
    "invalid-arn-region",
    "What stands for the region in an ARN is none, or one of another partition",
    "no such region",
)
.found_by(&["Invalid ARN Region"])
.help(RESOURCE);

static INVALID_ARN_ACCOUNT: Check = Check::error(
    "invalid-arn-account",
    "What stands for the account in an ARN is none",
    "no account",
)
.found_by(&["Invalid ARN account"])
.help(RESOURCE);

pub(super) static CHECKS: &[&Check] = &[
    &ARN_REGION,
    &ARN_ACCOUNT,
    &MISSING_ARN_REGION,
    &MISSING_ARN_ACCOUNT,
    &INVALID_ARN_REGION,
    &INVALID_ARN_ACCOUNT,
];

/// Looks at the region and the account of an ARN that is of one of some forms but for these.
pub(super) fn check(text: &str, span: Span, arn: &WrittenArn<'_>, candidates: &[&Form], findings: &mut Findings) {
    if let [_, partition, _, region, account, _] = arn.parts.as_slice() {
        check_region(text, span, [partition, region], candidates, findings);
        let is_of_nobody = account.is_empty() && !is_of_aws(arn);
        check_account(text, span, (account, is_of_nobody), candidates, findings);
    }
}

/// Returns whether a part is written out.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.contains(['*', '?', '$'])
}

fn check_region(text: &str, span: Span, [partition, region]: [&str; 2], candidates: &[&Form], findings: &mut Findings) {
    let has_region = |form: &&Form| !form.region.is_empty();
    if region.is_empty() && candidates.iter().all(has_region) {
        findings
            .add(
                &MISSING_ARN_REGION,
                span,
                format!("`{text}` has no region, and such resources are in one"),
            )
            .hint("write the region, or `*` for all");
    } else if is_plain(region) && !candidates.iter().any(has_region) {
        findings
            .add(
                &ARN_REGION,
                span,
                format!("`{text}` has a region, and such resources are in none"),
            )
            .hint("leave the region out: `::`");
    } else if is_plain(region)
        && let Some(fault) = region_fault(region, partition)
    {
        findings.add(&INVALID_ARN_REGION, span, format!("{fault} in `{text}`"));
    }
}

fn check_account(
    text: &str,
    span: Span,
    (account, is_of_nobody): (&str, bool),
    candidates: &[&Form],
    findings: &mut Findings,
) {
    let has_account = |form: &&Form| !form.account.is_empty();
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = account == "aws" || candidates.iter().any(|form| form.account == account);
    if is_of_nobody && candidates.iter().all(has_account) {
        findings
            .add(
                &MISSING_ARN_ACCOUNT,
                span,
                format!("`{text}` has no account, and such resources are in one"),
            )
            .hint("write the account, or `*` for all");
    } else if is_plain(account) && !candidates.iter().any(has_account) {
        findings
            .add(
                &ARN_ACCOUNT,
                span,
                format!("`{text}` has an account, and ARNs of such resources have none"),
            )
            .hint("leave the account out: `::`");
    } else if is_plain(account) && !is_account && !is_known {
        findings
            .add(
                &INVALID_ARN_ACCOUNT,
                span,
                format!("`{account}` in `{text}` is no account"),
            )
            .hint("write its twelve digits, or `*`");
    }
}

/// Things of which AWS has its own, in no account, beside those of accounts: service, and how they begin.
const OF_AWS: [(&str, &str); 4] = [
    ("ssm", "automation-definition/A"),
    ("ssm", "document/A"),
    ("ssm", "parameter/aws/"),
    ("resource-explorer-2", "view/AWSServiceView"),
];

fn is_of_aws(arn: &WrittenArn<'_>) -> bool {
    OF_AWS.iter().any(|(service, start)| {
        let kind = start.split_inclusive('/').next().unwrap_or_default();
        let may_begin_so =
            arn.start.starts_with(start) || (start.starts_with(arn.start) && arn.start.starts_with(kind));
        arn.service() == Some(service) && may_begin_so
    })
}
