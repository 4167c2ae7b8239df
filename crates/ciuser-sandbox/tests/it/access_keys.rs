//! Access keys.

use crate::client::{Client, refused};

#[test]
fn a_key_is_akia_and_16_upper_case_characters_with_a_secret_of_40() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.ok("CreateAccessKey", &[("UserName", "CI")]);
    let names = ["UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"];
    assert_eq!(key.names("AccessKey"), names);
    assert_eq!(
        (key.text("AccessKey/UserName"), key.text("AccessKey/Status")),
        ("ci".to_owned(), "Active".to_owned())
    );
    let (id, secret) = (key.text("AccessKey/AccessKeyId"), key.text("AccessKey/SecretAccessKey"));
    assert!(id.starts_with("AKIA") && id.len() == 20, "{id}");
    assert!(id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{id}");
    assert_eq!(secret.len(), 40);
    assert!(
        secret
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/')
    );
}

#[test]
fn a_third_key_is_refused_even_if_the_others_are_inactive() {
    let mut client = Client::new();
    client.user("ci");
    for key in [client.key_of("ci"), client.key_of("ci")] {
        let params = [
            ("UserName", "ci"),
            ("AccessKeyId", key.access_key_id.as_str()),
            ("Status", "Inactive"),
        ];
        client.ok("UpdateAccessKey", &params);
    }
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2");
    assert_eq!(client.refused("CreateAccessKey", &[("UserName", "ci")]), expected);
}

#[test]
fn an_inactive_key_is_listed_as_such_and_refused() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    let id = ("AccessKeyId", key.access_key_id.as_str());
    client.ok("UpdateAccessKey", &[("UserName", "ci"), id, ("Status", "Inactive")]);
    let list = client.ok("ListAccessKeys", &[("UserName", "ci")]);
    assert_eq!(
        list.names("AccessKeyMetadata/member"),
        ["UserName", "AccessKeyId", "Status", "CreateDate"]
    );
    assert_eq!(list.text("AccessKeyMetadata/member/Status"), "Inactive");

    let admin = std::mem::replace(&mut client.credentials, key.clone());
    let expected = refused(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    assert_eq!(client.caller().unwrap_err(), expected);
    assert_eq!(client.refused("GetUser", &[]), expected);
    client.credentials = admin;
    client.ok("UpdateAccessKey", &[("UserName", "ci"), id, ("Status", "Active")]);
    client.credentials = key.clone();
    client.caller().unwrap();
}

#[test]
fn a_status_outside_the_set_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    let message = "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy \
                   enum value set";
    let params = [
        ("UserName", "ci"),
        ("AccessKeyId", key.access_key_id.as_str()),
        ("Status", "inactive"),
    ];
    assert_eq!(
        client.refused("UpdateAccessKey", &params),
        refused(400, "ValidationError", message)
    );
}

#[test]
fn a_key_of_another_user_is_not_found() {
    let mut client = Client::new();
    client.user("a");
    client.user("b");
    let key = client.key_of("a");
    let id = key.access_key_id.as_str();
    let message = format!("The Access Key with id {id} cannot be found.");
    let expected = refused(404, "NoSuchEntity", &message);
    assert_eq!(
        client.refused("DeleteAccessKey", &[("UserName", "b"), ("AccessKeyId", id)]),
        expected
    );
    let params = [("UserName", "b"), ("AccessKeyId", id), ("Status", "Active")];
    assert_eq!(client.refused("UpdateAccessKey", &params), expected);
}

#[test]
fn a_deleted_key_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    client.ok(
        "DeleteAccessKey",
        &[("UserName", "ci"), ("AccessKeyId", &key.access_key_id)],
    );
    client.credentials = key;
    assert_eq!(client.caller().unwrap_err().code, "InvalidClientTokenId");
}

#[test]
fn last_used_is_not_available_before_the_first_use() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    let used = client.ok("GetAccessKeyLastUsed", &[("AccessKeyId", &key.access_key_id)]);
    assert_eq!(used.text("UserName"), "ci");
    assert_eq!(used.names("AccessKeyLastUsed"), ["ServiceName", "Region"]);
    assert_eq!(used.text("AccessKeyLastUsed/ServiceName"), "N/A");
    assert_eq!(used.text("AccessKeyLastUsed/Region"), "N/A");
}

#[test]
fn last_used_tells_minute_service_and_region_of_an_sts_call_too() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    let admin = std::mem::replace(&mut client.credentials, key.clone());
    client.region = "eu-west-1".to_owned();
    client.wait(99_000);
    client.caller().unwrap();
    client.credentials = admin;
    let used = client.ok("GetAccessKeyLastUsed", &[("AccessKeyId", &key.access_key_id)]);
    assert_eq!(used.text("AccessKeyLastUsed/LastUsedDate"), "2026-11-23T10:01:00Z");
    assert_eq!(used.text("AccessKeyLastUsed/ServiceName"), "sts");
    assert_eq!(used.text("AccessKeyLastUsed/Region"), "eu-west-1");
}

#[test]
fn last_used_of_an_unknown_key_is_access_denied() {
    let mut client = Client::new();
    let account = client.engine.state().account_id().to_owned();
    let message = format!(
        "User: arn:aws:sts::{account}:assumed-role/SandboxAdmin/you is not authorized to perform \
         iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE"
    );
    let params = [("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")];
    assert_eq!(
        client.refused("GetAccessKeyLastUsed", &params),
        refused(403, "AccessDenied", &message)
    );
}

#[test]
fn a_user_may_leave_its_own_name_out_and_a_role_may_not() {
    let mut client = Client::new();
    client.user("ci");
    let key = client.key_of("ci");
    let expected = refused(
        400,
        "ValidationError",
        "Must specify userName when calling with non-User credentials",
    );
    assert_eq!(
        client.refused("DeleteAccessKey", &[("AccessKeyId", &key.access_key_id)]),
        expected
    );
    client.allow("ci", "iam:ListAccessKeys");
    client.credentials = key;
    assert_eq!(
        client
            .ok("ListAccessKeys", &[])
            .texts("AccessKeyMetadata/member/UserName"),
        ["ci"]
    );
}

#[test]
fn keys_are_listed_in_the_order_they_were_made() {
    let mut client = Client::new();
    client.user("ci");
    let first = client.key_of("ci").access_key_id;
    client.wait(2_000);
    let second = client.key_of("ci").access_key_id;
    let listed = client
        .ok("ListAccessKeys", &[("UserName", "ci")])
        .texts("AccessKeyMetadata/member/AccessKeyId");
    assert_eq!(listed, [first, second]);
}
