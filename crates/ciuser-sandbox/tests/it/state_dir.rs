//! The state on disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ciuser_sandbox::{Answer, StateDir, StateError};
use jiff::Timestamp;

use crate::client::{Dice, read, sign};

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn call(dir: &StateDir, body: &str) -> Result<Vec<String>, String> {
    let mut dice = Dice::new();
    let credentials = dir.credentials(now(), &mut |bytes| dice.fill(bytes)).unwrap();
    let request = sign(
        &credentials,
        "us-east-1",
        "iam",
        now(),
        format!("{body}&Version=2010-05-08"),
    );
    match dir.handle(now(), &mut |bytes| dice.fill(bytes), &request).unwrap() {
        Answer::Response(response) => match read(&response) {
            Ok(result) => Ok(result.texts("Users/member/UserName")),
            Err(refused) => Err(refused.code),
        },
        Answer::Dropped => panic!("nothing is to be dropped"),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_state_survives_the_process_and_only_its_owner_can_read_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/sandbox");
    call(&StateDir::open(&path).unwrap(), "Action=CreateUser&UserName=ci").unwrap();
    assert_eq!(
        call(&StateDir::open(&path).unwrap(), "Action=ListUsers").unwrap(),
        ["ci"]
    );
    assert_eq!(mode(&path), 0o700);
    for name in ["state.json", "lock"] {
        assert_eq!(mode(&path.join(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
}

#[test]
fn what_another_process_wrote_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let (one, other) = (
        StateDir::open(home.path()).unwrap(),
        StateDir::open(home.path()).unwrap(),
    );
    call(&one, "Action=CreateUser&UserName=a").unwrap();
    call(&other, "Action=CreateUser&UserName=b").unwrap();
    assert_eq!(
        call(&one, "Action=CreateUser&UserName=B").unwrap_err(),
        "EntityAlreadyExists"
    );
    assert_eq!(call(&one, "Action=ListUsers").unwrap(), ["a", "b"]);
}

#[test]
fn threads_that_share_a_state_lose_nothing() {
    let home = tempfile::tempdir().unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let dir = &dir;
            scope.spawn(move || {
                for number in 0..5 {
                    call(dir, &format!("Action=CreateUser&UserName=u{thread}-{number}")).unwrap();
                }
            });
        }
    });
    assert_eq!(call(&dir, "Action=ListUsers").unwrap().len(), 20);
}

#[test]
fn a_half_written_successor_of_a_killed_process_is_ignored() {
    let home = tempfile::tempdir().unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    call(&dir, "Action=CreateUser&UserName=ci").unwrap();
    fs::write(home.path().join("state.json.new"), "{\"format_ver").unwrap();
    assert_eq!(
        call(&StateDir::open(home.path()).unwrap(), "Action=ListUsers").unwrap(),
        ["ci"]
    );
}

#[test]
fn nothing_is_written_when_nothing_changed() {
    let home = tempfile::tempdir().unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    let look = |dir: &StateDir| dir.with_engine(now(), &mut |_| {}, |engine| engine.state().account_id().to_owned());
    let account = look(&dir).unwrap();
    let written = fs::metadata(home.path().join("state.json"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(look(&dir).unwrap(), account);
    assert_eq!(look(&StateDir::open(home.path()).unwrap()).unwrap(), account);
    assert_eq!(
        fs::metadata(home.path().join("state.json"))
            .unwrap()
            .modified()
            .unwrap(),
        written
    );
}

#[test]
fn a_state_of_a_newer_program_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.json");
    fs::write(&path, r#"{"format_version":2,"unheard":"of"}"#).unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    let error = dir.credentials(now(), &mut |_| {}).unwrap_err();
    let expected = format!(
        "reading `{}`: its format version is 2, this program knows up to 1",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(
        error.hint(),
        Some("use the newer ciuser, or start over with `ciuser sandbox reset`")
    );
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        r#"{"format_version":2,"unheard":"of"}"#
    );
    dir.reset().unwrap();
    assert!(dir.credentials(now(), &mut |bytes| bytes.fill(1)).is_ok());
}

#[test]
fn a_damaged_state_is_reported_without_what_is_in_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.json");
    fs::write(&path, r#"{"format_version":1,"account_id":{"secret":"wJalrXUtnFEMI"}}"#).unwrap();
    let error = StateDir::open(home.path())
        .unwrap()
        .credentials(now(), &mut |_| {})
        .unwrap_err();
    let StateError::Damaged { .. } = &error else {
        panic!("{error}")
    };
    let expected = format!(
        "reading `{}`: it does not hold a sandbox state (line 1, column",
        path.display()
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(!format!("{error:?}").contains("wJalrXUtnFEMI"));
}

#[test]
fn reset_starts_over_with_another_account() {
    let home = tempfile::tempdir().unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    call(&dir, "Action=CreateUser&UserName=ci").unwrap();
    dir.reset().unwrap();
    dir.reset().unwrap();
    assert!(call(&dir, "Action=ListUsers").unwrap().is_empty());
}

#[test]
fn a_state_from_before_there_were_github_and_gitlab_gets_them() {
    let home = tempfile::tempdir().unwrap();
    call(&StateDir::open(home.path()).unwrap(), "Action=CreateUser&UserName=ci").unwrap();
    let file = home.path().join("state.json");
    let mut state: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    for newer in ["github", "gitlab"] {
        assert!(state.as_object_mut().unwrap().remove(newer).is_some());
    }
    fs::write(&file, state.to_string()).unwrap();
    let dir = StateDir::open(home.path()).unwrap();
    let tokens = || {
        let (mut dice, mut more) = (Dice::new(), Dice::new());
        let token =
            |engine: &mut ciuser_sandbox::Engine| engine.github(&mut |bytes| more.fill(bytes)).token().to_owned();
        dir.with_engine(now(), &mut |bytes| dice.fill(bytes), token).unwrap()
    };
    let first = tokens();
    assert!(first.starts_with("ghp_"), "{first}");
    assert_eq!(tokens(), first, "it is kept");
    assert_eq!(call(&dir, "Action=ListUsers").unwrap(), ["ci"]);
}
