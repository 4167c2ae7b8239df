//! Sealing fails, the spool is gone, or the journal cannot be written.

use ciuser_core::apply::Standing;
use ciuser_core::port::AccessKeyStatus;

use super::{failure, older_user, to_rest, told};
use crate::example::{KDBX, applied, assert_at_rest, assert_done, holders, keys, spec, world};
use crate::world::{Came, Fault, Sim, SimKey, When};

#[test]
fn a_key_that_cannot_be_sealed_is_deleted_again() {
    let sim = world();
    older_user(&sim);
    sim.fail("seal seal", 0..1, Fault::Fails);
    sim.fail("AttachUserPolicy", 0..99, Fault::Denied);
    let denied = sim.converge(&spec());
    assert_eq!(failure(&denied).standing, Standing::Partial, "the tag was written");
    sim.heal();
    sim.fail("seal seal", 0..1, Fault::Fails);
    let outcome = &sim.resume()[0];
    let id = "AKIASIMULATED0000002";
    assert_eq!(
        told(failure(outcome)).0,
        format!(
            "the secret of access key `{id}` could not be sealed: seal seal failed\n\
             note: the key was deleted again\n\
             note: run {} holds no key and is given up; repeating its command plans what is left",
            outcome.run
        )
    );
    assert_eq!(keys(&sim), []);
    assert!(sim.places.borrow().values().all(|place| place.key.is_none()));
    to_rest(&sim);
    assert_at_rest(&sim, "sealing works again");
}

#[test]
fn a_run_that_did_nothing_but_a_key_that_was_deleted_again_changed_nothing() {
    let sim = applied();
    sim.fail("seal seal", 1..2, Fault::Fails);
    let outcome = sim.rotate(&spec(), false);
    assert_eq!(failure(&outcome).standing, Standing::Untouched);
    assert_at_rest(&sim, "as before");
}

#[test]
fn a_seal_that_failed_after_writing_never_brings_a_deleted_key_to_a_target() {
    let sim = world();
    sim.fail("seal seal", 0..1, Fault::FailsAfter);
    let outcome = sim.converge(&spec());
    assert_eq!(failure(&outcome).standing, Standing::Partial);
    assert_eq!(keys(&sim), []);
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_key_that_can_neither_be_sealed_nor_deleted_goes_to_the_stores_and_is_named() {
    let sim = world();
    sim.fail("seal seal", 0..1, Fault::Fails);
    sim.fail("DeleteAccessKey", 0..1, Fault::RequestLost);
    let outcome = sim.converge(&spec());
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        told(failure(&outcome)),
        (
            format!(
                "the secret of access key `{id}` could not be sealed: seal seal failed\n\
                 note: deleting it failed too: connection reset\n\
                 note: access key `{id}` of user `CI_USER` exists; its secret is in `kdbx:/keys.kdbx`\n\
                 hint: `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` removes it"
            ),
            Standing::Partial
        )
    );
    assert_eq!(holders(&sim), [Some(id), None, None, None]);
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn a_key_that_nothing_can_take_is_named_as_lost() {
    let sim = world();
    sim.fail("seal seal", 0..1, Fault::Fails);
    sim.fail("DeleteAccessKey", 0..1, Fault::RequestLost);
    sim.fail("put kdbx:/keys.kdbx", 0..1, Fault::Fails);
    sim.fail("put csv:/CI_USER.csv", 0..1, Fault::Fails);
    let outcome = sim.converge(&spec());
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        told(failure(&outcome)),
        (
            format!(
                "the secret of access key `{id}` could not be sealed: seal seal failed\n\
                 note: deleting it failed too: connection reset\n\
                 note: access key `{id}` of user `CI_USER` exists, and nobody has its secret\n\
                 hint: `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` removes it"
            ),
            Standing::Partial
        )
    );
    to_rest(&sim);
    assert_at_rest(&sim, "resumed");
}

#[test]
fn no_seal_no_key() {
    let sim = world();
    sim.fail("seal reserve", 0..1, Fault::Fails);
    let outcome = sim.converge(&spec());
    assert_eq!(
        told(failure(&outcome)),
        ("seal reserve failed".to_owned(), Standing::Untouched)
    );
    assert_eq!(sim.writes(), Vec::<String>::new());
}

