//! Decisions about requests, a table for each resource.

use ciuser_policy::evaluate::Decision;

use crate::ui::{Column, Ui, table};

/// A request that was decided.
#[derive(Debug)]
pub(crate) struct DecisionRow {
    /// The decision.
    pub(crate) decision: Decision,
    /// The action.
    pub(crate) action: String,
    /// Why.
    pub(crate) why: String,
}

impl Ui {
    /// Shows what was decided about the actions on one resource.
    pub(crate) fn decisions(&self, resource: &str, rows: &[DecisionRow]) {
        let columns = [("decision", false), ("action", false), ("why", true)];
        let columns = columns.map(|(heading, wraps)| Column { heading, wraps });
        let cells: Vec<Vec<String>> = rows.iter().map(|row| self.cells(row)).collect();
        self.result("");
        self.result(&format!("  {}", self.bold(resource)));
        self.result(&table(self, &columns, &cells));
    }

    fn cells(&self, row: &DecisionRow) -> Vec<String> {
        let word = row.decision.as_str();
        let decision = match row.decision {
            Decision::Allowed => self.green(word),
            Decision::ExplicitDeny => self.red(word),
            Decision::ImplicitDeny | Decision::Undetermined => self.yellow(word),
        };
        vec![decision, row.action.clone(), row.why.clone()]
    }
}
