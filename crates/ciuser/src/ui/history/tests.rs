//! What a person reads of runs.

use ciuser_core::port::{Entry, Proof};

use super::*;
use crate::journal::sample::{cleared, csv, deletion, delivered, history, plan, run, scope, user, whole_story};
use crate::ui::{Color, Manner, Output};

fn ui() -> Ui {
    Ui::new(Manner {
        flags: String::new(),
        output: Output::Human,
        color: Color::Never,
        quiet: false,
        unicode: true,
        no_input: true,
    })
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn the_table_says_what_each_run_did_and_how_to_go_on_with_the_unfinished() {
    let mut open = history(whole_story().into_iter().take(7).collect(), false);
    open.run = run(2);
    open.scope = scope("sandbox");
    let done = history(whole_story(), true);
    insta::assert_snapshot!(plain(&ui().runs_table(&[open, done])), @r"
      run                 when (UTC)        account                 users    state
      r-0202020202020202  2027-01-15 08:00  111122223333 (sandbox)  CI_USER  unfinished
          5 changes: CreateUser /CI_USER; AttachUserPolicy AmazonS3FullAccess (AWS managed); and 3 more
          CI_USER: access key AKIAIOSFODNN7EXAMPLA is issued, and 1 of 2 targets have it
          → ciuser resume --sandbox
      r-0101010101010101  2027-01-15 08:00  111122223333 (aws)      CI_USER  done
          5 changes: CreateUser /CI_USER; AttachUserPolicy AmazonS3FullAccess (AWS managed); and 3 more
    ");
}

#[test]
fn a_plan_for_many_users_is_told_by_its_first_and_how_many_more() {
    let mut run = history(Vec::new(), true);
    let user = run.plan.users[0].clone();
    run.plan.users = vec![user; 50];
    assert_eq!(users_in_short(&run.plan), "CI_USER and 49 more");
    run.plan.users.clear();
    assert_eq!(
        (users_in_short(&run.plan).as_str(), changes_in_short(&run.plan).as_str()),
        ("none", "no changes")
    );
}

#[test]
fn the_story_is_dated_and_every_proof_is_in_words() {
    let run = history(whole_story(), true);
    insta::assert_snapshot!(plain(&ui().story(&run).join("\n")), @r"
      2027-01-15 08:00:01  making the changes before the key
      2027-01-15 08:00:02  user CI_USER created
      2027-01-15 08:00:03  all of these changes made
      2027-01-15 08:00:04  handover begun: the place of the sealed secret is reserved
      2027-01-15 08:00:05  creating an access key; the user had none
      2027-01-15 08:00:06  access key AKIAIOSFODNN7EXAMPLA created, its secret sealed
      2027-01-15 08:00:07  AKIAIOSFODNN7EXAMPLA delivered to csv:/home/me/CI_USER.csv, read back and
                           equal
      2027-01-15 08:00:08  AKIAIOSFODNN7EXAMPLA confirmed by STS
      2027-01-15 08:00:09  AKIAIOSFODNN7EXAMPLA delivered to circleci-context:gh/acme/deploy, accepted;
                           it cannot be asked for more
      2027-01-15 08:00:10  done; the sealed secret is no longer needed
    ");
    insta::assert_snapshot!(plain(&ui().proofs(&run).join("\n")), @r"
      ✓ proven   csv:/home/me/CI_USER.csv
                 AKIAIOSFODNN7EXAMPLA since 2027-01-15 08:00:07, read back and equal
      ▲ written  circleci-context:gh/acme/deploy
                 AKIAIOSFODNN7EXAMPLA since 2027-01-15 08:00:09, accepted; it cannot be asked for more
    ");
}

#[test]
fn a_story_of_several_users_says_whose_each_line_is() {
    let mut run = history(vec![Entry::Changed { user: user() }], false);
    run.plan.users.extend(plan("aws").users);
    assert_eq!(
        plain(&ui().story(&run)[0]),
        "  2027-01-15 08:00:01  CI_USER: all of these changes made"
    );
}

#[test]
fn a_target_that_got_nothing_is_missing() {
    let run = history(vec![delivered('A', csv(), Proof::Value, 1)], false);
    insta::assert_snapshot!(plain(&ui().proofs(&run).join("\n")), @r"
      ✓ proven   csv:/home/me/CI_USER.csv
                 AKIAIOSFODNN7EXAMPLA since 2027-01-15 08:00:01, read back and equal
      ✗ missing  circleci-context:gh/acme/deploy
    ");
}

#[test]
fn what_was_forgotten_is_counted_and_why_old_runs_stay_is_said() {
    let said = |runs: u8, last_proofs, dry_run| {
        let runs = (0..runs).map(run).collect();
        pruned_in_words(&Prunable { runs, last_proofs }, dry_run)
    };
    assert_eq!(said(0, 0, false), "nothing to forget");
    assert_eq!(said(1, 0, false), "1 run forgotten");
    assert_eq!(
        said(3, 2, true),
        "3 runs would be forgotten; 2 old runs stay: they have the last proofs of what targets hold"
    );
}

#[test]
fn a_deletion_says_how_many_targets_are_cleared() {
    let said = |entries: Vec<Entry>| {
        let run = deletion(entries, false);
        reached_in_words(&run, &run.plan.users[0])
    };
    let (changing, changed) = (Entry::Changing { user: user() }, Entry::Changed { user: user() });
    assert_eq!(said(Vec::new()), "not begun");
    assert_eq!(
        said(vec![changing.clone()]),
        "the deletion is begun, and not known to be complete"
    );
    assert_eq!(
        said(vec![changing, changed, cleared('A', csv(), 3)]),
        "everything is deleted, and 1 of 2 targets are cleared"
    );
    assert_eq!(
        entry_in_words(&cleared('A', csv(), 3)),
        "deleted access key AKIAIOSFODNN7EXAMPLA taken away from csv:/home/me/CI_USER.csv"
    );
}
