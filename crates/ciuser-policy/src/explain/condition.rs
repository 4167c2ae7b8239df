//! Conditions in words.
//!
//! A condition is read as the evaluator reads it, so that the words cannot say otherwise: whether an absent key is as
//! good, and whether one value must fit, all of them, or none.

use crate::condition::{self, Comparison, Demand, Operator, Quantifier, Relation};
use crate::document::{OneOrList, OperatorBlock, Scalar, Version, Written};
use crate::unsettled::Unsettled;

/// A condition: one key under one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionInWords {
    /// The operator, as it is written.
    pub operator: String,
    /// The condition key, as it is written.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
    /// Whether it is understood. AWS may understand it, or refuse it.
    pub understood: bool,
    /// When it holds: "`aws:RequestedRegion` is `eu-west-1`".
    pub words: String,
}

impl ConditionInWords {
    pub(super) fn of(
        operator: &Written<String>,
        key: &Written<String>,
        values: &OneOrList<Written<Scalar>>,
        language: Version,
    ) -> Self {
        let block = OperatorBlock {
            operator: operator.clone(),
            keys: vec![(key.clone(), values.clone())],
        };
        let unsettled = Unsettled::default();
        let read = condition::read(std::slice::from_ref(&block), language, unsettled);
        let is_strange = |demand: &Demand| matches!(demand, Demand::NotUnderstood(_));
        let understood = !read.iter().any(|condition| is_strange(&condition.demand));
        let known = Operator::read(&operator.value, unsettled.operator_case).filter(|_| understood);
        let texts: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
        Self {
            words: match known {
                Some(known) => in_words(known, &key.value, &texts),
                None => format!(
                    "{}, which is not understood",
                    as_written(&operator.value, &key.value, &texts)
                ),
            },
            operator: operator.value.clone(),
            key: key.value.clone(),
            values: texts.into_iter().map(str::to_owned).collect(),
            understood,
        }
    }
}

fn as_written(operator: &str, key: &str, values: &[&str]) -> String {
    format!("`{key}` {operator} {}", quoted(values))
}

fn in_words(operator: Operator, key: &str, values: &[&str]) -> String {
    let said = said(operator, values);
    match operator.quantifier {
        None | Some(Quantifier::Plain(_)) if operator.negated || operator.if_exists => {
            format!("`{key}` {said}, or is absent")
        }
        None | Some(Quantifier::Plain(_)) => format!("`{key}` {said}"),
        Some(Quantifier::ForAllValues) => format!("every value of `{key}` {said}, or it has none"),
        Some(Quantifier::ForAnyValue) if operator.if_exists => format!("some value of `{key}` {said}, or it is absent"),
        Some(Quantifier::ForAnyValue) => format!("some value of `{key}` {said}"),
    }
}

/// Returns what is said of a value.
fn said(operator: Operator, values: &[&str]) -> String {
    let (one, several) = match (operator.comparison, operator.negated) {
        (Comparison::Null, _) => return absence(values).to_owned(),
        (Comparison::Text | Comparison::TextIgnoringCase | Comparison::Bool | Comparison::Binary, false) => {
            ("is", "is one of")
        }
        (Comparison::Text | Comparison::TextIgnoringCase | Comparison::Bool | Comparison::Binary, true) => {
            ("is not", "is none of")
        }
        (Comparison::TextLike | Comparison::Arn, false) => ("matches", "matches one of"),
        (Comparison::TextLike | Comparison::Arn, true) => ("does not match", "matches none of"),
        (Comparison::Network, false) => ("is in", "is in one of"),
        (Comparison::Network, true) => ("is not in", "is in none of"),
        (Comparison::Number(relation), negated) => number(relation, negated),
        (Comparison::Date(relation), negated) => date(relation, negated),
    };
    let verb = if values.len() == 1 { one } else { several };
    let behind = match operator.comparison {
        Comparison::TextIgnoringCase => ", whatever the case",
        Comparison::Binary => " in Base64",
        _ => "",
    };
    format!("{verb} {}{behind}", quoted(values))
}

fn absence(values: &[&str]) -> &'static str {
    match values {
        [value] if value.eq_ignore_ascii_case("true") => "is absent",
        _ => "is present",
    }
}

fn quoted(values: &[&str]) -> String {
    if values.is_empty() {
        return "no value".to_owned();
    }
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(", ")
}

fn number(relation: Relation, negated: bool) -> (&'static str, &'static str) {
    match (relation, negated) {
        (Relation::Equal, false) => ("equals", "equals one of"),
        (Relation::Equal, true) => ("does not equal", "equals none of"),
        (Relation::Less, _) => ("is less than", "is less than one of"),
        (Relation::LessOrEqual, _) => ("is at most", "is at most one of"),
        (Relation::Greater, _) => ("is greater than", "is greater than one of"),
        (Relation::GreaterOrEqual, _) => ("is at least", "is at least one of"),
    }
}

