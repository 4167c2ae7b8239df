//! Questions, on a terminal only.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

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
pub(crate) struct TerminalPrompt<'a>(pub(crate) &'a Ui);

impl Prompt for TerminalPrompt<'_> {
    fn passphrase(&self, question: &str) -> Result<Option<SecretString>, TargetError> {
        if !self.interactive() {
            return Ok(None);
        }
        self.0.still();
        match rpassword::prompt_password(format!("  {question}: ")) {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(error) => Err(TargetError::new(format!("the passphrase could not be read: {error}"))),
        }
    }

    fn interactive(&self) -> bool {
        !self.0.manner.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}
