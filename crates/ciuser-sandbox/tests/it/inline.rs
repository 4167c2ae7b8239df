//! Inline policies of users and groups.

use crate::client::{Client, encoded, refused};

const DOCUMENT: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::a/*\"}]\n}";

/// A document of so many characters that are not white space.
fn document_of(size: usize) -> String {
    let (start, end) = (
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::"#,
        r#""}]}"#,
    );
    format!("{start}{}{end}", "a".repeat(size - start.len() - end.len()))
}

#[test]
fn a_document_comes_back_percent_encoded_and_as_it_was() {
    let mut client = Client::new();
    client.user("ci");
    client.ok(
        "PutUserPolicy",
        &[("UserName", "ci"), ("PolicyName", "p"), ("PolicyDocument", DOCUMENT)],
    );
    let policy = client.ok("GetUserPolicy", &[("UserName", "CI"), ("PolicyName", "p")]);
    assert_eq!(policy.names(""), ["UserName", "PolicyName", "PolicyDocument"]);
    assert_eq!(policy.text("UserName"), "ci");
    assert_eq!(policy.text("PolicyDocument"), encoded(DOCUMENT));
    assert!(
        policy
            .text("PolicyDocument")
            .starts_with("%7B%0A%20%20%22Version%22%3A%20%222012-10-17%22")
    );
}

#[test]
fn putting_again_replaces_and_deleting_what_is_not_there_is_refused() {
    let mut client = Client::new();
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let named = [("GroupName", "g"), ("PolicyName", "p")];
    let put = |document| [named[0], named[1], ("PolicyDocument", document)];
    let other = document_of(200);
    client.ok("PutGroupPolicy", &put(DOCUMENT));
    client.ok("PutGroupPolicy", &put(&other));
    assert_eq!(
        client.ok("GetGroupPolicy", &named).text("PolicyDocument"),
        encoded(&other)
    );
    assert_eq!(
        client.ok("ListGroupPolicies", &named[..1]).texts("PolicyNames/member"),
        ["p"]
    );
    client.ok("DeleteGroupPolicy", &named);
    let expected = refused(404, "NoSuchEntity", "The group policy with name p cannot be found.");
    assert_eq!(client.refused("DeleteGroupPolicy", &named), expected);
    assert_eq!(client.refused("GetGroupPolicy", &named), expected);
}

#[test]
fn a_users_inline_policies_have_2048_characters_together_without_white_space() {
    let mut client = Client::new();
    client.user("ci");
    let put = |client: &mut Client, name: &str, document: &str| {
        client.call(
            "PutUserPolicy",
            &[("UserName", "ci"), ("PolicyName", name), ("PolicyDocument", document)],
        )
    };
    let spaced = document_of(1848).replace(',', ",\n            ");
    put(&mut client, "a", &spaced).unwrap();
    put(&mut client, "b", &document_of(200)).unwrap();
    let expected = refused(
        409,
        "LimitExceeded",
        "Maximum policy size of 2048 bytes exceeded for user ci",
    );
    assert_eq!(put(&mut client, "b", &document_of(201)).unwrap_err(), expected);
    assert_eq!(put(&mut client, "c", &document_of(150)).unwrap_err(), expected);
}

#[test]
fn a_groups_inline_policies_have_5120_characters_together() {
    let mut client = Client::new();
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let put = |client: &mut Client, document: &str| {
        client.call(
            "PutGroupPolicy",
            &[("GroupName", "g"), ("PolicyName", "p"), ("PolicyDocument", document)],
        )
    };
    put(&mut client, &document_of(5120)).unwrap();
    let expected = refused(
        409,
        "LimitExceeded",
        "Maximum policy size of 5120 bytes exceeded for group g",
    );
    assert_eq!(put(&mut client, &document_of(5121)).unwrap_err(), expected);
}

#[test]
fn what_iam_does_not_take_for_a_policy_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let syntax = "Syntax errors in policy.";
    for (document, message) in [
        ("no json", syntax),
        (
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Permit","Action":"s3:*","Resource":"*"}]}"#,
            syntax,
        ),
        (
            r#"{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
            syntax,
        ),
        (
            r#" {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
            "The policy failed legacy parsing",
        ),
        (
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"<a&b>"}]}"#,
            "Resource <a&b> must be in ARN format or \"*\".",
        ),
    ] {
        let params = [("UserName", "ci"), ("PolicyName", "p"), ("PolicyDocument", document)];
        assert_eq!(
            client.refused("PutUserPolicy", &params),
            refused(400, "MalformedPolicyDocument", message),
            "{document}"
        );
    }
    assert!(
        client
            .ok("ListUserPolicies", &[("UserName", "ci")])
            .texts("PolicyNames/member")
            .is_empty()
    );
}

#[test]
fn a_principal_in_an_identity_policy_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let document =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
    let params = [("UserName", "ci"), ("PolicyName", "p"), ("PolicyDocument", document)];
    let message = "Policy document should not specify a principal.";
    assert_eq!(
        client.refused("PutUserPolicy", &params),
        refused(400, "MalformedPolicyDocument", message)
    );
}

#[test]
fn an_inline_policy_keeps_its_user_and_group_from_being_deleted() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    client.ok(
        "PutUserPolicy",
        &[("UserName", "ci"), ("PolicyName", "p"), ("PolicyDocument", DOCUMENT)],
    );
    client.ok(
        "PutGroupPolicy",
        &[("GroupName", "g"), ("PolicyName", "p"), ("PolicyDocument", DOCUMENT)],
    );
    let expected = refused(
        409,
        "DeleteConflict",
        "Cannot delete entity, must delete policies first.",
    );
    assert_eq!(client.refused("DeleteUser", &[("UserName", "ci")]), expected);
    assert_eq!(client.refused("DeleteGroup", &[("GroupName", "g")]), expected);
    client.ok("DeleteUserPolicy", &[("UserName", "ci"), ("PolicyName", "p")]);
    client.ok("DeleteUser", &[("UserName", "ci")]);
}
