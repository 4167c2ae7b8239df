//! Questions, on a terminal only.

use std::cell::Cell;
use std::io::{BufRead as _, Write as _};

use ciuser_aws::AskMfaCode;
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
        let answer = self.read_line(question, &format!("{} [y/N]", self.bold("yes or no?")))?;
        Some(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

impl Ui {
    /// Asks for a name to be typed; `None` when there is nobody to ask.
    pub(crate) fn type_to_confirm(&self, what: &str, name: &str) -> Option<bool> {
        if !self.can_ask() {
            return None;
        }
        let typed = self.read_line(what, &self.bold("Type the name of the user to go on:"))?;
        Some(typed == name)
    }

    fn read_line(&self, text: &str, prompt: &str) -> Option<String> {
        self.still();
        self.say("");
        self.say(&self.hanging("  ", text));
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "  {prompt} ");
        let _ = err.flush();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned())
    }
}

/// Asks for passphrases and MFA codes, without showing them.
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
        match super::wizard::outside(|| rpassword::prompt_password(format!("  {question}: "))) {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(error) => Err(TargetError::new(format!("the passphrase could not be read: {error}"))),
        }
    }

    fn interactive(&self) -> bool {
        self.ui.can_ask()
    }
}

impl AskMfaCode for TerminalPrompt<'_> {
    fn mfa_code(&self, serial: &str) -> Option<String> {
        if !self.ui.can_ask() {
            return None;
        }
        self.ui.still();
        rpassword::prompt_password(format!("  MFA code of {serial}: ")).ok()
    }
}
