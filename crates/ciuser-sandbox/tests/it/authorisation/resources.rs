//! What policies are asked about.

use super::{Me, Params};

fn only(actions: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{actions}","Resource":"{resource}"}}"#)
}

#[test]
fn users_are_told_apart_by_their_path() {
    let mut me = Me::with(&only("iam:*", "arn:aws:iam::*:user/ci/*"));
    me.ok("CreateUser", &[("UserName", "in"), ("Path", "/ci/")]);
    me.denied("CreateUser", &[("UserName", "out")]);
    me.denied("CreateUser", &[("UserName", "out"), ("Path", "/other/")]);
    me.admin.user("out");
    for (user, may) in [("in", true), ("IN", true), ("out", false)] {
        let user = ("UserName", user);
        assert_eq!(me.may("GetUser", &[user]), may, "{user:?}");
        assert_eq!(me.may("CreateAccessKey", &[user]), may, "{user:?}");
        let arn = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess");
        assert_eq!(me.may("AttachUserPolicy", &[user, arn]), may, "{user:?}");
    }
}

#[test]
fn listings_and_the_account_have_no_resource_that_a_policy_could_name() {
    let mut me = Me::with(&only("iam:*", "arn:aws:iam::*:*"));
    for operation in [
        "ListUsers",
        "ListGroups",
        "ListPolicies",
        "GetAccountSummary",
        "GetAccountAuthorizationDetails",
    ] {
        assert!(!me.may(operation, &[]), "{operation}");
    }
    assert!(!me.may("ListServiceSpecificCredentials", &[("AllUsers", "true")]));
    assert!(me.may("ListServiceSpecificCredentials", &[]));
}

#[test]
fn a_group_is_the_resource_of_what_is_done_with_its_members() {
    let mut me = Me::with(&only("iam:*", "arn:aws:iam::*:group/ciuser/*"));
    me.admin.user("ada");
    me.admin.ok("CreateGroup", &[("GroupName", "other")]);
    me.ok("CreateGroup", &[("GroupName", "deployers"), ("Path", "/ciuser/")]);
    for (group, may) in [("deployers", true), ("other", false), ("missing", false)] {
        let group = ("GroupName", group);
        assert_eq!(
            me.may("AddUserToGroup", &[group, ("UserName", "ada")]),
            may,
            "{group:?}"
        );
        assert_eq!(me.may("GetGroup", &[group]), may, "{group:?}");
        assert_eq!(
            me.may("RemoveUserFromGroup", &[group, ("UserName", "ada")]),
            may,
            "{group:?}"
        );
        assert_eq!(me.may("DeleteGroup", &[group]), may, "{group:?}");
    }
    assert!(
        !me.may("ListGroupsForUser", &[("UserName", "ada")]),
        "that is about the user"
    );
}

#[test]
fn a_policy_is_named_by_its_arn() {
    let mut me = Me::with(&only("iam:*", "arn:aws:iam::aws:policy/AmazonS3*"));
    assert!(me.may(
        "GetPolicy",
        &[("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")]
    ));
    assert!(!me.may(
        "GetPolicy",
        &[("PolicyArn", "arn:aws:iam::aws:policy/CloudFrontFullAccess")]
    ));
    assert!(!me.may(
        "CreatePolicy",
        &[("PolicyName", "AmazonS3Mine"), ("PolicyDocument", "{}")]
    ));

    let arn = format!("arn:aws:iam::{}:policy/team/*", me.admin.account());
    me.admin.put_policy("me", &only("iam:*", &arn));
    assert!(me.may(
        "CreatePolicy",
        &[("PolicyName", "p"), ("Path", "/team/"), ("PolicyDocument", "{}")]
    ));
    assert!(!me.may("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", "{}")]));
}

#[test]
fn a_key_is_looked_up_with_the_permission_for_its_owner() {
    let mut me = Me::with(&only("iam:GetAccessKeyLastUsed", "arn:aws:iam::*:user/me"));
    me.admin.user("ada");
    let (mine, others) = (me.key.access_key_id.clone(), me.admin.key_of("ada").access_key_id);
    me.ok("GetAccessKeyLastUsed", &[("AccessKeyId", &mine)]);
    me.denied("GetAccessKeyLastUsed", &[("AccessKeyId", &others)]);
}

