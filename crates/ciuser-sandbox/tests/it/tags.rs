//! Tags of users and policies.

use crate::client::{Client, refused};

fn tag_user(client: &mut Client, key: &str, value: &str) {
    client.ok(
        "TagUser",
        &[
            ("UserName", "ci"),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
        ],
    );
}

#[test]
fn keys_of_user_tags_are_the_same_ignoring_case() {
    let mut client = Client::new();
    client.user("ci");
    tag_user(&mut client, "Department", "a");
    tag_user(&mut client, "department", "b");
    let tags = client.ok("ListUserTags", &[("UserName", "ci")]);
    assert_eq!(tags.texts("Tags/member/Key"), ["department"]);
    assert_eq!(tags.texts("Tags/member/Value"), ["b"]);
    client.ok("UntagUser", &[("UserName", "ci"), ("TagKeys.member.1", "DEPARTMENT")]);
    assert!(
        client
            .ok("ListUserTags", &[("UserName", "ci")])
            .texts("Tags/member")
            .is_empty()
    );
}

#[test]
fn the_same_key_twice_in_one_call_is_refused_and_changes_nothing() {
    let mut client = Client::new();
    client.user("ci");
    let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    let params = [
        ("UserName", "ci"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "2"),
    ];
    assert_eq!(
        client.refused("TagUser", &params),
        refused(400, "InvalidInput", message)
    );
    assert!(
        client
            .ok("ListUserTags", &[("UserName", "ci")])
            .texts("Tags/member")
            .is_empty()
    );
}

#[test]
fn the_prefix_aws_is_reserved() {
    let mut client = Client::new();
    for (key, value) in [("aws:project", "x"), ("AWS:project", "x"), ("project", "aws:x")] {
        let params = [
            ("UserName", "ci"),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
        ];
        let message = "Caller is an end user and not allowed to mutate system tags";
        assert_eq!(
            client.refused("CreateUser", &params),
            refused(400, "InvalidInput", message),
            "{key}={value}"
        );
    }
}

#[test]
fn a_51st_tag_is_refused() {
    let mut client = Client::new();
    let mut params = vec![("UserName".to_owned(), "ci".to_owned())];
    for number in 1..=51 {
        params.push((format!("Tags.member.{number}.Key"), format!("k{number}")));
        params.push((format!("Tags.member.{number}.Value"), String::new()));
    }
    let all: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let message = "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than \
         or equal to 50";
    assert_eq!(
        client.refused("CreateUser", &all),
        refused(400, "ValidationError", message)
    );
    client.ok("CreateUser", &all[..101]);
    let expected = refused(
        409,
        "LimitExceeded",
        "The number of tags has reached the maximum limit.",
    );
    let one_more = [
        ("UserName", "ci"),
        ("Tags.member.1.Key", "one more"),
        ("Tags.member.1.Value", ""),
    ];
    assert_eq!(client.refused("TagUser", &one_more), expected);
    tag_user(&mut client, "K50", "changed");
}

#[test]
fn keys_and_values_have_lengths_and_characters() {
    let mut client = Client::new();
    let long_key = "k".repeat(129);
    let long_value = "v".repeat(257);
    let cases = [
        (
            long_key.as_str(),
            "v",
            "key",
            "Member must have length less than or equal to 128",
        ),
        ("", "v", "key", "Member must have length greater than or equal to 1"),
        (
            "k",
            &long_value,
            "value",
            "Member must have length less than or equal to 256",
        ),
        (
            "bad*key",
            "v",
            "key",
            r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+",
        ),
        (
            "k",
            "<v>",
            "value",
            r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        ),
    ];
    for (key, value, field, rule) in cases {
        let params = [
            ("UserName", "ci"),
            ("Tags.member.1.Key", key),
            ("Tags.member.1.Value", value),
        ];
        let message = format!(
            "1 validation error detected: Value at 'tags.1.member.{field}' failed to satisfy constraint: {rule}"
        );
        assert_eq!(
            client.refused("CreateUser", &params),
            refused(400, "ValidationError", &message)
        );
    }
}

#[test]
fn keys_of_policy_tags_differ_by_case() {
    let mut client = Client::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let policy = client.ok("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", document)]);
    let arn = policy.text("Policy/Arn");
    let params = [
        ("PolicyArn", arn.as_str()),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "2"),
    ];
    client.ok("TagPolicy", &params);
    client.ok("UntagPolicy", &[("PolicyArn", &arn), ("TagKeys.member.1", "A")]);
    assert_eq!(
        client
            .ok("ListPolicyTags", &[("PolicyArn", &arn)])
            .texts("Tags/member/Key"),
        ["a"]
    );
    assert_eq!(
        client
            .ok("GetPolicy", &[("PolicyArn", &arn)])
            .texts("Policy/Tags/member/Value"),
        ["1"]
    );
}

#[test]
fn tags_of_an_unknown_user_are_not_found() {
    let mut client = Client::new();
    let expected = refused(404, "NoSuchEntity", "The user with name nobody cannot be found.");
    let user = ("UserName", "nobody");
    assert_eq!(client.refused("ListUserTags", &[user]), expected);
    assert_eq!(
        client.refused("UntagUser", &[user, ("TagKeys.member.1", "a")]),
        expected
    );
    let tag = [user, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    assert_eq!(client.refused("TagUser", &tag), expected);
}
