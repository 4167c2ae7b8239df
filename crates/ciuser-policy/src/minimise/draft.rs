//! A statement while it is made shorter.

use crate::document::{Document, Element, OneOrList, OperatorBlock, Principals, Statement, Strings, Version, Written};
use crate::rule::Rule;

/// A statement, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) statement: Statement,
    pub(super) rule: Rule,
}

/// One of the two elements of a statement that can be long lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListElement {
    Actions,
    Resources,
}

impl Draft {
    /// Takes up a statement; lists of one value become that value.
    pub(super) fn of(statement: &Statement, rule: Rule, keep_sid: bool) -> Self {
        let mut statement = statement.clone();
        if !keep_sid {
            statement.sid = None;
        }
        if let Some(resources) = &mut statement.resources {
            unwrap_single(&mut resources.value);
        }
        unwrap_single(&mut statement.actions.value);
        if let Some(Element {
            value: Principals::Of(kinds),
            ..
        }) = &mut statement.principals
        {
            for (_, names) in kinds {
                unwrap_single(names);
            }
        }
        for block in statement.conditions.iter_mut().flat_map(|written| &mut written.value) {
            let OperatorBlock { keys, .. } = block;
            for (_, values) in keys {
                unwrap_single(values);
            }
        }
        Self { statement, rule }
    }

    /// Returns the values of an element; nothing if the statement has no such element.
    pub(super) fn values(&self, element: ListElement) -> Option<Vec<String>> {
        let strings = match element {
            ListElement::Actions => &self.statement.actions.value,
            ListElement::Resources => &self.statement.resources.as_ref()?.value,
        };
        Some(strings.iter().map(|value| value.value.clone()).collect())
    }

    /// Returns how long the statement is in a document.
    pub(super) fn statement_size(&self) -> usize {
        Document::new(OneOrList::One(self.statement.clone())).size()
    }

    /// Writes other values into an element.
    pub(super) fn set_values(&mut self, element: ListElement, values: Vec<String>, language: Version) {
        let mut strings: Strings = OneOrList::List(values.into_iter().map(Written::from).collect());
        unwrap_single(&mut strings);
        match element {
            ListElement::Actions => self.statement.actions.value = strings,
            ListElement::Resources => {
                if let Some(resources) = &mut self.statement.resources {
                    resources.value = strings;
                }
            }
        }
        self.rule = super::rule_of(&self.statement, language);
    }
}

/// Writes a list of one value as that value.
fn unwrap_single<T: Clone>(values: &mut OneOrList<T>) {
    if let OneOrList::List(list) = values
        && let [only] = list.as_slice()
    {
        *values = OneOrList::One(only.clone());
    }
}
