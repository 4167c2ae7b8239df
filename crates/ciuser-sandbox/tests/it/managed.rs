//! The policies that AWS manages.

use std::collections::BTreeSet;

use crate::client::{Client, Node, refused};

fn all_pages(client: &mut Client, params: &[(&str, &str)]) -> Vec<Node> {
    let mut pages = Vec::new();
    let mut marker = String::new();
    loop {
        let mut params = params.to_vec();
        if !marker.is_empty() {
            params.push(("Marker", &marker));
        }
        let page = client.ok("ListPolicies", &params);
        marker = page.texts("Marker").into_iter().next().unwrap_or_default();
        pages.push(page);
        if marker.is_empty() {
            return pages;
        }
    }
}

#[test]
fn all_of_them_are_listed_each_once() {
    let mut client = Client::new();
    let pages = all_pages(&mut client, &[("Scope", "AWS"), ("MaxItems", "1000")]);
    let arns: Vec<String> = pages
        .iter()
        .flat_map(|page| page.texts("Policies/member/Arn"))
        .collect();
    let different: BTreeSet<&String> = arns.iter().collect();
    assert!(arns.len() > 1400, "{}", arns.len());
    assert_eq!(different.len(), arns.len());
    for name in [
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
    ] {
        assert!(different.contains(&format!("arn:aws:iam::aws:policy/{name}")), "{name}");
    }
    let ids: BTreeSet<String> = pages
        .iter()
        .flat_map(|page| page.texts("Policies/member/PolicyId"))
        .collect();
    assert_eq!(ids.len(), arns.len());
}

#[test]
fn scope_path_prefix_and_paging_are_heeded_together() {
    let mut client = Client::new();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    client.ok(
        "CreatePolicy",
        &[
            ("PolicyName", "mine"),
            ("Path", "/job-function/"),
            ("PolicyDocument", document),
        ],
    );
    let prefix = ("PathPrefix", "/job-function/");
    let aws = all_pages(&mut client, &[("Scope", "AWS"), prefix, ("MaxItems", "3")]);
    assert!(aws.len() > 1 && aws[0].at("Policies/member").len() == 3);
    assert!(aws.iter().all(|page| {
        page.texts("Policies/member/Path")
            .iter()
            .all(|path| path == "/job-function/")
    }));
    let local = client.ok("ListPolicies", &[("Scope", "Local"), prefix]);
    assert_eq!(local.texts("Policies/member/PolicyName"), ["mine"]);
}

#[test]
fn the_default_version_has_its_whole_document() {
    let mut client = Client::new();
    let arn = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess");
    let policy = client.ok("GetPolicy", &[arn]);
    let version = policy.text("Policy/DefaultVersionId");
    let got = client.ok("GetPolicyVersion", &[arn, ("VersionId", &version)]);
    assert_eq!(
        got.names("PolicyVersion"),
        ["Document", "VersionId", "IsDefaultVersion", "CreateDate"]
    );
    let document = got.text("PolicyVersion/Document");
    assert!(document.contains("s3%3A%2A"), "{document}");
    assert_eq!(
        client
            .ok("ListPolicyVersions", &[arn])
            .texts("Versions/member/VersionId"),
        [version]
    );
    assert_eq!(policy.names("Policy").last(), Some(&"Tags"));
}

#[test]
fn nobody_changes_them() {
    let mut client = Client::new();
    let arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    let message = format!("Policy {arn} is managed by AWS and cannot be changed");
    let expected = refused(403, "AccessDenied", &message);
    assert_eq!(client.refused("DeletePolicy", &[("PolicyArn", arn)]), expected);
}
