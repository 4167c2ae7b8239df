//! The shapes that scripts rely on, as whole texts.

use ciuser_core::port::Entry;

use super::*;
use crate::document::{Document, Kind};
use crate::journal::sample::{context, delivered, history, key, run, user, whole_story};

fn text<T: Serialize>(kind: Kind, body: T) -> String {
    serde_json::to_string(&Document::new(kind, body)).unwrap()
}

/// What every document says of the sample's run, up to its state.
const RUN: &str = concat!(
    r#""run":"r-0101010101010101","begun":"2027-01-15T08:00:00Z","account":"111122223333","endpoint":"aws","#,
    r#""project":"default","state":"#,
);

const LINES: &str = concat!(
    r#""lines":["CreateUser /CI_USER","AttachUserPolicy arn:aws:iam::aws:policy/AmazonS3FullAccess","#,
    r#""IssueKey CI_USER","Deliver csv:/home/me/CI_USER.csv","Deliver circleci-context:gh/acme/deploy"]"#,
);

#[test]
fn history_says_of_every_run_how_far_it_came_and_how_to_go_on() {
    let open = history(whole_story().into_iter().take(7).collect(), false);
    let expected = [
        r#"{"format_version":1,"kind":"history","journal":"/state/journal.sqlite","runs":[{"#,
        RUN,
        r#""unfinished","#,
        LINES,
        r#","users":[{"name":"CI_USER","reached":"issued","key":"AKIAIOSFODNN7EXAMPLA","targets":2,"delivered":1}],"#,
        r#""resume":"ciuser resume"}]}"#,
    ];
    let document = text(Kind::History, History::of(Path::new("/state/journal.sqlite"), &[open]));
    assert_eq!(document, expected.concat());
}

#[test]
fn a_run_has_its_plan_its_entries_and_what_each_target_got() {
    let user = user();
    let entries = vec![
        Entry::Sealed {
            user: user.clone(),
            key: key('A'),
        },
        delivered('A', context(), Proof::Mask, 2),
    ];
    let run = history(entries, true);
    let plan = serde_json::to_string(&run.plan).unwrap();
    let expected = [
        r#"{"format_version":1,"kind":"history-run","#,
        RUN,
        r#""partial","#,
        LINES,
        r#","users":[{"name":"CI_USER","reached":"issued","key":"AKIAIOSFODNN7EXAMPLA","targets":2,"delivered":1}],"#,
        r#""resume":null,"caller":"arn:aws:sts::111122223333:assumed-role/Admin/me","plan":"#,
        &plan,
        r#","entries":[{"at":"2027-01-15T08:00:01Z","entry":"sealed","user":"CI_USER","key":"AKIAIOSFODNN7EXAMPLA"},"#,
        r#"{"at":"2027-01-15T08:00:02Z","entry":"delivered","user":"CI_USER","key":"AKIAIOSFODNN7EXAMPLA","#,
        r#""target":{"kind":"circleci-context","place":"gh/acme/deploy"},"proof":"mask"}],"#,
        r#""targets":[{"user":"CI_USER","kind":"circleci-context","place":"gh/acme/deploy","#,
        r#""key":"AKIAIOSFODNN7EXAMPLA","proof":"mask","proven":true,"proven_at":"2027-01-15T08:00:02Z"},"#,
        r#"{"user":"CI_USER","kind":"csv","place":"/home/me/CI_USER.csv","#,
        r#""key":null,"proof":null,"proven":false,"proven_at":null}]}"#,
    ];
    assert_eq!(text(Kind::HistoryRun, HistoryRun::of(&run)), expected.concat());
}

#[test]
fn pruning_names_the_runs_and_counts_those_that_stay() {
    let found = Prunable {
        runs: vec![run(2), run(1)],
        last_proofs: 3,
    };
    let expected = concat!(
        r#"{"format_version":1,"kind":"history-prune","dry_run":true,"#,
        r#""runs":["r-0202020202020202","r-0101010101010101"],"kept_for_last_proof":3}"#,
    );
    assert_eq!(text(Kind::HistoryPrune, HistoryPrune::of(&found, true)), expected);
}
