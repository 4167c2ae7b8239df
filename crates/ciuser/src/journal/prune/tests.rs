//! Which runs are listed, found and forgotten, on real files.

#![expect(clippy::disallowed_methods, reason = "the tests look at the file's size")]

use ciuser_core::port::{Journal as _, Known, Proof, Scope};

use super::*;
use crate::journal::sample::{at, cleared, context, csv, delivered, key, plan, run, scope, user};
use crate::journal::{Noted, SqliteJournal, Which};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn journal(&self) -> SqliteJournal {
        SqliteJournal::new(self.0.path().join("journal.sqlite"), || at(100))
    }
}

/// Begins run `n` in its `n`th second, with these entries.
fn begin(journal: &SqliteJournal, scope: &Scope, n: u8, entries: &[Entry]) {
    journal
        .begin(scope, &run(n), at(n.into()), &plan(&scope.endpoint))
        .unwrap();
    for entry in entries {
        journal.record(&run(n), entry).unwrap();
    }
}

fn over(journal: &SqliteJournal, scope: &Scope, n: u8, entries: &[Entry]) {
    begin(journal, scope, n, entries);
    journal.finish(&run(n)).unwrap();
}

const NOTHING_KEPT: Keep = Keep { since: None, newest: 0 };

fn ids(journal: &SqliteJournal, which: Which<'_>) -> Vec<RunId> {
    journal.runs(which).unwrap().into_iter().map(|run| run.run).collect()
}

#[test]
fn runs_of_all_endpoints_are_listed_newest_first_with_the_time_of_every_entry() {
    let home = Home::new();
    let journal = home.journal();
    let changed = Entry::Changed { user: user() };
    over(&journal, &scope("aws"), 1, std::slice::from_ref(&changed));
    begin(&journal, &scope("http://127.0.0.1:5000"), 2, &[]);
    let runs = home.journal().runs(Which::All).unwrap();
    let shown: Vec<_> = runs
        .iter()
        .map(|run| (&run.run, run.scope.endpoint.as_str(), run.finished))
        .collect();
    assert_eq!(
        shown,
        [(&run(2), "http://127.0.0.1:5000", false), (&run(1), "aws", true)]
    );
    assert_eq!(
        runs[1].entries,
        [Noted {
            at: at(100),
            entry: changed
        }]
    );
    assert_eq!((runs[1].begun, &runs[1].plan), (at(1), &plan("aws")));
}

#[test]
fn a_run_is_found_by_how_its_id_begins_and_the_unfinished_ones_by_being_so() {
    let home = Home::new();
    let journal = home.journal();
    over(&journal, &scope("aws"), 0x11, &[]);
    over(&journal, &scope("aws"), 0x12, &[]);
    begin(&journal, &scope("aws"), 0x21, &[]);
    assert_eq!(ids(&journal, Which::Beginning("r-12")), [run(0x12)]);
    assert_eq!(ids(&journal, Which::Beginning("r-1")), [run(0x12), run(0x11)]);
    // What means something to LIKE and GLOB means nothing here.
    for none in ["r-3", "r-%", "r-_1", "r-*"] {
        assert_eq!(ids(&journal, Which::Beginning(none)), [], "{none}");
    }
    assert_eq!(ids(&journal, Which::Unfinished), [run(0x21)]);
}

#[test]
fn a_journal_that_is_not_there_has_no_runs_and_is_not_made() {
    let home = Home::new();
    assert_eq!(ids(&home.journal(), Which::All), []);
    assert_eq!(home.journal().prunable(&NOTHING_KEPT).unwrap(), Prunable::default());
    assert!(!home.journal().is_there());
}

#[test]
fn a_run_that_is_not_over_is_never_forgotten() {
    let home = Home::new();
    let journal = home.journal();
    begin(&journal, &scope("aws"), 1, &[]);
    over(&journal, &scope("aws"), 2, &[]);
    let found = journal.prunable(&NOTHING_KEPT).unwrap();
    assert_eq!(
        found,
        Prunable {
            runs: vec![run(2)],
            last_proofs: 0
        }
    );
    // Not even when it is asked for by its id.
    assert_eq!(journal.prune(&NOTHING_KEPT, &[run(1), run(2)]).unwrap(), [run(2)]);
    assert_eq!(ids(&journal, Which::All), [run(1)]);
}

