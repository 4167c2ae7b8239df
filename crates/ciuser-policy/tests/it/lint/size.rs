//! The size of documents against the quotas of their kinds.

use ciuser_policy::document::PolicyKind;
use serde_json::json;

use super::found;

/// Returns a document of about so many characters.
fn of_size(size: usize, principal: bool) -> String {
    let mut statement = json!({"Effect": "Allow", "Action": "sts:AssumeRole"});
    if principal {
        statement["Principal"] = json!({"AWS": "arn:aws:iam::111122223333:role/x"});
    } else {
        statement["Resource"] = json!("arn:aws:iam::111122223333:role/x");
    }
    statement["Sid"] = json!("");
    let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let sid = "S".repeat(size - document.len());
    document.replace(r#""Sid":"""#, &format!(r#""Sid":"{sid}""#))
}

fn about_size(size: usize, kind: PolicyKind) -> Vec<String> {
    let findings = found(&of_size(size, kind == PolicyKind::Trust), kind);
    let about_size = findings.into_iter().filter(|finding| finding.id().ends_with("-quota"));
    about_size
        .map(|finding| {
            format!(
                "{}: {finding}; {}",
                finding.id(),
                finding.hint.clone().unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn a_managed_policy_may_have_6144_characters() {
    assert_eq!(about_size(5_529, PolicyKind::Managed), Vec::<String>::new());
    assert_eq!(
        about_size(6_144, PolicyKind::Managed),
        ["near-quota: the document has 6144 characters of the 6144 that a managed policy may have; "]
    );
    assert_eq!(
        about_size(6_145, PolicyKind::Managed),
        [
            "over-quota: the document has 6145 characters; a managed policy may have 6144; make several policies of it, or a \
             shorter one: `ciuser policies minimise`"
        ]
    );
}

#[test]
fn an_inline_policy_is_measured_by_the_largest_quota_that_it_does_not_fit() {
    let of_user = "all inline policies of a user together may have 2048; a managed policy may have 6144 characters";
    assert_eq!(
        about_size(2_049, PolicyKind::Identity),
        [format!("over-quota: the document has 2049 characters; {of_user}")]
    );
    let of_group = "all inline policies of a group together may have 5120; a managed policy may have 6144 characters";
    assert_eq!(
        about_size(5_121, PolicyKind::Identity),
        [format!("over-quota: the document has 5121 characters; {of_group}")]
    );
}

#[test]
fn a_trust_policy_may_be_larger_if_the_quota_was_raised() {
    assert_eq!(
        about_size(2_049, PolicyKind::Trust),
        ["over-quota: the document has 2049 characters; a trust policy may have 2048; the quota can be raised to 4096"]
    );
}

#[test]
fn what_organizations_does_not_take_is_an_error() {
    assert_eq!(
        about_size(5_121, PolicyKind::ServiceControl),
        [
            "over-organizations-quota: the document has 5121 characters; a service control policy may have 5120; make several \
             policies of it, or a shorter one: `ciuser policies minimise`"
        ]
    );
}
