//! Answers questions of the tests that compare the engine with others: one process for many, with policies in the question.
//!
//! The command line takes policies from files, so one run of `ciuser policies simulate` or `compare` is about one set of them.
//!
//! Reads a JSON object from each line of standard input. One with `requests` has the policies that decide them (`identity`,
//! `boundary`, `session`, `scp` and `rcp` by levels, `resource`); its answer is the list of decisions. One with `old` and
//! `new`, lists of policies, is answered with `proven` and `decided`, and the `witness` if there is one.
#![allow(clippy::print_stdout, reason = "its answers are its output")]

use std::error::Error;
use std::io::{BufRead as _, stdin};

use ciuser_policy::contain::{Containment, Grants, Witness, contains};
use ciuser_policy::document::Document;
use ciuser_policy::evaluate::{Policies, PolicySet};
use ciuser_policy::request::{Context, Principal, Request};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    for line in stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let answer = match question.get("old") {
            Some(_) => compared(&question)?,
            None => decided(&question)?,
        };
        println!("{answer}");
    }
    Ok(())
}

// Decisions.

fn decided(question: &Value) -> Result<Value> {
    let one = |name: &str| match &question[name] {
        Value::Null => Ok(None),
        document => set([document]).map(Some),
    };
    let levels =
        |name: &str| -> Result<Vec<PolicySet>> { listed(&question[name]).map(|level| set(listed(level))).collect() };
    let policies = Policies {
        identity: set(listed(&question["identity"]))?,
        boundary: one("boundary")?,
        session: one("session")?,
        service_control: levels("scp")?,
        resource_control: levels("rcp")?,
        resource: one("resource")?,
    };
    let decisions = listed(&question["requests"]).map(|asked| Ok(policies.decide(&request(asked)?).as_str()));
    Ok(json!(decisions.collect::<Result<Vec<_>>>()?))
}

fn set<'a>(written: impl IntoIterator<Item = &'a Value>) -> Result<PolicySet> {
    let documents = documents(written)?;
    Ok(PolicySet::compile(documents.iter().map(|one| ("policy", one))))
}

fn request(asked: &Value) -> Result<Request> {
    let mut context = Context::default();
    for (key, values) in asked["context"].as_object().into_iter().flatten() {
        match values {
            Value::Array(values) => values.iter().for_each(|value| context.add(key, text(value))),
            value => context.add(key, text(value)),
        }
    }
    Ok(Request::new(text(&asked["action"]), text(&asked["resource"]))
        .by(Principal::from_arn(text(&asked["principal"]))?)
        .in_account(text(&asked["resource_account"]))
        .with_context(context))
}

// Proofs.

fn compared(question: &Value) -> Result<Value> {
    let side = |name: &str| -> Result<Grants> {
        let documents = documents(listed(&question[name]))?;
        Ok(Grants::of(documents.iter().map(|one| (name, one))))
    };
    Ok(match contains(&side("old")?, &side("new")?) {
        Containment::Proven => json!({ "proven": true, "decided": true }),
        Containment::Undecided => json!({ "proven": false, "decided": false }),
        Containment::NotProven(witness) => json!({ "proven": false, "decided": true, "witness": shown(&witness) }),
    })
}

fn shown(witness: &Witness) -> Value {
    let request = &witness.request;
    let context: serde_json::Map<_, _> = request
        .context()
        .iter()
        .map(|(key, values)| (key.to_owned(), json!(values)))
        .collect();
    json!({
        "action": request.action(),
        "resource": request.resource(),
        "principal": request.principal().map(who),
        "context": context,
        "confirmed": witness.confirmed,
    })
}

/// Returns the kind of a principal, and the ARNs by which it may be named.
fn who(principal: &Principal) -> Value {
    match principal {
        Principal::Root { account, .. } => json!({ "kind": "Root", "account": account }),
        Principal::User { arn, .. } => json!({ "kind": "User", "arn": arn }),
        Principal::RoleSession { arn, role_arn, .. } => {
            json!({ "kind": "RoleSession", "arn": arn, "behind": role_arn })
        }
        Principal::FederatedUser { arn, user_arn, .. } => {
            json!({ "kind": "FederatedUser", "arn": arn, "behind": user_arn })
        }
        Principal::Service(name) => json!({ "kind": "Service", "name": name }),
        Principal::Federated(name) => json!({ "kind": "Federated", "name": name }),
        Principal::Anonymous => json!({ "kind": "Anonymous" }),
    }
}

// What is asked with.

fn documents<'a>(written: impl IntoIterator<Item = &'a Value>) -> Result<Vec<Document>> {
    let read = |one: &Value| Document::read(&one.to_string()).ok_or_else(|| format!("no policy: {one}").into());
    written.into_iter().map(read).collect()
}

fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
