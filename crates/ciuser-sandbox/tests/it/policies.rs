//! Customer managed policies and their versions.

use crate::client::{Client, encoded, refused};

const ONE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const TWO: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;

fn create(client: &mut Client, name: &str) -> String {
    client
        .ok("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", ONE)])
        .text("Policy/Arn")
}

fn add(client: &mut Client, arn: &str, default: &str) -> String {
    let params = [("PolicyArn", arn), ("PolicyDocument", TWO), ("SetAsDefault", default)];
    client
        .ok("CreatePolicyVersion", &params)
        .text("PolicyVersion/VersionId")
}

#[test]
fn a_policy_is_created_and_got_with_description_and_tags() {
    let mut client = Client::new();
    let params = [
        ("PolicyName", "Deploy"),
        ("Path", "/ci/"),
        ("Description", "a < b & \"c\" > 'd'"),
        ("PolicyDocument", ONE),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let created = client.ok("CreatePolicy", &params);
    let arn = created.text("Policy/Arn");
    let account = client.engine.state().account_id().to_owned();
    assert_eq!(arn, format!("arn:aws:iam::{account}:policy/ci/Deploy"));
    assert!(created.text("Policy/PolicyId").starts_with("ANPA"));
    let got = client.ok("GetPolicy", &[("PolicyArn", &arn)]);
    assert_eq!(
        got.names("Policy"),
        [
            "PolicyName",
            "PolicyId",
            "Arn",
            "Path",
            "DefaultVersionId",
            "AttachmentCount",
            "PermissionsBoundaryUsageCount",
            "IsAttachable",
            "CreateDate",
            "UpdateDate",
            "Description",
            "Tags"
        ]
    );
    assert_eq!(got.text("Policy/Description"), "a < b & \"c\" > 'd'");
    assert_eq!(got.text("Policy/Tags/member/Value"), "v");
    assert_eq!(got.text("Policy/DefaultVersionId"), "v1");
    let listed = client.ok("ListPolicies", &[("Scope", "Local"), ("PathPrefix", "/ci/")]);
    assert_eq!(listed.names("Policies/member"), got.names("Policy")[..10]);
}

#[test]
fn policy_names_are_unique_ignoring_case() {
    let mut client = Client::new();
    create(&mut client, "deploy");
    let message = "A policy called Deploy already exists. Duplicate names are not allowed.";
    let params = [("PolicyName", "Deploy"), ("PolicyDocument", ONE)];
    assert_eq!(
        client.refused("CreatePolicy", &params),
        refused(409, "EntityAlreadyExists", message)
    );
}

#[test]
fn only_an_inline_policy_may_be_in_the_old_language() {
    let mut client = Client::new();
    client.user("ci");
    let old = ONE.replace("2012-10-17", "2008-10-17");
    let inline = [
        ("UserName", "ci"),
        ("PolicyName", "p"),
        ("PolicyDocument", old.as_str()),
    ];
    client.ok("PutUserPolicy", &inline);
    let message = "Policy document must be version 2012-10-17 or greater.";
    assert_eq!(
        client.refused("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &old)]),
        refused(400, "MalformedPolicyDocument", message)
    );
    let arn = create(&mut client, "p");
    assert_eq!(
        client.refused("CreatePolicyVersion", &[("PolicyArn", &arn), ("PolicyDocument", &old)]),
        refused(400, "MalformedPolicyDocument", message)
    );
}

#[test]
fn a_policy_has_6144_characters_at_most_without_white_space() {
    let mut client = Client::new();
    let document = |size: usize| {
        let (bucket, rest) = ("arn:aws:s3:::", ONE.len() - 1);
        let name = "a".repeat(size - rest - bucket.len());
        ONE.replace("\"*\"", &format!("   \n\t\"{bucket}{name}\""))
    };
    let create = |client: &mut Client, name: &str, size| {
        client.call(
            "CreatePolicy",
            &[("PolicyName", name), ("PolicyDocument", &document(size))],
        )
    };
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144");
    assert_eq!(create(&mut client, "large", 6145).unwrap_err(), expected);
    create(&mut client, "right", 6144).unwrap();
}

#[test]
fn versions_are_listed_newest_first_and_never_numbered_twice() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    let policy = ("PolicyArn", arn.as_str());
    assert_eq!(add(&mut client, &arn, "true"), "v2");
    assert_eq!(add(&mut client, &arn, "false"), "v3");
    let listed = client.ok("ListPolicyVersions", &[policy]);
    assert_eq!(listed.texts("Versions/member/VersionId"), ["v3", "v2", "v1"]);
    assert_eq!(
        listed.texts("Versions/member/IsDefaultVersion"),
        ["false", "true", "false"]
    );
    let got = client.ok("GetPolicyVersion", &[policy, ("VersionId", "v2")]);
    assert_eq!(got.text("PolicyVersion/Document"), encoded(TWO));
    client.ok("DeletePolicyVersion", &[policy, ("VersionId", "v3")]);
    assert_eq!(add(&mut client, &arn, "false"), "v4");
    client.ok("SetDefaultPolicyVersion", &[policy, ("VersionId", "v4")]);
    assert_eq!(client.ok("GetPolicy", &[policy]).text("Policy/DefaultVersionId"), "v4");
}

#[test]
fn a_sixth_version_is_refused() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    for _ in 0..4 {
        add(&mut client, &arn, "false");
    }
    let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                   existing version.";
    let params = [("PolicyArn", arn.as_str()), ("PolicyDocument", TWO)];
    assert_eq!(
        client.refused("CreatePolicyVersion", &params),
        refused(409, "LimitExceeded", message)
    );
}

