//! What a deletion comes to, when all goes well and when the world is in the way.

use ciuser_core::apply::{Retired, RetiredTarget, Standing, Still};

use super::{assert_deleted, clearing, deletion, keeping_the_user, laden};
use crate::example::{CONTEXT, CSV, TARGETS, applied, assert_done, holders, keys};
use crate::world::{Fault, When};

#[test]
fn everything_is_gone_and_the_targets_are_empty() {
    let sim = laden();
    let outcome = sim.delete(&clearing());
    assert_done(&outcome);
    assert_deleted(&sim, "deleted");
    assert_eq!(holders(&sim), [None, None, None, None]);
    let retired = outcome.users[0].retired.as_ref().unwrap();
    assert!(retired.user_deleted);
    assert_eq!(retired.targets.len(), TARGETS.len());
    assert!(retired.targets.iter().all(|target| target.still == Still::Cleared));
}

#[test]
fn a_key_is_cleared_nowhere_before_it_is_deleted() {
    let sim = laden();
    assert_done(&sim.delete(&clearing()));
    let writes = sim.writes();
    let last_deletion = writes.iter().rposition(|call| call == "DeleteAccessKey").unwrap();
    let first_clearing = writes.iter().position(|call| call.starts_with("clear ")).unwrap();
    assert!(last_deletion < first_clearing, "{writes:#?}");
}

#[test]
fn without_clear_the_targets_keep_what_is_worth_nothing_now() {
    let sim = laden();
    let outcome = sim.delete(&deletion());
    assert_done(&outcome);
    assert_deleted(&sim, "deleted");
    assert!(holders(&sim).iter().all(Option::is_some));
    let retired = outcome.users[0].retired.as_ref().unwrap();
    assert!(retired.targets.iter().all(|target| target.still == Still::Holds));
}

#[test]
fn a_kept_user_loses_its_keys_and_nothing_else() {
    let sim = laden();
    let mut before = sim.account.borrow().users["ci_user"].clone();
    assert_done(&sim.delete(&keeping_the_user()));
    before.keys.clear();
    assert_eq!(sim.account.borrow().users["ci_user"], before);
    assert_eq!(holders(&sim), [None, None, None, None]);
}

#[test]
fn what_somebody_deleted_meanwhile_is_fine() {
    let sim = laden();
    let run = sim.new_run();
    let plan = sim.plan_deletion(&run, &clearing()).unwrap();
    sim.meanwhile("UpdateAccessKey", |sim| {
        let mut account = sim.account.borrow_mut();
        account.virtual_mfa.clear();
        account.groups.retain(|group| group.name.as_str() == "developers");
        account.users.remove("ci_user");
    });
    assert_done(&sim.apply(&run, &plan));
    assert_deleted(&sim, "twice");
}

#[test]
fn a_user_that_changed_after_the_review_is_left_alone() {
    let sim = laden();
    let run = sim.new_run();
    let plan = sim.plan_deletion(&run, &clearing()).unwrap();
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().ssh.clear();
    let writes = sim.writes().len();
    let failure = sim.apply(&run, &plan).failure.unwrap();
    assert_eq!(failure.standing, Standing::Refused);
    assert_eq!(sim.writes().len(), writes);
}

