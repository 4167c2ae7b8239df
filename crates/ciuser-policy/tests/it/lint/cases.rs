//! For each check the smallest document that has what it looks for, and one like it that has not.

use std::collections::BTreeSet;

use ciuser_policy::document::PolicyKind;
use ciuser_policy::lint::checks;
use serde_json::{Value, json};

use super::{covered, found};

/// `with` and `without` are statements that leave out what is as in [`base`], or whole documents. `at` is the text that the
/// finding is about.
const CASES: &str = include_str!("cases.json");

fn kind(case: &Value) -> PolicyKind {
    match case["kind"].as_str().unwrap() {
        "Identity" => PolicyKind::Identity,
        "Managed" => PolicyKind::Managed,
        "Resource" => PolicyKind::Resource,
        "Trust" => PolicyKind::Trust,
        "ServiceControl" => PolicyKind::ServiceControl,
        "ResourceControl" => PolicyKind::ResourceControl,
        other => panic!("there is no kind `{other}`"),
    }
}

/// What is not said in a case.
fn base(kind: PolicyKind) -> Value {
    match kind {
        PolicyKind::Trust => json!({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        _ => json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::web/*"}),
    }
}

fn text(case: &Value, kind: PolicyKind) -> String {
    if case.get("Statement").is_some() {
        return case.to_string();
    }
    let mut statement = base(kind);
    for (element, value) in case.as_object().unwrap() {
        statement[element] = value.clone();
    }
    statement.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn cases() -> Vec<Value> {
    serde_json::from_str(CASES).unwrap()
}

#[test]
fn each_check_finds_the_smallest_document_that_has_it() {
    for case in cases() {
        let check = case["check"].as_str().unwrap();
        let text = text(&case["with"], kind(&case));
        let of_check = found(&text, kind(&case))
            .into_iter()
            .filter(|finding| finding.id() == check);
        let places: Vec<String> = of_check.map(|finding| covered(&text, &finding.at).to_owned()).collect();
        assert_eq!(places, [case["at"].as_str().unwrap()], "{check}: {text}");
    }
}

#[test]
fn no_check_finds_the_document_that_is_right() {
    for case in cases() {
        let check = case["check"].as_str().unwrap();
        let text = text(&case["without"], kind(&case));
        let of_check: Vec<String> = found(&text, kind(&case))
            .iter()
            .filter(|finding| finding.id() == check)
            .map(ToString::to_string)
            .collect();
        assert_eq!(of_check, Vec::<String>::new(), "{check}: {text}");
    }
}

#[test]
fn every_check_has_a_case_here_or_a_test_of_its_own() {
    let elsewhere = [
        // `size`
        "over-quota",
        "over-organizations-quota",
        "near-quota",
        // `risks`
        "full-admin",
        "iam-admin",
        "full-service",
        "decrypt-with-any-key",
    ];
    let here: BTreeSet<String> = cases()
        .iter()
        .map(|case| case["check"].as_str().unwrap().to_owned())
        .collect();
    let tested: BTreeSet<&str> = here.iter().map(String::as_str).chain(elsewhere).collect();
    let all: BTreeSet<&str> = checks()
        .map(|check| check.id)
        .filter(|id| !id.starts_with("escalate-"))
        .collect();
    assert_eq!(tested, all);
}

#[test]
fn ids_are_kebab_case_and_there_once() {
    let ids: Vec<&str> = checks().map(|check| check.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    let is_kebab = |id: &&str| {
        id.split('-')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
    };
    assert!(ids.iter().all(is_kebab), "{ids:?}");
}

/// What is shown to people: a line without a full stop, and a hint.
#[test]
fn messages_are_of_one_line_and_end_without_a_full_stop() {
    for case in cases() {
        for finding in found(&text(&case["with"], kind(&case)), kind(&case)) {
            let message = finding.to_string();
            let hint = finding.hint.clone().unwrap_or_default();
            assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
            assert!(!hint.contains('\n') && !hint.ends_with('.'), "{hint}");
            assert!(
                !finding.at.label.is_empty() && finding.help().starts_with("https://"),
                "{message}"
            );
        }
    }
}

/// Documents as AWS's guides show them.
#[test]
fn nothing_is_found_in_documents_that_are_right() {
    let trust = |principal: Value, action: &str, condition: Value| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    let user = json!({"AWS": "arn:aws:iam::111122223333:root"});
    let saml = json!({"Federated": "arn:aws:iam::111122223333:saml-provider/corp"});
    let provider = |host: &str| json!({"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{host}")});
    let web = "sts:AssumeRoleWithWebIdentity";
    let documents = [
        (
            PolicyKind::Managed,
            json!([
            {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::web",
             "Condition": {"StringLike": {"s3:prefix": ["", "site/*"]}}},
            {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
             "Resource": "arn:aws:s3:::web/site/${aws:PrincipalTag/team}/*"},
            {"Sid": "Invalidate", "Effect": "Allow", "Action": "cloudfront:CreateInvalidation",
             "Resource": "arn:aws:cloudfront::111122223333:distribution/E2QWRUHEXAMPLE"}]),
        ),
        (
            PolicyKind::Identity,
            json!({"Effect": "Deny", "NotAction": ["iam:*MFA*", "sts:GetSessionToken"], "Resource": "*",
             "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}),
        ),
        (
            PolicyKind::Trust,
            trust(
                json!({"Service": "ec2.amazonaws.com"}),
                "sts:AssumeRole",
                json!({"Bool": {"aws:SecureTransport": "true"}}),
            ),
        ),
        (
            PolicyKind::Trust,
            trust(
                user.clone(),
                "sts:AssumeRole",
                json!({"StringEquals": {"sts:ExternalId": "x"}}),
            ),
        ),
        (
            PolicyKind::Trust,
            trust(
                saml,
                "sts:AssumeRoleWithSAML",
                json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
            ),
        ),
        (
            PolicyKind::Trust,
            trust(
                provider("token.actions.githubusercontent.com"),
                web,
                json!({"StringEquals": {
             "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
             "token.actions.githubusercontent.com:sub": "repo:acme/web:environment:live"}}),
            ),
        ),
        (
            PolicyKind::Trust,
            trust(
                provider("oidc.circleci.com/org/o1"),
                web,
                json!({
             "StringEquals": {"oidc.circleci.com/org/o1:aud": "o1"},
             "StringLike": {"oidc.circleci.com/org/o1:sub": "org/o1/project/p1/user/*"}}),
            ),
        ),
        (
            PolicyKind::Resource,
            json!([
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::web", "arn:aws:s3:::web/*"],
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
             "Resource": "arn:aws:s3:::web/*", "Condition": {"ArnLike": {
                 "AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E2QWRUHEXAMPLE"}}}]),
        ),
        (
            PolicyKind::Resource,
            json!({"Effect": "Allow", "Principal": user, "Action": "kms:*", "Resource": "*"}),
        ),
        (
            PolicyKind::ServiceControl,
            json!([
            {"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"},
            {"Effect": "Deny", "NotAction": ["iam:*", "organizations:*", "support:*"], "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}]),
        ),
        (
            PolicyKind::ResourceControl,
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {
             "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc1234567"},
             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}),
        ),
    ];
    for (kind, statements) in documents {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let findings: Vec<String> = found(&text, kind).iter().map(ToString::to_string).collect();
        assert_eq!(findings, Vec::<String>::new(), "{text}");
    }
}
