//! Tags, boundary, policies and groups.

use ciuser_core::name::PolicyArn;
use ciuser_core::spec::Attach;
use ciuser_policy::document::PolicyDocument;

use super::notes;
use crate::example::{applied, assert_at_rest, assert_done, spec, spec_with, world};
use crate::world::Sim;

const NOTHING: [String; 0] = [];
const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

fn boundary(name: &str) -> PolicyArn {
    PolicyArn::new(format!("arn:aws:iam::aws:policy/{name}")).unwrap()
}

#[test]
fn a_new_user_gets_the_whole_procedure() {
    let sim = world();
    assert_eq!(
        sim.plan(&spec()).lines(),
        [
            "CreateUser /ci/CI_USER tags env=production, ciuser:project=storefront, ciuser:run=r-0000000000000001",
            "AttachUserPolicy arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "AttachUserPolicy arn:aws:iam::aws:policy/CloudFrontFullAccess",
            "AttachUserPolicy arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk",
            "IssueKey CI_USER",
            "Deliver kdbx:/keys.kdbx",
            "Deliver csv:/CI_USER.csv",
            "Deliver circleci-context:gh/acme/deploy (create context)",
            "Deliver circleci-project:gh/acme/storefront",
        ]
    );
    assert_eq!(sim.writes(), NOTHING);
}

#[test]
fn a_run_without_differences_has_no_steps_and_writes_nothing() {
    let sim = applied();
    let before = sim.writes().len();
    let plan = sim.plan(&spec());
    assert_eq!((plan.lines(), plan.has_changes()), (Vec::new(), false));
    assert_done(&sim.converge(&spec()));
    assert_eq!(sim.writes().len(), before);
    assert_at_rest(&sim, "as before");
}

#[test]
fn an_edited_file_changes_only_what_differs() {
    let sim = applied();
    let edited = spec_with(|user| {
        user.policies[1] = "AmazonSQSFullAccess".parse().unwrap();
        user.tags = vec!["env=staging".parse().unwrap(), "team=web".parse().unwrap()];
        user.inline
            .insert("deploy".parse().unwrap(), PolicyDocument::parse(DOCUMENT).unwrap());
    });
    assert_eq!(
        sim.plan(&edited).lines(),
        [
            "TagUser env=staging, team=web",
            "AttachUserPolicy arn:aws:iam::aws:policy/AmazonSQSFullAccess",
            "PutUserPolicy deploy (96 characters)",
            "DetachUserPolicy arn:aws:iam::aws:policy/CloudFrontFullAccess",
        ]
    );
    assert_done(&sim.converge(&edited));
    assert_eq!(sim.plan(&edited).lines(), NOTHING);
    assert_eq!(
        sim.plan(&spec()).lines(),
        [
            "TagUser env=production",
            "AttachUserPolicy arn:aws:iam::aws:policy/CloudFrontFullAccess",
            "DetachUserPolicy arn:aws:iam::aws:policy/AmazonSQSFullAccess",
            "DeleteUserPolicy deploy",
        ]
    );
}

#[test]
fn what_somebody_granted_by_hand_is_withdrawn_and_other_tags_are_left_alone() {
    let sim = applied();
    {
        let mut account = sim.account.borrow_mut();
        let power = account.policy_arn("PowerUserAccess");
        let user = account.users.get_mut("ci_user").unwrap();
        user.attached.push(power);
        user.inline.insert("by-hand".parse().unwrap(), DOCUMENT.to_owned());
        user.groups.push("developers".parse().unwrap());
        user.tags.push("AKIASIMULATED0000002=made by hand".parse().unwrap());
    }
    assert_eq!(
        sim.plan(&spec()).lines(),
        [
            "DetachUserPolicy arn:aws:iam::aws:policy/PowerUserAccess",
            "DeleteUserPolicy by-hand",
            "RemoveUserFromGroup developers",
        ]
    );
}

#[test]
fn a_tag_is_removed_only_when_the_spec_says_so_and_its_key_ignores_case() {
    let sim = applied();
    let untagged = spec_with(|user| {
        user.tags.clear();
        user.untag = vec!["ENV".parse().unwrap(), "never-there".parse().unwrap()];
    });
    assert_eq!(sim.plan(&spec_with(|user| user.tags.clear())).lines(), NOTHING);
    assert_eq!(sim.plan(&untagged).lines(), ["UntagUser ENV"]);
    assert_done(&sim.converge(&untagged));
    assert_eq!(sim.plan(&untagged).lines(), NOTHING);
}

