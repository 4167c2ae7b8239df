//! Ways to more permissions: each is open to whoever has what it needs, and to nobody who lacks a part of it.

use std::collections::BTreeSet;

use ciuser_policy::lint::{Finding, Severity, checks, risks, ways_and_needs};
use serde_json::{Value, json};

use super::{allow, document};
use crate::conformance;

const WAYS: usize = 65;

fn open(statements: &Value) -> Vec<&'static str> {
    let findings = risks(&[("policy", document(statements).document())], None);
    findings.iter().map(Finding::id).collect()
}

fn pass_role(service: &str) -> Value {
    let mut statement = allow(&json!("iam:PassRole"), &json!("arn:aws:iam::111122223333:role/ci/*"));
    statement["Condition"] = json!({"StringEquals": {"iam:PassedToService": service}});
    statement
}

#[test]
fn each_way_is_open_with_all_that_it_needs_and_closed_without_a_part_of_it() {
    let mut number = 0;
    for (id, reference, needs) in ways_and_needs() {
        number += 1;
        let found = open(&allow(&json!(needs), &json!("*")));
        assert!(found.contains(&id), "{reference} needs {needs:?}: {found:?}");
        for left_out in &needs {
            let rest: Vec<&&str> = needs.iter().filter(|need| *need != left_out).collect();
            if !rest.is_empty() {
                let found = open(&allow(&json!(rest), &json!("*")));
                assert!(!found.contains(&id), "{reference} without {left_out}: {found:?}");
            }
        }
    }
    assert_eq!(number, WAYS);
}

#[test]
fn no_way_by_a_new_role_is_open_if_the_role_can_be_passed_to_another_service_only() {
    let by_a_new_role = ways_and_needs().filter(|(_, _, needs)| needs.contains(&"iam:PassRole"));
    let mut number = 0;
    for (id, reference, needs) in by_a_new_role {
        number += 1;
        let rest: Vec<&str> = needs.into_iter().filter(|need| *need != "iam:PassRole").collect();
        let found = open(&json!([
            allow(&json!(rest), &json!("*")),
            pass_role("events.amazonaws.com")
        ]));
        assert!(!found.contains(&id), "{reference}: {found:?}");
    }
    assert_eq!(number, 26);
}

