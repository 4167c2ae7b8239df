//! Policies as rows, for `policies search`; and what is found out about them.

mod comparison;
mod decisions;
mod explanation;
mod findings;
mod shorter;

pub(crate) use comparison::WitnessRow;
pub(crate) use decisions::DecisionRow;
pub(crate) use shorter::ShorterRow;

use super::Ui;
use super::layout::{Column, table};

/// A policy that was found.
#[derive(Debug)]
pub(crate) struct PolicyRow {
    /// Its name.
    pub(crate) name: String,
    /// `AWS managed` or `customer managed`.
    pub(crate) owner: &'static str,
    /// Its path.
    pub(crate) path: String,
    /// When its default version was last changed, the day only.
    pub(crate) updated: String,
    /// Where it was found.
    pub(crate) why: String,
}

impl Ui {
    /// Shows the policies that were found, best first.
    pub(crate) fn policies(&self, rows: &[PolicyRow], shown: usize) {
        let columns = [
            Column {
                heading: "policy",
                wraps: false,
            },
            Column {
                heading: "owner",
                wraps: false,
            },
            Column {
                heading: "changed",
                wraps: false,
            },
            Column {
                heading: "found in",
                wraps: true,
            },
        ];
        let cells: Vec<Vec<String>> = rows
            .iter()
            .take(shown)
            .map(|row| {
                vec![
                    self.bold(&row.name),
                    row.owner.to_owned(),
                    row.updated.clone(),
                    row.why.clone(),
                ]
            })
            .collect();
        self.result(&table(self, &columns, &cells));
        self.talk("");
        match rows.len().checked_sub(shown) {
            Some(more) if more > 0 => self.talk(&format!(
                "  {} matches, {more} not shown: `--limit N` shows more",
                rows.len()
            )),
            _ => self.talk(&format!("  {} matches", rows.len())),
        }
    }

    /// Shows one policy: what it is, then its document.
    pub(crate) fn policy(&self, facts: &[(&str, String)], document: &str) {
        for (name, text) in facts {
            self.talk(&self.fact(name, text));
        }
        self.talk("");
        self.result(document);
    }
}