#[test]
fn a_boundary_is_set_before_anything_is_granted_and_removed_after_everything_is_withdrawn() {
    let with = |name: &'static str| {
        spec_with(|user| {
            user.boundary = Some(boundary(name));
            user.policies.push("AmazonSQSFullAccess".parse().unwrap());
        })
    };
    let sim = world();
    assert!(sim.plan(&with("ReadOnlyAccess")).lines()[0].ends_with("boundary arn:aws:iam::aws:policy/ReadOnlyAccess"));
    let sim = applied();
    assert_eq!(
        sim.plan(&with("ReadOnlyAccess")).lines(),
        [
            "PutUserPermissionsBoundary arn:aws:iam::aws:policy/ReadOnlyAccess",
            "AttachUserPolicy arn:aws:iam::aws:policy/AmazonSQSFullAccess",
        ]
    );
    assert_done(&sim.converge(&with("ReadOnlyAccess")));
    assert_eq!(
        sim.plan(&with("PowerUserAccess")).lines(),
        ["PutUserPermissionsBoundary arn:aws:iam::aws:policy/PowerUserAccess"]
    );
    assert_eq!(
        sim.plan(&spec()).lines(),
        [
            "DetachUserPolicy arn:aws:iam::aws:policy/AmazonSQSFullAccess",
            "DeleteUserPermissionsBoundary CI_USER",
        ]
    );
}

#[test]
fn policies_are_attached_before_others_are_detached_unless_the_quota_leaves_no_room() {
    let exchanged = spec_with(|user| {
        user.policies = ["AmazonSQSFullAccess", "ReadOnlyAccess"]
            .map(|name| name.parse().unwrap())
            .to_vec();
    });
    let lines = |quota: i32| {
        let sim = applied();
        sim.account
            .borrow_mut()
            .quotas
            .insert("AttachedPoliciesPerUserQuota".to_owned(), quota);
        sim.plan(&exchanged).lines()
    };
    let attach = ["AmazonSQSFullAccess", "ReadOnlyAccess"]
        .map(|name| format!("AttachUserPolicy arn:aws:iam::aws:policy/{name}"));
    let detach = [
        "AdministratorAccess-AWSElasticBeanstalk",
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
    ]
    .map(|name| format!("DetachUserPolicy arn:aws:iam::aws:policy/{name}"));
    assert_eq!(lines(5), [&attach[..], &detach[..]].concat());
    assert_eq!(lines(4), [&detach[..], &attach[..]].concat());
}

fn grouped() -> ciuser_core::spec::Spec {
    spec_with(|user| {
        user.attach = Attach::Group;
        user.policies.truncate(2);
        user.stores.truncate(1);
        user.deliver.clear();
    })
}

#[test]
fn policies_can_go_to_a_group_that_is_the_users_own() {
    let sim = world();
    assert_eq!(
        sim.plan(&grouped()).lines(),
        [
            "CreateUser /ci/CI_USER tags env=production, ciuser:project=storefront, ciuser:run=r-0000000000000001",
            "CreateGroup /ciuser/ciuser-CI_USER",
            "AttachGroupPolicy ciuser-CI_USER arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "AttachGroupPolicy ciuser-CI_USER arn:aws:iam::aws:policy/CloudFrontFullAccess",
            "AddUserToGroup ciuser-CI_USER",
            "IssueKey CI_USER",
            "Deliver kdbx:/keys.kdbx",
        ]
    );
    assert_done(&sim.converge(&grouped()));
    assert_eq!(sim.plan(&grouped()).lines(), NOTHING);
    sim.account.borrow_mut().groups.last_mut().unwrap().attached.pop();
    let power = sim.account.borrow().policy_arn("PowerUserAccess");
    sim.account.borrow_mut().groups.last_mut().unwrap().attached.push(power);
    assert_eq!(
        sim.plan(&grouped()).lines(),
        [
            "AttachGroupPolicy ciuser-CI_USER arn:aws:iam::aws:policy/CloudFrontFullAccess",
            "DetachGroupPolicy ciuser-CI_USER arn:aws:iam::aws:policy/PowerUserAccess",
        ]
    );
}

#[test]
fn a_group_named_twice_is_joined_once() {
    let sim = applied();
    let twice = spec_with(|user| {
        user.groups = ["developers", "Developers"].map(|name| name.parse().unwrap()).to_vec();
    });
    assert_eq!(sim.plan(&twice).lines(), ["AddUserToGroup developers"]);
}

#[test]
fn a_group_that_carries_just_the_wanted_policies_is_mentioned() {
    let sim: Sim = world();
    let policies = [
        "AdministratorAccess-AWSElasticBeanstalk",
        "CloudFrontFullAccess",
        "AmazonS3FullAccess",
    ];
    sim.account.borrow_mut().add_group("deployers", "/", &policies);
    sim.account
        .borrow_mut()
        .add_group("more", "/", &[policies[0], policies[1], policies[2], "ReadOnlyAccess"]);
    let note = "group `deployers` already carries exactly these policies: \
                `--group deployers` instead of `--policy` would use it";
    assert_eq!(notes(&sim.plan(&spec())), [note]);
    assert_done(&sim.converge(&spec()));
    assert_eq!(notes(&sim.plan(&spec())), Vec::<&str>::new());
}

#[test]
fn a_console_password_on_a_ci_user_is_a_finding() {
    let sim = applied();
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().password = true;
    let plan = sim.plan(&spec());
    assert_eq!(
        notes(&plan),
        ["user `CI_USER` has a console password: a CI user needs access keys only"]
    );
    assert!(!plan.has_changes());
}
