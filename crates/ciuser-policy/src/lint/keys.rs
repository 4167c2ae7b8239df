//! Condition keys: those that AWS does not have, that actions do not have, and that need company.

use super::aws;
use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::catalogue::reference::{Action, AuthorizationReference, ConditionKey};

const KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";

static UNKNOWN_KEY: Check = Check::error(
    "unknown-condition-key",
    "AWS has no such condition key, so no request ever has it",
    "no such key",
)
.found_by(&[
    "Invalid global condition key",
    "Invalid service condition key",
    "Invalid condition key format",
])
.help(KEYS);

static UNLISTED_KEY: Check = Check::warning(
    "unlisted-condition-key",
    "A condition key is in no list of AWS's keys, but AWS's own policies ask for it: it is retired or not documented",
    "not listed",
)
.help(KEYS);

static MISSING_TAG_KEY: Check = Check::error(
    "missing-tag-key",
    "A condition key of tags does not say of which tag",
    "of which tag?",
)
.found_by(&["Missing tag key in condition"])
.help(KEYS);

static DEPRECATED_KEY: Check = Check::warning(
    "deprecated-condition-key",
    "`aws:ARN` is not supported any more",
    "not supported",
)
.found_by(&["Unsupported global condition key", "Deprecated global condition key"])
.help(KEYS);

static REPEATED_KEY: Check = Check::error(
    "condition-key-in-two-cases",
    "An operator has the same condition key twice, in different case",
    "the same key again",
)
.found_by(&["Duplicate keys with different case"])
.help(KEYS);

static KEY_WITHOUT_ACTION: Check = Check::warning(
    "condition-key-without-action",
    "An action has no such condition key, so the condition never holds for it",
    "never there for it",
)
.found_by(&["Unsupported action for condition key"])
.help(KEYS);

static DENY_WITHOUT_TAG: Check = Check::security(
    "deny-without-tag-support",
    "A `Deny` asks for tags where an action has none, so it never denies that action",
    "has no tags",
)
.found_by(&[
    "Deny with unsupported tag condition key for service",
    "Deny NotAction with unsupported tag condition key for service",
])
.help(KEYS);

static ALLOW_WITHOUT_TAG: Check = Check::suggestion(
    "allow-without-tag-support",
    "An `Allow` asks for tags where an action has none, so it never allows that action",
    "has no tags",
)
.found_by(&[
    "Allow with unsupported tag condition key for service",
    "Allow NotAction with unsupported tag condition key for service",
])
.help(KEYS);

pub(super) static CHECKS: &[&Check] = &[
    &UNKNOWN_KEY,
    &UNLISTED_KEY,
    &MISSING_TAG_KEY,
    &DEPRECATED_KEY,
    &REPEATED_KEY,
    &KEY_WITHOUT_ACTION,
    &DENY_WITHOUT_TAG,
    &ALLOW_WITHOUT_TAG,
];

/// Keys of tags that not every action has, although all services may have them.
const OF_TAGS: [&str; 3] = ["aws:resourcetag/*", "aws:requesttag/*", "aws:tagkeys"];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for (at, asked) in examined.asked.iter().enumerate() {
        match asked.known {
            Some(key) => of_actions(asked, key, examined, findings),
            None => unknown(asked, findings),
        }
        let before = examined.asked.iter().take(at);
        let mut same = before.filter(|other| std::ptr::eq(other.operator_name, asked.operator_name));
        if let Some(first) = same.find(|other| other.key.value.eq_ignore_ascii_case(&asked.key.value)) {
            let message = format!(
                "`{}` is `{}` again: case makes no difference to keys",
                asked.key.value, first.key.value
            );
            findings
                .add(&REPEATED_KEY, asked.key.span, message)
                .hint("write all values into one list")
                .also(first.key.span, "the first time");
        }
    }
}

fn unknown(asked: &Asked<'_>, findings: &mut Findings) {
    let (name, span) = (asked.key.value.as_str(), asked.key.span);
    if asked.is_about("aws:arn") {
        findings
            .add(&DEPRECATED_KEY, span, format!("`{name}` is not supported any more"))
            .hint("use `aws:PrincipalArn` for who asks, or `aws:SourceArn` for the resource on whose behalf a service asks");
        return;
    }
    let reference = AuthorizationReference::embedded();
    let stem = name.trim_end_matches('/');
    if let Some(of_tag) = reference.condition_key(&format!("{stem}/some-tag")) {
        findings
            .add(&MISSING_TAG_KEY, span, format!("`{name}` does not say of which tag"))
            .hint(format!("write it as `{}`", of_tag.name()));
        return;
    }
    if let Some(policy) = aws::policy_with(&format!("\"{name}\"")) {
        let message = format!("`{name}` is in no list of AWS's condition keys, though AWS's `{policy}` asks for it");
        findings.add(&UNLISTED_KEY, span, message);
        return;
    }
    let finding = findings.add(&UNKNOWN_KEY, span, format!("unknown condition key `{name}`"));
    if !name.contains(':') {
        finding.hint("put the service in front, as in `s3:prefix` or `aws:SourceIp`");
    } else if let Some(near) = reference.nearest_condition_key(name).first() {
        finding.hint(format!("did you mean `{}`?", near.name()));
    }
}

/// Finds actions of which no request has the key, where the condition needs it.
fn of_actions(asked: &Asked<'_>, key: ConditionKey, examined: &Examined<'_>, findings: &mut Findings) {
    let is_of_tags = OF_TAGS.iter().any(|of_tags| asked.is_about(of_tags));
    if (key.is_global() && !is_of_tags) || !asked.needs_the_key() {
        return;
    }
    let check = match (is_of_tags, examined.allows()) {
        (false, _) => &KEY_WITHOUT_ACTION,
        (true, true) => &ALLOW_WITHOUT_TAG,
        (true, false) => &DENY_WITHOUT_TAG,
    };
    let consequence = if examined.allows() {
        "never allowed"
    } else {
        "never denied"
    };
    if examined.written.actions.negated {
        // Other actions are there, too: of tags it is known that not all have them.
        if is_of_tags {
            let message = format!(
                "`{}` is there for some actions only, the others are {consequence}",
                asked.key.value
            );
            findings
                .add(check, asked.key.span, message)
                .hint("name the actions: use `Action`");
        }
        return;
    }
    for named in examined.named() {
        let Some(actions) = named.actions.as_ref().filter(|actions| !actions.is_empty()) else {
            continue;
        };
        if !actions.iter().any(|action| takes(*action, key)) {
            let action = &named.written.value;
            let message = format!(
                "`{action}` is {consequence}: no request for it has `{}`",
                asked.key.value
            );
            findings
                .add(check, named.written.span, message)
                .hint("move it to a statement without this condition")
                .also(asked.key.span, "this condition");
        }
    }
}

/// Returns whether requests for an action can have a key. Its variable part may be written in several ways:
/// `secretsmanager:ResourceTag/tag-key` is `secretsmanager:ResourceTag/${TagKey}`.
fn takes(action: Action, key: ConditionKey) -> bool {
    let stem = |name: &'static str| name.split(['/', '$', '<']).next().unwrap_or_default();
    action
        .condition_keys()
        .any(|own| stem(own.name()).eq_ignore_ascii_case(stem(key.name())))
}
