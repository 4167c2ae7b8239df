//! A handover with an old key: it stays active until every target is proven to hold the new one.

use ciuser_core::port::AccessKeyStatus::{Active, Inactive};
use jiff::SignedDuration;

use crate::example::{CSV, PROJECT, applied, assert_done, holders, keys, live, spec};
use crate::world::{Fault, Shows, Sim};

fn statuses(sim: &Sim) -> Vec<ciuser_core::port::AccessKeyStatus> {
    keys(sim).iter().map(|key| key.status).collect()
}

#[test]
fn a_rotation_shows_the_key_whose_place_is_taken() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    let run = sim.new_run();
    let replaces = format!("replaces {old}");
    assert_eq!(
        sim.plan_rotation(&run, &spec(), None, true).lines(),
        [
            format!("IssueKey CI_USER, taking the place of {old}"),
            format!("Deliver kdbx:/keys.kdbx ({replaces})"),
            format!("Deliver csv:/CI_USER.csv ({replaces})"),
            format!("Deliver circleci-context:gh/acme/deploy ({replaces})"),
            format!("Deliver circleci-project:gh/acme/storefront ({replaces})"),
            format!("UpdateAccessKey {old} Inactive, once the new key is proven at every target"),
        ]
    );
}

#[test]
fn the_old_key_is_deactivated_on_request_only() {
    for (deactivate, old_status) in [(false, Active), (true, Inactive)] {
        let sim = applied();
        assert_done(&sim.rotate(&spec(), deactivate));
        assert_eq!(statuses(&sim), [old_status, Active]);
        assert_eq!(holders(&sim), vec![Some(keys(&sim)[1].id.clone()); 4]);
        assert_eq!(sim.plan(&spec()).lines(), Vec::<String>::new());
    }
}

#[test]
fn a_user_none_of_whose_keys_works_gets_a_new_one_that_takes_no_ones_place() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys[0].status = Inactive;
    let run = sim.new_run();
    let replaces = format!("(replaces {old}, which is inactive)");
    assert_eq!(
        sim.plan_rotation(&run, &spec(), None, true).lines(),
        [
            "IssueKey CI_USER".to_owned(),
            format!("Deliver kdbx:/keys.kdbx {replaces}"),
            format!("Deliver csv:/CI_USER.csv {replaces}"),
            format!("Deliver circleci-context:gh/acme/deploy {replaces}"),
            format!("Deliver circleci-project:gh/acme/storefront {replaces}"),
        ]
    );
    assert_done(&sim.rotate(&spec(), true));
    assert_eq!(statuses(&sim), [Inactive, Active]);
}

#[test]
fn the_old_key_stays_active_while_a_target_lacks_the_new_one() {
    for failing in [
        format!("put {CSV}"),
        format!("write {PROJECT}"),
        format!("proof {PROJECT}"),
    ] {
        let sim = applied();
        sim.fail(&failing, 0..99, Fault::Fails);
        let outcome = sim.rotate(&spec(), true);
        assert_eq!(outcome.unfinished().len(), 1, "{failing}");
        assert_eq!(statuses(&sim), [Active, Active], "{failing}");
        sim.heal();
        assert_done(&sim.resume()[0]);
        assert_eq!(statuses(&sim), [Inactive, Active], "{failing}");
    }
}

#[test]
fn the_old_key_stays_active_when_a_target_only_answers_accepted() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    sim.place(PROJECT, |place| place.shows = Shows::Nothing);
    let outcome = sim.rotate(&spec(), true);
    assert_eq!(
        outcome.unfinished(),
        [format!(
            "{old} stays active: `{PROJECT}` cannot prove the new key; once its jobs use that, `aws iam \
             update-access-key --user-name CI_USER --access-key-id {old} --status Inactive` ends the old one"
        )]
    );
    assert_eq!(statuses(&sim), [Active, Active]);
    assert!(outcome.users[0].unfinished.is_empty(), "no run can do it");
    assert!(sim.spools.borrow().is_empty(), "the handover itself is at its end");
    assert!(sim.runs.borrow().iter().all(|run| run.over));
}

#[test]
fn a_rotation_that_sts_does_not_confirm_delivers_nothing() {
    let sim = applied();
    let before = holders(&sim);
    sim.sts_lag.set(SignedDuration::from_hours(1));
    let outcome = sim.rotate(&spec(), true);
    assert_eq!(outcome.unfinished().len(), 2);
    assert_eq!((holders(&sim), statuses(&sim)), (before, vec![Active, Active]));
    sim.pass(SignedDuration::from_hours(1));
    assert_done(&sim.resume()[0]);
    assert_eq!(statuses(&sim), [Inactive, Active]);
}

#[test]
fn an_old_key_that_somebody_deleted_meanwhile_needs_no_deactivation() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    sim.meanwhile("CreateAccessKey", move |sim| {
        let mut account = sim.account.borrow_mut();
        account
            .users
            .get_mut("ci_user")
            .unwrap()
            .keys
            .retain(|key| key.id != old);
    });
    assert_done(&sim.rotate(&spec(), true));
    assert_eq!(statuses(&sim), [Active]);
}

#[test]
fn the_old_key_stays_active_when_somebody_made_the_new_one_inactive_meanwhile() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    sim.meanwhile(&format!("proof {PROJECT}"), |sim| {
        let mut account = sim.account.borrow_mut();
        account.users.get_mut("ci_user").unwrap().keys[1].status = Inactive;
    });
    let outcome = sim.rotate(&spec(), true);
    let new = keys(&sim)[1].id.clone();
    assert_eq!(
        outcome.unfinished(),
        [format!(
            "access key `{new}` of user `CI_USER` was made inactive before every target had it; {old} stays active"
        )]
    );
    assert_eq!(statuses(&sim), [Active, Inactive]);
}
