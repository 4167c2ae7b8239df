//! What a run came to: the closing lines, and the JSON document that scripts read.

use ciuser_core::apply::{Outcome, TargetOutcome, UserOutcome};
use ciuser_core::port::Known;
use ciuser_core::target::Target;
use serde_json::{Value, json};

use super::Ui;
use super::progress::proof_in_words;
use super::retired::retired_json;
use super::trouble::failure_json;

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
        if !user.unfinished.is_empty() {
            self.result("");
            for left in &user.unfinished {
                self.result(&self.hanging(&format!("  {} ", self.yellow("unfinished:")), left));
            }
        }
    }

    fn delivered_user(&self, user: &UserOutcome, account: &str) {
        let done = user.unfinished.is_empty();
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

    /// Prints what comes next, as talk.
    pub(crate) fn next(&self, lines: &[String]) {
        self.talk("");
        self.talk(&format!("  {}", self.bold("What next")));
        for line in lines {
            self.talk(&self.hanging(&format!("  {} ", self.sign("→", ">")), line));
        }
        self.talk("");
    }
}

/// Returns the JSON document of a run for one user, the shape that scripts rely on.
pub(crate) fn create_json(kind: &str, account: &str, outcome: &Outcome, known: &[Known]) -> Value {
    let mut document = run_json(kind, account, outcome);
    if let (Some(user), Some(object)) = (outcome.users.first(), document.as_object_mut()) {
        for (name, value) in user_fields(user, known) {
            object.insert(name.to_owned(), value);
        }
    }
    document
}

/// Returns the JSON document of a run for any number of users.
pub(crate) fn apply_json(kind: &str, account: &str, outcome: &Outcome, known: &[Vec<Known>]) -> Value {
    let mut document = run_json(kind, account, outcome);
    let users: Vec<Value> = outcome
        .users
        .iter()
        .enumerate()
        .map(|(place, user)| {
            let known = known.get(place).map(Vec::as_slice).unwrap_or_default();
            user_fields(user, known)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        })
        .collect();
    if let Some(object) = document.as_object_mut() {
        object.insert("users".to_owned(), Value::Array(users));
    }
    document
}

pub(super) fn run_json(kind: &str, account: &str, outcome: &Outcome) -> Value {
    let mut document = json!({
        "format_version": 1,
        "kind": kind,
        "run": outcome.run.as_str(),
        "changed": outcome.changed(),
        "account": account,
        "unfinished": outcome.unfinished(),
    });
    if let (Some(failure), Some(object)) = (&outcome.failure, document.as_object_mut()) {
        object.insert("error".to_owned(), failure_json(failure));
    }
    document
}

fn user_fields(user: &UserOutcome, known: &[Known]) -> Vec<(&'static str, Value)> {
    let written: Vec<Value> = user.targets.iter().map(target_json).collect();
    // Targets that were right already are listed with the proof that was noted when they were written.
    let held = known.iter().filter(|known| {
        Some(&known.key) == user.key.as_ref() && !user.targets.iter().any(|one| one.target.same_place(&known.target))
    });
    let targets = written.into_iter().chain(held.map(known_json)).collect();
    let mut fields = vec![
        ("user", json!({ "name": user.user.as_str(), "arn": user.arn.as_str() })),
        (
            "key",
            user.key
                .as_ref()
                .map_or(Value::Null, |key| json!({ "id": key.as_str(), "issued": user.issued })),
        ),
        ("targets", Value::Array(targets)),
    ];
    fields.extend(user.retired.as_ref().map(|retired| ("deletion", retired_json(retired))));
    fields
}

fn place_json(target: &Target) -> (Value, Value) {
    (Value::from(target.kind()), Value::from(target.place()))
}

fn target_json(outcome: &TargetOutcome) -> Value {
    let (kind, place) = place_json(&outcome.target);
    json!({
        "kind": kind,
        "place": place,
        "proof": outcome.proof.map(ciuser_core::port::Proof::word),
        "proven": outcome.is_proven(),
        "error": outcome.error,
    })
}

fn known_json(known: &Known) -> Value {
    let (kind, place) = place_json(&known.target);
    json!({
        "kind": kind,
        "place": place,
        "proof": known.proof.word(),
        "proven": known.proof.is_proven(),
        "proven_at": known.at.to_string(),
    })
}
