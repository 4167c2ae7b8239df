//! Sessions in a process of their own: the SDK reads the process's environment, so each case runs this test binary again,
//! with one test alone and a cleared environment. That test then is the child.
#![expect(
    clippy::disallowed_methods,
    reason = "the cases are files and variables of a child process"
)]

use std::path::Path;
use std::process::Command;

use ciuser_aws::{AskMfaCode, Options, Session, SharedAsyncSleep};
use ciuser_core::port::{Iam as _, Sts as _, Trail as _};

use crate::fake::{Fake, Pauses, Reply, Turns, refused, run, user};
use crate::login;

/// What a child reports: a line for each request, and one for the session.
pub(crate) fn outcome(directory: &Path, files: &[(&str, &str)], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "child::an_asked_region_is_asked_and_signed_for",
            "--nocapture",
        ])
        .env_clear()
        .env(CHILD, "1");
    command.env("HOME", directory);
    for (name, text) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        match *name {
            "config" => command.env("AWS_CONFIG_FILE", path),
            "credentials" => command.env("AWS_SHARED_CREDENTIALS_FILE", path),
            _ => &mut command,
        };
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split_once("> "))
        .map(|(_, line)| format!("{line}\n"))
        .collect()
}

#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn report(line: &str) {
    println!("> {line}");
}

/// Set in the processes that these tests start.
const CHILD: &str = "CIUSER_TEST_CHILD";

/// How long it may take to find out that there are no credentials.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(6);

#[tokio::test]
async fn an_asked_region_is_asked_and_signed_for() {
    if std::env::var_os(CHILD).is_some() {
        return child().await;
    }
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(
        outcome(directory.path(), &[], &with_keys(&[("ASKED_REGION", "eu-west-1")])),
        "endpoint aws region Some(\"eu-west-1\")\nhttps://iam.amazonaws.com/ AKIAENVIRONMENT00001\nhttps://sts.eu-west-1.amazonaws.com/ AKIAENVIRONMENT00001\n"
    );
}

/// What a child does: it connects as it was asked to, calls, and reports what was sent where.
async fn child() {
    let asked = |name: &str| std::env::var(name).ok();
    let fake = match asked("REPLY").as_deref() {
        Some("denied") => Fake::new([refused(
            403,
            "AccessDenied",
            "User: me is not authorized to perform: sts:AssumeRole",
        )]),
        Some("silence") => Fake::new([Reply::Silence]),
        _ => Fake::answering(login::answer),
    };
    let (turns, is_silent) = (Turns::default(), asked("REPLY").as_deref() == Some("silence"));
    let options = Options {
        profile: asked("ASKED_PROFILE"),
        region: asked("ASKED_REGION").map(|region| region.parse().unwrap()),
        endpoint_url: asked("ASKED_ENDPOINT_URL"),
        run: run(),
        credentials: None,
        sleep: is_silent.then(|| SharedAsyncSleep::new(turns.clone())),
    };
    let session = match Session::connect(options, fake.clone(), &Somebody).await {
        Ok(session) => session,
        Err(error) => return report(&format!("{error} | {}", error.hint().unwrap_or_default())),
    };
    if asked("ASK_TRAIL").is_some() {
        let trail = session.trail(std::rc::Rc::new(Pauses::default()));
        let since = jiff::Timestamp::UNIX_EPOCH;
        let error = trail.lookup_created_access_keys(&user(), &run(), since).await;
        let asked = fake.seen().first().map(|seen| seen.uri.to_string());
        return report(&asked.unwrap_or_else(|| error.unwrap_err().to_string()));
    }
    report(&format!(
        "endpoint {} region {:?}",
        session.endpoint_label(),
        session.region().map(ToString::to_string)
    ));
    let error = session
        .iam(std::rc::Rc::new(Pauses::default()))
        .get_user(&user())
        .await
        .unwrap_err();
    if !error.is_no_such_entity() {
        assert!(turns.longest() < PATIENCE, "{:?}", turns.longest());
        return report(&format!("{:?} {error}", error.kind));
    }
    session.sts().get_caller_identity().await.unwrap_err();
    if asked("ASK_TRAIL_TOO").is_some() {
        let trail = session.trail(std::rc::Rc::new(Pauses::default()));
        let since = jiff::Timestamp::UNIX_EPOCH;
        let events = trail.lookup_created_access_keys(&user(), &run(), since).await;
        assert_eq!(events.map_err(|error| error.to_string()), Ok(Vec::new()));
    }
    for seen in fake.seen() {
        let key = seen
            .header("authorization")
            .split(['=', '/'])
            .nth(1)
            .unwrap_or_default();
        report(&format!("{} {key}{}", seen.uri, login::told(&seen)));
    }
}

/// Gives the code that the case says, and reports that it was asked.
struct Somebody;

impl AskMfaCode for Somebody {
    fn mfa_code(&self, serial: &str) -> Option<String> {
        report(&format!("asked for the code of {serial}"));
        std::env::var("MFA_CODE").ok()
    }
}

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001"),
    ("AWS_SECRET_ACCESS_KEY", "s"),
];

pub(crate) fn with_keys(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    KEYS.into_iter().chain(more.iter().copied()).collect()
}
