//! Targets and STS that do not take the key.

use ciuser_core::apply::{Freshness, Standing, apply};
use ciuser_core::plan::{KeyPlan, Unavailable};
use ciuser_core::port::Proof;
use ciuser_core::spec::{Spec, SpecError};
use ciuser_core::target::Target;
use jiff::SignedDuration;

use super::to_rest;
use crate::example::{
    CONTEXT, CSV, KDBX, NAME, PROJECT, applied, assert_at_rest, assert_done, holders, live, spec, spec_with,
    takes_only, world,
};
use crate::world::{Came, Fault, Shows, When, block_on};

#[test]
fn with_every_ci_system_down_the_spool_stays_and_resume_finishes() {
    let sim = world();
    for target in [CONTEXT, PROJECT] {
        sim.fail(&format!("write {target}"), 0..99, Fault::Fails);
    }
    let outcome = sim.converge(&spec());
    assert_eq!(outcome.failure, None);
    assert_eq!(
        outcome.unfinished(),
        [
            "`circleci-context:gh/acme/deploy`: write circleci-context:gh/acme/deploy failed",
            "`circleci-project:gh/acme/storefront`: write circleci-project:gh/acme/storefront failed",
        ]
    );
    assert_eq!(sim.spools.borrow().len(), 1);
    sim.heal();
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "resumed");
    assert_eq!(sim.count("CreateAccessKey"), 1);
}

#[test]
fn no_ci_system_gets_a_key_that_no_store_can_give_back() {
    let sim = world();
    for target in [KDBX, CSV] {
        sim.fail(&format!("put {target}"), 0..99, Fault::Fails);
    }
    let outcome = sim.converge(&spec());
    assert_eq!(
        outcome.unfinished(),
        [
            "`kdbx:/keys.kdbx`: put kdbx:/keys.kdbx failed",
            "`csv:/CI_USER.csv`: put csv:/CI_USER.csv failed",
            "`circleci-context:gh/acme/deploy` waits until a store has the key",
            "`circleci-project:gh/acme/storefront` waits until a store has the key",
        ]
    );
    assert_eq!(holders(&sim), [None, None, None, None]);
    sim.heal();
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
    assert_eq!(sim.count("CreateAccessKey"), 1);
}

