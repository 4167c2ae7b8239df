//! The answer of a call that creates is lost.

use ciuser_core::apply::Standing;
use ciuser_core::port::AccessKeyStatus;
use jiff::SignedDuration;

use super::{failure, older_user, to_rest, told};
use crate::example::{assert_at_rest, assert_done, keys, live, spec, world};
use crate::world::Fault;

const LOST: [Fault; 2] = [Fault::AnswerLost, Fault::ServerErrorAfter];
const NEVER_ARRIVED: [Fault; 2] = [Fault::RequestLost, Fault::ServerError];
const REFUSED: [Fault; 3] = [Fault::Throttled, Fault::NotSent, Fault::Denied];

#[test]
fn the_orphan_of_a_lost_answer_is_reaped_on_a_user_that_this_run_made() {
    for fault in LOST {
        for lag in [0, 5, 20] {
            let sim = world();
            sim.account.borrow_mut().lag = SignedDuration::from_secs(lag);
            sim.fail("CreateAccessKey", 0..1, fault);
            if lag > 0 {
                // The user is not seen at first: those requests are refused, and make nothing.
                sim.heal();
                sim.meanwhile("CreateUser", |sim| sim.pass(SignedDuration::from_secs(20)));
                sim.fail("CreateAccessKey", 0..1, fault);
            }
            assert_done(&sim.converge(&spec()));
            assert_at_rest(&sim, &format!("{fault:?}, lag {lag}"));
            assert_eq!((sim.count("CreateAccessKey"), sim.count("DeleteAccessKey")), (2, 1));
        }
    }
}

#[test]
fn a_request_that_never_arrived_leaves_nothing_to_reap() {
    for fault in NEVER_ARRIVED {
        let sim = world();
        sim.fail("CreateAccessKey", 0..1, fault);
        assert_done(&sim.converge(&spec()));
        assert_at_rest(&sim, &format!("{fault:?}"));
        assert_eq!((sim.count("CreateAccessKey"), sim.count("DeleteAccessKey")), (2, 0));
    }
}

#[test]
fn a_network_that_loses_every_answer_ends_without_a_key() {
    let sim = world();
    sim.fail("CreateAccessKey", 0..99, Fault::AnswerLost);
    let outcome = sim.converge(&spec());
    assert_eq!(
        told(failure(&outcome)),
        (
            "creating access key for user `CI_USER`: connection reset\n\
             note: no key was left behind\n\
             hint: check the network, then `ciuser resume`"
                .to_owned(),
            Standing::Partial
        )
    );
    assert_eq!((sim.count("CreateAccessKey"), keys(&sim).len()), (2, 0));
    sim.heal();
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_refused_request_is_not_repeated_by_core() {
    for fault in REFUSED {
        let sim = world();
        sim.fail("CreateAccessKey", 0..1, fault);
        let outcome = sim.converge(&spec());
        assert_eq!(failure(&outcome).standing, Standing::Partial);
        assert_eq!(sim.count("CreateAccessKey"), 1, "{fault:?}");
        to_rest(&sim);
        assert_at_rest(&sim, &format!("{fault:?}"));
        assert_eq!((sim.count("CreateAccessKey"), sim.count("DeleteAccessKey")), (2, 0));
    }
}

#[test]
fn a_key_that_appeared_on_an_older_user_is_left_when_nobody_can_be_asked() {
    let sim = world();
    older_user(&sim);
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    let outcome = sim.converge(&spec());
    let id = keys(&sim)[0].id.clone();
    let expected = (
        format!(
            "user `CI_USER` has `{id}`, which may be a key whose secret was lost; \
             there is nobody to ask here, so it was left as it is\n\
             hint: `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` removes it"
        ),
        Standing::Partial,
    );
    assert_eq!(told(failure(&outcome)), expected);
    assert_eq!(told(failure(&sim.resume()[0])), expected);
    assert_eq!((sim.count("CreateAccessKey"), live(&sim)), (1, vec![id]));
    // The person does as told.
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys.clear();
    to_rest(&sim);
    assert_at_rest(&sim, "settled");
}

#[test]
fn a_person_can_have_the_key_of_a_lost_answer_made_inactive_and_no_more() {
    let sim = world();
    older_user(&sim);
    sim.person.set(Some(true));
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    let outcome = sim.converge(&spec());
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        sim.questions.borrow().as_slice(),
        [format!(
            "The answer to creating an access key for user `CI_USER` was lost, and meanwhile `{id}` appeared there. \
             If nobody else made it, its secret is lost. Make it inactive?"
        )]
    );
    assert_eq!(
        told(failure(&outcome)),
        (
            format!(
                "user `CI_USER` has `{id}`, now inactive; it still takes one of the two places for keys\n\
                 hint: `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` removes it"
            ),
            Standing::Partial
        )
    );
    assert_eq!(sim.count("DeleteAccessKey"), 0);
    assert_done(&sim.resume()[0]);
    let status: Vec<_> = keys(&sim).iter().map(|key| key.status).collect();
    assert_eq!(status, [AccessKeyStatus::Inactive, AccessKeyStatus::Active]);
}

