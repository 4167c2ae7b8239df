//! Questions, on a terminal only.

use std::cell::Cell;
use std::io::{BufRead as _, Write as _};

use ciuser_core::apply::Ask;
use ciuser_core::port::TargetError;
use secrecy::SecretString;

use super::Ui;
use crate::store::Prompt;

impl Ask for Ui {
    fn confirm(&self, question: &str) -> Option<bool> {
        if !self.can_ask() {
            return None;
        }
        self.still();
        self.say("");
        self.say(&self.hanging("  ", question));
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "  {} [y/N] ", self.bold("yes or no?"));
        let _ = err.flush();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).ok()?;
        Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}

/// Asks for passphrases, without showing them.
pub(crate) struct TerminalPrompt<'a> {
    ui: &'a Ui,
    asked: Cell<bool>,
}

impl<'a> TerminalPrompt<'a> {
    /// Asks where the `Ui` talks.
    pub(crate) fn new(ui: &'a Ui) -> TerminalPrompt<'a> {
        TerminalPrompt {
            ui,
            asked: Cell::new(false),
        }
    }

    /// Tells whether somebody was asked: time has passed then.
    pub(crate) fn has_asked(&self) -> bool {
        self.asked.get()
    }
}

impl Prompt for TerminalPrompt<'_> {
    fn passphrase(&self, question: &str) -> Result<Option<SecretString>, TargetError> {
        if !self.interactive() {
            return Ok(None);
        }
        self.asked.set(true);
        self.ui.still();
        match rpassword::prompt_password(format!("  {question}: ")) {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(error) => Err(TargetError::new(format!("the passphrase could not be read: {error}"))),
        }
    }

    fn interactive(&self) -> bool {
        self.ui.can_ask()
    }
}