#[test]
fn one_store_that_has_the_key_is_enough_to_deliver() {
    let sim = world();
    sim.fail(&format!("put {CSV}"), 0..1, Fault::Fails);
    let outcome = sim.converge(&spec());
    assert_eq!(
        outcome.unfinished(),
        ["`csv:/CI_USER.csv`: put csv:/CI_USER.csv failed"]
    );
    let id = Some(live(&sim)[0].clone());
    assert_eq!(holders(&sim), [id.clone(), None, id.clone(), id]);
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_first_key_that_sts_never_takes_is_delivered_and_told_as_unconfirmed() {
    let sim = world();
    sim.sts_lag.set(SignedDuration::from_hours(1));
    let outcome = sim.converge(&spec());
    let id = live(&sim)[0].clone();
    assert_eq!(
        outcome.unfinished(),
        [format!(
            "access key `{id}` is not yet confirmed by STS: \
             InvalidClientTokenId: The security token included in the request is invalid"
        )]
    );
    assert_eq!(holders(&sim), vec![Some(id); 4]);
    sim.pass(SignedDuration::from_hours(1));
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_missing_context_is_made_before_it_is_written() {
    let sim = world();
    assert_done(&sim.converge(&spec()));
    assert_eq!(
        sim.writes(),
        [
            "CreateUser",
            "AttachUserPolicy",
            "AttachUserPolicy",
            "AttachUserPolicy",
            "CreateAccessKey",
            "put kdbx:/keys.kdbx",
            "put csv:/CI_USER.csv",
            "create_place circleci-context:gh/acme/deploy",
            "write circleci-context:gh/acme/deploy",
            "write circleci-project:gh/acme/storefront",
        ]
    );
}

/// The user's key is kept in such a file alone.
fn sealed_away() -> Spec {
    spec_with(|user| {
        user.stores = vec![takes_only("/CI_USER.age")];
        user.deliver.clear();
    })
}

#[test]
fn a_store_that_cannot_be_read_back_takes_a_key_and_every_key_after_it() {
    let sim = world();
    let outcome = sim.converge(&sealed_away());
    assert_done(&outcome);
    assert_eq!(outcome.users[0].targets[0].proof, Some(Proof::Accepted));
    assert_eq!(sim.plan(&sealed_away()).lines(), Vec::<String>::new());
    assert_done(&sim.rotate(&sealed_away(), false));
    assert_eq!(sim.plan(&sealed_away()).lines(), Vec::<String>::new());
    let held = sim.places.borrow()["age:/CI_USER.age"].key_id().cloned();
    assert_eq!(held.as_ref(), live(&sim).last());
    assert!(sim.spools.borrow().is_empty());
}

#[test]
fn the_old_key_stays_when_nobody_can_prove_the_new_one() {
    let sim = world();
    assert_done(&sim.converge(&sealed_away()));
    let old = live(&sim)[0].clone();
    let outcome = sim.rotate(&sealed_away(), true);
    let told = format!("{old} stays active: `age:/CI_USER.age` cannot prove the new key;");
    assert!(outcome.unfinished()[0].starts_with(&told), "{:?}", outcome.unfinished());
    assert_eq!(live(&sim).len(), 2);
}

#[test]
fn a_store_that_cannot_be_read_back_is_never_a_source() {
    let sim = world();
    let beside = spec_with(|user| user.stores.push(takes_only("/CI_USER.age")));
    assert_done(&sim.converge(&beside));
    for lost in [KDBX, CSV, CONTEXT] {
        sim.place(lost, |place| place.key = None);
    }
    let lines = sim.plan(&beside).lines();
    assert!(lines.iter().all(|line| !line.starts_with("Deliver")), "{lines:?}");
    let mut alone = spec();
    alone.users[0].stores = vec![takes_only("/CI_USER.age")];
    assert_eq!(alone.checked(), Err(SpecError::NoStore(NAME.parse().unwrap())));
}

#[test]
fn a_file_that_somebody_else_wrote_again_is_not_taken_for_ours() {
    let sim = world();
    assert_done(&sim.converge(&sealed_away()));
    sim.place("age:/CI_USER.age", |place| place.mark = Some("other".to_owned()));
    let key = sim.plan(&sealed_away()).users[0].key.clone();
    let why = Unavailable::NoSecret;
    let missing = vec![Target::Store(takes_only("/CI_USER.age"))];
    assert_eq!(key, KeyPlan::Unavailable { missing, why });
}

#[test]
fn a_target_that_only_accepts_is_delivered_and_warned_of() {
    let sim = world();
    sim.place(PROJECT, |place| place.shows = Shows::Nothing);
    let outcome = sim.converge(&spec());
    assert_done(&outcome);
    assert!(!outcome.users[0].targets[3].is_proven());
    let text = "took the key, but has no way to prove that it holds it";
    assert_eq!(
        sim.events.borrow().iter().filter(|event| event.contains(text)).count(),
        1
    );
    assert_eq!(sim.plan(&spec()).lines(), Vec::<String>::new());
}

#[test]
fn a_key_that_appears_on_the_user_meanwhile_is_a_finding() {
    let sim = world();
    sim.meanwhile(&format!("proof {PROJECT}"), |sim| {
        let mut account = sim.account.borrow_mut();
        let key = account.new_key(jiff::Timestamp::UNIX_EPOCH);
        account.users.get_mut("ci_user").unwrap().keys.push(key);
    });
    assert_done(&sim.converge(&spec()));
    let text = "access key AKIASIMULATED0000003 appeared on user `CI_USER` meanwhile";
    assert_eq!(
        sim.events.borrow().iter().filter(|event| event.contains(text)).count(),
        1
    );
}

#[test]
fn a_signal_while_the_key_is_made_is_acted_on_only_after_it_is_sealed() {
    let sim = world();
    sim.meanwhile("CreateAccessKey", |sim| sim.signalled.set(true));
    let outcome = sim.converge(&spec());
    assert_eq!(outcome.failure, None);
    assert_eq!(sim.spools.borrow().values().flatten().count(), 1);
    sim.signalled.set(false);
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_delivery_from_a_store_that_a_target_refuses_is_left_to_the_next_plan() {
    let sim = applied();
    sim.place(PROJECT, |place| place.key = None);
    sim.fail(&format!("write {PROJECT}"), 1..99, Fault::Fails);
    sim.meanwhile("GetCallerIdentity", |sim| sim.crash_at(0, When::Before));
    assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
    let outcome = &sim.resume()[0];
    assert_eq!(outcome.unfinished().len(), 1);
    assert!(sim.runs.borrow().iter().all(|run| run.over));
    sim.heal();
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "the next plan delivers");
}

#[test]
fn a_locked_store_that_turns_out_to_hold_something_of_others_is_refused_before_anything_is_sent() {
    let sim = applied();
    sim.place(KDBX, |place| {
        (place.locked, place.key, place.foreign) = (true, None, Some("their own value".to_owned()));
    });
    let run = sim.new_run();
    let plan = sim.plan_rotation(&run, &spec(), None, true);
    let sent = sim.writes();
    let outcome = block_on(apply(&sim.ports(), &run, &plan, Freshness::JustRead));
    let failure = outcome.failure.expect("it is refused");
    assert_eq!(
        (failure.what.as_str(), failure.standing),
        (
            "`kdbx:/keys.kdbx` holds their own value, which is not a key of user `CI_USER`",
            Standing::Refused
        )
    );
    assert_eq!(sim.writes(), sent);
}
