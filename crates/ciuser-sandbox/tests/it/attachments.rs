//! Managed policies attached to users and groups, and permissions boundaries.

use crate::client::{Client, refused};

const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

fn policy(client: &mut Client, name: &str) -> String {
    client
        .ok("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", DOCUMENT)])
        .text("Policy/Arn")
}

#[test]
fn the_three_policies_of_the_procedure_are_attached_by_their_arns() {
    let mut client = Client::new();
    client.user("CI_USER");
    let user = ("UserName", "CI_USER");
    let names = [
        "AdministratorAccess-AWSElasticBeanstalk",
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
    ];
    for name in names {
        client.ok(
            "AttachUserPolicy",
            &[user, ("PolicyArn", &format!("arn:aws:iam::aws:policy/{name}"))],
        );
    }
    let attached = client.ok("ListAttachedUserPolicies", &[user]);
    assert_eq!(attached.texts("AttachedPolicies/member/PolicyName"), names);
    assert_eq!(
        attached.texts("AttachedPolicies/member/PolicyArn"),
        names.map(|name| format!("arn:aws:iam::aws:policy/{name}"))
    );
    let policy = client.ok(
        "GetPolicy",
        &[("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")],
    );
    assert_eq!(policy.text("Policy/AttachmentCount"), "1");
}

#[test]
fn an_aws_policy_that_does_not_exist_is_not_attached() {
    let mut client = Client::new();
    client.user("ci");
    for arn in [
        "arn:aws:iam::aws:policy/AmazonS3FullAcces",
        "arn:aws:iam::aws:policy/AWSElasticBeanstalkFullAccess",
        "arn:aws:iam::aws:policy/service-role/AmazonS3FullAccess",
    ] {
        let message = format!("Policy {arn} does not exist or is not attachable.");
        let expected = refused(404, "NoSuchEntity", &message);
        assert_eq!(
            client.refused("AttachUserPolicy", &[("UserName", "ci"), ("PolicyArn", arn)]),
            expected
        );
    }
}

#[test]
fn the_policy_of_a_service_linked_role_is_not_attachable() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let arn = (
        "PolicyArn",
        "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
    );
    for refused in [
        client.refused("AttachUserPolicy", &[("UserName", "ci"), arn]),
        client.refused("AttachGroupPolicy", &[("GroupName", "g"), arn]),
    ] {
        assert_eq!((refused.status, refused.code.as_str()), (400, "PolicyNotAttachable"));
    }
}

#[test]
fn an_arn_that_is_none_is_refused() {
    let mut client = Client::new();
    client.user("ci");
    let user = ("UserName", "ci");
    let unparsable = refused(400, "ValidationError", "Invalid ARN:  Could not be parsed!");
    let arn = ("PolicyArn", "AdministratorAccess-AWSElasticBeanstalk");
    assert_eq!(client.refused("AttachUserPolicy", &[user, arn]), unparsable);
    let message = "1 validation error detected: Value at 'policyArn' failed to satisfy constraint: Member must have \
                   length greater than or equal to 20";
    let arn = ("PolicyArn", "AmazonS3FullAccess");
    assert_eq!(
        client.refused("AttachUserPolicy", &[user, arn]),
        refused(400, "ValidationError", message)
    );
}

#[test]
fn attaching_is_idempotent_and_detaching_is_not() {
    let mut client = Client::new();
    client.user("ci");
    let arn = policy(&mut client, "p");
    let both = [("UserName", "ci"), ("PolicyArn", arn.as_str())];
    client.ok("AttachUserPolicy", &both);
    client.ok("AttachUserPolicy", &both);
    assert_eq!(
        client
            .ok("ListAttachedUserPolicies", &both[..1])
            .texts("AttachedPolicies/member/PolicyName"),
        ["p"]
    );
    client.ok("DetachUserPolicy", &both);
    let message = format!("Policy {arn} was not found.");
    assert_eq!(
        client.refused("DetachUserPolicy", &both),
        refused(404, "NoSuchEntity", &message)
    );
}