#[test]
fn what_targets_are_known_to_hold_survives_pruning() {
    let home = Home::new();
    let journal = home.journal();
    let aws = scope("aws");
    over(
        &journal,
        &aws,
        1,
        &[
            delivered('A', csv(), Proof::Value, 1),
            delivered('A', context(), Proof::Mask, 2),
        ],
    );
    over(&journal, &aws, 2, &[delivered('B', csv(), Proof::Value, 3)]);
    over(&journal, &aws, 3, &[delivered('C', csv(), Proof::Value, 4)]);
    // The same places, of the same name, in another account.
    over(
        &journal,
        &scope("sandbox"),
        4,
        &[delivered('S', csv(), Proof::Value, 5)],
    );
    let before = journal.known(&aws, &user()).unwrap();

    let found = journal.prunable(&NOTHING_KEPT).unwrap();
    assert_eq!(
        found,
        Prunable {
            runs: vec![run(2)],
            last_proofs: 3
        }
    );
    assert_eq!(journal.prune(&NOTHING_KEPT, &found.runs).unwrap(), [run(2)]);

    let known = |end, target, proof, second| Known {
        target,
        key: key(end),
        proof: Some(proof),
        mark: None,
        at: at(second),
    };
    let after = [
        known('A', context(), Proof::Mask, 2),
        known('C', csv(), Proof::Value, 4),
    ];
    assert_eq!(journal.known(&aws, &user()).unwrap(), after);
    assert_eq!(before, after);
    assert_eq!(ids(&journal, Which::All), [run(4), run(3), run(1)]);
    // And there is nothing more to forget.
    assert_eq!(
        journal.prunable(&NOTHING_KEPT).unwrap(),
        Prunable {
            runs: Vec::new(),
            last_proofs: 3
        }
    );
}

#[test]
fn a_user_is_the_same_in_any_case() {
    let home = Home::new();
    let journal = home.journal();
    let mut shouted = delivered('A', csv(), Proof::Value, 1);
    if let Entry::Delivered { user, .. } = &mut shouted {
        *user = ciuser_core::name::UserName::new("ci_user").unwrap();
    }
    over(&journal, &scope("aws"), 1, &[shouted]);
    over(&journal, &scope("aws"), 2, &[delivered('B', csv(), Proof::Value, 2)]);
    let expected = Prunable {
        runs: vec![run(1)],
        last_proofs: 1,
    };
    assert_eq!(journal.prunable(&NOTHING_KEPT).unwrap(), expected);
}

#[test]
fn young_runs_and_the_newest_of_each_account_are_kept() {
    let home = Home::new();
    let journal = home.journal();
    for n in 1..=4 {
        over(&journal, &scope("aws"), n, &[]);
    }
    over(&journal, &scope("sandbox"), 5, &[]);
    let forgotten = |since: Option<i64>, newest| {
        journal
            .prunable(&Keep {
                since: since.map(at),
                newest,
            })
            .unwrap()
            .runs
    };
    assert_eq!(forgotten(Some(3), 0), [run(2), run(1)]);
    assert_eq!(forgotten(None, 1), [run(3), run(2), run(1)]);
    assert_eq!(forgotten(Some(3), 3), [run(1)]);
    assert_eq!(forgotten(Some(1), 0), []);
    assert_eq!(forgotten(None, 9), []);
}

#[test]
fn only_what_was_shown_is_forgotten_and_the_file_gets_smaller() {
    let home = Home::new();
    let journal = home.journal();
    let many: Vec<Entry> = (0..500).map(|_| Entry::Changed { user: user() }).collect();
    over(&journal, &scope("aws"), 1, &many);
    over(&journal, &scope("aws"), 2, &[]);
    // Closing the last connection brings everything into the file.
    let path = journal.path().to_owned();
    drop(journal);
    let size = || std::fs::metadata(&path).unwrap().len();
    let before = size();
    assert_eq!(home.journal().prune(&NOTHING_KEPT, &[run(1)]).unwrap(), [run(1)]);
    assert_eq!(ids(&home.journal(), Which::All), [run(2)]);
    assert!(size() < before - 20_000, "{} bytes, {before} before", size());
}

#[test]
fn a_clearing_is_the_last_word_on_a_target_and_outlives_the_delivery() {
    let home = Home::new();
    let journal = home.journal();
    over(&journal, &scope("aws"), 1, &[delivered('A', csv(), Proof::Value, 1)]);
    over(&journal, &scope("aws"), 2, &[cleared('A', csv(), 2)]);
    let expected = Prunable {
        runs: vec![run(1)],
        last_proofs: 1,
    };
    assert_eq!(journal.prunable(&NOTHING_KEPT).unwrap(), expected);
    assert_eq!(journal.prune(&NOTHING_KEPT, &[run(1)]).unwrap(), [run(1)]);
    assert_eq!(journal.known(&scope("aws"), &user()).unwrap(), []);
}
