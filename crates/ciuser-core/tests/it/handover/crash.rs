//! The process dies at any effect; `resume`, or the command again, brings the world to rest.

use ciuser_core::apply::{Freshness, Standing, apply};
use ciuser_core::plan::Choices;
use ciuser_core::port::AccessKeyStatus;
use jiff::SignedDuration;
use proptest::prelude::*;

use super::{assert_no_secret_is_lost, older_user, to_rest};
use crate::example::{applied, assert_at_rest, assert_done, keys, live, spec, world};
use crate::world::{Came, Fault, Sim, When, block_on};

const BOTH: [When; 2] = [When::Before, When::After];

fn effects_of_a_first_handover() -> usize {
    let sim = world();
    assert_done(&sim.converge(&spec()));
    sim.effects()
}

#[test]
fn a_crash_at_any_effect_of_a_first_handover_is_made_good() {
    for effect in 0..effects_of_a_first_handover() {
        for when in BOTH {
            let sim = world();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
            to_rest(&sim);
            assert_at_rest(&sim, &format!("crash {when:?} effect {effect}"));
        }
    }
}

#[test]
fn a_crash_of_resume_is_made_good_too() {
    let sim = world();
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    sim.meanwhile("CreateAccessKey", |sim| sim.crash_at(0, When::Before));
    assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
    let before = sim.effects();
    to_rest(&sim);
    let resumed = sim.effects() - before;
    for effect in 0..resumed {
        for when in BOTH {
            let sim = world();
            sim.meanwhile("CreateAccessKey", |sim| sim.crash_at(0, When::Before));
            assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
            sim.crash_at(effect, when);
            let _ = sim.process(|| to_rest(&sim));
            to_rest(&sim);
            assert_at_rest(&sim, &format!("resume crashes {when:?} effect {effect}"));
        }
    }
}

#[test]
fn a_crash_while_iam_is_slow_to_show_what_was_made_is_made_good() {
    for effect in 0..effects_of_a_first_handover() + 20 {
        let sim = world();
        sim.account.borrow_mut().lag = jiff::SignedDuration::from_secs(7);
        sim.sts_lag.set(jiff::SignedDuration::from_secs(9));
        sim.crash_at(effect, When::After);
        let _ = sim.process(|| sim.converge(&spec()));
        to_rest(&sim);
        assert_at_rest(&sim, &format!("crash after effect {effect}"));
    }
}

#[test]
fn a_crash_at_any_effect_of_a_delivery_from_a_store_is_made_good() {
    let vanished = || {
        let sim = applied();
        sim.place(crate::example::PROJECT, |place| place.key = None);
        sim
    };
    let sim = vanished();
    let before = sim.effects();
    assert_done(&sim.converge(&spec()));
    for effect in 0..sim.effects() - before {
        for when in BOTH {
            let sim = vanished();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
            to_rest(&sim);
            assert_at_rest(&sim, &format!("crash {when:?} effect {effect}"));
        }
    }
}

/// On a user that this run did not make, a lost answer leaves a key that only a person may settle.
#[test]
fn a_crash_on_an_older_user_leaves_at_most_a_key_that_the_person_is_told_of() {
    let older = || {
        let sim = world();
        older_user(&sim);
        sim
    };
    let sim = older();
    assert_done(&sim.converge(&spec()));
    for effect in 0..sim.effects() {
        for when in BOTH {
            let sim = older();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
            let outcomes = sim.resume();
            let told = outcomes.iter().find_map(|outcome| outcome.failure.clone());
            match told {
                None => {
                    to_rest(&sim);
                    assert_at_rest(&sim, &format!("crash {when:?} effect {effect}"));
                }
                Some(failure) => {
                    let id = &keys(&sim)[0].id;
                    assert!(failure.what.contains(id.as_str()), "{failure}");
                    assert_eq!(sim.count("DeleteAccessKey"), 0);
                    assert_eq!(keys(&sim)[0].status, AccessKeyStatus::Active);
                }
            }
        }
    }
}

#[test]
fn a_crash_at_any_effect_of_a_rotation_keeps_the_old_key_until_every_target_has_the_new_one() {
    let sim = applied();
    let before = sim.effects();
    assert_done(&sim.rotate(&spec(), true));
    for effect in 0..sim.effects() - before {
        for when in BOTH {
            let sim = applied();
            let old = live(&sim)[0].clone();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.rotate(&spec(), true)), Came::Died));
            let why = format!("crash {when:?} effect {effect}");
            let told = sim.resume().into_iter().find_map(|outcome| outcome.failure);
            if let Some(failure) = told {
                assert!(
                    failure.what.contains("may be a key whose secret was lost"),
                    "{why}: {failure}"
                );
                assert_eq!(live(&sim).len(), 2, "{why}");
                continue;
            }
            assert_no_secret_is_lost(&sim, &why);
            let live = live(&sim);
            assert_eq!(live.len(), 1, "{why}");
            assert!(
                crate::example::holders(&sim)
                    .iter()
                    .all(|held| held.as_ref() == Some(&live[0])),
                "{why}"
            );
            assert_eq!(keys(&sim).len(), if live[0] == old { 1 } else { 2 }, "{why}");
        }
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(vec![
        Fault::NotSent,
        Fault::AnswerLost,
        Fault::RequestLost,
        Fault::ServerError,
        Fault::Throttled,
        Fault::FailsAfter,
    ])
}

