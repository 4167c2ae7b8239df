//! Environments of a repository: `/repos/{owner}/{repository}/environments` and `.../{environment}`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::locker::Locker;
use super::repository::Repository;
use super::route::PREFIX;
use super::state::{Rights, forbidden, no_such_method, unprocessable};
use crate::entropy::{self, Entropy};
use crate::hub::{Call, Outcome, no_content, ok, page, time};

const USUAL_PAGE: usize = 30;

/// An environment, with its secrets and variables.
#[derive(Serialize, Deserialize)]
pub(super) struct Environment {
    id: u64,
    pub(super) name: String,
    protection: Protection,
    created_at: Timestamp,
    pub(super) locker: Locker,
}

/// Who may deploy to an environment. A request that leaves a part away removes it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Protection {
    wait_timer: u32,
    reviewers: Option<Vec<Reviewer>>,
    deployment_branch_policy: Option<BranchPolicy>,
}

#[derive(Serialize, Deserialize)]
struct Reviewer {
    #[serde(rename = "type")]
    kind: String,
    id: u64,
}

#[derive(Serialize, Deserialize)]
struct BranchPolicy {
    protected_branches: bool,
    custom_branch_policies: bool,
}

impl Environment {
    fn to_json(&self, call: &Call<'_>, repository: &str) -> Value {
        let (at, origin, name) = (time(self.created_at), call.origin(), &self.name);
        json!({
            "id": self.id,
            "node_id": format!("EN_{}", self.id),
            "name": name,
            "url": format!("{origin}{PREFIX}repos/{repository}/environments/{name}"),
            "html_url": format!("{origin}/{repository}/deployments/activity_log?environments_filter={name}"),
            "created_at": at,
            "updated_at": at,
            "protection_rules": self.protection.rules(),
            "deployment_branch_policy": self.protection.deployment_branch_policy,
        })
    }
}

impl Protection {
    fn rules(&self) -> Vec<Value> {
        let rule = |id: u32, kind: &str| json!({ "id": id, "node_id": format!("GA_{id}"), "type": kind });
        let mut rules = Vec::new();
        if self.wait_timer > 0 {
            let minutes = self.wait_timer;
            rules.push(json!({ "id": 1, "node_id": "GA_1", "type": "wait_timer", "wait_timer": minutes }));
        }
        if self.reviewers.as_ref().is_some_and(|reviewers| !reviewers.is_empty()) {
            rules.push(rule(2, "required_reviewers"));
        }
        if self.deployment_branch_policy.is_some() {
            rules.push(rule(3, "branch_policy"));
        }
        rules
    }
}

pub(super) fn collection(repository: &Repository, call: &Call<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(no_such_method());
    }
    let name = repository.full_name();
    let all: Vec<Value> = repository
        .environments
        .iter()
        .map(|one| one.to_json(call, &name))
        .collect();
    Ok(page(call, USUAL_PAGE, &all, |items, count| {
        ok(&json!({ "total_count": count, "environments": items }))
    }))
}

pub(super) fn item(repository: &mut Repository, call: &Call<'_>, name: &str, entropy: Entropy<'_>) -> Outcome {
    let full_name = repository.full_name();
    match call.method() {
        "GET" => Ok(ok(&repository.environment(name)?.to_json(call, &full_name))),
        "PUT" => put(repository, call, name, entropy),
        "DELETE" => {
            repository.environment(name)?;
            repository
                .environments
                .retain(|one| !one.name.eq_ignore_ascii_case(name));
            Ok(no_content())
        }
        _ => Err(no_such_method()),
    }
}

/// Makes or replaces: what the request leaves away of the protection is taken away.
fn put(repository: &mut Repository, call: &Call<'_>, name: &str, entropy: Entropy<'_>) -> Outcome {
    if repository.rights < Rights::Admin {
        return Err(forbidden());
    }
    let protection: Protection = call.object().ok_or_else(|| unprocessable("Invalid request."))?;
    let full_name = repository.full_name();
    if let Ok(known) = repository.environment(name) {
        known.protection = protection;
        return Ok(ok(&known.to_json(call, &full_name)));
    }
    let made = Environment {
        id: entropy::number(entropy),
        name: name.to_owned(),
        protection,
        created_at: call.now,
        locker: Locker::fresh(entropy),
    };
    let answer = ok(&made.to_json(call, &full_name));
    repository.environments.push(made);
    Ok(answer)
}
