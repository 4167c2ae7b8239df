//! What a comparison came to.

use crate::ui::Ui;

/// A request that shows the difference.
#[derive(Debug)]
pub(crate) struct WitnessRow {
    /// The action.
    pub(crate) action: String,
    /// The resource.
    pub(crate) resource: String,
    /// Who asks.
    pub(crate) principal: Option<String>,
    /// Whether who asks has a permissions boundary.
    pub(crate) has_boundary: bool,
    /// The condition keys with their values.
    pub(crate) context: Vec<(String, Vec<String>)>,
    /// The statements that allow it.
    pub(crate) allowed_by: Vec<String>,
    /// Whether the evaluator says so too.
    pub(crate) confirmed: bool,
}

impl Ui {
    /// Says that it is proven.
    pub(crate) fn proven(&self, what: &str) {
        let lead = format!("  {} ", self.green(&format!("{} proven:", self.sign("✓", "ok"))));
        self.result(&self.hanging(&lead, what));
    }

    /// Says that it is not, and shows the request.
    pub(crate) fn not_proven(&self, what: &str, witness: &WitnessRow) {
        let lead = format!("  {} ", self.red(&format!("{} not proven:", self.sign("✗", "x"))));
        self.result(&self.hanging(&lead, what));
        self.result("");
        for line in self.witness(witness) {
            self.result(&line);
        }
    }

    /// Says that it could not be decided.
    pub(crate) fn undecided(&self, what: &str) {
        let lead = format!("  {} ", self.yellow(&format!("{} undecided:", self.sign("▲", "!"))));
        self.result(&self.hanging(&lead, what));
    }

    fn witness(&self, witness: &WitnessRow) -> Vec<String> {
        let mut facts = vec![
            ("action", witness.action.clone()),
            ("resource", witness.resource.clone()),
        ];
        let boundary = if witness.has_boundary {
            ", with a permissions boundary that allows it"
        } else {
            ""
        };
        facts.extend(
            witness
                .principal
                .iter()
                .map(|principal| ("principal", format!("{principal}{boundary}"))),
        );
        let keys = witness.context.iter();
        facts.extend(keys.map(|(key, values)| ("context", format!("{key} = {}", values.join(", ")))));
        facts.extend(
            witness
                .allowed_by
                .iter()
                .map(|statement| ("allowed", format!("by {statement}"))),
        );
        let confirmed = if witness.confirmed {
            "yes: the evaluator allows it by the new side and not by the old one"
        } else {
            "no: it depends on what is not understood, or on condition keys that have to do with each other; such a request may \
             not exist"
        };
        facts.push(("confirmed", confirmed.to_owned()));
        let mut said = "";
        let lines = facts.iter().map(|(name, text)| {
            let name = if *name == said { "" } else { *name };
            if !name.is_empty() {
                said = name;
            }
            self.fact_below("    ", name, text)
        });
        lines.collect()
    }
}
