//! One effect of a first handover fails, in every way; afterwards everything works again.

use ciuser_core::apply::Standing;
use ciuser_core::plan::Choices;

use super::to_rest;
use crate::example::{assert_at_rest, assert_done, keys, spec, world};
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
                    sim.account.borrow().users.get("ci_user").is_none(),
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
