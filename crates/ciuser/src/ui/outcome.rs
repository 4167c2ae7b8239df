//! What a run came to: the closing lines.

use ciuser_core::apply::{Outcome, TargetOutcome, UserOutcome};

use super::Ui;
use super::progress::proof_in_words;

impl Ui {
    /// Prints what a run came to as the result.
    pub(crate) fn outcome(&self, outcome: &Outcome, account: &str) {
        self.still();
        for user in &outcome.users {
            self.user_outcome(user, account);
        }
    }

    fn user_outcome(&self, user: &UserOutcome, account: &str) {
        self.result("");
        match &user.retired {
            Some(retired) => self.retired(user, retired, account),
            None => self.delivered_user(user, account),
        }
        if user.left().next().is_some() {
            self.result("");
        }
        for (label, left) in [("unfinished:", &user.unfinished), ("left to you:", &user.for_person)] {
            for left in left {
                self.result(&self.hanging(&format!("  {} ", self.yellow(label)), left));
            }
        }
    }

    fn delivered_user(&self, user: &UserOutcome, account: &str) {
        let done = user.left().next().is_none();
        let title = match (done, user.changed) {
            (true, true) => format!(
                "{} {}",
                self.green(self.sign("✓", "ok")),
                self.bold(&format!("{} is ready", user.user))
            ),
            (true, false) => format!(
                "{} {}",
                self.green(self.sign("✓", "ok")),
                self.bold(&format!("{} is as it should be", user.user))
            ),
            (false, _) => format!(
                "{} {}",
                self.yellow(self.sign("▲", "!")),
                self.bold(&format!("{} is not finished", user.user))
            ),
        };
        self.result(&format!("  {title}"));
        self.result(&self.fact("account", account));
        self.result(&self.fact("user", user.arn.as_str()));
        if let Some(key) = &user.key {
            self.result(&self.fact("key", key.as_str()));
        }
        for target in &user.targets {
            self.target_outcome(target);
        }
    }

    fn target_outcome(&self, outcome: &TargetOutcome) {
        let (sign, words) = match (outcome.proof, &outcome.error) {
            (Some(proof), _) if proof.is_proven() => (
                self.green(self.sign("✓ proven", "ok proven")),
                proof_in_words(proof).to_owned(),
            ),
            (Some(proof), _) => (
                self.yellow(self.sign("▲ written", "! written")),
                proof_in_words(proof).to_owned(),
            ),
            (None, Some(error)) => (self.red(self.sign("✗ failed", "x failed")), error.clone()),
            (None, None) => (self.red(self.sign("✗ failed", "x failed")), String::new()),
        };
        self.result("");
        let kind = self.bold(outcome.target.kind());
        self.result(&self.hanging(&format!("  {sign}  {kind}  "), &words));
        self.result(&self.hanging("    ", &outcome.target.place()));
        if outcome.proof.is_some() && !outcome.describe.is_empty() {
            self.result(&self.hanging("    ", &outcome.describe));
        }
    }

    /// Prints a text to be copied, as talk: its lines are left as they are.
    pub(crate) fn block(&self, title: &str, text: &str) {
        self.talk("");
        self.talk(&format!("  {}", self.bold(title)));
        self.talk("");
        self.talk(text.trim_end());
    }

    /// Prints what comes next, as talk.
    pub(crate) fn next(&self, lines: &[String]) {
        self.talk("");
        self.talk(&format!("  {}", self.bold("What next")));
        for line in lines {
            self.talk(&self.hanging(&format!("  {} ", self.sign("→", ">")), line));
        }
    }
}
