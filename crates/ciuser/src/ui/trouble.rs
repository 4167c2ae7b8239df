//! Errors: message, notes and hint, for people.

use ciuser_core::apply::Failure;

use super::Ui;

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
