//! What a deletion came to: the closing lines, and the part of the JSON document that is its own.

use ciuser_core::apply::{Outcome, Retired, RetiredTarget, Still, UserOutcome};
use serde_json::{Value, json};

use super::Ui;
use super::outcome::run_json;

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

/// Returns the JSON document of a deletion, the shape that scripts rely on.
pub(crate) fn delete_json(account: &str, outcome: &Outcome) -> Value {
    let mut document = run_json("delete", account, outcome);
    if let (Some(user), Some(object)) = (outcome.users.first(), document.as_object_mut()) {
        let named = json!({ "name": user.user.as_str(), "arn": user.arn.as_str() });
        object.insert("user".to_owned(), named);
        let deletion = user.retired.as_ref().map_or(Value::Null, retired_json);
        object.insert("deletion".to_owned(), deletion);
    }
    document
}

/// Returns what was deleted as JSON.
pub(super) fn retired_json(retired: &Retired) -> Value {
    let keys: Vec<&str> = retired.keys.iter().map(|key| key.as_str()).collect();
    let targets: Vec<Value> = retired.targets.iter().map(target_json).collect();
    json!({ "user_deleted": retired.user_deleted, "keys": keys, "targets": targets })
}

fn target_json(target: &RetiredTarget) -> Value {
    let error = match &target.still {
        Still::Failed(why) => Some(why),
        Still::Cleared | Still::Holds => None,
    };
    json!({
        "kind": target.target.kind(),
        "place": target.target.place(),
        "key": target.key.as_str(),
        "cleared": target.still == Still::Cleared,
        "error": error,
    })
}
