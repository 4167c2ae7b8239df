//! What policies allow together.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::document::{Document, PolicyDocument, PolicyKind};
use ciuser_policy::lint::{Finding, Severity, risks};
use serde_json::{Value, json};

use super::{allow, covered, document};

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::id).collect()
}

fn found(statements: &Value) -> Vec<Finding> {
    risks(&[("policy", document(statements).document())], None)
}

/// Returns the ids of what is found in statements.
fn risks_of(statements: &Value) -> Vec<&'static str> {
    ids(&found(statements))
}

fn messages(statements: &Value) -> Vec<String> {
    found(statements).iter().map(ToString::to_string).collect()
}

fn managed(name: &str) -> PolicyDocument {
    let policy = Catalogue::embedded().by_name(name).unwrap();
    PolicyDocument::parse_as(policy.document(), PolicyKind::Managed).unwrap()
}

const NOTHING: [&str; 0] = [];

#[test]
fn everything_on_everything_is_full_administration_and_no_way_to_more() {
    let findings = found(&json!(allow(&json!("*"), &json!("*"))));
    assert_eq!(ids(&findings), ["full-admin"]);
    let benchmarks = findings[0].check.benchmarks;
    assert_eq!(benchmarks.len(), 3, "{benchmarks:?}");
    assert!(
        benchmarks[0].contains("[IAM.1]") && benchmarks[1].contains("v1.4.0"),
        "{benchmarks:?}"
    );
}

#[test]
fn full_administration_is_found_however_it_is_written() {
    // IAM refuses the first, and other kinds of policies take it.
    let text = json!({"Version": "2012-10-17", "Statement": allow(&json!("*:*"), &json!("*"))}).to_string();
    let read = Document::read(&text).unwrap();
    assert_eq!(ids(&risks(&[("policy", &read)], None)), ["full-admin"]);
    let not_action = |actions: Value| json!({"Effect": "Allow", "NotAction": actions, "Resource": "*"});
    let not_resource = json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::secret"});
    for statements in [
        json!([not_action(json!("iam:*")), allow(&json!("iam:*"), &json!("*"))]),
        json!([
            not_action(json!(["iam:Get*", "s3:*"])),
            allow(&json!(["iam:*", "s3:*"]), &json!("*"))
        ]),
        json!([not_resource, allow(&json!("*"), &json!("arn:aws:s3:::secret"))]),
    ] {
        assert_eq!(risks_of(&statements), ["full-admin"], "{statements}");
    }
}

#[test]
fn two_policies_can_add_up_and_both_are_marked() {
    let all_but_iam = document(&json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}));
    let iam = document(&allow(&json!("iam:*"), &json!("*")));
    let findings = risks(&[("one", all_but_iam.document()), ("two", iam.document())], None);
    assert_eq!(ids(&findings), ["full-admin"]);
    let marks: Vec<usize> = findings[0].more.iter().map(|mark| mark.document).collect();
    assert_eq!((findings[0].at.document, marks), (0, vec![1]));
    assert_eq!(covered(all_but_iam.text(), &findings[0].at), r#""NotAction""#);
}

