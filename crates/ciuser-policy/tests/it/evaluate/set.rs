//! A set decides as its statements do one by one, however it looks them up.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::document::PolicyDocument;
use ciuser_policy::evaluate::Decision::{Allowed, ImplicitDeny};
use ciuser_policy::evaluate::{Policies, PolicySet};
use ciuser_policy::request::Request;

use super::context;

/// The three policies of the console procedure.
fn procedure() -> PolicySet {
    let policies = [
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
    ]
    .map(|name| {
        let policy = Catalogue::embedded().by_name(name).unwrap();
        (name, PolicyDocument::parse(policy.document()).unwrap())
    });
    PolicySet::compile(policies.iter().map(|(name, policy)| (*name, policy.document())))
}

#[test]
fn the_procedures_user_may_deploy_and_may_not_make_users() {
    let set = procedure();
    for (action, resource, decision) in [
        ("s3:PutObject", "arn:aws:s3:::storefront-web/index.html", Allowed),
        (
            "cloudfront:CreateInvalidation",
            "arn:aws:cloudfront::111122223333:distribution/E2Q",
            Allowed,
        ),
        (
            "elasticbeanstalk:UpdateEnvironment",
            "arn:aws:elasticbeanstalk:eu-west-1:111122223333:environment/a/b",
            Allowed,
        ),
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/eve", ImplicitDeny),
        (
            "dynamodb:PutItem",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
            ImplicitDeny,
        ),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/admin", ImplicitDeny),
    ] {
        assert_eq!(set.decide(&Request::new(action, resource)), decision, "{action}");
    }
    let passing = |service: &str| {
        Request::new(
            "iam:PassRole",
            "arn:aws:iam::111122223333:role/aws-elasticbeanstalk-ec2-role",
        )
        .with_context(context(&[("iam:PassedToService", service)]))
    };
    assert_eq!(set.decide(&passing("ec2.amazonaws.com")), Allowed);
    assert_eq!(set.decide(&passing("lambda.amazonaws.com")), ImplicitDeny);
}

#[test]
fn looking_statements_up_makes_no_difference() {
    let set = procedure();
    let policies = Policies::of_identity(set.clone());
    let mut allowed = 0;
    for policy in Catalogue::embedded().policies().iter().step_by(40) {
        for action in policy.actions() {
            let request = Request::new(
                &action.replace('*', "Thing"),
                "arn:aws:s3:::elasticbeanstalk-eu-west-1-1/x",
            );
            let verdict = policies.evaluate(&request);
            assert_eq!(set.decide(&request), verdict.decision, "{action}");
            assert_eq!(verdict.decision == Allowed, !verdict.deciding.is_empty(), "{action}");
            allowed += usize::from(verdict.decision == Allowed);
        }
    }
    assert!(allowed > 50, "{allowed}");
}