/// The list is not part of this repository: `CIUSER_CONFORMANCE_DATA` names the directory that holds it.
#[test]
fn every_path_of_pathfinding_cloud_is_a_way_that_needs_the_same() {
    let Some(data) = conformance::data("privilege-escalation-paths.json") else {
        println!(
            "{WAYS} paths of pathfinding.cloud NOT COMPARED: CIUSER_CONFORMANCE_DATA does not name their directory"
        );
        return;
    };
    let theirs: BTreeSet<(String, BTreeSet<String>)> = data["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| {
            let required = path["permissions"]["required"].as_array().unwrap().iter();
            let required = required.map(|one| one["permission"].as_str().unwrap().to_owned());
            (path["id"].as_str().unwrap().to_owned(), required.collect())
        })
        .collect();
    let ours: BTreeSet<(String, BTreeSet<String>)> = ways_and_needs()
        .map(|(_, reference, needs)| (reference.to_owned(), needs.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn a_way_that_depends_on_what_others_made_is_a_warning() {
    let severity = |id: &str| checks().find(|check| check.id == id).unwrap().severity;
    assert_eq!(severity("escalate-instance"), Severity::SecurityWarning);
    assert_eq!(severity("escalate-started-build"), Severity::Warning);
    assert_eq!(severity("escalate-assumed-role"), Severity::Warning);
}

#[test]
fn codebuild_is_no_way_with_a_role_that_can_be_passed_to_ec2_only() {
    let builds = allow(&json!(["codebuild:CreateProject", "codebuild:StartBuild"]), &json!("*"));
    assert_eq!(
        open(&json!([builds, pass_role("ec2.amazonaws.com")])),
        ["escalate-started-build"]
    );
    let found = open(&json!([builds, pass_role("codebuild.amazonaws.com")]));
    assert_eq!(found, ["escalate-build", "escalate-started-build"]);
}

#[test]
fn what_is_needed_must_be_allowed_on_things_of_the_right_kind() {
    let on = |resource: &str| open(&allow(&json!("iam:AttachUserPolicy"), &json!(resource)));
    assert_eq!(on("arn:aws:iam::111122223333:group/x"), Vec::<&str>::new());
    assert_eq!(on("arn:aws:iam::111122223333:user/x"), ["escalate-user-managed-policy"]);
    // An instance needs more than the right to make an instance: an image, a subnet and so on.
    let run = |resources: Value| {
        open(&json!([
            allow(&json!("ec2:RunInstances"), &resources),
            pass_role("ec2.amazonaws.com")
        ]))
    };
    assert_eq!(run(json!("arn:aws:ec2:*:*:instance/*")), Vec::<&str>::new());
    assert_eq!(
        run(json!("arn:aws:ec2:*:111122223333:*/*")),
        Vec::<&str>::new(),
        "images are in no account"
    );
    assert_eq!(
        run(json!(["arn:aws:ec2:*:111122223333:*/*", "arn:aws:ec2:*::image/*"])),
        ["escalate-instance"]
    );
}

#[test]
fn what_is_needed_of_the_same_thing_must_be_allowed_on_the_same_thing() {
    let way = "escalate-user-managed-policy-access-key";
    let with_keys_of = |user: &str| {
        open(&json!([
            allow(&json!("iam:AttachUserPolicy"), &json!("arn:aws:iam::*:user/app-*")),
            allow(
                &json!("iam:CreateAccessKey"),
                &json!(format!("arn:aws:iam::*:user/{user}"))
            )
        ]))
    };
    assert!(!with_keys_of("ci-*").contains(&way));
    assert!(with_keys_of("*-ci").contains(&way));
}

#[test]
fn users_gain_nothing_by_keys_of_their_own() {
    let actions = json!(["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateLoginProfile"]);
    let own = json!([
        "arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::*:user/ci/${aws:username}"
    ]);
    assert_eq!(open(&allow(&actions, &own)), Vec::<&str>::new());
    let any = open(&allow(&actions, &json!("arn:aws:iam::*:user/ci/*")));
    assert!(any.contains(&"escalate-access-key"), "{any:?}");
}

#[test]
fn attaching_is_a_way_only_with_policies_that_may_give_more() {
    let attach = |policy: &str| {
        let mut statement = allow(&json!("iam:AttachRolePolicy"), &json!("arn:aws:iam::*:role/*"));
        statement["Condition"] = json!({"ArnEquals": {"iam:PolicyARN": policy}});
        open(&statement)
    };
    assert_eq!(
        attach("arn:aws:iam::aws:policy/AWSElasticBeanstalk*"),
        Vec::<&str>::new()
    );
    assert_eq!(attach("arn:aws:iam::aws:policy/*"), ["escalate-role-managed-policy"]);
    assert_eq!(
        attach("arn:aws:iam::111122223333:policy/x"),
        ["escalate-role-managed-policy"]
    );
}

#[test]
fn a_deny_closes_a_way_and_one_that_is_not_understood_does_not() {
    let allowed = allow(&json!("iam:PutUserPolicy"), &json!("*"));
    let deny = |condition: Value| json!([allowed, {"Effect": "Deny", "Action": "iam:Put*", "Resource": "*", "Condition": condition}]);
    assert_eq!(open(&deny(json!({}))), Vec::<&str>::new());
    let with_mfa = deny(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}));
    assert_eq!(open(&with_mfa), ["escalate-user-inline-policy"]);
    let strange = deny(json!({"NumericLessThan": {"aws:PrincipalTag/level": "ten"}}));
    assert_eq!(open(&strange), ["escalate-user-inline-policy"]);
}