#[test]
fn the_default_version_is_not_deleted() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    let expected = refused(409, "DeleteConflict", "Cannot delete the default version of a policy.");
    assert_eq!(
        client.refused("DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v1")]),
        expected
    );
}

#[test]
fn unknown_versions_and_policies_are_not_found() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    for (arn, version) in [(arn.clone(), "v9"), (format!("{arn}x"), "v1")] {
        let message = format!("Policy {arn} version {version} does not exist or is not attachable.");
        let expected = refused(404, "NoSuchEntity", &message);
        for action in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
            assert_eq!(
                client.refused(action, &[("PolicyArn", &arn), ("VersionId", version)]),
                expected,
                "{action}"
            );
        }
    }
    let arn = format!("{arn}x");
    let message = format!("Policy {arn} was not found.");
    for action in [
        "GetPolicy",
        "DeletePolicy",
        "ListPolicyVersions",
        "ListEntitiesForPolicy",
    ] {
        let expected = refused(404, "NoSuchEntity", &message);
        assert_eq!(client.refused(action, &[("PolicyArn", &arn)]), expected, "{action}");
    }
}

#[test]
fn a_version_id_has_a_form() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    let message = r"1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?";
    for version in ["1", "v0", "vx", ""] {
        let params = [("PolicyArn", arn.as_str()), ("VersionId", version)];
        assert_eq!(
            client.refused("GetPolicyVersion", &params),
            refused(400, "ValidationError", message)
        );
    }
}

#[test]
fn a_policy_with_several_versions_is_not_deleted() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    let policy = ("PolicyArn", arn.as_str());
    add(&mut client, &arn, "false");
    let message = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                   versions. The default version is deleted with the policy.";
    assert_eq!(
        client.refused("DeletePolicy", &[policy]),
        refused(409, "DeleteConflict", message)
    );
    client.ok("DeletePolicyVersion", &[policy, ("VersionId", "v2")]);
    client.ok("DeletePolicy", &[policy]);
    assert!(
        client
            .ok("ListPolicies", &[("Scope", "Local")])
            .texts("Policies/member")
            .is_empty()
    );
}

#[test]
fn entities_of_a_policy_are_its_users_and_groups() {
    let mut client = Client::new();
    let arn = create(&mut client, "p");
    let policy = ("PolicyArn", arn.as_str());
    client.user("attached");
    client.user("bounded");
    client.ok("CreateGroup", &[("GroupName", "g")]);
    client.ok("AttachUserPolicy", &[("UserName", "attached"), policy]);
    client.ok("AttachGroupPolicy", &[("GroupName", "g"), policy]);
    client.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "bounded"), ("PermissionsBoundary", &arn)],
    );
    let all = client.ok("ListEntitiesForPolicy", &[policy]);
    assert_eq!(
        all.names(""),
        ["PolicyGroups", "PolicyUsers", "PolicyRoles", "IsTruncated"]
    );
    assert_eq!(all.texts("PolicyGroups/member/GroupName"), ["g"]);
    assert_eq!(all.texts("PolicyUsers/member/UserName"), ["attached", "bounded"]);
    let users = client.ok(
        "ListEntitiesForPolicy",
        &[policy, ("EntityFilter", "User"), ("MaxItems", "1")],
    );
    assert_eq!(users.texts("PolicyUsers/member/UserName"), ["attached"]);
    assert_eq!(
        (
            users.at("PolicyGroups/member").len(),
            users.text("IsTruncated").as_str()
        ),
        (0, "true")
    );
    let bounded = [policy, ("PolicyUsageFilter", "PermissionsBoundary")];
    let bounded = client.ok("ListEntitiesForPolicy", &bounded);
    assert_eq!(bounded.texts("PolicyUsers/member/UserName"), ["bounded"]);
    assert!(bounded.at("PolicyGroups/member").is_empty());
}

#[test]
fn list_policies_can_be_asked_for_those_in_use() {
    let mut client = Client::new();
    client.user("ci");
    let arns: Vec<String> = ["attached", "boundary", "unused"]
        .map(|name| create(&mut client, name))
        .into();
    client.ok("AttachUserPolicy", &[("UserName", "ci"), ("PolicyArn", &arns[0])]);
    client.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "ci"), ("PermissionsBoundary", &arns[1])],
    );
    let mut names = |name, value| {
        client
            .ok("ListPolicies", &[(name, value)])
            .texts("Policies/member/PolicyName")
    };
    assert_eq!(names("OnlyAttached", "true"), ["attached"]);
    assert_eq!(names("PolicyUsageFilter", "PermissionsBoundary"), ["boundary"]);
    assert_eq!(names("PolicyUsageFilter", "PermissionsPolicy"), ["attached"]);
    assert_eq!(names("Scope", "Local"), ["attached", "boundary", "unused"]);
}