#[test]
fn two_keys_that_appeared_are_not_reaped_on_a_guess_even_on_our_own_user() {
    let sim = world();
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    sim.meanwhile("CreateAccessKey", |sim| {
        let mut account = sim.account.borrow_mut();
        let created = account.users["ci_user"].created;
        let key = account.new_key(created);
        account.users.get_mut("ci_user").unwrap().keys.push(key);
    });
    let outcome = sim.converge(&spec());
    assert!(failure(&outcome).what.contains("there is nobody to ask here"));
    assert_eq!((live(&sim).len(), sim.count("DeleteAccessKey")), (2, 0));
}

#[test]
fn a_lost_answer_of_create_user_is_settled_by_the_tag_of_the_run() {
    for fault in LOST {
        let sim = world();
        sim.account.borrow_mut().lag = SignedDuration::from_secs(9);
        sim.fail("CreateUser", 0..1, fault);
        assert_done(&sim.converge(&spec()));
        assert_at_rest(&sim, &format!("{fault:?}"));
        assert_eq!(sim.count("CreateUser"), 1);
    }
}

#[test]
fn a_network_that_is_still_down_does_not_hide_that_the_user_was_made() {
    let sim = world();
    sim.fail("CreateUser", 0..1, Fault::AnswerLost);
    sim.fail("GetUser", 0..3, Fault::RequestLost);
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "the network came back");
}

#[test]
fn a_user_that_may_have_been_made_is_told_as_done_in_part() {
    let sim = world();
    sim.fail("CreateUser", 0..1, Fault::RequestLost);
    let outcome = sim.converge(&spec());
    assert_eq!(
        told(failure(&outcome)),
        (
            "`CreateUser /ci/CI_USER tags env=production, ciuser:project=storefront, ciuser:run=r-0000000000000001`: \
             connection reset\n\
             hint: `ciuser resume` carries on"
                .to_owned(),
            Standing::Partial
        )
    );
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_user_that_somebody_else_made_meanwhile_is_not_taken() {
    let sim = world();
    sim.meanwhile("journal begin", |sim| {
        sim.account.borrow_mut().add_user("CI_USER", |_| {})
    });
    let outcome = sim.converge(&spec());
    assert_eq!(
        told(failure(&outcome)),
        (
            "`CreateUser /ci/CI_USER tags env=production, ciuser:project=storefront, ciuser:run=r-0000000000000001`: \
             EntityAlreadyExists: User with name CI_USER already exists\n\
             hint: somebody made it meanwhile: run `ciuser plan` again, with `--adopt` if it is yours"
                .to_owned(),
            Standing::Untouched
        )
    );
    assert!(sim.spools.borrow().is_empty() && sim.runs.borrow()[0].over);
}
