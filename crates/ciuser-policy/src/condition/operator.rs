//! The names of operators: `StringLike`, `ForAllValues:StringNotEquals`, `NumericLessThanIfExists`.

use crate::unsettled::{OperatorCase, SeveralValues};

/// Of how many of a key's values something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Quantifier {
    /// Of its one value.
    Plain(SeveralValues),
    /// Of all its values, be there any or none.
    ForAllValues,
    /// Of one of its values at least.
    ForAnyValue,
}

/// How two numbers or instants compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// They are equal.
    Equal,
    /// The request's is less.
    Less,
    /// The request's is less, or they are equal.
    LessOrEqual,
    /// The request's is greater.
    Greater,
    /// The request's is greater, or they are equal.
    GreaterOrEqual,
}

impl Relation {
    /// Returns whether the request's value stands in this relation to the policy's.
    pub(crate) fn holds<T: Ord>(self, request: &T, policy: &T) -> bool {
        match self {
            Self::Equal => request == policy,
            Self::Less => request < policy,
            Self::LessOrEqual => request <= policy,
            Self::Greater => request > policy,
            Self::GreaterOrEqual => request >= policy,
        }
    }
}

/// What kind of values an operator compares, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `StringEquals`.
    Text,
    /// `StringEqualsIgnoreCase`.
    TextIgnoringCase,
    /// `StringLike`.
    TextLike,
    /// `ArnEquals` and `ArnLike`, which mean the same.
    Arn,
    /// `BinaryEquals`.
    Binary,
    /// `Bool`.
    Bool,
    /// `NumericEquals` and its kin.
    Number(Relation),
    /// `DateEquals` and its kin.
    Date(Relation),
    /// `IpAddress`.
    Network,
    /// `Null`.
    Null,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    /// Of how many values it asks.
    pub(crate) quantifier: Option<Quantifier>,
    /// What it compares.
    pub(crate) comparison: Comparison,
    /// Whether it asks for the contrary.
    pub(crate) negated: bool,
    /// Whether an absent key is as good.
    pub(crate) if_exists: bool,
}

/// Every operator: its name, what it compares, and whether it asks for the contrary.
const OPERATORS: [(&str, Comparison, bool); 27] = {
    use Comparison::{Arn, Binary, Bool, Date, Network, Null, Number, Text, TextIgnoringCase, TextLike};
    use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    [
        ("StringEquals", Text, false),
        ("StringNotEquals", Text, true),
        ("StringEqualsIgnoreCase", TextIgnoringCase, false),
        ("StringNotEqualsIgnoreCase", TextIgnoringCase, true),
        ("StringLike", TextLike, false),
        ("StringNotLike", TextLike, true),
        ("ArnEquals", Arn, false),
        ("ArnNotEquals", Arn, true),
        ("ArnLike", Arn, false),
        ("ArnNotLike", Arn, true),
        ("BinaryEquals", Binary, false),
        ("Bool", Bool, false),
        ("NumericEquals", Number(Equal), false),
        ("NumericNotEquals", Number(Equal), true),
        ("NumericLessThan", Number(Less), false),
        ("NumericLessThanEquals", Number(LessOrEqual), false),
        ("NumericGreaterThan", Number(Greater), false),
        ("NumericGreaterThanEquals", Number(GreaterOrEqual), false),
        ("DateEquals", Date(Equal), false),
        ("DateNotEquals", Date(Equal), true),
        ("DateLessThan", Date(Less), false),
        ("DateLessThanEquals", Date(LessOrEqual), false),
        ("DateGreaterThan", Date(Greater), false),
        ("DateGreaterThanEquals", Date(GreaterOrEqual), false),
        ("IpAddress", Network, false),
        ("NotIpAddress", Network, true),
        ("Null", Null, false),
    ]
};

impl Operator {
    /// Reads the name of an operator.
    pub(crate) fn read(name: &str, case: OperatorCase) -> Option<Self> {
        let same = |a: &str, b: &str| match case {
            OperatorCase::Counts => a == b,
            OperatorCase::Ignored => a.eq_ignore_ascii_case(b),
        };
        let (quantifier, name) = match name.split_once(':') {
            Some((set, name)) if same(set, "ForAllValues") => (Some(Quantifier::ForAllValues), name),
            Some((set, name)) if same(set, "ForAnyValue") => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
            None => (None, name),
        };
        const IF_EXISTS: &str = "IfExists";
        let ends = name
            .len()
            .checked_sub(IF_EXISTS.len())
            .and_then(|at| name.split_at_checked(at));
        let (name, if_exists) = match ends {
            Some((name, end)) if same(end, IF_EXISTS) => (name, true),
            _ => (name, false),
        };
        let (_, comparison, negated) = OPERATORS.iter().find(|(known, ..)| same(known, name))?;
        let bare_only = *comparison == Comparison::Null;
        (!bare_only || (!if_exists && quantifier.is_none())).then_some(Self {
            quantifier,
            comparison: *comparison,
            negated: *negated,
            if_exists,
        })
    }
}
