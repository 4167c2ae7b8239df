//! One effect of a first handover fails, in every way; afterwards everything works again.

use ciuser_core::apply::Standing;
use ciuser_core::name::AccessKeyId;
use ciuser_core::plan::Choices;

use super::{assert_no_secret_is_lost, to_rest};
use crate::example::{applied, assert_at_rest, assert_done, holders, keys, live, spec, world};
use crate::world::Fault;

const ALL: [Fault; 9] = [
    Fault::NotSent,
    Fault::AnswerLost,
    Fault::RequestLost,
    Fault::ServerError,
    Fault::ServerErrorAfter,
    Fault::Throttled,
    Fault::Denied,
    Fault::Fails,
    Fault::FailsAfter,
];

#[test]
fn any_one_fault_is_made_good_and_told_truly() {
    let sim = world();
    let run = sim.new_run();
    let plan = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
    let before = sim.effects();
    assert_done(&sim.apply(&run, &plan));
    for effect in 0..sim.effects() - before {
        for fault in ALL {
            let why = format!("{fault:?} at effect {effect}");
            let sim = world();
            let run = sim.new_run();
            let plan = sim.plan_as(&run, &spec(), &Choices::default()).unwrap();
            sim.fail_at(effect, fault);
            let outcome = sim.apply(&run, &plan);
            sim.heal();
            let untouched = outcome
                .failure
                .as_ref()
                .is_some_and(|failure| failure.standing != Standing::Partial);
            if untouched {
                assert!(
                    !sim.account.borrow().users.contains_key("ci_user"),
                    "{why}: {:?}",
                    outcome.failure
                );
                assert!(sim.spools.borrow().is_empty(), "{why}");
            }
            let calls = sim.count("CreateAccessKey");
            assert!(calls <= 2, "{why}: CreateAccessKey was sent {calls} times");
            assert!(keys(&sim).len() <= 1, "{why}");
            to_rest(&sim);
            assert_at_rest(&sim, &why);
        }
    }
}

#[test]
fn no_fault_of_a_rotation_takes_the_old_key_away_before_every_target_has_the_new_one() {
    let sim = applied();
    let before = sim.effects();
    assert_done(&sim.rotate(&spec(), true));
    for effect in 0..sim.effects() - before {
        for fault in ALL {
            let why = format!("{fault:?} at effect {effect}");
            let sim = applied();
            let old = live(&sim)[0].clone();
            let run = sim.new_run();
            let plan = sim.plan_rotation(&run, &spec(), None, true);
            sim.fail_at(effect, fault);
            let outcome = sim.apply(&run, &plan);
            sim.heal();
            let everywhere = |id: &AccessKeyId| holders(&sim).iter().all(|held| held.as_ref() == Some(id));
            if !live(&sim).contains(&old) {
                assert!(everywhere(&live(&sim)[0]), "{why}");
            }
            let told = outcome
                .failure
                .into_iter()
                .chain(sim.resume().into_iter().filter_map(|one| one.failure));
            if told
                .last()
                .is_some_and(|failure| failure.what.contains("may be a key whose secret was lost"))
            {
                assert_eq!((sim.count("CreateAccessKey"), live(&sim).len()), (2, 2), "{why}");
                continue;
            }
            assert_no_secret_is_lost(&sim, &why);
            assert_eq!(live(&sim).len(), 1, "{why}");
            assert!(everywhere(&live(&sim)[0]), "{why}");
        }
    }
}
