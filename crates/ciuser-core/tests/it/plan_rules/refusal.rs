//! What cannot be is refused, all reasons at once, and nothing is written.

use ciuser_core::name::AccountId;
use ciuser_core::plan::{Choices, Heading, PlanError, Session, plan_rotation};
use ciuser_core::spec::{Attach, Spec};

use super::refused;
use crate::example::{applied, spec, spec_with, world};
use crate::world::Sim;

fn assert_refused(sim: &Sim, spec: &Spec, expected: &[&str]) {
    let written = sim.writes();
    assert_eq!(refused(sim, spec, &Default::default()), expected);
    assert_eq!(sim.writes(), written);
}

#[test]
fn another_account_than_the_specs_is_refused() {
    let mut other = spec();
    other.account = Some(AccountId::new("999988887777").unwrap());
    assert_refused(
        &world(),
        &other,
        &[
            "this is account 111122223333, but the spec is for account 999988887777\n\
           hint: check `--profile`, or the `[account]` of the spec",
        ],
    );
}

#[test]
fn all_reasons_are_told_at_once() {
    let sim = world();
    sim.place("csv:/CI_USER.csv", |place| place.foreign = Some("notes".to_owned()));
    sim.account.borrow_mut().policies[0].attachable = false;
    assert_refused(
        &sim,
        &spec_with(|user| {
            user.policies.push("CloudFrontFulAccess".parse().unwrap());
            user.policies.push("Nonsense".parse().unwrap());
        }),
        &[
            "policy `arn:aws:iam::aws:policy/AmazonS3FullAccess` cannot be attached to a user: \
             IAM keeps it for service-linked roles\n\
             hint: `ciuser policies search WORD` hides such policies",
            "policy `CloudFrontFulAccess` does not exist in this account or partition\n\
             hint: did you mean `CloudFrontFullAccess`?",
            "policy `Nonsense` does not exist in this account or partition\n\
             hint: `ciuser policies search WORD` lists what there is",
            "`csv:/CI_USER.csv` holds notes, which is not a key of user `CI_USER`\n\
             hint: `--overwrite csv:/CI_USER.csv` overwrites it; the review shows what is lost",
        ],
    );
}

#[test]
fn a_group_that_does_not_exist_is_refused() {
    assert_refused(
        &world(),
        &spec_with(|user| user.groups = vec!["deployers".parse().unwrap()]),
        &["group `deployers` does not exist in this account\n\
           hint: make the group first, or use `--attach group`, which makes one of its own"],
    );
}

#[test]
fn a_group_of_others_under_our_name_is_refused() {
    let sim = world();
    sim.account.borrow_mut().add_group("ciuser-CI_USER", "/", &[]);
    assert_refused(
        &sim,
        &spec_with(|user| user.attach = Attach::Group),
        &[
            "group `ciuser-CI_USER` exists outside the path `/ciuser/`; ciuser changes no group that it did not make\n\
           hint: name it with `--group ciuser-CI_USER`, or use `--attach direct`",
        ],
    );
}

#[test]
fn the_accounts_own_quotas_are_kept() {
    let sim = world();
    for (quota, figure) in [("AttachedPoliciesPerUserQuota", 2), ("UsersQuota", 1), ("Users", 1)] {
        sim.account.borrow_mut().quotas.insert(quota.to_owned(), figure);
    }
    assert_refused(
        &sim,
        &spec(),
        &[
            "managed policies of `CI_USER` would be 3; the quota of this account is 2\n\
           hint: remove some, or ask AWS to raise the quota",
        ],
    );
    sim.account.borrow_mut().quotas.remove("AttachedPoliciesPerUserQuota");
    assert_refused(
        &sim,
        &spec(),
        &[
            "new users of `111122223333` would be 1; the quota of this account is 0\n\
           hint: remove some, or ask AWS to raise the quota",
        ],
    );
}

#[test]
fn a_new_group_needs_room_in_the_account() {
    let sim = world();
    for (quota, figure) in [("GroupsQuota", 1), ("Groups", 1)] {
        sim.account.borrow_mut().quotas.insert(quota.to_owned(), figure);
    }
    assert_refused(
        &sim,
        &spec_with(|user| user.attach = Attach::Group),
        &[
            "new groups of `111122223333` would be 1; the quota of this account is 0\n\
           hint: remove some, or ask AWS to raise the quota",
        ],
    );
}

#[test]
fn a_rotation_without_a_free_slot_is_refused() {
    let sim = applied();
    {
        let mut account = sim.account.borrow_mut();
        let second = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        account.users.get_mut("ci_user").unwrap().keys.push(second);
    }
    assert_eq!(
        refused_rotation(&sim, &spec()),
        [
            "user `CI_USER` has 2 access keys (AKIASIMULATED0000002 Active, AKIASIMULATED0000003 Active); \
             the quota is 2, inactive ones included"
        ]
    );
}

#[test]
fn a_rotation_without_any_target_is_refused() {
    let without = spec_with(|user| {
        user.stores.clear();
        user.deliver.clear();
    });
    assert_eq!(
        refused_rotation(&applied(), &without),
        ["user `CI_USER` has no target: the secret of a new key would be kept nowhere"]
    );
}

/// What a person reads whose rotation is refused.
fn refused_rotation(sim: &Sim, spec: &Spec) -> Vec<String> {
    let run = sim.new_run();
    let (scope, session) = (Sim::scope(), Session::default());
    let heading = Heading {
        run: &run,
        made: jiff::Timestamp::UNIX_EPOCH,
        scope: &scope,
        session: &session,
    };
    let inventory = sim.inventory(spec, &run, false);
    match plan_rotation(spec, &inventory, &Choices::default(), None, false, &heading) {
        Err(PlanError::Refused(refusals)) => refusals.iter().map(ToString::to_string).collect(),
        other => panic!("refused: {other:?}"),
    }
}