fn date(relation: Relation, negated: bool) -> (&'static str, &'static str) {
    match (relation, negated) {
        (Relation::Equal, false) => ("is at", "is at one of"),
        (Relation::Equal, true) => ("is not at", "is at none of"),
        (Relation::Less, _) => ("is before", "is before one of"),
        (Relation::LessOrEqual, _) => ("is not after", "is not after one of"),
        (Relation::Greater, _) => ("is after", "is after one of"),
        (Relation::GreaterOrEqual, _) => ("is not before", "is not before one of"),
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::explain::explain;

    fn words(conditions: &str) -> Vec<String> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{conditions}}}}}}}"#
        );
        let explained = explain(&Document::read(&text).unwrap());
        let conditions = explained.statements.into_iter().flat_map(|one| one.conditions);
        conditions.map(|condition| condition.words).collect()
    }

    #[test]
    fn each_operator_has_its_words() {
        for (condition, expected) in [
            (r#""StringEquals":{"k":"a"}"#, "`k` is `a`"),
            (r#""StringEquals":{"k":["a","b"]}"#, "`k` is one of `a`, `b`"),
            (r#""StringEqualsIgnoreCase":{"k":"a"}"#, "`k` is `a`, whatever the case"),
            (r#""StringLike":{"k":"a*"}"#, "`k` matches `a*`"),
            (
                r#""ArnLike":{"k":["arn:aws:s3:::a","arn:aws:s3:::b*"]}"#,
                "`k` matches one of `arn:aws:s3:::a`, `arn:aws:s3:::b*`",
            ),
            (r#""Bool":{"k":true}"#, "`k` is `true`"),
            (r#""BinaryEquals":{"k":"QQ=="}"#, "`k` is `QQ==` in Base64"),
            (r#""NumericLessThanEquals":{"k":10}"#, "`k` is at most `10`"),
            (r#""NumericEquals":{"k":[1,2]}"#, "`k` equals one of `1`, `2`"),
            (
                r#""DateGreaterThan":{"k":"2026-01-01T00:00:00Z"}"#,
                "`k` is after `2026-01-01T00:00:00Z`",
            ),
            (
                r#""DateLessThanEquals":{"k":"2026-01-01T00:00:00Z"}"#,
                "`k` is not after `2026-01-01T00:00:00Z`",
            ),
            (r#""IpAddress":{"k":"10.0.0.0/8"}"#, "`k` is in `10.0.0.0/8`"),
            (r#""Null":{"k":"true"}"#, "`k` is absent"),
            (r#""Null":{"k":false}"#, "`k` is present"),
            (r#""StringEquals":{"k":[]}"#, "`k` is one of no value"),
        ] {
            assert_eq!(words(condition), [expected], "{condition}");
        }
    }

    #[test]
    fn where_an_absent_key_is_as_good_the_words_say_so() {
        for (condition, expected) in [
            (r#""StringNotEquals":{"k":"a"}"#, "`k` is not `a`, or is absent"),
            (
                r#""StringNotLike":{"k":["a*","b*"]}"#,
                "`k` matches none of `a*`, `b*`, or is absent",
            ),
            (
                r#""NotIpAddress":{"k":"10.0.0.0/8"}"#,
                "`k` is not in `10.0.0.0/8`, or is absent",
            ),
            (r#""StringEqualsIfExists":{"k":"a"}"#, "`k` is `a`, or is absent"),
            (r#""BoolIfExists":{"k":"true"}"#, "`k` is `true`, or is absent"),
        ] {
            assert_eq!(words(condition), [expected], "{condition}");
        }
    }

    #[test]
    fn set_operators_say_of_how_many_values() {
        for (condition, expected) in [
            (
                r#""ForAllValues:StringEquals":{"k":["a","b"]}"#,
                "every value of `k` is one of `a`, `b`, or it has none",
            ),
            (
                r#""ForAllValues:StringNotLike":{"k":"a*"}"#,
                "every value of `k` does not match `a*`, or it has none",
            ),
            (
                r#""ForAnyValue:StringLike":{"k":"a*"}"#,
                "some value of `k` matches `a*`",
            ),
            (
                r#""ForAnyValue:StringEqualsIfExists":{"k":"a"}"#,
                "some value of `k` is `a`, or it is absent",
            ),
        ] {
            assert_eq!(words(condition), [expected], "{condition}");
        }
    }

    #[test]
    fn what_the_evaluator_does_not_understand_is_said_not_to_be() {
        for (condition, expected) in [
            (
                r#""stringequals":{"k":"a"}"#,
                "`k` stringequals `a`, which is not understood",
            ),
            (
                r#""NumericEquals":{"k":"ten"}"#,
                "`k` NumericEquals `ten`, which is not understood",
            ),
            (
                r#""Null":{"k":["true","false"]}"#,
                "`k` Null `true`, `false`, which is not understood",
            ),
        ] {
            assert_eq!(words(condition), [expected], "{condition}");
        }
    }
}
