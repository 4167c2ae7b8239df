//! Documents that AWS wrote: every managed policy, and those of its examples for Access Analyzer.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "reads what is not part of this repository, and says what did not run"
)]

use std::path::{Path, PathBuf};

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::document::{PolicyDocument, PolicyKind};
use serde_json::Value;

#[test]
fn iam_accepts_every_managed_policy_and_it_prints_without_loss() {
    for policy in Catalogue::embedded().policies() {
        let (name, text) = (policy.name, policy.document());
        let read =
            PolicyDocument::parse_as(text, PolicyKind::Managed).unwrap_or_else(|error| panic!("{name}: {error}"));
        let document = read.document();
        let value: Value = serde_json::from_str(text).unwrap();
        for printed in [document.to_string(), format!("{document:#}")] {
            assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value, "{name}");
            let again = PolicyDocument::parse_as(&printed, PolicyKind::Managed).unwrap();
            assert_eq!(again.document().to_string(), document.to_string(), "{name}");
        }
        assert_eq!(document.size(), read.size(), "{name}");
    }
}

/// The one rule that AWS's own policies do not keep: "IAM resource path must either be "*" or start with user/, ...".
#[test]
fn only_the_policies_for_root_users_name_something_that_iams_message_does_not_list() {
    let listed = "user/ federated-user/ role/ group/ instance-profile/ mfa/ server-certificate/ policy/ sms-mfa/ \
                  saml-provider/ oidc-provider/ report/ access-report/";
    let is_listed = |path: &str| path == "*" || listed.split(' ').any(|start| path.starts_with(start));
    let mut found = Vec::new();
    for policy in Catalogue::embedded().policies() {
        let read = PolicyDocument::parse_as(policy.document(), PolicyKind::Managed).unwrap();
        let resources = read
            .document()
            .statements
            .iter()
            .filter_map(|statement| statement.resources.as_ref());
        for resource in resources.flat_map(|element| element.value.iter()) {
            let parts: Vec<&str> = resource.value.splitn(6, ':').collect();
            if let ["arn", _, "iam", _, _, path] = parts.as_slice()
                && !is_listed(path)
            {
                found.push((policy.name, (*path).to_owned()));
            }
        }
    }
    let root = |name| (name, "root".to_owned());
    assert_eq!(
        found,
        [
            root("IAMAuditRootUserCredentials"),
            root("IAMCreateRootUserPassword"),
            root("IAMDeleteRootUserCredentials"),
        ]
    );
}

/// The cases are not part of this repository: `CIUSER_CONFORMANCE_DATA` names the directory that holds them.
#[test]
fn iam_accepts_the_policies_of_access_analyzers_examples() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let dir = std::env::var_os("CIUSER_CONFORMANCE_DATA").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(dir.join("access-analyzer-cases.json")) else {
        println!("the examples did not run: no access-analyzer-cases.json");
        return;
    };
    let cases: Value = serde_json::from_str(&text.replace("<ACCOUNT ID>", "111111111111")).unwrap();
    let mut refused = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        for policy in ["reference", "candidate"] {
            let text = case[policy].to_string();
            let accepted = |kind| PolicyDocument::parse_as(&text, kind);
            let read = match case["kind"].as_str().unwrap() {
                "identity" => accepted(PolicyKind::Managed),
                _ => accepted(PolicyKind::Trust).or_else(|_| accepted(PolicyKind::Resource)),
            };
            refused.extend(read.err().map(|error| error.to_string()));
        }
    }
    // Access Analyzer reads what IAM would not keep: it is not asked to.
    assert_eq!(
        refused,
        ["statement 1: `arn:aws:iam:*:*:saml-provider/*Sensitive*` is no resource: ARNs of `iam` have no region"]
    );
}