#[test]
fn a_journal_that_cannot_note_the_end_keeps_the_spool_for_resume() {
    for kind in [
        "journal sealed",
        "journal confirmed",
        "journal delivered",
        "journal done",
        "journal finish",
    ] {
        let sim = world();
        sim.fail(kind, 0..99, Fault::Fails);
        sim.converge(&spec());
        sim.heal();
        to_rest(&sim);
        assert_at_rest(&sim, kind);
        assert_eq!(sim.count("CreateAccessKey"), 1, "{kind}");
    }
}

#[test]
fn a_spool_that_is_gone_costs_nothing_once_a_store_has_the_secret() {
    let sim = world();
    sim.fail("write circleci-project:gh/acme/storefront", 0..1, Fault::Fails);
    sim.converge(&spec());
    sim.spools.borrow_mut().clear();
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "read back from a store");
}

#[test]
fn a_spool_that_is_gone_before_any_store_has_the_secret_is_told() {
    let sim = world();
    for place in ["put kdbx:/keys.kdbx", "put csv:/CI_USER.csv"] {
        sim.fail(place, 0..1, Fault::Fails);
    }
    sim.converge(&spec());
    sim.spools.borrow_mut().clear();
    let outcome = &sim.resume()[0];
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        told(failure(outcome)),
        (
            format!(
                "the sealed secret of access key `{id}` of user `CI_USER` is gone from this machine\n\
                 note: no store gives it back either: \
                 `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` removes it\n\
                 hint: `ciuser key rotate CI_USER` issues a new key"
            ),
            Standing::Partial
        )
    );
    assert_eq!(
        sim.places.borrow().get(KDBX).and_then(|place| place.key_id().cloned()),
        None
    );
    // The person does as told.
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys.clear();
    to_rest(&sim);
    assert_at_rest(&sim, "settled");
}

/// The process dies while it takes back a key that it could not seal, although the secret is in the spool.
#[test]
fn a_key_that_was_being_taken_back_is_never_delivered() {
    for dies_after in ["UpdateAccessKey", "DeleteAccessKey", "seal discard"] {
        let sim = world();
        sim.fail("seal seal", 0..1, Fault::FailsAfter);
        sim.meanwhile(dies_after, |sim| sim.crash_at(0, When::Before));
        assert!(matches!(sim.process(|| sim.converge(&spec())), Came::Died));
        to_rest(&sim);
        assert_at_rest(&sim, dies_after);
    }
}

/// One CI system is down, and meanwhile a person does something to the sealed key.
fn while_waiting(person: impl FnOnce(&mut Vec<SimKey>)) -> Sim {
    let sim = world();
    sim.fail("write circleci-project:gh/acme/storefront", 0..1, Fault::Fails);
    sim.converge(&spec());
    person(&mut sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys);
    sim
}

#[test]
fn a_sealed_key_that_a_person_deleted_is_issued_anew() {
    let sim = while_waiting(Vec::clear);
    assert_done(&sim.resume()[0]);
    assert_at_rest(&sim, "issued anew");
}

#[test]
fn a_sealed_key_that_a_person_made_inactive_is_neither_delivered_nor_deleted() {
    let sim = while_waiting(|keys| keys[0].status = AccessKeyStatus::Inactive);
    let before = holders(&sim);
    let outcome = &sim.resume()[0];
    let id = keys(&sim)[0].id.clone();
    assert_eq!(
        told(failure(outcome)),
        (
            format!(
                "access key `{id}` of user `CI_USER` was made inactive before every target had it\n\
                 note: ciuser did not do that, and does not undo it\n\
                 hint: make it active again, or `aws iam delete-access-key --user-name CI_USER --access-key-id {id}` \
                 removes it; then `ciuser resume`"
            ),
            Standing::Partial
        )
    );
    assert_eq!((holders(&sim), keys(&sim).len()), (before, 1));
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys[0].status = AccessKeyStatus::Active;
    to_rest(&sim);
    assert_at_rest(&sim, "active again");
}
