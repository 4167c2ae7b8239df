//! The secret is in the ports and nowhere else.

use std::fmt::Debug;

use ciuser_core::plan::write_plan;
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use crate::example::{applied, assert_done, live, spec, world};
use crate::world::{CANARY, Fault, Sim};

fn assert_clean(what: &str, text: &str) {
    assert!(
        !text.contains(&CANARY[..5]) && !text.contains("canary"),
        "{what}: {text}"
    );
}

fn shown(thing: &impl Debug) -> String {
    format!("{thing:?}\n{thing:#?}")
}

/// Everything that a run leaves or reports: journal, plans, events, questions.
fn assert_no_trace(sim: &Sim, why: &str) {
    for run in sim.runs.borrow().iter() {
        assert_clean(why, &run.plan);
        assert_clean(why, &run.entries.join("\n"));
        assert_clean(why, &shown(&run.read()));
    }
    assert_clean(why, &sim.events.borrow().join("\n"));
    assert_clean(why, &sim.questions.borrow().join("\n"));
}

#[test]
fn nothing_that_holds_the_secret_shows_it() {
    let secret = SecretAccessKey::new(CANARY.to_owned()).unwrap();
    let key = AccessKey {
        id: "AKIASIMULATED0000002".parse().unwrap(),
        secret: secret.clone(),
    };
    assert_eq!(format!("{secret:?}"), "SecretAccessKey(redacted)");
    assert_eq!(
        format!("{key:?}"),
        "AccessKey { id: AccessKeyId(\"AKIASIMULATED0000002\"), secret: SecretAccessKey(redacted) }"
    );
    assert_clean("pretty", &shown(&key));
    assert_clean(
        "refused",
        &shown(&SecretAccessKey::new(format!("{CANARY}\n")).unwrap_err()),
    );
}

#[test]
fn plan_outcome_journal_and_events_of_every_kind_of_run_are_clean() {
    let sim = applied();
    let run = sim.new_run();
    let plan = sim.plan(&spec());
    assert_clean("plan", &(shown(&plan) + &write_plan(&plan).unwrap()));
    assert_clean("inventory", &shown(&sim.inventory(&spec(), &run, true)));
    let rotated = sim.rotate(&spec(), true);
    assert_done(&rotated);
    assert_clean("rotation", &shown(&rotated));
    sim.place(crate::example::PROJECT, |place| place.key = None);
    let plan = sim.plan(&spec());
    assert_clean("delivery", &(shown(&plan) + &write_plan(&plan).unwrap()));
    assert_clean("delivered", &shown(&sim.converge(&spec())));
    assert_no_trace(&sim, "runs");
    assert_eq!(live(&sim).len(), 1);
}

#[test]
fn no_failure_shows_the_secret() {
    let effects = applied().effects();
    for effect in 0..effects {
        for fault in [Fault::AnswerLost, Fault::FailsAfter, Fault::Denied] {
            let sim = world();
            let run = sim.new_run();
            let plan = sim.plan_as(&run, &spec(), &Default::default()).unwrap();
            sim.fail_at(effect, fault);
            let outcome = sim.apply(&run, &plan);
            assert_clean("outcome", &shown(&outcome));
            assert_clean("resumed", &shown(&sim.resume()));
            assert_no_trace(&sim, "a failed run");
        }
    }
}

/// Linux shows a process its own memory, freed memory too, as a file.
#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "looks where the secret was")]
fn nothing_of_a_secret_stays_in_memory_when_it_is_dropped() {
    use std::os::unix::fs::FileExt as _;

    let text = "canary".repeat(100);
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let read = |at: usize| {
        let mut bytes = vec![0; text.len()];
        memory.read_exact_at(&mut bytes, u64::try_from(at).unwrap()).unwrap();
        bytes
    };
    let secret = SecretAccessKey::new(text.clone()).unwrap();
    let copy = secret.clone();
    for secret in [secret, copy] {
        let at = secret.expose().as_ptr().addr();
        assert_eq!(read(at), text.as_bytes());
        drop(secret);
        assert!(!read(at).windows(6).any(|part| part == b"canary"));
    }
}