#[test]
fn an_mfa_device_is_named_by_its_serial_number() {
    let mut me = Me::with(&only("iam:*VirtualMFADevice", "arn:aws:iam::*:mfa/me"));
    me.ok("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "me")]);
    me.denied("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "you")]);
    let serial = format!("arn:aws:iam::{}:mfa/me", me.admin.account());
    me.ok("DeleteVirtualMFADevice", &[("SerialNumber", &serial)]);
    me.denied(
        "DeleteVirtualMFADevice",
        &[("SerialNumber", &serial.replace("/me", "/you"))],
    );
}

#[test]
fn renaming_needs_the_old_name_and_the_new_one() {
    let mut me = Me::with(&only("iam:Update*", "arn:aws:iam::*:user/ci/*"));
    me.admin.ok("CreateUser", &[("UserName", "ada"), ("Path", "/ci/")]);
    me.ok("UpdateUser", &[("UserName", "ada"), ("NewUserName", "bob")]);
    me.denied("UpdateUser", &[("UserName", "bob"), ("NewPath", "/admins/")]);
    me.admin.user("eve");
    me.denied("UpdateUser", &[("UserName", "eve"), ("NewPath", "/ci/")]);

    me.admin
        .put_policy("me", &only("iam:Update*", "arn:aws:iam::*:group/team-*"));
    me.admin.ok("CreateGroup", &[("GroupName", "team-a")]);
    me.ok("UpdateGroup", &[("GroupName", "team-a"), ("NewGroupName", "team-b")]);
    me.denied("UpdateGroup", &[("GroupName", "team-b"), ("NewGroupName", "admins")]);
}

#[test]
fn that_something_is_not_there_is_told_only_to_who_may_look_under_every_path() {
    let mut me = Me::with(&only("iam:*", "arn:aws:iam::*:user/ci/*"));
    me.denied("GetUser", &[("UserName", "nobody")]);
    for resource in ["*", "arn:aws:iam::*:user/*"] {
        me.admin.put_policy("me", &only("iam:*", resource));
        let answer = me.call("GetUser", &[("UserName", "nobody")]).unwrap_err();
        assert_eq!(answer.code, "NoSuchEntity", "{resource}");
    }
}

#[test]
fn tags_at_creation_are_a_permission_of_their_own() {
    let mut me = Me::with(&only("iam:Create*", "*"));
    let tag = [("Tags.member.1.Key", "env"), ("Tags.member.1.Value", "test")];
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    let cases: [(&str, &str, Params<'_>); 3] = [
        ("CreateUser", "TagUser", &[("UserName", "ada")]),
        (
            "CreatePolicy",
            "TagPolicy",
            &[("PolicyName", "ada"), ("PolicyDocument", document)],
        ),
        (
            "CreateVirtualMFADevice",
            "TagMFADevice",
            &[("VirtualMFADeviceName", "ada")],
        ),
    ];
    for (create, tagging, params) in cases {
        let tagged = [params, &tag].concat();
        let words = me.denied(create, &tagged);
        assert!(
            words.contains(&format!("not authorized to perform: iam:{tagging} on resource: ")),
            "{words}"
        );
        me.admin.put_policy(
            "me",
            &[only("iam:Create*", "*"), only(&format!("iam:{tagging}"), "*")].join(","),
        );
        me.ok(create, &tagged);
    }
}

#[test]
fn without_a_name_the_caller_is_the_resource() {
    let mut me = Me::with(&only("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}"));
    me.admin.user("ada");
    me.ok("CreateAccessKey", &[]);
    me.ok("ListAccessKeys", &[("UserName", "ME")]);
    me.denied("ListAccessKeys", &[("UserName", "ada")]);
}

#[test]
fn not_resource_is_everything_else() {
    let mut me = Me::with(r#"{"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::*:user/admin*"}"#);
    me.admin.user("admin-ada");
    me.admin.user("ada");
    me.denied("DeleteUser", &[("UserName", "admin-ada")]);
    me.ok("DeleteUser", &[("UserName", "ada")]);
    me.ok("ListUsers", &[]);
}
