//! The key: kept, issued, or delivered from a store.

use ciuser_core::apply::{Freshness, Standing, apply};
use ciuser_core::plan::{Choices, Heading, PlanError, Session, plan};
use ciuser_core::target::Target;

use crate::example::{
    CSV, KDBX, PROJECT, applied, assert_at_rest, assert_done, kdbx, keys, live, spec, spec_with, world,
};
use crate::world::{Fault, Shows, Sim};

#[test]
fn a_target_added_later_is_delivered_from_a_store() {
    let sim = world();
    let small = spec_with(|user| user.deliver.truncate(1));
    assert_done(&sim.converge(&small));
    let id = live(&sim)[0].clone();
    assert_eq!(
        sim.plan(&spec()).lines(),
        [format!(
            "Deliver circleci-project:gh/acme/storefront, {id} from csv:/CI_USER.csv"
        )]
    );
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "added");
    assert_eq!(sim.count("CreateAccessKey"), 1);
}

#[test]
fn a_variable_that_vanished_is_delivered_again() {
    let sim = applied();
    let id = live(&sim)[0].clone();
    sim.place(PROJECT, |place| place.key = None);
    assert_eq!(
        sim.plan(&spec()).lines(),
        [format!(
            "Deliver circleci-project:gh/acme/storefront, {id} from csv:/CI_USER.csv"
        )]
    );
}

#[test]
fn a_place_where_a_delivery_was_cut_off_gets_the_key_again_though_its_mask_shows_it() {
    let sim = applied();
    sim.place(PROJECT, |place| place.shows = Shows::BareMask);
    sim.fail(&format!("write {PROJECT}"), 1..2, Fault::Half);
    let outcome = sim.rotate(&spec(), false);
    assert_eq!(outcome.unfinished().len(), 1, "{:?}", outcome.unfinished());
    let new = outcome.users[0].key.clone().unwrap();
    assert_eq!(
        sim.plan(&spec()).lines(),
        [format!(
            "Deliver circleci-project:gh/acme/storefront, {new} from csv:/CI_USER.csv (replaces {new}, whose delivery was cut \
             off)"
        )]
    );
}

#[test]
fn a_store_that_lost_the_key_gets_it_from_the_other() {
    let sim = applied();
    let id = live(&sim)[0].clone();
    sim.place(CSV, |place| place.key = None);
    assert_eq!(
        sim.plan(&spec()).lines(),
        [format!("Deliver csv:/CI_USER.csv, {id} from kdbx:/keys.kdbx")]
    );
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "delivered again");
}

#[test]
fn a_target_with_a_deleted_key_of_the_user_needs_no_permission_to_be_overwritten() {
    let sim = applied();
    let old = live(&sim)[0].clone();
    sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys.clear();
    let replaces = format!("(replaces {old}, which is deleted)");
    assert_eq!(
        sim.plan(&spec()).lines(),
        [
            "IssueKey CI_USER".to_owned(),
            format!("Deliver kdbx:/keys.kdbx {replaces}"),
            format!("Deliver csv:/CI_USER.csv {replaces}"),
            format!("Deliver circleci-context:gh/acme/deploy {replaces}"),
            format!("Deliver circleci-project:gh/acme/storefront {replaces}"),
        ]
    );
    assert_done(&sim.converge(&spec()));
    assert_at_rest(&sim, "issued anew");
}

fn no_unlock(sim: &Sim) -> Result<Vec<String>, PlanError> {
    let run = sim.new_run();
    let (scope, session) = (Sim::scope(), Session::default());
    let heading = Heading {
        run: &run,
        made: jiff::Timestamp::UNIX_EPOCH,
        scope: &scope,
        session: &session,
    };
    plan(
        &spec(),
        &sim.inventory(&spec(), &run, false),
        &Choices::default(),
        &heading,
    )
    .map(|plan| plan.lines())
}

#[test]
fn a_locked_store_is_opened_only_when_the_plan_depends_on_it() {
    let sim = applied();
    sim.place(KDBX, |place| place.locked = true);
    assert_eq!(no_unlock(&sim), Ok(Vec::new()));
    sim.runs.borrow_mut().clear();
    assert_eq!(no_unlock(&sim), Err(PlanError::Locked(vec![Target::Store(kdbx())])));
    assert_eq!(sim.plan(&spec()).lines(), Vec::<String>::new());
}

#[test]
fn a_plan_for_another_state_of_the_world_is_refused() {
    type Change = fn(&Sim);
    let changes: [Change; 4] = [
        |sim| sim.account.borrow_mut().users.get_mut("ci_user").unwrap().tags.clear(),
        |sim| {
            sim.account
                .borrow_mut()
                .users
                .get_mut("ci_user")
                .unwrap()
                .attached
                .clear()
        },
        |sim| sim.account.borrow_mut().users.get_mut("ci_user").unwrap().keys.clear(),
        |sim| sim.place(PROJECT, |place| place.foreign = Some("something else".to_owned())),
    ];
    for change in changes {
        let sim = applied();
        let run = sim.new_run();
        sim.place(PROJECT, |place| place.key = None);
        let reviewed = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
        let written = sim.writes().len();
        change(&sim);
        let outcome = sim.apply(&run, &reviewed);
        let failure = outcome.failure.unwrap();
        assert_eq!(
            failure.what,
            "this plan was made for another state of account 111122223333: user `CI_USER` or a target of it has \
             changed since 2026-11-23 10:00:00 UTC"
        );
        assert_eq!(
            failure.hint.as_deref(),
            Some("run `ciuser plan` again and review the new plan")
        );
        assert_eq!(failure.standing, Standing::Refused);
        assert_eq!(sim.writes().len(), written);
    }
}

#[test]
fn what_no_step_depends_on_does_not_make_a_plan_stale() {
    let sim = world();
    let run = sim.new_run();
    let reviewed = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
    sim.account.borrow_mut().add_user("unrelated", |_| {});
    sim.account.borrow_mut().reversed = true;
    assert_done(&sim.apply(&run, &reviewed));
    assert_at_rest(&sim, "applied");
}

#[test]
fn a_second_run_on_the_same_user_is_refused_while_the_first_works() {
    let sim = world();
    let run = sim.new_run();
    let reviewed = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
    sim.meanwhile("CreateUser", |sim| {
        let run = sim.new_run();
        let plan = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
        let outcome = crate::world::block_on(apply(&sim.ports(), &run, &plan, Freshness::JustRead));
        let failure = outcome.failure.unwrap();
        assert_eq!(
            failure.what,
            "another run of ciuser works on user `CI_USER` of this account"
        );
        assert_eq!(failure.standing, Standing::Refused);
    });
    assert_done(&sim.apply(&run, &reviewed));
    assert_at_rest(&sim, "applied");
}

#[test]
fn a_store_that_cannot_be_opened_stops_the_run_before_the_first_write() {
    let sim = world();
    let run = sim.new_run();
    let reviewed = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
    sim.fail(&format!("check {KDBX}"), 2..3, Fault::Fails);
    let failure = sim.apply(&run, &reviewed).failure.unwrap();
    assert_eq!(failure.what, "opening `kdbx:/keys.kdbx`: check kdbx:/keys.kdbx failed");
    assert_eq!(failure.standing, Standing::Untouched);
    assert_eq!((sim.writes(), keys(&sim)), (Vec::new(), Vec::new()));
}
