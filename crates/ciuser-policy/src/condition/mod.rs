//! Conditions: what each operator means, for the evaluator and for the prover alike.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or
//! values".

mod date;
mod decimal;
mod network;
mod operator;
mod read;
mod test;

pub(crate) use date::Instant;
pub(crate) use decimal::Decimal;
pub(crate) use network::Network;
pub(crate) use operator::{Comparison, Operator, Quantifier, Relation};
pub(crate) use read::read;
pub(crate) use test::{Sort, Test};

use crate::pattern::Lookup;
use crate::truth::{self, Truth};
use crate::unsettled::{EmptyValue, SeveralValues};

/// One condition: one key under one operator.
///
/// Two conditions that are equal mean the same. Values are sorted, and an operator is kept by what it does.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Condition {
    /// The condition key, in lower case.
    pub(crate) key: Box<str>,
    /// What is asked of the key's values.
    pub(crate) demand: Demand,
}

/// What is asked of the values of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Demand {
    /// `Null`: that the key is absent, or that it is there.
    Absent(bool, EmptyValue),
    /// Any other operator.
    Values {
        /// Of how many values.
        quantifier: Quantifier,
        /// Whether an absent key is as good.
        absent: Truth,
        /// Whether no value may pass the test (`...Not...`).
        negated: bool,
        /// The test of one value.
        test: Test,
    },
    /// Nothing that is understood; holds the operator and the values as they are written.
    NotUnderstood(Box<str>),
}

/// What a request has for a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given<'a> {
    /// Nothing.
    Absent,
    /// Values, one or more.
    Values(&'a [String]),
}

impl Condition {
    /// Returns whether the condition holds for what a request has for its key.
    pub(crate) fn holds(&self, given: Given<'_>, request: &dyn Lookup) -> Truth {
        match &self.demand {
            Demand::Absent(wanted, empty) => is_absent(given, *empty).negated_if(!wanted),
            Demand::Values {
                quantifier,
                absent,
                negated,
                test,
            } => {
                let one = |value: &String| Truth::from(test.passes(value, request) != *negated);
                match (quantifier, given) {
                    (_, Given::Absent) => *absent,
                    (Quantifier::Plain(_), Given::Values([value])) => one(value),
                    (Quantifier::Plain(SeveralValues::Unknown), Given::Values(_)) => Truth::Unknown,
                    (Quantifier::Plain(SeveralValues::NoMatch), Given::Values(_)) => Truth::No,
                    (Quantifier::ForAllValues, given) if has_none(given) => Truth::Yes,
                    (Quantifier::ForAnyValue, given) if has_none(given) => Truth::No,
                    (Quantifier::ForAllValues, Given::Values(values)) => truth::all(values.iter().map(one)),
                    (Quantifier::ForAnyValue, Given::Values(values)) => truth::any(values.iter().map(one)),
                }
            }
            Demand::NotUnderstood(_) => Truth::Unknown,
        }
    }
}

/// Returns whether there is no value for a set operator: "a null data set, such as an empty string".
fn has_none(given: Given<'_>) -> bool {
    match given {
        Given::Absent => true,
        Given::Values(values) => values.iter().all(String::is_empty),
    }
}

fn is_absent(given: Given<'_>, empty: EmptyValue) -> Truth {
    match (given, empty) {
        (Given::Absent, _) => Truth::Yes,
        (Given::Values(_), EmptyValue::Present) => Truth::No,
        (given @ Given::Values(_), _) if !has_none(given) => Truth::No,
        (Given::Values(_), EmptyValue::Absent) => Truth::Yes,
        (Given::Values(_), EmptyValue::Unknown) => Truth::Unknown,
    }
}
