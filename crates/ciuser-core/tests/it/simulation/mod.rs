//! Whole runs of ciuser in a world in which everything goes wrong, drawn from seeds: the same seed, the same history.
//!
//! `CIUSER_SIM_RUNS=100000 cargo nextest run -p ciuser-core simulation::no_history` lives so many histories;
//! `CIUSER_SIM_SEED=7 cargo nextest run -p ciuser-core simulation::replay --no-capture` shows one.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "reads how many seeds to run, and prints how fast"
)]

mod broken;
mod course;
mod history;
mod invariant;
mod ledger;
mod others;
mod program;
mod rule;
mod scenario;
mod seed;
mod shrink;
mod trouble;

use std::time::Instant;

use broken::Broken;
use history::History;
use invariant::broken_rule;
use scenario::Scenario;

/// How many histories every test run lives, all shards together.
const RUNS: u64 = 4_000;
const SHARDS: u64 = 2;

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

fn run_shard(shard: u64) {
    let runs = variable("CIUSER_SIM_RUNS").unwrap_or(RUNS);
    let (begun, mut lived, mut effects) = (Instant::now(), 0_u32, 0);
    for seed in (0..runs).filter(|seed| seed % SHARDS == shard) {
        let scenario = Scenario::draw(seed);
        let history = History::live(&scenario, &scenario.troubles, None, false);
        effects += history.effects;
        if let Some(violation) = broken_rule(&history) {
            let least = shrink::shrunk(&scenario, violation.rule, None);
            panic!("{}", told(&least));
        }
        lived += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let speed = f64::from(lived) / seconds;
    println!("{lived} histories, {effects} effects, {seconds:.1} s, {speed:.0} seeds/s, no rule broken");
}

/// A broken rule: how to see it, what it was, and everything that happened.
fn told(scenario: &Scenario) -> String {
    let history = History::live(scenario, &scenario.troubles, None, true);
    let violation = broken_rule(&history).map_or("no rule broken".to_owned(), |violation| violation.to_string());
    let troubles: Vec<_> = scenario
        .troubles
        .iter()
        .map(|trouble| format!("  {trouble}\n"))
        .collect();
    format!(
        "{violation}\n{scenario:?}\n{}{}\nCIUSER_SIM_SEED={} cargo nextest run -p ciuser-core simulation::replay --no-capture",
        troubles.concat(),
        history.trace.join("\n"),
        scenario.seed
    )
}

#[test]
fn no_history_breaks_a_rule_1() {
    run_shard(0);
}

#[test]
fn no_history_breaks_a_rule_2() {
    run_shard(1);
}

#[test]
fn replay() {
    let seed = variable("CIUSER_SIM_SEED").unwrap_or(0);
    let scenario = Scenario::draw(seed);
    let violation = shrink::violation(&scenario, None);
    let least = match &violation {
        Some(violation) => shrink::shrunk(&scenario, violation.rule, None),
        None => scenario,
    };
    println!("{}", told(&least));
    assert_eq!(violation, None);
}

/// A guard against a simulation that finds nothing: returns the first seed that shows what is broken.
fn caught(broken: Broken, rule: &str) -> Option<u64> {
    let breaks = |seed: &u64| {
        let violation = shrink::violation(&Scenario::draw(*seed), Some(broken));
        violation.is_some_and(|violation| violation.rule == rule)
    };
    (0..1_000).find(breaks)
}

#[test]
fn each_broken_protocol_is_caught_within_a_thousand_seeds() {
    for (broken, rule) in [
        (Broken::RepeatedCreate, rule::ORPHAN),
        (Broken::UnsyncedJournal, rule::ORPHAN),
        (Broken::NoPatience, rule::ORPHAN),
        (Broken::SealedAfterDelivery, rule::SEAL_FIRST),
        (Broken::ForgottenList, rule::OLD_KEY),
        (Broken::UnprovenProvider, rule::OLD_KEY),
        (Broken::DeletedOnAGuess, rule::THEIR_KEY),
        (Broken::UnprovenStore, rule::STORE_FIRST),
        (Broken::NoLock, rule::TWO_KEYS),
    ] {
        let seed = caught(broken, rule);
        assert!(
            seed.is_some(),
            "{broken:?} goes through: nobody sees that `{rule}` is broken"
        );
        println!("{broken:?} is caught by seed {}: {rule}", seed.unwrap());
    }
}
