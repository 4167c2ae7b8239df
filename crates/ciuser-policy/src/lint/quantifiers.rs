//! Quantifiers: of how many values of a key an operator asks, and whether there must be one.

use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::catalogue::reference::ConditionKey;
use crate::condition::{Comparison, Operator, Quantifier};

const OPERATORS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
const SEVERAL: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";

static MISSING_QUANTIFIER: Check = Check::error(
    "missing-quantifier",
    "A condition key may have several values, and the operator does not say of how many it asks",
    "of how many values?",
)
.found_by(&["Missing qualifier"])
.help(SEVERAL);

static FOR_ALL_VALUES_OF_ONE: Check = Check::security(
    "for-all-values-of-one",
    "`ForAllValues` for a key that has one value: it also holds when there is none",
    "holds without the key, too",
)
.found_by(&["ForAllValues with single valued key"])
.help(SEVERAL);

static FOR_ALL_VALUES_OF_NONE: Check = Check::security(
    "for-all-values-of-none",
    "An `Allow` with `ForAllValues` that also holds when the request does not have the key",
    "holds without the key, too",
)
.help(SEVERAL);

static FOR_ANY_VALUE_OF_ONE: Check = Check::suggestion(
    "for-any-value-of-one",
    "`ForAnyValue` for a key that has one value",
    "there is one value",
)
.help(SEVERAL);

static QUANTIFIED_AUDIENCE: Check = Check::security(
    "quantified-audience",
    "The audience of a token has one value, and is asked for with a quantifier",
    "there is one value",
)
.found_by(&["ForAnyValue with audience claim type", "Confirm audience claim type"])
.help(SEVERAL);

static NULL_IF_EXISTS: Check = Check::error(
    "null-if-exists",
    "`Null` asks whether a key is there; with `IfExists` it asks nothing",
    "no such operator",
)
.found_by(&["Null with if exists"])
.help(OPERATORS);

static NULL_WITH_QUANTIFIER: Check = Check::suggestion(
    "null-with-quantifier",
    "`Null` with a quantifier is always true or always false",
    "asks nothing",
)
.found_by(&["Null with qualifier"])
.help(OPERATORS);

pub(super) static CHECKS: &[&Check] = &[
    &MISSING_QUANTIFIER,
    &FOR_ALL_VALUES_OF_ONE,
    &FOR_ALL_VALUES_OF_NONE,
    &FOR_ANY_VALUE_OF_ONE,
    &QUANTIFIED_AUDIENCE,
    &NULL_IF_EXISTS,
    &NULL_WITH_QUANTIFIER,
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in &examined.asked {
        match (asked.operator, asked.known) {
            (Some(operator), Some(key)) => quantifier(asked, operator, key, examined, findings),
            (Some(_), None) => {}
            (None, _) => null(asked, findings),
        }
    }
}

fn quantifier(
    asked: &Asked<'_>,
    operator: Operator,
    key: ConditionKey,
    examined: &Examined<'_>,
    findings: &mut Findings,
) {
    let (name, span) = (asked.key.value.as_str(), asked.operator_name.span);
    let is_multivalued = key.value_type().is_multivalued();
    let finding = match operator.quantifier {
        None if is_multivalued && operator.comparison != Comparison::Null => findings
            .add(
                &MISSING_QUANTIFIER,
                span,
                format!("`{name}` may have several values, and the operator does not say of how many it asks"),
            )
            .hint(format!(
                "write `ForAnyValue:{0}` or `ForAllValues:{0}`",
                asked.operator_name.value
            )),
        Some(_) if !is_multivalued && name.ends_with(":aud") => findings
            .add(&QUANTIFIED_AUDIENCE, span, format!("`{name}` has one value"))
            .hint(format!("write `{}`", asked.bare_operator())),
        Some(Quantifier::ForAllValues) if !is_multivalued => findings
            .add(
                &FOR_ALL_VALUES_OF_ONE,
                span,
                format!("`{name}` has one value; with `ForAllValues` the condition also holds when there is none"),
            )
            .hint(format!("write `{}`", asked.bare_operator())),
        Some(Quantifier::ForAllValues) if examined.allows() && !must_be_there(asked, examined) => findings
            .add(
                &FOR_ALL_VALUES_OF_NONE,
                span,
                format!("`ForAllValues` also holds when a request has no `{name}`"),
            )
            .hint(format!(
                "add `\"Null\": {{\"{name}\": \"false\"}}` if the key must be there"
            )),
        Some(Quantifier::ForAnyValue) if !is_multivalued => findings
            .add(&FOR_ANY_VALUE_OF_ONE, span, format!("`{name}` has one value"))
            .hint(format!("write `{}`", asked.bare_operator())),
        _ => return,
    };
    finding.also(asked.key.span, "this key");
}

/// Returns whether another condition of the statement needs the key to be there.
fn must_be_there(asked: &Asked<'_>, examined: &Examined<'_>) -> bool {
    examined
        .asked
        .iter()
        .any(|other| other.is_about(&asked.key.value) && other.needs_the_key())
}

fn null(asked: &Asked<'_>, findings: &mut Findings) {
    if asked.bare_operator() != "Null" {
        return;
    }
    let (name, span) = (asked.operator_name.value.as_str(), asked.operator_name.span);
    if name.ends_with("IfExists") {
        findings
            .add(
                &NULL_IF_EXISTS,
                span,
                format!("`{name}` is no operator: `Null` itself asks whether a key is there"),
            )
            .hint("write `Null`");
    } else {
        findings
            .add(
                &NULL_WITH_QUANTIFIER,
                span,
                format!("`{name}` is always true or always false"),
            )
            .hint("write `Null`");
    }
}
