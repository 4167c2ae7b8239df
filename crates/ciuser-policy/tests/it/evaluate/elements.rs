//! `Effect`, `Action`, `Resource` and their `Not` forms.

use ciuser_policy::evaluate::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny, Undetermined};
use ciuser_policy::evaluate::Policies;
use ciuser_policy::request::{Principal, Request};

use super::{decide, everything, set, statement};

/// Decides by one statement that allows an action, on every resource.
fn by_action(element: &str, action: &str) -> Decision {
    let document = statement("Allow", &format!(r#"{element},"Resource":"*""#));
    decide(&[&document], &Request::new(action, "arn:aws:s3:::bucket/key"))
}

/// Decides by one statement that allows everything on a resource.
fn by_resource(element: &str, resource: &str) -> Decision {
    let document = statement("Allow", &format!(r#""Action":"*",{element}"#));
    decide(&[&document], &Request::new("s3:GetObject", resource))
}

#[test]
fn nothing_is_allowed_by_no_policy() {
    assert_eq!(decide(&[], &Request::new("s3:GetObject", "*")), ImplicitDeny);
}

#[test]
fn explicit_deny_beats_allow_in_another_policy() {
    let deny = statement("Deny", r#""Action":"s3:GetObject","Resource":"*""#);
    let request = Request::new("s3:GetObject", "arn:aws:s3:::bucket/key");
    assert_eq!(decide(&[&everything(), &deny], &request), ExplicitDeny);
    assert_eq!(decide(&[&deny, &everything()], &request), ExplicitDeny);
    assert_eq!(
        decide(&[&deny, &everything()], &Request::new("s3:PutObject", "*")),
        Allowed
    );
}

#[test]
fn actions_are_compared_ignoring_case_with_both_wildcards() {
    for (pattern, action, decision) in [
        ("s3:GetObject", "S3:getobject", Allowed),
        ("S3:GETOBJECT", "s3:GetObject", Allowed),
        ("s3:Get*", "s3:GetObjectAcl", Allowed),
        ("s3:Get*", "s3:PutObject", ImplicitDeny),
        ("s3:*Object", "s3:GetObject", Allowed),
        ("s3:*Object", "s3:GetObjectAcl", ImplicitDeny),
        ("s3:?etObject", "s3:GetObject", Allowed),
        ("s3:GetObject?", "s3:GetObject", ImplicitDeny),
        ("s3:*", "s3:GetObject", Allowed),
        ("s3:*", "s3-object-lambda:GetObject", ImplicitDeny),
        ("*", "anything:AtAll", Allowed),
        ("s3:GetObject", "s3:GetObjectAcl", ImplicitDeny),
        ("s3:G*t*t", "s3:GetObject", Allowed),
    ] {
        assert_eq!(
            by_action(&format!(r#""Action":"{pattern}""#), action),
            decision,
            "{pattern} {action}"
        );
    }
}

#[test]
fn not_action_is_every_other_action() {
    let element = r#""NotAction":["iam:*","s3:Delete*"]"#;
    assert_eq!(by_action(element, "s3:GetObject"), Allowed);
    assert_eq!(by_action(element, "s3:DeleteObject"), ImplicitDeny);
    assert_eq!(by_action(element, "iam:CreateUser"), ImplicitDeny);
}

#[test]
fn resources_are_compared_with_case_and_a_star_crosses_slashes() {
    for (pattern, resource, decision) in [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b/c", Allowed),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::Bucket/a", ImplicitDeny),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", ImplicitDeny),
        ("arn:aws:s3:::bucket*", "arn:aws:s3:::bucket", Allowed),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/ü", Allowed),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/ab", ImplicitDeny),
        ("*", "arn:aws:s3:::bucket", Allowed),
        ("*", "*", Allowed),
    ] {
        assert_eq!(
            by_resource(&format!(r#""Resource":"{pattern}""#), resource),
            decision,
            "{pattern} {resource}"
        );
    }
}

/// IAM User Guide, "IAM JSON policy elements: Resource": wildcards in the parts of an ARN; the last part may have colons.
#[test]
fn a_wildcard_in_a_part_of_an_arn_stays_in_it() {
    for (pattern, resource, decision) in [
        (
            "arn:aws:ecs:*:111122223333:task/x",
            "arn:aws:ecs:eu-west-1:111122223333:task/x",
            Allowed,
        ),
        (
            "arn:aws:ecs:*:task/x",
            "arn:aws:ecs:eu-west-1:111122223333:task/x",
            ImplicitDeny,
        ),
        (
            "arn:aws:ecs:*:*:task-definition/X:*",
            "arn:aws:ecs:r:a:task-definition/X:1",
            Allowed,
        ),
        (
            "arn:aws:ecs:*:*:task-definition/X",
            "arn:aws:ecs:r:a:b:task-definition/X",
            ImplicitDeny,
        ),
        ("arn:aws:sns:eu-?:a:t", "arn:aws:sns:eu-1:a:t", Allowed),
        ("arn:aws:sns:eu?:a:t", "arn:aws:sns:eu::a:t", ImplicitDeny),
        (
            "arn:aws:logs:r:a:log-group:x:*",
            "arn:aws:logs:r:a:log-group:x:log-stream:y",
            Allowed,
        ),
        ("arn:*:s3:::bucket", "arn:aws-cn:s3:::bucket", Allowed),
    ] {
        assert_eq!(
            by_resource(&format!(r#""Resource":"{pattern}""#), resource),
            decision,
            "{pattern} {resource}"
        );
    }
}

/// IAM User Guide, "IAM JSON policy elements: Resource": "incomplete ARNs" that end with a wildcard reach further.
#[test]
fn a_wildcard_at_the_end_of_a_short_arn_reaches_beyond_its_part() {
    assert_eq!(
        by_resource(r#""Resource":"arn:aws:s3*""#, "arn:aws:s3:::bucket/key"),
        Allowed
    );
    assert_eq!(
        by_resource(r#""Resource":"arn:aws:logs:*""#, "arn:aws:logs:r:a:log-group:x"),
        Allowed
    );
    assert_eq!(
        by_resource(r#""Resource":"arn:aws:logs:*""#, "arn:aws:sns:r:a:x"),
        ImplicitDeny
    );
}

/// IAM User Guide, "IAM identifiers": "When you specify an incomplete ARN ... in an identity-based policy, AWS automatically
/// completes the ARN by adding wildcard characters (*) to all missing fields."
#[test]
fn an_incomplete_arn_is_completed() {
    let queue = "arn:aws:sqs:eu-west-1:111122223333:queue";
    for (pattern, decision) in [
        ("arn:aws:sqs", Allowed),
        ("arn:aws:sqs:eu-west-1", Allowed),
        ("arn:aws:sqs:eu-west-?", Allowed),
        ("arn:aws:sqs:eu-west-1:111122223333", Allowed),
        ("arn:aws:sqs:", ImplicitDeny),
        ("arn:aws:sqs:eu-west-2", ImplicitDeny),
        ("arn:aws:sqs:eu-west", ImplicitDeny),
        ("arn:aws:sns", ImplicitDeny),
    ] {
        let members = format!(r#""Action":"sqs:*","Resource":"{pattern}""#);
        let request = Request::new("sqs:SendMessage", queue);
        assert_eq!(
            decide(&[&statement("Allow", &members)], &request),
            decision,
            "{pattern}"
        );
        let denied = decide(&[&everything(), &statement("Deny", &members)], &request);
        assert_eq!(denied == ExplicitDeny, decision == Allowed, "{pattern}");
    }
    // What the policy of a resource means by one is not documented.
    let members = r#""Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs""#;
    let policies = Policies {
        resource: Some(set(&[&statement("Deny", members)])),
        ..Policies::of_identity(set(&[&everything()]))
    };
    let request = Request::new("sqs:SendMessage", queue);
    let request = request.by(Principal::from_arn("arn:aws:iam::111122223333:user/bob").unwrap());
    assert_eq!(policies.decide(&request.in_account("111122223333")), Undetermined);
}

/// Service authorization reference: an action without resource types is evaluated with the resource `*`.
#[test]
fn an_action_without_resources_is_neither_allowed_nor_denied_by_a_statement_with_an_arn() {
    let request = Request::new("s3:ListAllMyBuckets", "*");
    let bucket = r#""Action":"s3:*","Resource":"arn:aws:s3:::*""#;
    assert_eq!(decide(&[&statement("Allow", bucket)], &request), ImplicitDeny);
    assert_eq!(decide(&[&everything(), &statement("Deny", bucket)], &request), Allowed);
    let others = r#""Action":"s3:*","NotResource":"arn:aws:s3:::bucket""#;
    assert_eq!(decide(&[&statement("Allow", others)], &request), Allowed);
    assert_eq!(
        decide(&[&everything(), &statement("Deny", others)], &request),
        ExplicitDeny
    );
}

#[test]
fn not_resource_is_every_other_resource() {
    let element = r#""NotResource":["arn:aws:s3:::secret","arn:aws:s3:::secret/*"]"#;
    assert_eq!(by_resource(element, "arn:aws:s3:::secret/key"), ImplicitDeny);
    assert_eq!(by_resource(element, "arn:aws:s3:::open/key"), Allowed);
}

#[test]
fn a_resource_that_is_no_arn_is_not_understood_unless_another_one_decides() {
    assert_eq!(
        by_resource(r#""Resource":"bucket*""#, "arn:aws:s3:::bucket"),
        Undetermined
    );
    assert_eq!(
        by_resource(r#""Resource":["bucket*","*"]"#, "arn:aws:s3:::bucket"),
        Allowed
    );
    let deny = statement("Deny", r#""Action":"*","Resource":"bucket*""#);
    assert_eq!(
        decide(&[&everything(), &deny], &Request::new("s3:GetObject", "*")),
        Undetermined
    );
    assert_eq!(decide(&[&deny], &Request::new("s3:GetObject", "*")), ImplicitDeny);
}
