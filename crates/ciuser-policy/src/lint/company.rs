//! Condition keys that say little by themselves, or not what they seem to say.

use super::check::Check;
use super::examined::Examined;
use super::finding::Findings;

const KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";

static UNTRUSTWORTHY_KEY: Check = Check::security(
    "untrustworthy-condition-key",
    "A condition depends on something that the caller writes, and can write as it likes",
    "written by the caller",
)
.found_by(&["Untrustworthy condition key"])
.help(KEYS);

static MISSING_PAIRED_KEY: Check = Check::security(
    "missing-paired-key",
    "`aws:VpcSourceIp` without the VPC: other VPCs have the same private addresses",
    "in which VPC?",
)
.found_by(&["Missing paired condition keys"])
.help(KEYS);

static ATTRIBUTES_WITHOUT_SELECT: Check = Check::security(
    "dynamodb-attributes-without-select",
    "`dynamodb:Attributes` without `dynamodb:Select`: who asks for no attributes gets all of them",
    "without `dynamodb:Select`",
)
.found_by(&["DynamoDB attributes without select"])
.help("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html");

static PREFIX_NEGATED: Check = Check::security(
    "s3-prefix-negated",
    "`s3:prefix` says what may not be listed: a shorter prefix lists it all the same",
    "a shorter prefix passes",
)
.found_by(&["S3 prefix in negative context"])
.help("https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html");

pub(super) static CHECKS: &[&Check] = &[
    &UNTRUSTWORTHY_KEY,
    &MISSING_PAIRED_KEY,
    &ATTRIBUTES_WITHOUT_SELECT,
    &PREFIX_NEGATED,
];

/// What the caller's client sends of itself.
const WRITTEN_BY_THE_CALLER: [&str; 2] = ["aws:referer", "aws:useragent"];

/// Keys that say in which VPC an address is.
const OF_THE_VPC: [&str; 6] = [
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in &examined.asked {
        let (name, span) = (asked.key.value.as_str(), asked.key.span);
        if WRITTEN_BY_THE_CALLER.iter().any(|key| asked.is_about(key)) {
            findings
                .add(
                    &UNTRUSTWORTHY_KEY,
                    span,
                    format!("`{name}` is what the caller writes there"),
                )
                .hint("ask for something that AWS sets, such as `aws:SourceVpce` or `aws:SourceArn`");
        }
        if asked.is_about("aws:vpcsourceip") && examined.asks_for(&OF_THE_VPC).is_none() {
            let message = format!("`{name}` without its VPC: other VPCs have the same addresses");
            findings
                .add(&MISSING_PAIRED_KEY, span, message)
                .hint("add `aws:SourceVpc` or `aws:SourceVpce`");
        }
        if examined.allows()
            && asked.is_about("dynamodb:attributes")
            && examined.asks_for(&["dynamodb:select"]).is_none()
        {
            let message = format!("`{name}` limits only requests that name attributes; others get all of them");
            findings
                .add(&ATTRIBUTES_WITHOUT_SELECT, span, message)
                .hint("add `\"StringEquals\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}`");
        }
        let is_negated = asked.operator.is_some_and(|operator| operator.negated);
        if asked.is_about("s3:prefix") && asked.is_of_text() && is_negated == examined.allows() {
            let message = format!("`{name}` says what may not be listed, and a shorter prefix lists it all the same");
            findings
                .add(&PREFIX_NEGATED, span, message)
                .hint("allow with `StringLike`, or deny with `StringNotLike`, the prefixes that may be listed");
        }
    }
}
