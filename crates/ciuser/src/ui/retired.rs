//! What a deletion came to: the closing lines.

use ciuser_core::apply::{Retired, RetiredTarget, Still, UserOutcome};

use super::Ui;

impl Ui {
    /// Prints what was deleted, and which targets still hold the key.
    pub(super) fn retired(&self, user: &UserOutcome, retired: &Retired, account: &str) {
        let what = if retired.user_deleted {
            format!("{} is deleted", user.user)
        } else {
            format!("the access keys of {} are deleted", user.user)
        };
        let sign = if user.unfinished.is_empty() {
            self.green(self.sign("✓", "ok"))
        } else {
            self.yellow(self.sign("▲", "!"))
        };
        self.result(&format!("  {sign} {}", self.bold(&what)));
        self.result(&self.fact("account", account));
        self.result(&self.fact("user", user.arn.as_str()));
        for key in &retired.keys {
            self.result(&self.fact("key", key.as_str()));
        }
        for target in &retired.targets {
            self.retired_target(target);
        }
    }

    fn retired_target(&self, target: &RetiredTarget) {
        let key = &target.key;
        let (sign, words) = match &target.still {
            Still::Cleared => (
                self.green(self.sign("✓ cleared", "ok cleared")),
                format!("{key} is gone there"),
            ),
            Still::Holds => (
                self.yellow(self.sign("▲ left", "! left")),
                format!("still holds {key}, which opens nothing any more"),
            ),
            Still::Failed(why) => (self.red(self.sign("✗ failed", "x failed")), why.clone()),
        };
        self.result("");
        let kind = self.bold(target.target.kind());
        self.result(&self.hanging(&format!("  {sign}  {kind}  "), &words));
        self.result(&self.hanging("    ", &target.target.place()));
        if target.still != Still::Cleared && !target.describe.is_empty() {
            self.result(&self.hanging("    ", &target.describe));
        }
    }
}
