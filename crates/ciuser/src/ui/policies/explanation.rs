//! What a policy says: a table of its services, then its statements.

use ciuser_policy::document::Effect;
use ciuser_policy::explain::{Actions, Explained, ExplainedStatement, Named, OfService, Resources, ServiceSummary};

use crate::ui::{Column, Ui, table};

/// More actions than these are counted in the table; the statements below it name them.
const NAMED: usize = 6;

impl Ui {
    /// Shows what a policy says.
    pub(crate) fn explanation(&self, policy: &str, about: &str, explained: &Explained) {
        self.result("");
        self.result(&self.hanging(&format!("  {}  ", self.bold(policy)), about));
        for (heading, effect) in [("allows", Effect::Allow), ("denies", Effect::Deny)] {
            let of_effect = explained.services.iter().filter(|summary| summary.effect == effect);
            let rows = rows(of_effect);
            if !rows.is_empty() {
                let columns = [("service", false), ("on", false), ("when", false), (heading, true)];
                let columns = columns.map(|(heading, wraps)| Column { heading, wraps });
                self.result("");
                self.result(&table(self, &columns, &rows));
            }
        }
        for (number, statement) in (1..).zip(&explained.statements) {
            self.result("");
            self.statement(number, statement);
        }
        if !explained.notes.is_empty() {
            self.result("");
        }
        for note in &explained.notes {
            self.result(&self.hanging(&format!("  {} ", self.yellow(self.sign("▲", "!"))), note));
        }
    }

    fn statement(&self, number: usize, statement: &ExplainedStatement) {
        let effect = match statement.effect {
            Effect::Allow => self.green("allows"),
            Effect::Deny => self.red("denies"),
        };
        let sid = statement.sid.as_ref().map(|sid| format!(" {}", self.bold(sid)));
        self.result(&format!("  {number}{} {effect}", sid.unwrap_or_default()));
        self.lines("actions", actions(&statement.actions));
        self.lines("on", named(statement.resources.as_ref(), "any resource"));
        self.lines("to", named(statement.principals.as_ref(), "anybody"));
        let conditions = statement.conditions.iter().enumerate();
        let conditions = conditions.map(|(place, condition)| match place {
            0 => condition.words.clone(),
            _ => format!("and {}", condition.words),
        });
        self.lines("if", conditions.collect());
    }

    /// Prints lines behind one name.
    fn lines(&self, name: &str, lines: Vec<String>) {
        for (place, line) in lines.into_iter().enumerate() {
            let name = if place == 0 { name } else { "" };
            self.result(&self.fact_below("    ", name, &line));
        }
    }
}

/// A service is named once.
fn rows<'a>(summaries: impl Iterator<Item = &'a ServiceSummary>) -> Vec<Vec<String>> {
    let mut before = None;
    let rows = summaries.map(|summary| {
        let service = summary.service.as_deref().unwrap_or("any service");
        let named = if before == Some(service) { "" } else { service };
        before = Some(service);
        let resources = match &summary.resources {
            Resources::Any => "any".to_owned(),
            Resources::These(these) => these.len().to_string(),
            Resources::Its => "it".to_owned(),
        };
        let when = if summary.conditional { "if ..." } else { "always" };
        vec![named.to_owned(), resources, when.to_owned(), what(summary)]
    });
    rows.collect()
}

fn what(summary: &ServiceSummary) -> String {
    if summary.is_everything() {
        return "everything".to_owned();
    }
    let mut names: Vec<String> = summary.actions.iter().take(NAMED).cloned().collect();
    if let Some(more @ 1..) = summary.actions.len().checked_sub(NAMED) {
        names.push(format!("{more} more"));
    }
    let names = names.join(", ");
    if summary.all_but {
        format!("everything but {names}")
    } else {
        names
    }
}

fn actions(actions: &Actions) -> Vec<String> {
    if actions.is_everything() {
        return vec!["everything".to_owned()];
    }
    let lines = actions.services.iter().enumerate().map(|(place, one)| match place {
        0 if actions.all_but => format!("everything but {}", of_service(one)),
        _ => of_service(one),
    });
    lines.collect()
}

fn of_service(one: &OfService) -> String {
    let actions = if one.is_everything() {
        "everything".to_owned()
    } else {
        one.actions.join(", ")
    };
    match &one.service {
        Some(service) => format!("{service}: {actions}"),
        None => actions,
    }
}

fn named(named: Option<&Named>, everything: &str) -> Vec<String> {
    let Some(named) = named else {
        return Vec::new();
    };
    if named.is_everything() {
        return vec![everything.to_owned()];
    }
    let lines = named.names.iter().enumerate().map(|(place, name)| match place {
        0 if named.all_but => format!("{everything} but {name}"),
        _ => name.clone(),
    });
    lines.collect()
}