#[test]
fn a_new_member_of_the_own_group_after_the_review_is_noticed() {
    let sim = laden();
    let run = sim.new_run();
    let plan = sim.plan_deletion(&run, &clearing()).unwrap();
    sim.account.borrow_mut().add_user("colleague", |user| {
        user.groups = vec!["ciuser-CI_USER".parse().unwrap()]
    });
    assert_eq!(sim.apply(&run, &plan).failure.unwrap().standing, Standing::Refused);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_cleared() {
    let sim = applied();
    let theirs = sim.account.borrow_mut().new_key(jiff::Timestamp::UNIX_EPOCH);
    let run = sim.new_run();
    let plan = sim.plan_deletion(&run, &clearing()).unwrap();
    let id = theirs.id.clone();
    sim.meanwhile("DeleteUser", move |sim| {
        sim.place(CONTEXT, |place| place.key.as_mut().unwrap().1.id = theirs.id.clone());
    });
    let outcome = sim.apply(&run, &plan);
    assert_eq!(outcome.failure, None);
    let why = "it holds an access key id ending in `0003`, written mark-1 by now";
    assert_eq!(
        outcome.unfinished(),
        [format!(
            "`{CONTEXT}` still holds access key AKIASIMULATED0000002: {why}"
        )]
    );
    assert_eq!(holders(&sim), [None, None, Some(id), None]);
    let context = &outcome.users[0].retired.as_ref().unwrap().targets[2];
    assert_eq!(context.still, Still::Failed(why.to_owned()));
    assert!(
        sim.runs.borrow().iter().all(|run| run.over),
        "nothing for `resume` to do"
    );
}

#[test]
fn a_target_that_fails_is_reported_and_the_next_deletion_clears_it() {
    let sim = applied();
    sim.fail(&format!("clear {CSV}"), 0..1, Fault::Fails);
    let outcome = sim.delete(&clearing());
    assert_eq!(
        outcome.unfinished(),
        ["`csv:/CI_USER.csv` still holds access key AKIASIMULATED0000002: clear csv:/CI_USER.csv failed"]
    );
    assert_deleted(&sim, "deleted");
    assert_done(&sim.delete(&clearing()));
    assert_eq!(holders(&sim), [None, None, None, None]);
}

#[test]
fn a_denied_call_leaves_the_keys_dead_and_says_what_is_missing() {
    let sim = laden();
    sim.fail("DeleteSSHPublicKey", 0..99, Fault::Denied);
    let failure = sim.delete(&clearing()).failure.unwrap();
    assert_eq!(
        (failure.what.as_str(), failure.hint.as_deref(), failure.standing),
        (
            "`DeleteSSHPublicKey APKAEXAMPLE000000001` for user `CI_USER`: AccessDenied: not authorized",
            Some("the caller needs the permission `iam:DeleteSSHPublicKey`"),
            Standing::Partial
        )
    );
    assert_eq!(keys(&sim), []);
    sim.heal();
    assert_done(&sim.resume()[0]);
    assert_deleted(&sim, "resumed");
    assert_eq!(holders(&sim), [None, None, None, None]);
}

#[test]
fn something_given_to_the_user_meanwhile_stops_the_deletion_with_a_word() {
    let sim = laden();
    sim.meanwhile("DetachUserPolicy", |sim| {
        let mut account = sim.account.borrow_mut();
        account.users.get_mut("ci_user").unwrap().certificates = vec!["NEWONE".parse().unwrap()];
    });
    let failure = sim.delete(&clearing()).failure.unwrap();
    assert_eq!(
        (failure.what.as_str(), failure.hint.as_deref()),
        (
            "`DeleteUser CI_USER` for user `CI_USER`: DeleteConflict: Cannot delete entity, must remove referenced \
             objects first",
            Some("somebody gave it something new meanwhile: `ciuser delete CI_USER` plans what is left")
        )
    );
    sim.resume();
    assert_done(&sim.delete(&clearing()));
    assert_deleted(&sim, "the next one");
}

#[test]
fn a_namesake_made_after_a_crash_is_left_alone() {
    let sim = laden();
    sim.meanwhile("DeleteUser", |sim| sim.crash_at(0, When::Before));
    let _ = sim.process(|| sim.delete(&clearing()));
    let now = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1);
    let policy = sim.account.borrow().policy_arn("AmazonS3FullAccess");
    sim.account.borrow_mut().add_user("CI_USER", |user| {
        user.created = now;
        user.attached.push(policy);
    });
    let failure = sim.resume()[0].failure.clone().unwrap();
    assert_eq!(
        (failure.what.as_str(), failure.standing),
        (
            "user `CI_USER` was made anew at 1970-01-01T01:00:00Z while it was being deleted; the new one is left alone",
            Standing::Refused
        )
    );
    assert_eq!(sim.account.borrow().users["ci_user"].attached.len(), 1);
    assert!(sim.resume().is_empty(), "it is not offered again");
}

#[test]
fn the_outcome_names_keys_and_targets() {
    let sim = applied();
    let outcome = sim.delete(&clearing());
    let target = |target: ciuser_core::target::Target, verb: &str| RetiredTarget {
        key: "AKIASIMULATED0000002".parse().unwrap(),
        still: Still::Cleared,
        describe: format!("{verb} {target}"),
        target,
    };
    use ciuser_core::target::Target::{Provider, Store};
    assert_eq!(
        outcome.users[0].retired,
        Some(Retired {
            user_deleted: true,
            keys: vec!["AKIASIMULATED0000002".parse().unwrap()],
            targets: vec![
                target(Store(crate::example::kdbx()), "open"),
                target(Store(crate::example::csv()), "open"),
                target(Provider(crate::example::context()), "see"),
                target(Provider(crate::example::project()), "see"),
            ],
        })
    );
}
