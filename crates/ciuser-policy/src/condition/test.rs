//! The test of one value.

use std::net::IpAddr;

use super::date::Instant;
use super::decimal::Decimal;
use super::network::Network;
use super::operator::Relation;
use crate::pattern::{Lookup, Pattern};

/// A test of one value. A value passes when it fits one of the policy's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Test {
    /// As text: strings, ARNs and binary values.
    Text(Vec<Pattern>),
    /// As a boolean.
    Bool(Vec<bool>),
    /// As a number.
    Number(Relation, Vec<Decimal>),
    /// As an instant.
    Date(Relation, Vec<Instant>),
    /// As an address.
    Network(Vec<Network>),
}

/// What a test reads a value as. Tests of one sort can be held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// Any text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// An instant.
    Date,
    /// An address.
    Network,
}

impl Test {
    /// Returns whether a value passes. One of another sort does not: AWS sets values, and does not set such.
    pub(crate) fn passes(&self, value: &str, request: &dyn Lookup) -> bool {
        match self {
            Self::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, request)),
            Self::Bool(wanted) => boolean(value).is_some_and(|value| wanted.contains(&value)),
            Self::Number(relation, numbers) => {
                Decimal::read(value).is_some_and(|value| numbers.iter().any(|number| relation.holds(&value, number)))
            }
            Self::Date(relation, instants) => {
                Instant::read(value).is_some_and(|value| instants.iter().any(|instant| relation.holds(&value, instant)))
            }
            Self::Network(networks) => value
                .parse::<IpAddr>()
                .is_ok_and(|value| networks.iter().any(|network| network.contains(value))),
        }
    }

    /// Returns what the test reads values as.
    pub(crate) fn sort(&self) -> Sort {
        match self {
            Self::Text(_) => Sort::Text,
            Self::Bool(_) => Sort::Bool,
            Self::Number(..) => Sort::Number,
            Self::Date(..) => Sort::Date,
            Self::Network(_) => Sort::Network,
        }
    }

    /// Returns values between any two of which the test's answer does not change unseen: those at which it changes, those
    /// next to them, and one that is of no sort. Only for tests whose sort is not text.
    pub(crate) fn telling_values(&self) -> Vec<String> {
        const OF_NO_SORT: &str = "-";
        let mut values = vec![OF_NO_SORT.to_owned()];
        match self {
            Self::Text(_) => {}
            Self::Bool(_) => values.extend(["true", "false"].map(str::to_owned)),
            Self::Number(_, numbers) => {
                let all = numbers.iter().flat_map(|number| number.with_neighbours());
                values.extend(all.map(|number| number.to_string()));
            }
            Self::Date(_, instants) => {
                let all = instants.iter().flat_map(|instant| instant.with_neighbours());
                values.extend(all.map(Instant::written));
            }
            Self::Network(networks) => {
                let all = networks.iter().flat_map(|network| network.edges());
                values.extend(all.map(|address| address.to_string()));
            }
        }
        values
    }
}

/// Reads a boolean; case makes no difference.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
