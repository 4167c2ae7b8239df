//! Which policies count.

use ciuser_sandbox::{Decision, Denial};

use super::Me;

const CLOUD_POLICIES: [&str; 3] = [
    "AmazonS3FullAccess",
    "CloudFrontFullAccess",
    "AdministratorAccess-AWSElasticBeanstalk",
];

/// Parameters with which every operation knows what it is about.
const ENOUGH: [(&str, &str); 7] = [
    ("UserName", "ada"),
    ("GroupName", "team"),
    ("PolicyName", "read"),
    ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
    ("VirtualMFADeviceName", "phone"),
    ("SerialNumber", "arn:aws:iam::111122223333:mfa/phone"),
    ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
];

fn iam_operations() -> impl Iterator<Item = String> {
    ciuser_sandbox::operations().filter_map(|operation| operation.strip_prefix("iam:").map(str::to_owned))
}

#[test]
fn a_user_without_policies_may_ask_who_it_is_and_nothing_else() {
    let mut me = Me::new();
    let caller = me.admin.acting_as(&me.key, |client| client.caller().unwrap());
    assert!(caller.text("Arn").ends_with(":user/me"));
    for operation in iam_operations() {
        let words = me.denied(&operation, &ENOUGH);
        let why = format!("because no identity-based policy allows the iam:{operation} action");
        assert!(words.ends_with(&why), "{words}");
    }
}

#[test]
fn every_operation_is_allowed_by_its_own_action() {
    let mut me = Me::new();
    for operation in iam_operations() {
        me.admin.allow("me", &format!("iam:{operation}"));
        assert!(me.may(&operation, &ENOUGH), "{operation}");
    }
}

#[test]
fn no_operation_is_allowed_by_all_other_actions() {
    let mut me = Me::new();
    for operation in iam_operations() {
        let statement = format!(r#"{{"Effect":"Allow","NotAction":"iam:{operation}","Resource":"*"}}"#);
        me.admin.put_policy("me", &statement);
        assert!(!me.may(&operation, &ENOUGH), "{operation}");
    }
}

#[test]
fn nobody_is_denied_to_ask_who_it_is() {
    let mut me = Me::with(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    me.admin.acting_as(&me.key, |client| client.caller().unwrap());
}

#[test]
fn a_deny_wins_over_every_allow() {
    let mut me = Me::with(
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*User","Resource":"*"}"#,
    );
    me.ok("ListUsers", &[]);
    me.denied("CreateUser", &[("UserName", "ada")]);
}

#[test]
fn what_a_group_may_its_members_may() {
    let mut me = Me::new();
    let (group, user) = (("GroupName", "readers"), ("UserName", "me"));
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}}"#;
    me.admin.ok("CreateGroup", &[group]);
    me.admin.ok(
        "PutGroupPolicy",
        &[group, ("PolicyName", "list"), ("PolicyDocument", document)],
    );
    let arn = ("PolicyArn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess");
    assert!(!me.may("ListUsers", &[]));

    me.admin.ok("AddUserToGroup", &[group, user]);
    assert!(me.may("ListUsers", &[]));
    assert!(!me.may("ListGroups", &[]));

    me.admin.ok("AttachGroupPolicy", &[group, arn]);
    assert!(me.may("ListGroups", &[]));
    assert!(!me.may("CreateGroup", &[("GroupName", "more")]));

    me.admin.ok("RemoveUserFromGroup", &[group, user]);
    assert!(!me.may("ListUsers", &[]));
    assert!(!me.may("ListGroups", &[]));
}

#[test]
fn a_boundary_allows_nothing_and_limits_everything() {
    let mut me = Me::new();
    let (user, arn) = (("UserName", "me"), "arn:aws:iam::aws:policy/IAMReadOnlyAccess");
    me.admin
        .ok("PutUserPermissionsBoundary", &[user, ("PermissionsBoundary", arn)]);
    assert!(!me.may("ListUsers", &[]));

    me.admin.allow("me", "iam:*");
    assert!(me.may("ListUsers", &[]));
    assert!(!me.may("CreateUser", &[("UserName", "ada")]));

    me.admin.ok("DeleteUserPermissionsBoundary", &[user]);
    assert!(me.may("CreateUser", &[("UserName", "ada")]));
}

