//! The account as a whole.

use crate::client::{Client, Node, encoded};

const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
const AWS_POLICY: &str = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

/// A user in a group, both with everything that they can have.
fn filled() -> Client {
    let mut client = Client::new();
    client.ok(
        "CreateUser",
        &[
            ("UserName", "ci"),
            ("Tags.member.1.Key", "k"),
            ("Tags.member.1.Value", "v"),
        ],
    );
    client.ok("CreateGroup", &[("GroupName", "g")]);
    client.ok("AddUserToGroup", &[("GroupName", "g"), ("UserName", "ci")]);
    let local = client.ok("CreatePolicy", &[("PolicyName", "local"), ("PolicyDocument", DOCUMENT)]);
    let local = local.text("Policy/Arn");
    client.ok("AttachUserPolicy", &[("UserName", "ci"), ("PolicyArn", AWS_POLICY)]);
    client.ok("AttachGroupPolicy", &[("GroupName", "g"), ("PolicyArn", &local)]);
    client.ok(
        "PutUserPermissionsBoundary",
        &[("UserName", "ci"), ("PermissionsBoundary", &local)],
    );
    client.ok(
        "PutUserPolicy",
        &[("UserName", "ci"), ("PolicyName", "in"), ("PolicyDocument", DOCUMENT)],
    );
    client.ok(
        "PutGroupPolicy",
        &[("GroupName", "g"), ("PolicyName", "in"), ("PolicyDocument", DOCUMENT)],
    );
    client
}

#[test]
fn the_details_hold_users_groups_tags_boundaries_and_documents() {
    let mut client = filled();
    let details = client.ok("GetAccountAuthorizationDetails", &[]);
    assert_eq!(
        details.names(""),
        [
            "UserDetailList",
            "GroupDetailList",
            "RoleDetailList",
            "Policies",
            "IsTruncated"
        ]
    );
    let user = "UserDetailList/member";
    assert_eq!(details.text(&format!("{user}/GroupList/member")), "g");
    assert_eq!(details.text(&format!("{user}/Tags/member/Key")), "k");
    assert_eq!(
        details.text(&format!("{user}/AttachedManagedPolicies/member/PolicyArn")),
        AWS_POLICY
    );
    assert_eq!(
        details.text(&format!("{user}/UserPolicyList/member/PolicyDocument")),
        encoded(DOCUMENT)
    );
    assert_eq!(details.at(&format!("{user}/PermissionsBoundary")).len(), 1);
    let group = "GroupDetailList/member";
    assert_eq!(
        details.text(&format!("{group}/GroupPolicyList/member/PolicyName")),
        "in"
    );
    assert_eq!(
        details.text(&format!("{group}/AttachedManagedPolicies/member/PolicyName")),
        "local"
    );
    assert_eq!(
        details.texts("Policies/member/PolicyName"),
        ["AmazonS3FullAccess", "local"]
    );
    let versions = details.texts("Policies/member/PolicyVersionList/member/Document");
    assert_eq!(versions[1], encoded(DOCUMENT));
}

#[test]
fn the_details_can_be_filtered() {
    let mut client = filled();
    let mut counts = |filter: &str| {
        let details = client.ok("GetAccountAuthorizationDetails", &[("Filter.member.1", filter)]);
        let count = |list: &str| details.at(&format!("{list}/member")).len();
        [count("UserDetailList"), count("GroupDetailList"), count("Policies")]
    };
    assert_eq!(counts("User"), [1, 0, 0]);
    assert_eq!(counts("Group"), [0, 1, 0]);
    assert_eq!(counts("LocalManagedPolicy"), [0, 0, 1]);
    assert_eq!(counts("AWSManagedPolicy"), [0, 0, 1]);
    assert_eq!(counts("Role"), [0, 0, 0]);
}

#[test]
fn the_details_come_in_pages_over_all_kinds() {
    let mut client = filled();
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let mut params = vec![("MaxItems", "1")];
        if !marker.is_empty() {
            params.push(("Marker", &marker));
        }
        let page = client.ok("GetAccountAuthorizationDetails", &params);
        let of = |page: &Node, path: &str| page.texts(path);
        seen.extend(of(&page, "UserDetailList/member/UserName"));
        seen.extend(of(&page, "GroupDetailList/member/GroupName"));
        seen.extend(of(&page, "Policies/member/PolicyName"));
        marker = page.texts("Marker").into_iter().next().unwrap_or_default();
        if marker.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["ci", "g", "AmazonS3FullAccess", "local"]);
}

#[test]
fn the_summary_has_counts_and_quotas() {
    let mut client = filled();
    client.ok("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]);
    let summary = client.ok("GetAccountSummary", &[]);
    let keys = summary.texts("SummaryMap/entry/key");
    let values = summary.texts("SummaryMap/entry/value");
    let value = |wanted: &str| values[keys.iter().position(|key| key == wanted).unwrap()].as_str();
    assert_eq!(keys.len(), 34);
    assert_eq!(
        [value("Users"), value("Groups"), value("Policies"), value("MFADevices")],
        ["1", "1", "1", "1"]
    );
    assert_eq!(
        [value("UsersQuota"), value("GroupsQuota"), value("PoliciesQuota")],
        ["5000", "300", "1500"]
    );
    assert_eq!(
        [value("AccessKeysPerUserQuota"), value("AttachedPoliciesPerUserQuota")],
        ["2", "10"]
    );
    assert_eq!(
        [value("UserPolicySizeQuota"), value("PolicySizeQuota")],
        ["2048", "6144"]
    );
}
