//! The reference as it is kept in memory: rows that name each other by number, and texts that are slices of the table.
//!
//! INVARIANT: numbers and runs are of rows that exist; `load` makes sure of it.

use crate::catalogue::reference::{AccessLevel, ValueType};

/// A run of rows or numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    start: u32,
    end: u32,
}

impl Run {
    /// Returns the run from one length of a list to another; nothing if the list is too long.
    pub(super) fn between(start: usize, end: usize) -> Option<Self> {
        Some(Self {
            start: start.try_into().ok()?,
            end: end.try_into().ok()?,
        })
    }

    /// Returns what it is a run of.
    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        list.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Returns the number of its first row.
    pub(super) fn start(self) -> u32 {
        self.start
    }
}

#[derive(Debug)]
pub(super) struct ServiceRow {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    pub(super) condition_keys: Run,
    pub(super) resource_types: Run,
    pub(super) actions: Run,
}

#[derive(Debug)]
pub(super) struct ResourceTypeRow {
    pub(super) name: &'static str,
    /// With commas between them.
    pub(super) arn_formats: &'static str,
    pub(super) condition_keys: Run,
}

#[derive(Debug)]
pub(super) struct ActionRow {
    pub(super) name: &'static str,
    pub(super) resources: Run,
    pub(super) condition_keys: Run,
    pub(super) dependent_actions: Run,
    /// Its own number among all.
    pub(super) number: u32,
    pub(super) service: u16,
    pub(super) access_level: AccessLevel,
}

/// A resource type that an action takes.
#[derive(Debug)]
pub(super) struct ActionResourceRow {
    pub(super) condition_keys: Run,
    pub(super) resource_type: u16,
    pub(super) required: bool,
}

#[derive(Debug)]
pub(super) struct ConditionKeyRow {
    pub(super) name: &'static str,
    /// What is before and after the variable part, if there is one.
    pub(super) around_variable: Option<(&'static str, &'static str)>,
    pub(super) value_type: ValueType,
    pub(super) is_global: bool,
}

impl ConditionKeyRow {
    /// Returns what stands for the variable part in a name that is one of this key's.
    pub(super) fn variable_part<'a>(&self, name: &'a str) -> Option<&'a str> {
        let (before, after) = self.around_variable?;
        let (start, rest) = name.split_at_checked(before.len())?;
        let (part, end) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
        let matches = start.eq_ignore_ascii_case(before) && end.eq_ignore_ascii_case(after) && !part.is_empty();
        // What begins with the variable is named after an OIDC provider, and that is a host: `iam:sub` is no such key.
        let is_provider = !before.is_empty() || part.contains('.');
        (matches && is_provider).then_some(part)
    }
}
