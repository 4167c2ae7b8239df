//! What a run's entries say about how far it came.

use ciuser_core::plan::Session;

use super::*;
use crate::journal::sample::{
    cleared, context, creating, csv, deletion, delivered, history, key, scope, user, whole_story,
};

fn after(entries: usize) -> RunHistory {
    history(whole_story().into_iter().take(entries).collect(), false)
}

#[test]
fn how_far_a_run_came_is_the_last_thing_that_is_known_of_it() {
    let expected = [
        (Reached::Nothing, None, 0),
        (Reached::Changing, None, 0),
        (Reached::Changing, None, 0),
        (Reached::Changed, None, 0),
        (Reached::NoKey, None, 0),
        (Reached::Creating, None, 0),
        (Reached::Issued, Some(key('A')), 0),
        (Reached::Issued, Some(key('A')), 1),
        (Reached::Issued, Some(key('A')), 1),
        (Reached::Issued, Some(key('A')), 2),
        (Reached::Done, Some(key('A')), 2),
    ];
    for (entries, expected) in expected.into_iter().enumerate() {
        let run = after(entries);
        let Progress {
            reached,
            key,
            delivered,
        } = run.progress(&user());
        assert_eq!((reached, key.cloned(), delivered), expected, "after {entries} entries");
    }
}

#[test]
fn a_deletion_is_done_only_if_every_target_to_be_cleared_is() {
    let story = [
        Entry::Changing { user: user() },
        Entry::Changed { user: user() },
        cleared('A', csv(), 3),
        cleared('A', context(), 4),
    ];
    let after = |entries: usize| deletion(story.iter().take(entries).cloned().collect(), true);
    let states: Vec<_> = (0..=4).map(|entries| after(entries).state()).collect();
    let expected = [
        RunState::Unchanged,
        RunState::Unchanged,
        RunState::Partial,
        RunState::Partial,
        RunState::Done,
    ];
    assert_eq!(states, expected);
    let run = after(3);
    assert_eq!(run.uncleared(&run.plan.users[0]), [&context()]);
}

#[test]
fn a_run_that_is_over_is_done_only_if_every_change_is_made_and_every_target_has_a_key() {
    let over = |entries: Vec<Entry>| history(entries, true).state();
    let story = whole_story();
    assert_eq!(over(story.clone()), RunState::Done);
    assert_eq!(after(10).state(), RunState::Unfinished);
    assert_eq!(over(story[..8].to_vec()), RunState::Partial);
    assert_eq!(over(story[..1].to_vec()), RunState::Unchanged);
    assert_eq!(over(Vec::new()), RunState::Unchanged);
    // The end of a run that gave up before it changed anything, and could not remove its spool at once.
    assert_eq!(over(vec![Entry::Done { user: user() }]), RunState::Unchanged);
}

#[test]
fn a_key_that_was_deleted_again_is_nowhere_and_the_next_one_counts_alone() {
    let mut story = whole_story();
    story.truncate(7);
    let (user, old, new) = (user(), key('A'), key('B'));
    story.push(Entry::Reaped {
        user: user.clone(),
        key: old,
    });
    story.push(creating());
    story.push(Entry::Sealed {
        user: user.clone(),
        key: new.clone(),
    });
    story.push(delivered('B', context(), Proof::Mask, 12));
    let run = history(story, false);
    let held: Vec<_> = run
        .delivered(&user)
        .into_iter()
        .map(|one| (one.target.clone(), one.key.clone()))
        .collect();
    assert_eq!(held, [(context(), new)]);
    assert_eq!(run.undelivered(&run.plan.users[0]), [&csv()]);
}

#[test]
fn what_another_user_of_the_plan_did_says_nothing() {
    let run = after(10);
    let progress = run.progress(&UserName::new("other").unwrap());
    assert_eq!(
        (progress.reached, progress.key, progress.delivered),
        (Reached::Nothing, None, 0)
    );
}

#[test]
fn the_command_that_carries_a_run_on_has_the_flags_that_it_was_begun_with() {
    let command = |endpoint: &str, session: Session, caller: &str| {
        let mut run = after(3);
        run.scope = scope(endpoint);
        run.plan.session = session;
        run.plan.caller = caller.to_owned();
        run.resume_command()
    };
    let session = |profile: Option<&str>, region: Option<&str>, endpoint_url: Option<&str>| Session {
        profile: profile.map(str::to_owned),
        region: region.map(str::to_owned),
        endpoint_url: endpoint_url.map(str::to_owned),
    };
    let me = "arn:aws:iam::111122223333:user/me";
    let url = "http://127.0.0.1:5000";
    assert_eq!(command("aws", session(None, None, None), me), "ciuser resume");
    assert_eq!(
        command("aws", session(Some("acme prod"), Some("eu-west-1"), None), me),
        "ciuser resume --profile 'acme prod' --region eu-west-1"
    );
    // From `--endpoint-url`, which may end with a slash, and from the environment.
    assert_eq!(
        command(url, session(None, None, Some("http://127.0.0.1:5000/")), me),
        "ciuser resume --endpoint-url http://127.0.0.1:5000/"
    );
    assert_eq!(
        command(url, session(None, None, None), me),
        "ciuser resume --endpoint-url http://127.0.0.1:5000"
    );
    assert_eq!(
        command("sandbox", session(Some("acme"), None, None), me),
        "ciuser resume --sandbox"
    );
    assert_eq!(
        command("aws", session(None, None, None), "arn:aws:iam::111122223333:root"),
        "ciuser resume --allow-root"
    );
    assert_eq!(
        command("aws", session(Some("it's"), None, None), me),
        r"ciuser resume --profile 'it'\''s'"
    );
}
