//! Kinds of policies together. IAM User Guide, "Policy evaluation logic".

use ciuser_policy::evaluate::Decision::{Allowed, ExplicitDeny, ImplicitDeny};
use ciuser_policy::evaluate::{Layer, Policies, PolicySet, StatementAt};
use ciuser_policy::request::{Principal, Request};

use super::{everything, set, statement};

const BOB: &str = "arn:aws:iam::111122223333:user/bob";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job-1";
const BUCKET: &str = "arn:aws:s3:::bucket";

fn by(arn: &str) -> Request {
    Request::new("s3:ListBucket", BUCKET).by(Principal::from_arn(arn).unwrap())
}

fn all() -> PolicySet {
    set(&[&everything()])
}

fn only(action: &str) -> PolicySet {
    set(&[&statement("Allow", &format!(r#""Action":"{action}","Resource":"*""#))])
}

/// Compiles the policy of a bucket that allows a principal everything.
fn bucket_of(principal: &str) -> PolicySet {
    let members = format!(r#""Principal":{principal},"Action":"s3:*","Resource":"{BUCKET}""#);
    set(&[&statement("Allow", &members)])
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

#[test]
fn a_boundary_allows_nothing_by_itself_and_limits_what_is_allowed() {
    let policies = Policies {
        identity: PolicySet::default(),
        boundary: Some(all()),
        ..Policies::default()
    };
    assert_eq!(policies.decide(&by(BOB)), ImplicitDeny);
    let policies = Policies {
        boundary: Some(only("ec2:*")),
        ..Policies::of_identity(all())
    };
    let verdict = policies.evaluate(&by(BOB));
    assert_eq!(
        (verdict.decision, verdict.missing),
        (ImplicitDeny, vec![Layer::Boundary])
    );
    let policies = Policies {
        boundary: Some(only("s3:*")),
        ..Policies::of_identity(all())
    };
    assert_eq!(policies.decide(&by(BOB)), Allowed);
}

/// IAM User Guide, "AWS JSON policy elements: NotPrincipal".
#[test]
fn nobody_with_a_boundary_is_exempt_from_a_deny() {
    let members = format!(r#""NotPrincipal":{{"AWS":["{BOB}","111122223333"]}},"Action":"*","Resource":"*""#);
    let policies = Policies {
        resource: Some(set(&[&statement("Deny", &members)])),
        ..Policies::of_identity(all())
    };
    assert_eq!(policies.decide(&by(BOB)), Allowed);
    let bounded = Policies {
        boundary: Some(all()),
        ..policies
    };
    let verdict = bounded.evaluate(&by(BOB));
    let layers: Vec<_> = verdict.deciding.iter().map(|at| at.layer).collect();
    assert_eq!((verdict.decision, layers), (ExplicitDeny, vec![Layer::Resource]));
}

#[test]
fn a_boundary_makes_nobody_else_of_who_is_named() {
    const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
    let of_resource = |statement: &str| Policies {
        boundary: Some(all()),
        resource: Some(set(&[statement])),
        ..Policies::of_identity(PolicySet::default())
    };
    let members = |element: &str, arn: &str| format!(r#""{element}":{{"AWS":"{arn}"}},"Action":"*","Resource":"*""#);
    let denied = Policies {
        identity: all(),
        ..of_resource(&statement("Deny", &members("Principal", ALICE)))
    };
    assert_eq!(denied.decide(&by(BOB)), Allowed);
    assert_eq!(denied.decide(&by(ALICE)), ExplicitDeny);
    let allowed = of_resource(&statement("Allow", &members("NotPrincipal", BOB)));
    assert_ne!(allowed.decide(&by(BOB)), Allowed);
}

/// AWS KMS Developer Guide, "Key policies in AWS KMS": a key policy decides about the key, and about keys only.
#[test]
fn only_a_key_of_kms_needs_the_policy_of_the_resource_within_its_account() {
    let policies = Policies {
        resource: Some(set(&[&statement(
            "Allow",
            &format!(r#""Principal":{},"Action":"sns:*","Resource":"*""#, aws(BOB)),
        )])),
        ..Policies::of_identity(all())
    };
    let decided = |action: &str, resource: &str| {
        let request = Request::new(action, resource).by(Principal::from_arn(BOB).unwrap());
        policies.decide(&request)
    };
    let of_kms = |resource: &str| {
        decided(
            "kms:UpdateAlias",
            &format!("arn:aws:kms:eu-west-1:111122223333:{resource}"),
        )
    };
    assert_eq!(of_kms("key/1234abcd-12ab-34cd-56ef-1234567890ab"), ImplicitDeny);
    assert_eq!(of_kms("alias/deploy"), Allowed);
    assert_eq!(decided("s3:GetObject", "arn:aws:s3:::bucket/a:key/b"), Allowed);
}

#[test]
fn a_set_is_as_long_as_its_statements() {
    let of = |statements: &[&str]| (set(statements).len(), set(statements).is_empty());
    assert_eq!(of(&[]), (0, true));
    assert_eq!(of(&[&everything(), &everything(), &everything()]), (3, false));
}

#[test]
fn a_session_policy_limits_what_the_role_has() {
    let policies = Policies {
        session: Some(only("ec2:*")),
        ..Policies::of_identity(all())
    };
    let verdict = policies.evaluate(&by(SESSION));
    assert_eq!(
        (verdict.decision, verdict.missing),
        (ImplicitDeny, vec![Layer::Session])
    );
}

#[test]
fn what_the_user_is_granted_who_federated_is_limited_by_the_session_policy() {
    let request = Request::new("s3:ListBucket", BUCKET).by(Principal::FederatedUser {
        arn: "arn:aws:sts::111122223333:federated-user/app".to_owned(),
        user_arn: Some(BOB.to_owned()),
        account: "111122223333".to_owned(),
    });
    let with_session = |session: PolicySet| Policies {
        session: Some(session),
        resource: Some(bucket_of(&aws(BOB))),
        ..Policies::default()
    };
    assert_eq!(with_session(only("s3:*")).decide(&request), Allowed);
    assert_eq!(with_session(only("ec2:*")).decide(&request), ImplicitDeny);
}

#[test]
fn a_federated_user_without_session_policy_may_nothing() {
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    assert_eq!(Policies::of_identity(all()).decide(&by(federated)), ImplicitDeny);
    let policies = Policies {
        session: Some(only("s3:*")),
        ..Policies::of_identity(all())
    };
    assert_eq!(policies.decide(&by(federated)), Allowed);
}

#[test]
fn every_level_of_the_organisation_must_allow_and_any_may_deny() {
    let levels = |levels: Vec<PolicySet>| Policies {
        service_control: levels,
        ..Policies::of_identity(all())
    };
    assert_eq!(levels(vec![all(), all()]).decide(&by(BOB)), Allowed);
    let verdict = levels(vec![all(), only("ec2:*")]).evaluate(&by(BOB));
    assert_eq!(
        (verdict.decision, verdict.missing),
        (ImplicitDeny, vec![Layer::ServiceControl(1)])
    );
    let deny = statement("Deny", r#""Action":"s3:*","Resource":"*""#);
    let verdict = levels(vec![set(&[&everything(), &deny])]).evaluate(&by(BOB));
    assert_eq!(verdict.decision, ExplicitDeny);
    assert_eq!(verdict.deciding[0].layer, Layer::ServiceControl(0));
}

#[test]
fn resource_control_policies_only_deny_for_one_that_allows_is_always_there() {
    let deny = statement("Deny", r#""Principal":"*","Action":"s3:*","Resource":"*""#);
    let policies = Policies {
        resource_control: vec![set(&[&deny])],
        ..Policies::of_identity(all())
    };
    assert_eq!(policies.decide(&by(BOB)), ExplicitDeny);
    let policies = Policies {
        resource_control: vec![PolicySet::default()],
        ..Policies::of_identity(all())
    };
    assert_eq!(policies.decide(&by(BOB)), Allowed);
}

#[test]
fn within_an_account_the_resources_policy_is_enough() {
    let policies = |principal: &str| Policies {
        resource: Some(bucket_of(principal)),
        ..Policies::default()
    };
    assert_eq!(policies(&aws(BOB)).decide(&by(BOB)), Allowed);
    assert_eq!(
        policies(&aws("arn:aws:iam::111122223333:user/eve")).decide(&by(BOB)),
        ImplicitDeny
    );
    // An account is trusted to decide by its own policies.
    assert_eq!(policies(&aws("111122223333")).decide(&by(BOB)), ImplicitDeny);
    assert_eq!(policies(r#""*""#).decide(&by(BOB)), Allowed);
}

/// "Policy evaluation for requests within a single account", the table of principals and implicit denies.
#[test]
fn how_far_a_resources_policy_reaches_depends_on_whom_it_names() {
    let role = "arn:aws:iam::111122223333:role/deploy";
    let bound = |principal: &str| Policies {
        boundary: Some(only("ec2:*")),
        session: Some(only("ec2:*")),
        resource: Some(bucket_of(principal)),
        ..Policies::default()
    };
    assert_eq!(bound(&aws(SESSION)).decide(&by(SESSION)), Allowed);
    assert_eq!(bound(&aws(role)).decide(&by(SESSION)), ImplicitDeny);
    assert_eq!(bound(r#""*""#).decide(&by(SESSION)), Allowed);
    let unbound = Policies {
        resource: Some(bucket_of(&aws(role))),
        ..Policies::default()
    };
    assert_eq!(unbound.decide(&by(SESSION)), Allowed);
    let user = Policies {
        boundary: Some(only("ec2:*")),
        resource: Some(bucket_of(&aws(BOB))),
        ..Policies::default()
    };
    assert_eq!(user.decide(&by(BOB)), Allowed);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let request = by(BOB).in_account("444455556666");
    let resource = |principal: &str, identity: PolicySet| Policies {
        resource: Some(bucket_of(principal)),
        ..Policies::of_identity(identity)
    };
    assert_eq!(resource(&aws(BOB), all()).decide(&request), Allowed);
    assert_eq!(resource(&aws("111122223333"), all()).decide(&request), Allowed);
    let verdict = resource(&aws(BOB), PolicySet::default()).evaluate(&request);
    assert_eq!(
        (verdict.decision, verdict.missing),
        (ImplicitDeny, vec![Layer::Identity])
    );
    let verdict = Policies::of_identity(all()).evaluate(&request);
    assert_eq!(
        (verdict.decision, verdict.missing),
        (ImplicitDeny, vec![Layer::Resource])
    );
}

#[test]
fn the_account_of_the_resource_is_read_from_its_arn() {
    let queue = |account: &str| {
        Request::new("sqs:SendMessage", &format!("arn:aws:sqs:r:{account}:q")).by(Principal::from_arn(BOB).unwrap())
    };
    assert_eq!(Policies::of_identity(all()).decide(&queue("111122223333")), Allowed);
    assert_eq!(
        Policies::of_identity(all()).decide(&queue("444455556666")),
        ImplicitDeny
    );
}

/// KMS Developer Guide, "Key policies": no one has a permission to a key unless its policy gives it.
#[test]
fn a_key_and_a_role_decide_for_themselves_even_within_their_account() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let policy = |principal: &str| {
        let members = format!(r#""Principal":{principal},"Action":"kms:*","Resource":"*""#);
        set(&[&statement("Allow", &members)])
    };
    let request = Request::new("kms:Decrypt", key).by(Principal::from_arn(BOB).unwrap());
    let with = |principal: &str, identity| Policies {
        resource: Some(policy(principal)),
        ..Policies::of_identity(identity)
    };
    assert_eq!(with(&aws("111122223333"), all()).decide(&request), Allowed);
    assert_eq!(
        with(&aws("111122223333"), PolicySet::default()).decide(&request),
        ImplicitDeny
    );
    assert_eq!(
        with(&aws("arn:aws:iam::111122223333:user/eve"), all())
            .evaluate(&request)
            .missing,
        [Layer::Resource]
    );
    assert_eq!(with(&aws(BOB), PolicySet::default()).decide(&request), Allowed);
}

#[test]
fn a_service_is_bound_by_the_resources_policy_alone() {
    let service = Request::new("s3:ListBucket", BUCKET).by(Principal::Service("logs.amazonaws.com".to_owned()));
    let policies = Policies {
        resource: Some(bucket_of(r#"{"Service":"logs.amazonaws.com"}"#)),
        service_control: vec![PolicySet::default()],
        ..Policies::default()
    };
    assert_eq!(policies.decide(&service), Allowed);
    assert_eq!(
        Policies::of_identity(all()).evaluate(&service).missing,
        [Layer::Resource]
    );
}

/// A service has no permissions boundary, so `NotPrincipal` denies it no more than it says.
#[test]
fn a_boundary_is_no_reason_to_deny_a_service() {
    let all_but_logs = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"s3:*","Resource":"*"},
        {"Effect":"Deny","NotPrincipal":{"Service":"logs.amazonaws.com"},"Action":"s3:*","Resource":"*"}]}"#;
    let policies = Policies {
        resource: Some(set(&[all_but_logs])),
        boundary: Some(all()),
        ..Policies::default()
    };
    let by = |service: &str| Request::new("s3:ListBucket", BUCKET).by(Principal::Service(service.to_owned()));
    assert_eq!(policies.decide(&by("logs.amazonaws.com")), Allowed);
    assert_eq!(policies.decide(&by("ec2.amazonaws.com")), ExplicitDeny);
}

#[test]
fn the_root_user_may_everything_but_what_its_organisation_denies() {
    let root = "arn:aws:iam::111122223333:root";
    assert_eq!(Policies::default().decide(&by(root)), Allowed);
    let policies = Policies {
        service_control: vec![only("ec2:*")],
        ..Policies::default()
    };
    assert_eq!(policies.decide(&by(root)), ImplicitDeny);
}

/// AWS Organizations User Guide: neither kind of control policy restricts "calls made by a service-linked role".
#[test]
fn a_role_that_a_service_has_is_bound_by_no_control_policy() {
    let policies = Policies {
        service_control: vec![only("ec2:*")],
        resource_control: vec![only("ec2:*")],
        ..Policies::of_identity(all())
    };
    let of = |path: &str| {
        let role = format!("arn:aws:iam::111122223333:role/{path}AWSServiceRoleForRDS");
        Request::new("s3:ListBucket", BUCKET).by(Principal::session_of(&role, "s").unwrap())
    };
    assert_eq!(policies.decide(&of("aws-service-role/rds.amazonaws.com/")), Allowed);
    assert_eq!(policies.decide(&of("")), ImplicitDeny);
}

/// STS API Reference, `GetCallerIdentity`: no permissions are required, and a deny makes no difference.
#[test]
fn everybody_may_ask_who_he_is() {
    let deny = set(&[&statement("Deny", r#""Action":"*","Resource":"*""#)]);
    let request = Request::new("sts:GetCallerIdentity", "*").by(Principal::from_arn(BOB).unwrap());
    assert_eq!(Policies::of_identity(deny).decide(&request), Allowed);
}

#[test]
fn a_verdict_names_every_statement_that_decided() {
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"ec2:*","Resource":"*"},
        {"Sid":"Lists","Effect":"Allow","Action":"s3:List*","Resource":"*"},
        {"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}"#;
    let policy = ciuser_policy::document::PolicyDocument::parse(document).unwrap();
    let set = PolicySet::compile([("deploy.json", policy.document())]);
    let verdict = Policies::of_identity(set).evaluate(&by(BOB));
    let at = |index, sid: Option<&str>| StatementAt {
        layer: Layer::Identity,
        policy: "deploy.json".to_owned(),
        index,
        sid: sid.map(str::to_owned),
    };
    assert_eq!(verdict.decision, Allowed);
    assert_eq!(verdict.deciding, [at(1, Some("Lists")), at(2, None)]);
}

#[test]
fn an_implicit_deny_names_what_is_missing_and_no_statement() {
    let verdict = Policies::of_identity(only("ec2:*")).evaluate(&by(BOB));
    assert_eq!((verdict.deciding, verdict.missing), (vec![], vec![Layer::Identity]));
}
