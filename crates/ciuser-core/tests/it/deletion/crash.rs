//! A deletion that dies anywhere is made good by `resume`, or by the same command again.

use super::{assert_deleted, clearing, keeping_the_user, laden};
use crate::example::{assert_done, holders, live};
use crate::world::{Came, Fault, Sim, When};

const BOTH: [When; 2] = [When::Before, When::After];

fn effects_of(does: impl Fn(&Sim)) -> usize {
    let sim = laden();
    let before = sim.effects();
    does(&sim);
    sim.effects() - before
}

/// Resumes, then deletes again if anything is left.
fn to_rest(sim: &Sim) {
    sim.resume();
    let run = sim.new_run();
    if let Ok(plan) = sim.plan_deletion(&run, &clearing()) {
        assert_done(&sim.apply(&run, &plan));
    }
}

#[test]
fn a_crash_at_any_effect_of_a_deletion_is_made_good() {
    let effects = effects_of(|sim| assert_done(&sim.delete(&clearing())));
    for effect in 0..effects {
        for when in BOTH {
            let sim = laden();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.delete(&clearing())), Came::Died));
            to_rest(&sim);
            let why = format!("crash {when:?} effect {effect}");
            assert_deleted(&sim, &why);
            assert_eq!(holders(&sim), [None, None, None, None], "{why}");
        }
    }
}

/// What was begun is brought to its end by `resume` alone: nothing has to be planned again.
#[test]
fn a_deletion_that_has_begun_needs_nothing_but_resume() {
    let effects = effects_of(|sim| assert_done(&sim.delete(&clearing())));
    for effect in 0..effects {
        let sim = laden();
        sim.crash_at(effect, When::After);
        assert!(matches!(sim.process(|| sim.delete(&clearing())), Came::Died));
        if sim.count("UpdateAccessKey") == 0 {
            continue;
        }
        for outcome in sim.resume() {
            assert_done(&outcome);
        }
        let why = format!("crash after effect {effect}");
        assert_deleted(&sim, &why);
        assert_eq!(holders(&sim), [None, None, None, None], "{why}");
    }
}

#[test]
fn a_crash_at_any_effect_never_clears_a_target_of_a_live_key() {
    let effects = effects_of(|sim| assert_done(&sim.delete(&keeping_the_user())));
    for effect in 0..effects {
        for when in BOTH {
            let sim = laden();
            sim.crash_at(effect, when);
            assert!(matches!(sim.process(|| sim.delete(&keeping_the_user())), Came::Died));
            let held = holders(&sim).iter().flatten().count();
            assert!(live(&sim).is_empty() || held == 4, "crash {when:?} effect {effect}");
        }
    }
}

#[test]
fn a_fault_at_any_effect_of_a_deletion_is_made_good() {
    let effects = effects_of(|sim| assert_done(&sim.delete(&clearing())));
    let faults = [
        Fault::NotSent,
        Fault::AnswerLost,
        Fault::ServerError,
        Fault::FailsAfter,
        Fault::Denied,
    ];
    for effect in 0..effects {
        for fault in faults {
            let sim = laden();
            let run = sim.new_run();
            let Ok(plan) = sim.plan_deletion(&run, &clearing()) else {
                continue;
            };
            sim.fail_at(effect, fault);
            sim.apply(&run, &plan);
            sim.heal();
            to_rest(&sim);
            let why = format!("{fault:?} at effect {effect}");
            assert_deleted(&sim, &why);
            assert_eq!(holders(&sim), [None, None, None, None], "{why}");
        }
    }
}
