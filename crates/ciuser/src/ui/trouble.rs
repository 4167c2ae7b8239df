//! Errors: message, notes and hint, for people.

use ciuser_core::apply::Failure;

use super::{Ui, print_document};
use crate::document::{Document, Errors, Kind};

/// Prints what is wrong with the command line as JSON: its first paragraph.
pub(crate) fn usage_document(text: &str) {
    let what = text.strip_prefix("error: ").unwrap_or(text);
    let what = what.split("\n\n").next().unwrap_or(what).replace('\n', " ");
    print_document(&Document::new(Kind::Error, Errors::of(&[Failure::untouched(what)])));
}

impl Ui {
    /// Prints one failure.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.still();
        self.say(&self.hanging(&format!("{} ", self.red("error:")), &failure.what));
        for note in &failure.notes {
            self.say(&self.hanging(&format!("{} ", self.yellow("note:")), note));
        }
        if let Some(hint) = &failure.hint {
            self.say(&self.hanging(&format!("{} ", self.cyan("hint:")), hint));
        }
    }
}