#[test]
fn a_user_and_a_group_have_ten_policies_at_most() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let arns: Vec<String> = (0..11)
        .map(|number| policy(&mut client, &format!("p{number}")))
        .collect();
    for arn in &arns[..10] {
        client.ok("AttachUserPolicy", &[("UserName", "ci"), ("PolicyArn", arn)]);
        client.ok("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", arn)]);
    }
    let last = ("PolicyArn", arns[10].as_str());
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10");
    assert_eq!(
        client.refused("AttachUserPolicy", &[("UserName", "ci"), last]),
        expected
    );
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 10");
    assert_eq!(
        client.refused("AttachGroupPolicy", &[("GroupName", "g"), last]),
        expected
    );
}

#[test]
fn attached_policies_are_listed_by_path_prefix() {
    let mut client = Client::new();
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let group = ("GroupName", "g");
    let params = [("PolicyName", "deploy"), ("Path", "/ci/"), ("PolicyDocument", DOCUMENT)];
    let arn = client.ok("CreatePolicy", &params).text("Policy/Arn");
    client.ok("AttachGroupPolicy", &[group, ("PolicyArn", &arn)]);
    let arn = policy(&mut client, "other");
    client.ok("AttachGroupPolicy", &[group, ("PolicyArn", &arn)]);
    let listed = client.ok("ListAttachedGroupPolicies", &[group, ("PathPrefix", "/ci/")]);
    assert_eq!(listed.texts("AttachedPolicies/member/PolicyName"), ["deploy"]);
}

#[test]
fn an_attached_policy_keeps_user_group_and_policy_from_being_deleted() {
    let mut client = Client::new();
    client.user("ci");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    let arn = policy(&mut client, "p");
    let policy = ("PolicyArn", arn.as_str());
    client.ok("AttachUserPolicy", &[("UserName", "ci"), policy]);
    client.ok("AttachGroupPolicy", &[("GroupName", "g"), policy]);
    let expected = refused(
        409,
        "DeleteConflict",
        "Cannot delete entity, must detach all policies first.",
    );
    assert_eq!(client.refused("DeleteUser", &[("UserName", "ci")]), expected);
    assert_eq!(client.refused("DeleteGroup", &[("GroupName", "g")]), expected);
    let expected = refused(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
    assert_eq!(client.refused("DeletePolicy", &[policy]), expected);
}

#[test]
fn a_boundary_is_put_seen_and_deleted() {
    let mut client = Client::new();
    client.user("ci");
    let user = ("UserName", "ci");
    let arn = policy(&mut client, "boundary");
    client.ok("PutUserPermissionsBoundary", &[user, ("PermissionsBoundary", &arn)]);
    let seen = client.ok("GetUser", &[user]);
    assert_eq!(
        seen.names("User/PermissionsBoundary"),
        ["PermissionsBoundaryType", "PermissionsBoundaryArn"]
    );
    assert_eq!(seen.text("User/PermissionsBoundary/PermissionsBoundaryType"), "Policy");
    assert_eq!(seen.text("User/PermissionsBoundary/PermissionsBoundaryArn"), arn);
    let counted = client.ok("GetPolicy", &[("PolicyArn", &arn)]);
    assert_eq!(counted.text("Policy/PermissionsBoundaryUsageCount"), "1");
    client.ok("DeleteUserPermissionsBoundary", &[user]);
    assert!(client.ok("GetUser", &[user]).at("User/PermissionsBoundary").is_empty());
    assert_eq!(
        client.refused("DeleteUserPermissionsBoundary", &[user]).code,
        "NoSuchEntity"
    );
}

#[test]
fn a_user_can_be_created_with_a_boundary_and_not_with_an_unknown_one() {
    let mut client = Client::new();
    let arn = "arn:aws:iam::aws:policy/NoSuchPolicy";
    let message = format!("Scope ARN: {arn} does not exist or is not attachable.");
    let expected = refused(404, "NoSuchEntity", &message);
    assert_eq!(
        client.refused("CreateUser", &[("UserName", "ci"), ("PermissionsBoundary", arn)]),
        expected
    );
    assert_eq!(client.refused("GetUser", &[("UserName", "ci")]).code, "NoSuchEntity");
    let arn = "arn:aws:iam::aws:policy/PowerUserAccess";
    let user = client.ok("CreateUser", &[("UserName", "ci"), ("PermissionsBoundary", arn)]);
    assert_eq!(user.text("User/PermissionsBoundary/PermissionsBoundaryArn"), arn);
}