#[test]
fn the_version_that_is_made_the_default_counts_at_once() {
    let mut me = Me::new();
    let arn = format!("arn:aws:iam::{}:policy/mine", me.admin.account());
    let (arn, user) = (("PolicyArn", arn.as_str()), ("UserName", "me"));
    let document = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#)
    };
    let (users, groups) = (document("iam:ListUsers"), document("iam:ListGroups"));
    me.admin
        .ok("CreatePolicy", &[("PolicyName", "mine"), ("PolicyDocument", &users)]);
    me.admin.ok("AttachUserPolicy", &[user, arn]);
    me.admin.ok("CreatePolicyVersion", &[arn, ("PolicyDocument", &groups)]);
    assert!(me.may("ListUsers", &[]) && !me.may("ListGroups", &[]));

    me.admin.ok("SetDefaultPolicyVersion", &[arn, ("VersionId", "v2")]);
    assert!(!me.may("ListUsers", &[]) && me.may("ListGroups", &[]));

    me.admin.ok("SetDefaultPolicyVersion", &[arn, ("VersionId", "v1")]);
    assert!(me.may("ListUsers", &[]) && !me.may("ListGroups", &[]));

    me.admin.ok("DetachUserPolicy", &[user, arn]);
    assert!(!me.may("ListUsers", &[]) && !me.may("ListGroups", &[]));
}

#[test]
fn the_procedures_ci_user_may_not_manage_users() {
    let mut me = Me::new();
    for policy in CLOUD_POLICIES {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        me.admin
            .ok("AttachUserPolicy", &[("UserName", "me"), ("PolicyArn", &arn)]);
    }
    for operation in [
        "CreateUser",
        "ListUsers",
        "CreateAccessKey",
        "AttachUserPolicy",
        "PutUserPolicy",
        "DeleteUser",
    ] {
        assert!(!me.may(operation, &ENOUGH), "{operation}");
    }
}

#[test]
fn the_administrator_of_serve_is_a_user_with_a_policy_that_can_be_taken_away() {
    let mut me = Me::new();
    let now = me.admin.now;
    me.key = me.admin.engine.ensure_admin_user(now, &mut |bytes| bytes.fill(7));
    me.ok("CreateUser", &[("UserName", "ada")]);
    let (user, arn) = (
        ("UserName", "sandbox-admin"),
        "arn:aws:iam::aws:policy/AdministratorAccess",
    );
    let attached = me.ok("ListAttachedUserPolicies", &[user]);
    assert_eq!(attached.texts("AttachedPolicies/member/PolicyArn"), [arn]);

    me.ok("DetachUserPolicy", &[user, ("PolicyArn", arn)]);
    me.denied("DeleteUser", &[("UserName", "ada")]);
}

#[test]
fn what_the_engine_cannot_tell_is_denied() {
    // AWS does not document how one operator compares several values without `ForAllValues` or `ForAnyValue`.
    let mut me = Me::with(
        r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":["a","b"]}}}"#,
    );
    me.admin.user("ada");
    let tag = |number: u32, key| {
        [
            (format!("Tags.member.{number}.Key"), key),
            (format!("Tags.member.{number}.Value"), "1"),
        ]
    };
    let tags = [tag(1, "a"), tag(2, "b")].concat();
    let mut params: Vec<(&str, &str)> = tags.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    params.push(("UserName", "ada"));
    let words = me.denied("TagUser", &params);
    assert!(
        words.ends_with("because no identity-based policy allows the iam:TagUser action"),
        "{words}"
    );
    let log: Vec<_> = me.admin.engine.state().log().collect();
    let entry = log.last().unwrap();
    assert_eq!(entry.decision, Decision::Denied(Denial::Undetermined));
    assert_eq!(entry.checks[0].statement.as_ref().unwrap().policy, "user me: test");
    me.ok("TagUser", &[params[0], params[1], ("UserName", "ada")]);
}
