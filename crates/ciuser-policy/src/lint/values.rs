//! Values of conditions that are none for their operator.

use super::check::Check;
use super::examined::{Asked, Examined};
use super::finding::Findings;
use crate::catalogue::reference::ValueType;
use crate::condition::{Comparison, Decimal, Instant, Network, Operator, Quantifier, Relation};

const OPERATORS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

static NOT_A_BOOLEAN: Check = Check::warning(
    "not-a-boolean",
    "A value for `Bool` or `Null` is neither `true` nor `false`",
    "no boolean",
)
.found_by(&["Type mismatch Boolean"])
.help(OPERATORS);

static NOT_A_NUMBER: Check = Check::warning(
    "not-a-number",
    "A value for a `Numeric` operator is no number",
    "no number",
)
.found_by(&["Type mismatch number"])
.help(OPERATORS);

static NOT_A_DATE: Check = Check::warning(
    "not-a-date",
    "A value for a `Date` operator is a day that there is not",
    "no such day",
)
.found_by(&["Type mismatch date"])
.help(OPERATORS);

static SECONDS_AS_DATE: Check = Check::warning(
    "seconds-as-date",
    "A value for a `Date` operator is a number of seconds, which people misread",
    "seconds since 1970",
)
.found_by(&["Invalid date value"])
.help(OPERATORS);

static NOT_A_NETWORK: Check = Check::error(
    "not-a-network",
    "A value for `IpAddress` is neither an address nor a range",
    "no address",
)
.found_by(&["Type mismatch IP range"])
.help(OPERATORS);

static NOT_BASE64: Check = Check::warning(
    "not-base64",
    "A value for `BinaryEquals` is not in base 64",
    "not base 64",
)
.found_by(&["Type mismatch string"])
.help(OPERATORS);

static EMPTY_VALUES: Check = Check::suggestion("no-values", "A condition key has an empty list of values", "no values")
    .found_by(&[
        "Empty array condition",
        "Empty array condition ForAllValues",
        "Empty array condition ForAnyValue",
        "Empty array condition IfExists",
    ])
    .help(OPERATORS);

static REDUNDANT_NUMBER: Check = Check::suggestion(
    "redundant-number",
    "Of several numbers to be less or greater than, one alone decides",
    "makes no difference",
)
.found_by(&["Redundant condition value num"])
.help(OPERATORS);

static ALWAYS_TRUE: Check = Check::suggestion(
    "always-true-condition",
    "A condition holds for every value, and for none: it asks nothing",
    "always holds",
)
.found_by(&["Redundant key due to wildcard in condition"])
.help(OPERATORS);

pub(super) static CHECKS: &[&Check] = &[
    &NOT_A_BOOLEAN,
    &NOT_A_NUMBER,
    &NOT_A_DATE,
    &SECONDS_AS_DATE,
    &NOT_A_NETWORK,
    &NOT_BASE64,
    &EMPTY_VALUES,
    &REDUNDANT_NUMBER,
    &ALWAYS_TRUE,
];

pub(super) fn check(examined: &Examined<'_>, findings: &mut Findings) {
    for asked in &examined.asked {
        if asked.values.is_empty() {
            empty(asked, findings);
        }
        if let Some(operator) = asked.operator {
            of_operator(asked, operator, findings);
            redundant_numbers(asked, operator, findings);
            always_true(asked, operator, findings);
        }
    }
}

fn empty(asked: &Asked<'_>, findings: &mut Findings) {
    let operator = asked.operator;
    let meaning = match operator.map(|operator| (operator.quantifier, operator.if_exists)) {
        Some((Some(Quantifier::ForAnyValue), _)) => "the condition never holds",
        Some((Some(Quantifier::ForAllValues), _) | (_, true)) => "the condition holds when the key is absent",
        _ => "there is nothing to compare with",
    };
    let finding = findings.add(
        &EMPTY_VALUES,
        asked.key.span,
        format!("`{}` has no values: {meaning}", asked.key.value),
    );
    if meaning.ends_with("absent") {
        finding.hint(format!("`\"Null\": {{\"{}\": \"true\"}}` says so", asked.key.value));
    } else {
        finding.hint("write the values, or leave the key out");
    }
}

