//! A user that exists, asked for as it is: adoption is all that its plan has.

use ciuser_core::inventory::{ExistingUser, ExistingUserError, Reader, gather_existing};
use ciuser_core::name::{PolicyArn, UserName};
use ciuser_core::plan::Choices;
use ciuser_core::spec::{Attach, PolicyRef, Spec};

use crate::example::{applied, keys, spec, spec_with, world};
use crate::world::{Sim, block_on};

fn existing(sim: &Sim, names: &[&str]) -> Result<Vec<ExistingUser>, ExistingUserError> {
    let (scope, run) = (Sim::scope(), sim.new_run());
    let reader = Reader {
        iam: sim,
        targets: sim,
        journal: sim,
        scope: &scope,
        run: &run,
        unlock: false,
    };
    let names: Vec<_> = names.iter().map(|name| UserName::new(*name).unwrap()).collect();
    block_on(gather_existing(reader, &names))
}

/// The spec that asks for this user as it is.
fn as_it_is(sim: &Sim, name: &str) -> Spec {
    let user = existing(sim, &[name]).unwrap().remove(0).as_spec().unwrap();
    Spec {
        users: vec![user],
        ..spec()
    }
}

const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

#[test]
fn the_plan_for_a_user_as_it_is_is_its_adoption() {
    let sim = world();
    {
        let mut account = sim.account.borrow_mut();
        let attached = account.policy_arn("AmazonS3FullAccess");
        let boundary = account.policy_arn("PowerUserAccess");
        let (first, second) = (
            account.new_key(jiff::Timestamp::UNIX_EPOCH),
            account.new_key(jiff::Timestamp::UNIX_EPOCH),
        );
        let description = format!("{}=made for the old server", first.id);
        account.add_user("Deployer", |user| {
            user.attached = vec![attached];
            user.boundary = Some(boundary);
            user.inline.insert("logs".parse().unwrap(), DOCUMENT.to_owned());
            user.tags = vec!["team=web".parse().unwrap(), description.parse().unwrap()];
            user.keys = vec![first, second];
        });
    }
    let spec = as_it_is(&sim, "deployer");
    let user = &spec.users[0];
    assert_eq!(user.name.as_str(), "Deployer");
    assert_eq!(user.policies, ["AmazonS3FullAccess".parse::<PolicyRef>().unwrap()]);
    assert_eq!(user.tags, ["team=web".parse().unwrap()]);
    assert_eq!(user.targets(), []);
    let adopt = Choices {
        adopt: true,
        ..Choices::default()
    };
    assert_eq!(
        sim.plan_with(&spec, &adopt).unwrap().lines(),
        ["TagUser ciuser:project=storefront, ciuser:run=r-0000000000000002"]
    );
    sim.converge_with(&spec, &adopt);
    assert!(!sim.plan(&spec).has_changes());
    assert_eq!(sim.count("CreateAccessKey"), 0);
}

#[test]
fn the_group_that_ciuser_made_for_a_user_is_asked_for_as_such() {
    let sim = world();
    let grouped = spec_with(|user| user.attach = Attach::Group);
    sim.converge(&grouped);
    let before = keys(&sim);
    let spec = as_it_is(&sim, "CI_USER");
    let user = &spec.users[0];
    assert_eq!((user.attach, &user.groups[..]), (Attach::Group, &[][..]));
    let sorted = |spec: &Spec| {
        let mut policies = spec.users[0].policies.clone();
        policies.sort();
        policies
    };
    assert_eq!(sorted(&spec), sorted(&grouped));
    assert!(!sim.plan(&spec).has_changes());
    assert_eq!(keys(&sim), before);
}

#[test]
fn beside_policies_of_the_users_own_that_group_is_one_like_any_other() {
    let sim = world();
    sim.converge(&spec_with(|user| user.attach = Attach::Group));
    {
        let mut account = sim.account.borrow_mut();
        let policy = account.policy_arn("ReadOnlyAccess");
        account.users.get_mut("ci_user").unwrap().attached.push(policy);
    }
    let spec = as_it_is(&sim, "CI_USER");
    let user = &spec.users[0];
    assert_eq!(
        (user.attach, &user.groups[..]),
        (Attach::Direct, &["ciuser-CI_USER".parse().unwrap()][..])
    );
    let plan = sim.plan(&spec);
    assert_eq!(plan.lines(), [""; 0]);
    assert_eq!(plan.users[0].notes.len(), 1, "{:?}", plan.users[0].notes);
}

#[test]
fn a_policy_that_its_name_would_not_find_is_named_by_its_arn() {
    let sim = world();
    let own = PolicyArn::new("arn:aws:iam::111122223333:policy/ci/AmazonS3FullAccess").unwrap();
    sim.account
        .borrow_mut()
        .add_user("robot", |user| user.attached = vec![own.clone()]);
    let users = existing(&sim, &["robot"]).unwrap();
    assert_eq!(users[0].as_spec().unwrap().policies, [PolicyRef::Arn(own)]);
}

#[test]
fn the_project_of_a_managed_user_is_told() {
    let users = existing(&applied(), &["CI_USER"]).unwrap();
    assert_eq!(users[0].project().unwrap().as_str(), "storefront");
}

#[test]
fn a_user_that_is_not_there_is_refused_with_the_nearest_names() {
    let missing = existing(&applied(), &["CI_USR"]).unwrap_err();
    assert_eq!(missing.to_string(), "there is no user `CI_USR` in this account");
    assert!(matches!(missing, ExistingUserError::Missing { nearest, .. } if nearest == ["CI_USER"]));
}
