//! The answer of a call that creates is lost.

use ciuser_core::apply::Standing;
use ciuser_core::port::{AccessKeyStatus, Journal as _};
use ciuser_core::target::{CsvFormat, StoreSpec};
use jiff::SignedDuration;

use super::{failure, older_user, to_rest, told};
use crate::example::{assert_at_rest, assert_done, keys, live, spec, spec_with, world};
use crate::world::{Fault, Sim};

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
fn an_orphan_is_looked_for_just_as_long_when_the_clock_is_set_meanwhile() {
    for jump in [SignedDuration::from_hours(1), SignedDuration::from_hours(-1)] {
        let sim = world();
        sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
        sim.meanwhile("CreateAccessKey", move |sim| {
            // From here on IAM is slow to show what was made.
            sim.account.borrow_mut().lag = SignedDuration::from_secs(20);
            sim.pass(SignedDuration::from_secs(1));
            sim.account.borrow_mut().users.get_mut("ci_user").unwrap().created = jiff::Timestamp::UNIX_EPOCH;
            sim.meanwhile("ListAccessKeys", move |sim| sim.skew.set(jump));
        });
        assert_done(&sim.converge(&spec()));
        assert_at_rest(&sim, &format!("the clock jumps by {jump}"));
        assert_eq!((sim.count("CreateAccessKey"), sim.count("DeleteAccessKey")), (2, 1));
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
             hint: check the network, and what stands between, such as a proxy; then `ciuser resume` asks for a key again"
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
fn a_key_on_an_older_user_is_reaped_once_cloudtrail_shows_that_the_run_made_it() {
    let sim = world();
    older_user(&sim);
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    assert_eq!(failure(&sim.converge(&spec())).standing, Standing::Partial);
    sim.trail_shows.set(true);
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "CloudTrail caught up");
    assert_eq!((sim.count("CreateAccessKey"), sim.count("DeleteAccessKey")), (2, 1));
}

#[test]
fn a_key_that_a_resumed_run_made_is_looked_for_under_the_run_that_asked_for_it() {
    let sim = world();
    older_user(&sim);
    sim.fail("CreateAccessKey", 0..1, Fault::Denied);
    failure(&sim.converge(&spec()));
    sim.fail("CreateAccessKey", 1..2, Fault::AnswerLost);
    assert_eq!(failure(&sim.resume()[0]).standing, Standing::Partial);
    let made = sim.account.borrow().users["ci_user"].keys[0].agent.clone();
    let begun = sim.unfinished(&Sim::scope()).unwrap()[0].run.clone();
    assert_ne!(made, Some(begun));
    sim.trail_shows.set(true);
    assert_done(&sim.resume()[0]);
    assert_eq!(sim.count("DeleteAccessKey"), 1);
}

#[test]
fn a_key_that_the_person_says_is_not_ours_is_left_and_the_run_does_not_ask_again() {
    let sim = world();
    older_user(&sim);
    sim.person.set(Some(false));
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    assert_eq!(failure(&sim.converge(&spec())).standing, Standing::Partial);
    assert_eq!(
        failure(&sim.resume()[0]).what,
        "user `CI_USER` has `AKIASIMULATED0000002`, which was not there when this was planned"
    );
    assert!(sim.resume().is_empty());
    assert_eq!((sim.count("CreateAccessKey"), live(&sim).len()), (1, 1));
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
             hint: check the network, and what stands between, such as a proxy; then `ciuser resume` carries on"
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

#[test]
fn a_lost_answer_of_create_group_is_settled_by_looking() {
    let spec = spec_with(|user| user.attach = ciuser_core::spec::Attach::Group);
    for (fault, sent) in [(Fault::AnswerLost, 1), (Fault::RequestLost, 2)] {
        let sim = world();
        sim.fail("CreateGroup", 0..1, fault);
        sim.fail("ListGroups", 2..4, Fault::RequestLost);
        let outcome = sim.converge(&spec);
        if fault == Fault::RequestLost {
            assert_eq!(failure(&outcome).standing, Standing::Partial);
            assert_done(&sim.resume()[0]);
        }
        assert_at_rest(&sim, &format!("{fault:?}"));
        assert_eq!(sim.count("CreateGroup"), sent);
    }
}

#[test]
fn a_person_can_say_that_the_key_is_not_ours() {
    let sim = world();
    older_user(&sim);
    sim.person.set(Some(false));
    sim.fail("CreateAccessKey", 0..1, Fault::AnswerLost);
    let outcome = sim.converge(&spec());
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        failure(&outcome).what,
        format!("user `CI_USER` has `{id}`, which was left as it is")
    );
    assert_eq!((live(&sim), sim.count("UpdateAccessKey")), (vec![id], 0));
}

#[test]
fn a_user_that_fails_leaves_what_was_done_for_the_others() {
    let mut two = spec();
    let mut second = two.users[0].clone();
    second.name = "CI_OTHER".parse().unwrap();
    second.stores = vec![StoreSpec::Csv {
        path: "/CI_OTHER.csv".to_owned(),
        format: CsvFormat::Import,
    }];
    second.deliver.clear();
    two.users.push(second);
    let two = two.checked().unwrap();
    let sim = world();
    sim.fail("CreateUser", 1..2, Fault::Denied);
    let outcome = sim.converge(&two);
    assert_eq!(
        told(failure(&outcome)),
        (
            "`CreateUser /ci/CI_OTHER tags env=production, ciuser:project=storefront, ciuser:run=r-0000000000000001`: \
             AccessDenied: not authorized\n\
             hint: the caller needs the permission `iam:CreateUser`"
                .to_owned(),
            Standing::Partial
        )
    );
    assert_eq!(outcome.unfinished(), ["user `CI_OTHER`: the rest of the plan"]);
    assert_eq!(live(&sim).len(), 1);
    assert_done(&sim.resume()[0]);
    assert_eq!(sim.plan(&two).lines(), Vec::<String>::new());
    assert_eq!((sim.count("CreateAccessKey"), sim.spools.borrow().len()), (2, 0));
}