fn of_operator(asked: &Asked<'_>, operator: Operator, findings: &mut Findings) {
    // For a key that is a number of seconds they are what is meant.
    let is_of_seconds = asked
        .known
        .is_some_and(|key| key.value_type() == ValueType::DateOrNumeric);
    let name = &asked.operator_name.value;
    for (text, span) in asked.texts().filter(|(text, _)| !text.contains("${")) {
        let (check, what, hint) = match operator.comparison {
            Comparison::Bool | Comparison::Null if !is_boolean(text) => {
                (&NOT_A_BOOLEAN, "no boolean", "write `true` or `false`")
            }
            Comparison::Number(_) if Decimal::read(text).is_none() => (&NOT_A_NUMBER, "no number", "write digits"),
            Comparison::Date(_) if Instant::read(text).is_none() => (
                &NOT_A_DATE,
                "no day that there is",
                "write it as `2026-11-29T12:00:00Z`",
            ),
            Comparison::Date(_) if !is_of_seconds && is_seconds(text) => (
                &SECONDS_AS_DATE,
                "a number of seconds, which nobody reads as a date",
                "write it as `2026-11-29T12:00:00Z`",
            ),
            Comparison::Network if Network::read(text).is_none() => (
                &NOT_A_NETWORK,
                "neither an address nor a range",
                "write it as `203.0.113.0/24` or `2001:db8::/32`",
            ),
            Comparison::Binary if !is_base64(text) => (&NOT_BASE64, "not in base 64", "encode the bytes"),
            _ => continue,
        };
        findings
            .add(check, span, format!("`{text}` under `{name}` is {what}"))
            .hint(hint);
    }
}

fn is_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// Returns whether a text is read as seconds: four digits are a year.
fn is_seconds(text: &str) -> bool {
    text.len() != 4 && Decimal::read(text).is_some()
}

/// RFC 4648, section 4.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.chars().all(is_digit)
}

/// Of numbers to be less than, the greatest decides, as one of them is enough; under a quantifier, too.
fn redundant_numbers(asked: &Asked<'_>, operator: Operator, findings: &mut Findings) {
    let takes_greatest = match operator.comparison {
        Comparison::Number(Relation::Less | Relation::LessOrEqual) => true,
        Comparison::Number(Relation::Greater | Relation::GreaterOrEqual) => false,
        _ => return,
    };
    let numbers = asked
        .texts()
        .filter_map(|(text, span)| Some((Decimal::read(text)?, text, span)));
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by_key(|(number, _, span)| (*number, *span));
    if takes_greatest {
        numbers.reverse();
    }
    let [(_, decisive, at), others @ ..] = numbers.as_slice() else {
        return;
    };
    for (_, text, span) in others {
        findings
            .add(
                &REDUNDANT_NUMBER,
                *span,
                format!("`{text}` makes no difference beside `{decisive}`"),
            )
            .hint("leave it out, or leave out the other")
            .also(*at, "this one decides");
    }
}

/// `*` under `StringLike`, where an absent key is as good.
fn always_true(asked: &Asked<'_>, operator: Operator, findings: &mut Findings) {
    let without_key = operator.if_exists || operator.quantifier == Some(Quantifier::ForAllValues);
    if operator.comparison != Comparison::TextLike || operator.negated || !without_key {
        return;
    }
    if let Some((_, span)) = asked.texts().find(|(text, _)| *text == "*") {
        let message = format!(
            "`{}` holds for every value of `{}`, and without one",
            asked.operator_name.value, asked.key.value
        );
        findings
            .add(&ALWAYS_TRUE, span, message)
            .hint("leave the condition out, or write what it is to ask");
    }
}