fn die_or_not(sim: &Sim, effect: usize, when: When, does: impl FnOnce()) {
    sim.crash_at(effect, when);
    let _ = sim.process(does);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fault_and_two_crashes_are_made_good(
        (fault_at, fault) in (0usize..60, any_fault()),
        first in 0usize..90,
        second in 0usize..60,
        after in any::<bool>(),
        lag in 0i64..20,
    ) {
        let when = if after { When::After } else { When::Before };
        let sim = world();
        sim.account.borrow_mut().lag = jiff::SignedDuration::from_secs(lag);
        sim.sts_lag.set(jiff::SignedDuration::from_secs(lag));
        let run = sim.new_run();
        let plan = sim.plan_as(&run, &spec(), &ciuser_core::plan::Choices::default()).unwrap();
        sim.fail_at(fault_at, fault);
        die_or_not(&sim, first, when, || drop(sim.apply(&run, &plan)));
        die_or_not(&sim, second, when, || drop(sim.resume()));
        sim.heal();
        sim.pass(jiff::SignedDuration::from_secs(lag));
        to_rest(&sim);
        assert_at_rest(&sim, "at rest");
    }
}

/// A process that dies right after it noted its plan.
fn died_after_noting_its_plan() -> Sim {
    let sim = world();
    let run = sim.new_run();
    let plan = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
    sim.meanwhile("journal begin", |sim| sim.crash_at(0, When::Before));
    assert!(matches!(sim.process(|| sim.apply(&run, &plan)), Came::Died));
    assert_eq!((sim.runs.borrow().len(), sim.count("CreateUser")), (1, 0));
    sim
}

#[test]
fn a_plan_of_which_nothing_was_sent_is_carried_on_while_the_world_is_as_it_was() {
    let sim = died_after_noting_its_plan();
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_plan_of_which_nothing_was_sent_is_given_up_when_somebody_did_the_job_meanwhile() {
    let sim = died_after_noting_its_plan();
    let other = sim.new_run();
    let plan = sim.plan_as(&other, &spec(), &Choices::default()).unwrap();
    assert_done(&sim.apply(&other, &plan));
    let outcome = &sim.resume()[0];
    assert_eq!(
        outcome.failure.as_ref().map(|failure| failure.standing),
        Some(Standing::Refused)
    );
    assert!(sim.resume().is_empty(), "it is not offered again");
    assert_at_rest(&sim, "one key, the other run's");
}

/// IAM may not list a key yet that a run which is over has just handed over.
#[test]
fn a_command_that_is_repeated_at_once_issues_no_second_key() {
    for lag in [3, 20] {
        let sim = world();
        assert_done(&sim.converge(&spec()));
        sim.account.borrow_mut().lag = SignedDuration::from_secs(lag);
        sim.account.borrow_mut().users.get_mut("ci_user").unwrap().created = jiff::Timestamp::UNIX_EPOCH;
        let outcome = sim.converge(&spec());
        let failure = outcome.failure.expect("the plan was made without that key");
        assert_eq!(failure.standing, Standing::Refused, "{failure}");
        assert_eq!(sim.plan(&spec()).lines(), Vec::<String>::new());
        assert_at_rest(&sim, &format!("lag {lag}"));
    }
}

/// IAM may be slow to show the sealed key, and a person impatient.
#[test]
fn a_resume_that_is_stopped_while_it_looks_for_the_sealed_key_forgets_nothing() {
    let sim = world();
    sim.meanwhile("journal sealed", |sim| sim.crash_at(0, When::Before));
    assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
    sim.account.borrow_mut().lag = SignedDuration::from_secs(20);
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().created = jiff::Timestamp::UNIX_EPOCH;
    sim.signalled.set(true);
    let outcome = &sim.resume()[0];
    assert_eq!(
        outcome
            .failure
            .as_ref()
            .map(|failure| (failure.what.as_str(), failure.standing)),
        Some((
            "looking for access key `AKIASIMULATED0000002` of user `CI_USER`: stopped, as asked",
            Standing::Partial
        ))
    );
    assert_no_secret_is_lost(&sim, "stopped");
    sim.signalled.set(false);
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "resumed again");
}

#[test]
fn a_plan_that_was_made_before_another_run_died_with_a_key_in_hand_is_refused() {
    let sim = applied();
    let run = sim.new_run();
    let plan = sim.plan_rotation(&run, &spec(), None, true);
    sim.meanwhile("journal sealed", |sim| sim.crash_at(0, When::Before));
    assert!(matches!(sim.process(|| sim.rotate(&spec(), true)), Came::Died));
    sim.account.borrow_mut().lag = SignedDuration::from_secs(20);
    let outcome = block_on(apply(&sim.ports(), &run, &plan, Freshness::JustRead));
    assert_eq!(
        outcome.failure.map(|failure| (failure.what, failure.standing)),
        Some((
            "run r-0000000000000003 has a key of user `CI_USER` in hand".to_owned(),
            Standing::Refused
        ))
    );
    sim.pass(SignedDuration::from_secs(20));
    assert_done(&sim.resume()[0]);
    assert_eq!(live(&sim).len(), 1);
    assert_no_secret_is_lost(&sim, "resumed");
}