#[test]
fn a_deny_is_said_and_a_condition_counts() {
    let deny = json!({"Effect": "Deny", "Action": "organizations:*", "Resource": "*"});
    assert_eq!(
        messages(&json!([allow(&json!("*"), &json!("*")), deny])),
        ["every action is allowed on every resource, but for what is denied"]
    );
    let mut with_mfa = allow(&json!("*"), &json!("*"));
    with_mfa["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let found = risks_of(&with_mfa);
    assert!(
        !found.contains(&"full-admin") && found.contains(&"escalate-user-managed-policy"),
        "{found:?}"
    );
}

#[test]
fn all_but_a_little_is_found_by_what_is_left() {
    let statements = json!({"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"});
    let messages = messages(&statements);
    assert_eq!(
        messages[0],
        "every action of IAM is allowed on every resource, which is as good as everything"
    );
    assert!(
        messages[1].starts_with("every action of `") && messages[1].contains(" other services is allowed"),
        "{messages:?}"
    );
    assert_eq!(messages.len(), 2);
}

#[test]
fn all_of_a_service_is_found_by_meaning() {
    let actions = json!(["s3:Get*", "s3:G*", "s3:*"]);
    assert_eq!(
        messages(&allow(&actions, &json!("*"))),
        ["every action of `s3` is allowed on every resource"]
    );
    assert_eq!(
        messages(&allow(&json!(["sqs:*", "sns:*"]), &json!("*"))),
        ["every action of `sns` and `sqs` is allowed on every resource"]
    );
    let rest = json!([
        {"Effect": "Allow", "Action": "sqs:*", "NotResource": "arn:aws:sqs:*:*:x"},
        allow(&json!("sqs:*"), &json!("arn:aws:sqs:*:*:x"))
    ]);
    assert_eq!(risks_of(&rest), ["full-service"]);
    assert_eq!(risks_of(&allow(&json!("s3:*"), &json!("arn:aws:s3:::web/*"))), NOTHING);
    assert_eq!(
        risks_of(&allow(&json!(["s3:Get*", "s3:Put*", "s3:List*"]), &json!("*"))),
        NOTHING
    );
}

#[test]
fn decryption_with_every_key_is_found_and_under_a_condition_it_is_not() {
    let mut statement = allow(&json!(["kms:Decrypt", "kms:DescribeKey"]), &json!("*"));
    assert_eq!(risks_of(&statement), ["decrypt-with-any-key"]);
    statement["Condition"] = json!({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}});
    assert_eq!(risks_of(&statement), NOTHING);
    assert_eq!(
        risks_of(&allow(
            &json!("kms:Decrypt"),
            &json!("arn:aws:kms:*:111122223333:key/k")
        )),
        NOTHING
    );
}

#[test]
fn a_boundary_takes_away_what_it_does_not_allow() {
    let everything = document(&allow(&json!("*"), &json!("*")));
    let boundary = document(&json!([
        allow(&json!(["s3:*", "iam:CreateAccessKey"]), &json!("*")),
        {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/admin-*"}
    ]));
    let policies = [("everything", everything.document())];
    assert_eq!(
        ids(&risks(&policies, Some(boundary.document()))),
        ["full-service", "escalate-access-key"]
    );
    let boundary = document(&allow(&json!("*"), &json!("*")));
    assert_eq!(ids(&risks(&policies, Some(boundary.document()))), ["full-admin"]);
}

#[test]
fn the_policies_of_the_procedure_for_s3_and_cloudfront_open_no_way_to_more() {
    for (name, services) in [
        ("AmazonS3FullAccess", "`s3` and `s3-object-lambda`"),
        ("CloudFrontFullAccess", "`cloudfront` and `cloudfront-keyvaluestore`"),
    ] {
        let findings = risks(&[(name, managed(name).document())], None);
        let messages: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [format!("every action of {services} is allowed on every resource")]
        );
    }
}

/// Any role may be passed to EC2 and CloudFormation, and an instance may be started (from a launch template) and a stack made
/// (`awseb-*`). CodeBuild, ECS and `iam:AttachRolePolicy` are usual false alarms: the policy passes no role to CodeBuild or to
/// tasks, starts no task, and attaches AWS's own policies for Beanstalk only. What is left of CodeBuild is a project that
/// somebody else gave a role, `Elastic-Beanstalk-*`.
#[test]
fn the_policy_for_elastic_beanstalk_has_two_real_ways_to_more() {
    let policy = managed("AdministratorAccess-AWSElasticBeanstalk");
    let findings = risks(&[("beanstalk", policy.document())], None);
    let of = |severity: Severity| -> Vec<&str> {
        let of_severity = findings.iter().filter(|finding| finding.severity() == severity);
        of_severity.map(Finding::id).collect()
    };
    assert_eq!(of(Severity::SecurityWarning), ["escalate-stack", "escalate-instance"]);
    assert_eq!(
        of(Severity::Warning),
        ["full-service", "escalate-changed-stack", "escalate-started-build"]
    );
    let instance = findings
        .iter()
        .find(|finding| finding.id() == "escalate-instance")
        .unwrap();
    assert_eq!(
        instance.to_string(),
        "`iam:PassRole` to `ec2.amazonaws.com` with `ec2:RunInstances` lets its holder run an instance of its own with any role \
         that can be passed to EC2"
    );
    assert_eq!(covered(policy.text(), &instance.at), r#""iam:PassRole""#);
    assert_eq!(covered(policy.text(), &instance.more[0]), r#""ec2:RunInstances""#);
    assert_eq!(instance.more[0].label, "and `ec2:RunInstances`");
}
