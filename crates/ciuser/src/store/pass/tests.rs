//! `pass` and GnuPG themselves, with a home of their own.

use std::time::Duration;

use ciuser_core::port::{Holdings, TargetError};
use ciuser_core::target::StoreSpec;

use crate::child::{Child, Ended};
use crate::place;
use crate::rig::run;
use crate::store::contract::{
    Ground, Rig, check, clear, contract, everything_in, key, look, new_key, open, owner, put, shown,
};

const ENTRY: &str = "aws/storefront/CI_USER";

/// A password store whose key needs no passphrase.
struct PassEntry(Rig);

impl PassEntry {
    fn program(&self, program: &str, arguments: &[&str], input: Option<&[u8]>) -> Ended {
        let environment: Vec<_> = self.0.environment.variables().collect();
        let child = Child {
            program,
            arguments,
            environment: &environment,
            limit: Duration::from_secs(120),
        };
        run(child.run(input)).unwrap()
    }

    /// Runs a program that must succeed, and returns what it wrote.
    fn must(&self, program: &str, arguments: &[&str], input: Option<&[u8]>) -> String {
        let ended = self.program(program, arguments, input);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.success, "{program} {arguments:?}: {said}");
        String::from_utf8_lossy(&ended.stdout).into_owned()
    }

    /// Makes the password store, for a key with this passphrase.
    fn with_passphrase(passphrase: &str) -> PassEntry {
        let ground = PassEntry(Rig::new());
        place::private_dir(&ground.0.path(".gnupg")).unwrap();
        let protection = ["--batch", "--pinentry-mode", "loopback", "--passphrase", passphrase];
        let made = [
            "--quick-gen-key",
            "ci@example.org",
            "future-default",
            "default",
            "never",
        ];
        ground.must("gpg", &[&protection[..], &made[..]].concat(), None);
        ground.must("pass", &["init", "ci@example.org"], None);
        ground
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path(".password-store").join(ENTRY).with_extension("gpg")
    }
}

impl Drop for PassEntry {
    /// Ends the agent that GnuPG has started for this home.
    fn drop(&mut self) {
        self.program("gpgconf", &["--kill", "all"], None);
    }
}

impl Ground for PassEntry {
    fn new() -> PassEntry {
        PassEntry::with_passphrase("")
    }

    fn rig(&self) -> &Rig {
        &self.0
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::Pass {
            entry: ENTRY.to_owned(),
            directory: None,
        }
    }

    fn seen(&self) -> String {
        everything_in(&self.0.path(".password-store"))
    }

    fn occupy(&self, text: &str) {
        self.must("pass", &["insert", "-m", ENTRY], Some(text.as_bytes()));
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        self.must("pass", &["show", ENTRY], None).trim_end() == text
    }
}

contract!(every_store: PassEntry);

#[test]
fn a_store_without_git_says_that_the_old_key_will_be_gone_and_one_with_git_keeps_it() {
    let ground = PassEntry::new();
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    let root = ground.0.path(".password-store");
    let warning = format!(
        "`pass` keeps no history in `{}`, which is no git repository: the next key takes the place of this one for good",
        root.display()
    );
    assert_eq!(ground.opened(check).unwrap().warnings, [warning]);
    ground.must("git", &["config", "--global", "user.email", "ci@example.org"], None);
    ground.must("git", &["config", "--global", "user.name", "CI"], None);
    ground.must("pass", &["git", "init", "-q"], None);
    assert_eq!(ground.opened(check).unwrap().warnings, [""; 0]);
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    ground
        .opened(|store| clear(store, &Holdings::Key(new_key().id)))
        .unwrap();
    let log = ground.must("pass", &["git", "log", "--format=%s", "-n", "2"], None);
    assert_eq!(
        log,
        format!("Remove {ENTRY} from store.\nAdd given password for {ENTRY} to store.\n")
    );
}

#[test]
fn what_git_does_not_take_is_said_and_is_right_the_next_time() {
    let ground = PassEntry::new();
    ground.must(
        "git",
        &["-C", &shown(&ground.0.path(".password-store")), "init", "-q"],
        None,
    );
    ground.must("git", &["config", "--global", "user.useConfigOnly", "true"], None);
    let error = ground.opened(|store| put(store, &owner(), &key())).unwrap_err();
    let said = "the entry is written, but git did not commit it: ";
    assert!(error.message.starts_with(said), "{error}");
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    assert_eq!(ground.opened(check).unwrap().holdings, Holdings::Key(key().id));
}

#[test]
fn a_key_that_has_to_be_unlocked_needs_a_person_and_a_look_leaves_it_locked() {
    let ground = PassEntry::with_passphrase("a passphrase");
    ground.opened(|store| put(store, &owner(), &key())).unwrap();
    ground.must("gpgconf", &["--kill", "gpg-agent"], None);
    assert_eq!(ground.opened(look).unwrap().holdings, Holdings::Locked);
    let refused = ground.opened(check).unwrap_err();
    assert!(refused.needs_person, "{refused}");
    assert_eq!(
        refused.message,
        "GnuPG would have to ask for the passphrase of its key, and nobody can be asked"
    );
    assert_eq!(
        ground.opened(|store| put(store, &owner(), &new_key())).unwrap_err(),
        refused
    );
}

#[test]
fn an_entry_that_changed_after_the_review_is_left_alone() {
    let ground = PassEntry::new();
    let session = ground.0.session();
    let spec = ground.spec();
    let store = open(&spec, &session);
    check(&*store).unwrap();
    ground.occupy("came meanwhile");
    let error = put(&*store, &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "the file has changed since it was looked at");
    assert!(ground.is_occupied_by("came meanwhile"));
}

#[test]
fn a_store_that_was_never_made_and_a_key_that_is_not_there_are_refused_before_anything_is_written() {
    let ground = PassEntry::new();
    let list = ground.0.path(".password-store/.gpg-id");
    place::write_private(&list, b"nobody@example.org\n").unwrap();
    let error = ground.opened(check).unwrap_err();
    assert!(error.message.starts_with("`gpg --encrypt` failed: gpg: "), "{error}");
    place::remove(&list).unwrap();
    let root = ground.0.path(".password-store");
    let message = format!("`{}` is not a password store: it has no `.gpg-id`", root.display());
    let hint = "`pass init KEY` makes one; PASSWORD_STORE_DIR, or `directory`, names another";
    assert_eq!(
        ground.opened(check).unwrap_err(),
        TargetError::new(message).with_hint(hint)
    );
    assert!(!place::exists(&ground.file()));
}
