//! Condition operators that do not go with their key or their values.

use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::catalogue::reference::{ConditionKey, ValueType};
use crate::condition::{Comparison, Operator};
use crate::document::Scalar;

const OPERATORS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

static OPERATOR_TYPE: Check = Check::warning(
    "operator-type",
    "An operator compares another type of values than the condition key has",
    "for another type",
)
.found_by(&["Type mismatch"])
.help(OPERATORS);

static STRING_LIKE_FOR_ARN: Check = Check::security(
    "string-like-for-arn",
    "`StringLike` for a key that is an ARN: its wildcards reach across the parts of the ARN",
    "for texts",
)
.found_by(&["String like operator with ARN condition keys"])
.help(OPERATORS);

static SEVERAL_BOOLEANS: Check = Check::error(
    "several-booleans",
    "A condition has several booleans for a key that has one value",
    "one is enough",
)
.found_by(&["Invalid condition multiple Boolean"])
.help(OPERATORS);

static MIXED_VALUES: Check = Check::error(
    "mixed-values",
    "The values of a condition are of several JSON types",
    "of another type",
)
.found_by(&["Invalid condition data type"])
.help(OPERATORS);

static WILDCARD_IN_EQUALS: Check = Check::warning(
    "wildcard-in-equals",
    "`*` or `?` under an operator for which they are plain characters",
    "a plain character here",
)
.found_by(&["Wildcard without like operator"])
.help(OPERATORS);

pub(super) static CHECKS: &[&Check] = &[
    &OPERATOR_TYPE,
    &STRING_LIKE_FOR_ARN,
    &SEVERAL_BOOLEANS,
    &MIXED_VALUES,
    &WILDCARD_IN_EQUALS,
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in &examined.asked {
        if let Some(operator) = asked.operator {
            if let Some(key) = asked.known {
                types(asked, operator, key, findings);
            }
            wildcards(asked, operator, findings);
        }
        several(asked, findings);
    }
}

/// Returns the operators for a type of values.
fn operators_for(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Arn | ValueType::ArrayOfArn => "ArnLike",
        ValueType::Bool | ValueType::ArrayOfBool => "Bool",
        ValueType::Date => "DateLessThan",
        ValueType::Numeric | ValueType::DateOrNumeric => "NumericLessThan",
        ValueType::IpAddress => "IpAddress",
        ValueType::String | ValueType::StringOrArn | ValueType::ArrayOfString => "StringEquals",
    }
}

fn types(asked: &Asked<'_>, operator: Operator, key: ConditionKey, findings: &mut Findings) {
    use ValueType::{Arn, ArrayOfArn, ArrayOfBool, ArrayOfString, Bool, Date, DateOrNumeric, IpAddress, Numeric};
    let value_type = key.value_type();
    let fits = match operator.comparison {
        Comparison::Text | Comparison::TextIgnoringCase | Comparison::TextLike => {
            matches!(value_type, ValueType::String | ValueType::StringOrArn | ArrayOfString)
        }
        Comparison::Arn => matches!(value_type, Arn | ArrayOfArn | ValueType::StringOrArn),
        Comparison::Bool => matches!(value_type, Bool | ArrayOfBool),
        Comparison::Number(_) => matches!(value_type, Numeric | DateOrNumeric),
        Comparison::Date(_) => matches!(value_type, Date | DateOrNumeric),
        Comparison::Network => value_type == IpAddress,
        Comparison::Binary | Comparison::Null => true,
    };
    if fits {
        return;
    }
    let is_like = operator.comparison == Comparison::TextLike && matches!(value_type, Arn | ArrayOfArn);
    let check = if is_like { &STRING_LIKE_FOR_ARN } else { &OPERATOR_TYPE };
    let message = format!(
        "`{}` is not for the type of `{}`, which is {}",
        asked.operator_name.value,
        asked.key.value,
        value_type.name()
    );
    findings
        .add(check, asked.operator_name.span, message)
        .hint(format!("use `{}` or its kin", operators_for(value_type)))
        .also(asked.key.span, "this key");
}

fn several(asked: &Asked<'_>, findings: &mut Findings) {
    let is_multivalued = asked.known.is_some_and(|key| key.value_type().is_multivalued());
    let [first, more @ ..] = asked.values else { return };
    let name = &asked.key.value;
    if matches!(asked.bare_operator(), "Bool" | "Null")
        && !is_multivalued
        && let Some(second) = more.first()
    {
        findings
            .add(
                &SEVERAL_BOOLEANS,
                second.span,
                format!("`{name}` is compared with several booleans"),
            )
            .hint("write one");
    }
    let kind = |value: &Scalar| match value {
        Scalar::String(_) => "a text",
        Scalar::Bool(_) => "a boolean",
        Scalar::Number(_) => "a number",
    };
    if let Some(other) = more.iter().find(|value| kind(&value.value) != kind(&first.value)) {
        let message = format!(
            "`{}` is {} where `{}` is {}",
            other.value.as_str(),
            kind(&other.value),
            first.value.as_str(),
            kind(&first.value)
        );
        findings
            .add(&MIXED_VALUES, other.span, message)
            .hint("write all of them as texts");
    }
}

/// Wildcards are such under the operators with `Like` and those for ARNs only.
fn wildcards(asked: &Asked<'_>, operator: Operator, findings: &mut Findings) {
    if !matches!(operator.comparison, Comparison::Text | Comparison::TextIgnoringCase) {
        return;
    }
    for (text, span) in asked.texts() {
        if super::arn_form::without_variables(text, "").contains(['*', '?']) {
            let message = format!(
                "`*` and `?` in `{text}` are plain characters under `{}`",
                asked.operator_name.value
            );
            let like = asked
                .operator_name
                .value
                .replace("EqualsIgnoreCase", "Like")
                .replace("Equals", "Like");
            findings
                .add(&WILDCARD_IN_EQUALS, span, message)
                .hint(format!("if they are meant as wildcards, write `{like}`"));
        }
    }
}
