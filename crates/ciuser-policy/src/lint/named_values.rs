//! Values of conditions that name something of AWS: a region, a VPC, a service. And what must not be a pattern.

use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::document::Span;

const KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";
const SENSITIVE_KEYS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive";

static INVALID_REGION: Check = Check::error(
    "invalid-region",
    "A condition compares a region with a text that is none",
    "no region",
)
.found_by(&["Invalid Region"])
.help(KEYS);

static INVALID_VPC: Check = Check::error(
    "invalid-vpc",
    "A condition compares a VPC or a VPC endpoint with a text that is no id of one",
    "no such id",
)
.found_by(&["Invalid vpc format", "Invalid vpce format"])
.help(KEYS);

pub(super) static INVALID_SERVICE_PRINCIPAL: Check = Check::error(
    "invalid-service-principal",
    "What stands for a service is no service principal",
    "no service principal",
)
.found_by(&["Invalid service principal format"])
.help("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services");

static WILDCARD_FOR_SENSITIVE_KEY: Check = Check::error(
    "wildcard-for-sensitive-key",
    "A wildcard for an account, organisation, VPC or endpoint lets in those of others",
    "others match, too",
)
.found_by(&["Wildcard usage too permissive"])
.help(SENSITIVE_KEYS);

static VARIABLE_FOR_SENSITIVE_KEY: Check = Check::error(
    "variable-for-sensitive-key",
    "An account, organisation, VPC or endpoint is compared with a variable that users or their tags decide",
    "decided by users",
)
.found_by(&["Variable usage too permissive"])
.help(SENSITIVE_KEYS);

pub(super) static CHECKS: &[&Check] = &[
    &INVALID_REGION,
    &INVALID_VPC,
    &INVALID_SERVICE_PRINCIPAL,
    &WILDCARD_FOR_SENSITIVE_KEY,
    &VARIABLE_FOR_SENSITIVE_KEY,
];

/// "Sensitive condition keys".
const SENSITIVE: [&str; 10] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
];

const OF_REGIONS: [&str; 2] = ["aws:requestedregion", "ec2:region"];

/// Keys whose values are service principals.
const OF_SERVICES: [&str; 7] = [
    "iam:passedtoservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "kms:viaservice",
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in examined.asked.iter().filter(|asked| asked.is_of_text()) {
        let is_one_of = |keys: &[&str]| keys.iter().any(|key| asked.is_about(key));
        let is_sensitive = is_one_of(&SENSITIVE);
        for (text, span) in asked.texts() {
            if is_sensitive {
                sensitive(asked, text, span, findings);
            }
            if text.contains(['*', '?']) || text.contains("${") {
                continue;
            }
            if is_one_of(&OF_REGIONS) {
                if let Some(fault) = region_fault(text, "*") {
                    findings.add(&INVALID_REGION, span, fault);
                }
            } else if asked.is_about("aws:sourcevpc") {
                vpc(text, "vpc-", span, findings);
            } else if asked.is_about("aws:sourcevpce") {
                vpc(text, "vpce-", span, findings);
            } else if is_one_of(&OF_SERVICES) && !is_service_principal(text) {
                service_principal(text, span, findings);
            }
        }
    }
}

/// Says that a text is no service principal.
pub(super) fn service_principal(text: &str, span: Span, findings: &mut Findings) {
    findings
        .add(
            &INVALID_SERVICE_PRINCIPAL,
            span,
            format!("`{text}` is no service principal"),
        )
        .hint("write it as `lambda.amazonaws.com`, in lower case");
}

/// Returns whether a text has the form of a service principal: lower case, under a domain of AWS's.
pub(super) fn is_service_principal(text: &str) -> bool {
    const DOMAINS: [&str; 5] = [
        ".amazonaws.com",
        ".amazonaws.com.cn",
        ".amazonaws.eu",
        ".aws.internal",
        ".amazon.com",
    ];
    let is_plain = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_'))
    };
    DOMAINS
        .iter()
        .any(|domain| text.strip_suffix(domain).is_some_and(is_plain))
}

fn vpc(text: &str, prefix: &str, span: Span, findings: &mut Findings) {
    let is_id = text.strip_prefix(prefix).is_some_and(|rest| {
        matches!(rest.len(), 8 | 17) && rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    });
    if !is_id {
        findings
            .add(&INVALID_VPC, span, format!("`{text}` is no id with `{prefix}`"))
            .hint(format!("write `{prefix}` and 8 or 17 letters and digits"));
    }
}

fn sensitive(asked: &Asked<'_>, text: &str, span: Span, findings: &mut Findings) {
    let is_like = asked.bare_operator().ends_with("Like");
    if is_like && super::arn_form::without_variables(text, "").contains(['*', '?']) {
        findings
            .add(
                &WILDCARD_FOR_SENSITIVE_KEY,
                span,
                format!("a wildcard for `{}` lets in those of others", asked.key.value),
            )
            .hint("write the values out");
    }
    // What AWS sets and nobody chooses may be compared with each other: `aws:ResourceAccount` and `${aws:PrincipalAccount}`.
    let inside = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    let chosen = inside.map(|key| key.split(',').next().unwrap_or_default().trim());
    let chosen = chosen.filter(|key| {
        !SENSITIVE.iter().any(|known| known.eq_ignore_ascii_case(key)) && !matches!(*key, "*" | "?" | "$")
    });
    for key in chosen {
        findings
            .add(
                &VARIABLE_FOR_SENSITIVE_KEY,
                span,
                format!(
                    "`{}` is compared with `{key}`, which users or their tags decide",
                    asked.key.value
                ),
            )
            .hint("write the values out");
    }
}

/// Returns what is wrong with the name of a region in a partition; `*` is any. Which regions there are changes: it is looked at
/// their form.
pub(super) fn region_fault(region: &str, partition: &str) -> Option<String> {
    let mut words = region.split('-');
    let number = words.next_back().unwrap_or_default();
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let count = words.clone().count();
    let is_number = !number.is_empty() && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    if !(2..=3).contains(&count) || !words.all(is_word) || !is_number {
        return Some(format!("`{region}` is no region"));
    }
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let own = PARTITIONS.iter().find(|(start, _)| region.starts_with(start));
    let own = own.map_or("aws", |(_, partition)| *partition);
    (!partition.contains(['*', '?', '$']) && partition != own)
        .then(|| format!("`{region}` is a region of the partition `{own}`, not of `{partition}`"))
}
