//! From the conditions of a statement as they are written to what they mean.

use super::date::Instant;
use super::decimal::Decimal;
use super::network::Network;
use super::operator::{Comparison, Operator, Quantifier};
use super::test::{Test, boolean};
use super::{Condition, Demand};
use crate::document::{OneOrList, OperatorBlock, Scalar, Version, Written};
use crate::pattern::{Pattern, as_written};
use crate::truth::Truth;
use crate::unsettled::{AnyValueIfExists, Unsettled};

/// Reads the conditions of a statement: sorted, each once.
pub(crate) fn read(blocks: &[OperatorBlock], language: Version, unsettled: Unsettled) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for block in blocks {
        let name = &block.operator.value;
        let operator = Operator::read(name, unsettled.operator_case);
        for (key, values) in &block.keys {
            let demand = operator.and_then(|operator| demand(operator, values, language, unsettled));
            conditions.push(Condition {
                key: key.value.to_lowercase().into(),
                demand: demand.unwrap_or_else(|| not_understood(name, values, language)),
            });
        }
    }
    conditions.sort_unstable();
    conditions.dedup();
    conditions
}

type Values = OneOrList<Written<Scalar>>;

fn demand(operator: Operator, values: &Values, language: Version, unsettled: Unsettled) -> Option<Demand> {
    let texts = || values.iter().map(|value| value.value.as_str());
    let test = match operator.comparison {
        Comparison::Null => return absence(values, unsettled),
        Comparison::Text => Test::Text(sorted(texts().map(|text| Some(Pattern::equal(text, language, false))))?),
        Comparison::TextIgnoringCase => {
            Test::Text(sorted(texts().map(|text| Some(Pattern::equal(text, language, true))))?)
        }
        Comparison::TextLike => Test::Text(sorted(texts().map(|text| Some(Pattern::like(text, language))))?),
        Comparison::Binary => Test::Text(sorted(
            texts().map(|text| Some(Pattern::equal(text, Version::V2008, false))),
        )?),
        Comparison::Arn => Test::Text(sorted(texts().map(|text| Pattern::arn(text, language)))?),
        Comparison::Bool => Test::Bool(sorted(texts().map(boolean))?),
        Comparison::Number(relation) => Test::Number(relation, sorted(texts().map(Decimal::read))?),
        Comparison::Date(relation) => Test::Date(relation, sorted(texts().map(Instant::read))?),
        Comparison::Network => Test::Network(sorted(texts().map(Network::read))?),
    };
    Some(Demand::Values {
        quantifier: operator
            .quantifier
            .unwrap_or(Quantifier::Plain(unsettled.several_values)),
        absent: without_key(operator, unsettled),
        negated: operator.negated,
        test,
    })
}

/// Returns whether a condition holds for a request without its key.
fn without_key(operator: Operator, unsettled: Unsettled) -> Truth {
    match operator.quantifier {
        None => Truth::from(operator.if_exists || operator.negated),
        Some(Quantifier::ForAnyValue) if operator.if_exists => match unsettled.any_value_if_exists {
            AnyValueIfExists::Unknown => Truth::Unknown,
            AnyValueIfExists::Match => Truth::Yes,
            AnyValueIfExists::NoMatch => Truth::No,
        },
        Some(Quantifier::ForAnyValue) => Truth::No,
        Some(_) => Truth::Yes,
    }
}

/// Reads the one value of `Null`.
fn absence(values: &Values, unsettled: Unsettled) -> Option<Demand> {
    match values.as_slice() {
        [one] => boolean(one.value.as_str()).map(|wanted| Demand::Absent(wanted, unsettled.empty_value)),
        _ => None,
    }
}

fn sorted<T: Ord>(values: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut values: Vec<T> = values.collect::<Option<_>>()?;
    values.sort_unstable();
    values.dedup();
    Some(values)
}

/// Keeps what is not understood as it is written: the same again means the same, in the same language if there are variables.
fn not_understood(operator: &str, values: &Values, language: Version) -> Demand {
    let texts = values.iter().map(|value| as_written(value.value.as_str(), language));
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    Demand::NotUnderstood(format!("{operator} {texts:?}").into())
}
