//! AWS's words for a denied request.

use super::{Me, Params};

const POLICY: &str = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

#[test]
fn a_request_that_nothing_allows_is_denied_in_aws_words() {
    let mut me = Me::new();
    me.admin.user("ada");
    let account = me.admin.account();
    let cases: [(&str, Params<'_>, &str); 14] = [
        (
            "CreateUser",
            &[("UserName", "bob"), ("Path", "/ci/")],
            "arn:aws:iam::ACCOUNT:user/ci/bob",
        ),
        ("GetUser", &[], "user me"),
        ("GetUser", &[("UserName", "ada")], "user ada"),
        ("GetUser", &[("UserName", "nobody")], "user nobody"),
        ("ListUsers", &[], "arn:aws:iam::ACCOUNT:user/"),
        ("ListUsers", &[("PathPrefix", "/ci/")], "arn:aws:iam::ACCOUNT:user/ci/"),
        ("ListGroups", &[], "arn:aws:iam::ACCOUNT:group/"),
        ("ListPolicies", &[], "policy path /"),
        ("GetAccountSummary", &[], "*"),
        (
            "GetPolicy",
            &[("PolicyArn", POLICY)],
            "policy arn:aws:iam::aws:policy/AmazonS3FullAccess",
        ),
        ("CreatePolicy", &[("PolicyName", "mine")], "policy mine"),
        ("GetGroup", &[("GroupName", "team")], "group team"),
        (
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "phone")],
            "arn:aws:iam::ACCOUNT:mfa/phone",
        ),
        (
            "GetAccessKeyLastUsed",
            &[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")],
            "access key AKIAIOSFODNN7EXAMPLE",
        ),
    ];
    for (operation, params, resource) in cases {
        let expected = format!(
            "User: arn:aws:iam::{account}:user/me is not authorized to perform: iam:{operation} on resource: {} because no \
             identity-based policy allows the iam:{operation} action",
            resource.replace("ACCOUNT", &account)
        );
        assert_eq!(me.denied(operation, params), expected);
    }
}

#[test]
fn an_explicit_deny_is_called_so_and_a_managed_policy_by_its_arn() {
    let mut me = Me::with(r#"{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}"#);
    let account = me.admin.account();
    let start = format!(
        "User: arn:aws:iam::{account}:user/me is not authorized to perform: iam:ListUsers on resource: \
         arn:aws:iam::{account}:user/ with an explicit deny in"
    );
    assert_eq!(me.denied("ListUsers", &[]), format!("{start} an identity-based policy"));

    let deny_all = ("PolicyArn", "arn:aws:iam::aws:policy/AWSDenyAll");
    me.admin
        .ok("DeleteUserPolicy", &[("UserName", "me"), ("PolicyName", "test")]);
    me.admin.ok("AttachUserPolicy", &[("UserName", "me"), deny_all]);
    let expected = format!("{start} an identity-based policy: {}", deny_all.1);
    assert_eq!(me.denied("ListUsers", &[]), expected);

    me.admin.ok("DetachUserPolicy", &[("UserName", "me"), deny_all]);
    me.admin.allow("me", "iam:*");
    me.admin.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "me"), ("PermissionsBoundary", deny_all.1)],
    );
    let expected = format!("{start} a permissions boundary: {}", deny_all.1);
    assert_eq!(me.denied("ListUsers", &[]), expected);
}

#[test]
fn a_boundary_is_blamed_only_when_the_users_own_policies_allow_it() {
    let mut me = Me::new();
    let boundary = ("PermissionsBoundary", POLICY);
    me.admin
        .ok("PutUserPermissionsBoundary", &[("UserName", "me"), boundary]);
    let words = me.denied("ListUsers", &[]);
    assert!(
        words.ends_with("because no identity-based policy allows the iam:ListUsers action"),
        "{words}"
    );
    me.admin.allow("me", "iam:*");
    let words = me.denied("ListUsers", &[]);
    assert!(
        words.ends_with("because no permissions boundary allows the iam:ListUsers action"),
        "{words}"
    );
}

#[test]
fn a_request_that_does_not_say_what_it_is_about_is_invalid_whoever_makes_it() {
    let mut me = Me::new();
    let refused = me.call("DeleteUser", &[]).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (400, "ValidationError"));
    let refused = me.call("NoSuchOperation", &[]).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidAction"));
}
