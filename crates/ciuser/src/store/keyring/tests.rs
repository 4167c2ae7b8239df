//! GNOME Keyring itself, on a bus of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "the keyring and its bus are processes that outlive a call"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use ciuser_core::port::Holdings;
use ciuser_core::target::StoreSpec;

use crate::env::Environment;
use crate::place;
use crate::store::contract::{
    Ground, Rig, SECRET, check, clear, contract, get_back, key, look, new_key, open, owner, put,
};

pub(super) const USERNAME: &str = "111122223333/CI_USER";
const SERVICE: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// A bus that starts nothing by itself: a question before the keyring is up would start a second one, without a login.
const BUS: &str = r#"
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

pub(super) fn in_keyring() -> StoreSpec {
    StoreSpec::Keyring {
        service: "ciuser".to_owned(),
    }
}

/// A session bus with a keyring on it, unlocked.
struct Desktop {
    rig: Rig,
    address: String,
    processes: Vec<Child>,
}

impl Desktop {
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let home = self.rig.directory.path();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Runs a program with this input and returns what it writes.
    fn run(&self, program: &str, arguments: &[&str], input: &str) -> String {
        let mut child = self.command(program, arguments).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    /// Starts a program that stays.
    fn start(&mut self, program: &str, arguments: &[&str], input: &str) -> &mut Child {
        let mut child = self.command(program, arguments).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.processes.push(child);
        self.processes.last_mut().unwrap()
    }

    /// Asks the Secret Service something, as a client that we did not write.
    fn ask(&self, method: &str, argument: &str) -> String {
        let method = format!("org.freedesktop.Secret.Service.{method}");
        let to = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", SERVICE];
        self.run("dbus-send", &[&to[..], &[&method, argument]].concat(), "")
    }

    /// Makes a bus without a keyring.
    fn without_keyring() -> Desktop {
        let mut desktop = Desktop {
            rig: Rig::new(),
            address: String::new(),
            processes: Vec::new(),
        };
        let config = desktop.rig.path("bus.conf");
        place::write_private(&config, BUS.as_bytes()).unwrap();
        let config = format!("--config-file={}", config.display());
        let bus = desktop.start("dbus-daemon", &["--nofork", "--print-address", &config], "");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        desktop.address = address.trim().to_owned();
        let home = desktop.rig.directory.path();
        let bus = [("DBUS_SESSION_BUS_ADDRESS", desktop.address.as_str())];
        desktop.rig.environment = Environment::of(home.to_str().unwrap(), home, &bus);
        desktop
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Ground for Desktop {
    fn new() -> Desktop {
        let mut desktop = Desktop::without_keyring();
        let flags = ["--foreground", "--unlock", "--components=secrets"];
        desktop.start("gnome-keyring-daemon", &flags, "the password of the login");
        for _ in 0..600 {
            if desktop.ask("ReadAlias", "string:default").contains(LOGIN) {
                return desktop;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the keyring did not come up")
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        in_keyring()
    }

    fn seen(&self) -> String {
        self.run("secret-tool", &["search", "--all", "service", "ciuser"], "")
    }

    fn occupy(&self, text: &str) {
        let names = ["store", "--label=mine", "service", "ciuser", "username", USERNAME];
        self.run("secret-tool", &names, text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        self.run(
            "secret-tool",
            &["lookup", "service", "ciuser", "username", USERNAME],
            "",
        ) == text
    }
}

contract!(every_store: Desktop);

#[test]
fn the_value_is_what_a_credential_process_prints_and_the_label_names_the_key() {
    let desktop = Desktop::new();
    desktop.opened(|store| put(store, &owner(), &key())).unwrap();
    assert!(desktop.is_occupied_by(&format!(
        r#"{{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}"}}"#
    )));
    let label = format!("label = AWS access key of {USERNAME}: AKIAIOSFODNN7EXAMPLE");
    assert!(desktop.seen().lines().any(|line| line == label), "{}", desktop.seen());
}

/// What every keyring keeps.
pub(super) fn keeps_the_key_of_before_until_the_user_is_cleared<G: Ground>() {
    let ground = G::new();
    let nothing = ground.seen();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    let before = ground.opened(|store| get_back(store, &key().id));
    assert_eq!(before.as_deref(), Some(SECRET));
    ground
        .opened(|store| clear(store, &Holdings::Key(new_key().id)))
        .unwrap();
    assert_eq!(ground.seen(), nothing);
}

#[test]
fn the_key_of_before_is_given_back_until_the_user_is_cleared() {
    keeps_the_key_of_before_until_the_user_is_cleared::<Desktop>();
}

#[test]
fn an_item_that_changed_after_the_review_is_left_alone() {
    let desktop = Desktop::new();
    let (spec, session) = (desktop.spec(), desktop.rig.session());
    let store = open(&spec, &session);
    check(&*store).unwrap();
    desktop.occupy("came meanwhile");
    let error = put(&*store, &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "the item has changed since it was looked at");
    assert!(desktop.is_occupied_by("came meanwhile"));
}

#[test]
fn a_locked_keyring_is_left_locked_and_needs_a_person() {
    let desktop = Desktop::new();
    desktop.opened(|store| put(store, &owner(), &key())).unwrap();
    assert!(desktop.ask("Lock", &format!("array:objpath:{LOGIN}")).contains(LOGIN));
    assert_eq!(desktop.opened(look).unwrap().holdings, Holdings::Locked);
    let refused = desktop.opened(check).unwrap_err();
    assert_eq!(
        refused.message,
        "the keyring is locked, and nobody can be asked to unlock it"
    );
    assert!(refused.needs_person);
    assert_eq!(
        desktop.opened(|store| put(store, &owner(), &new_key())).unwrap_err(),
        refused
    );
}

#[test]
fn a_machine_without_a_keyring_is_told_before_anything_is_written() {
    let rig = Rig::new();
    let session = rig.session();
    let error = check(&*open(&in_keyring(), &session)).unwrap_err();
    assert_eq!(
        error.message,
        "no keyring answers here: this is no session of a desktop"
    );
    let error = Desktop::without_keyring().opened(check).unwrap_err();
    assert!(error.message.starts_with("no keyring answers here: "), "{error}");
    assert!(error.hint.is_some());
}
