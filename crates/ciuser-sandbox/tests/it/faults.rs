//! Faults that are switched on.

use ciuser_sandbox::{Answer, Fault};

use crate::client::{Client, refused};

#[test]
fn a_dropped_answer_leaves_the_request_applied() {
    let mut client = Client::new();
    client.user("ci");
    client.engine.faults().add("CreateAccessKey", Fault::DropAnswer, 1);
    let request = client.request("iam", "2010-05-08", "CreateAccessKey", &[("UserName", "ci")]);
    assert!(matches!(client.answer(&request), Answer::Dropped));
    assert_eq!(
        client
            .ok("ListAccessKeys", &[("UserName", "ci")])
            .at("AccessKeyMetadata/member")
            .len(),
        1
    );
    client.ok("CreateAccessKey", &[("UserName", "ci")]);
}

#[test]
fn throttled_and_failed_requests_are_not_applied() {
    let mut client = Client::new();
    let cases = [
        (Fault::Throttle, 400, "Throttling"),
        (Fault::InternalFailure, 500, "InternalFailure"),
        (Fault::Unavailable, 503, "ServiceUnavailable"),
    ];
    for (fault, status, code) in cases {
        client.engine.faults().add("CreateUser", fault, 1);
        let refused = client.refused("CreateUser", &[("UserName", "ci")]);
        assert_eq!((refused.status, refused.code.as_str()), (status, code));
        assert_eq!(client.refused("GetUser", &[("UserName", "ci")]).code, "NoSuchEntity");
    }
    client.user("ci");
}

#[test]
fn throttling_is_worded_as_aws_words_it() {
    let mut client = Client::new();
    client.engine.faults().add("ListUsers", Fault::Throttle, 1);
    assert_eq!(
        client.refused("ListUsers", &[]),
        refused(400, "Throttling", "Rate exceeded")
    );
}

#[test]
fn a_new_key_is_unknown_until_the_lag_is_over() {
    let mut client = Client::new();
    client.user("ci");
    client.engine.faults().set_lag(4_000);
    let key = client.key_of("ci");
    assert!(
        client
            .ok("ListAccessKeys", &[("UserName", "ci")])
            .at("AccessKeyMetadata/member")
            .is_empty()
    );
    let admin = std::mem::replace(&mut client.credentials, key);
    client.wait(3_999);
    let expected = refused(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    assert_eq!(client.caller().unwrap_err(), expected);
    client.wait(1);
    client.caller().unwrap();
    client.credentials = admin;
    assert_eq!(
        client
            .ok("ListAccessKeys", &[("UserName", "ci")])
            .at("AccessKeyMetadata/member")
            .len(),
        1
    );
}

#[test]
fn a_new_user_is_not_found_until_the_lag_is_over_but_its_name_is_taken() {
    let mut client = Client::new();
    client.engine.faults().set_lag(1_000);
    client.user("ci");
    let user = ("UserName", "ci");
    let expected = refused(404, "NoSuchEntity", "The user with name ci cannot be found.");
    let policy = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess");
    assert_eq!(client.refused("GetUser", &[user]), expected);
    assert_eq!(client.refused("AttachUserPolicy", &[user, policy]), expected);
    assert_eq!(client.refused("CreateUser", &[user]).code, "EntityAlreadyExists");
    assert!(client.ok("ListUsers", &[]).at("Users/member").is_empty());
    client.wait(1_000);
    client.ok("AttachUserPolicy", &[user, policy]);
}
