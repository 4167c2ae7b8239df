//! Several users in one plan: their keys are proven side by side.

use ciuser_core::apply::Outcome;
use ciuser_core::name::UserName;
use ciuser_core::port::{Clock as _, Proof};
use ciuser_core::spec::Spec;
use ciuser_core::target::{CsvFormat, StoreSpec};
use jiff::SignedDuration;

use crate::example::{assert_at_rest, assert_done, holders, spec, world};
use crate::world::{Fault, Sim};

/// As many users like the example's, each with a CSV file of its own and no CI system.
fn spec_of(users: usize) -> Spec {
    let mut spec = spec();
    let one = spec.users.remove(0);
    for number in 1..=users {
        let mut user = one.clone();
        user.name = UserName::new(format!("ci-{number}")).unwrap();
        user.stores = vec![StoreSpec::Csv {
            path: format!("/ci-{number}.csv"),
            format: CsvFormat::Import,
        }];
        user.deliver.clear();
        spec.users.push(user);
    }
    spec.checked().unwrap()
}

fn spent(sim: &Sim, does: impl FnOnce(&Sim) -> Outcome) -> SignedDuration {
    let begun = sim.now();
    assert_done(&does(sim));
    sim.now().duration_since(begun)
}

#[test]
fn ten_users_do_not_wait_longer_for_their_proofs_than_one() {
    let waits = [1, 10, 20].map(|users| spent(&world(), |sim| sim.converge(&spec_of(users))));
    assert_eq!(waits, [200, 200, 400].map(SignedDuration::from_millis));
}

#[test]
fn keys_that_sts_takes_slowly_do_not_use_up_each_others_minute() {
    let sim = world();
    sim.sts_takes.set(SignedDuration::from_secs(3));
    spent(&sim, |sim| sim.converge(&spec_of(40)));
}

#[test]
fn a_signal_before_the_proof_leaves_sts_and_the_ci_systems_to_resume() {
    let sim = world();
    sim.meanwhile("CreateAccessKey", |sim| sim.signalled.set(true));
    let outcome = sim.converge(&spec());
    assert!(!outcome.unfinished().is_empty());
    assert_eq!(sim.count("GetCallerIdentity"), 0);
    assert_eq!(holders(&sim), [None, None, None, None]);
    sim.signalled.set(false);
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn keys_that_sts_knows_late_are_waited_for_together() {
    let sim = world();
    sim.sts_lag.set(SignedDuration::from_secs(20));
    let spent = spent(&sim, |sim| sim.converge(&spec_of(20)));
    assert!(spent < SignedDuration::from_secs(30), "{spent}");
}

#[test]
fn users_before_a_failure_come_to_their_end_and_those_after_it_are_not_begun() {
    let sim = world();
    let spec = spec_of(3);
    let run = sim.new_run();
    let plan = sim
        .plan_as(&run, &spec, &ciuser_core::plan::Choices::default())
        .unwrap();
    sim.fail("CreateUser", 1..2, Fault::Denied);
    let outcome = sim.apply(&run, &plan);
    let parts: Vec<_> = outcome
        .users
        .iter()
        .map(|part| {
            (
                part.user.as_str(),
                part.targets.iter().map(|one| one.proof).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(parts, [("ci-1", vec![Some(Proof::Value)]), ("ci-2", vec![])]);
    assert!(outcome.failure.is_some());
    assert!(!sim.account.borrow().users.contains_key("ci-3"));
    assert!(sim.spools.borrow().values().all(Option::is_none), "a sealed key waits");
}
