//! The rules that every store keeps, asked of each of them, and the rig that tests of single stores share.

use std::cell::{Cell, RefCell};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ciuser_core::name::{AccessKeyId, AccountId, Region, RunId, UserArn, UserName};
use ciuser_core::port::{Entropy, Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::{CsvFormat, StoreSpec};
use secrecy::SecretString;

use super::{Prompt, Session};
use crate::place;
use crate::rig::{Script, Waits, reach};
use crate::targets::Reach;

pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const OTHER_SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";

/// A person with prepared answers; without any, nobody is there.
#[derive(Default)]
pub(super) struct Person {
    pub(super) answers: RefCell<Vec<&'static str>>,
    pub(super) questions: RefCell<Vec<String>>,
    /// What happens elsewhere while the person types.
    pub(super) meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
}

impl Prompt for Person {
    fn passphrase(&self, question: &str) -> Result<Option<SecretString>, TargetError> {
        self.questions.borrow_mut().push(question.to_owned());
        if let Some(meanwhile) = self.meanwhile.take() {
            meanwhile();
        }
        Ok(Some(SecretString::from(self.answers.borrow_mut().remove(0))))
    }

    fn interactive(&self) -> bool {
        !self.answers.borrow().is_empty()
    }
}

/// Numbers, never the same ones twice.
#[derive(Default)]
pub(super) struct Numbers(Cell<u8>);

impl Entropy for Numbers {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0.set(self.0.get().wrapping_add(1));
            *byte = self.0.get();
        }
    }
}

/// Opens a store that reaches no service.
pub(super) fn open<'s>(spec: &StoreSpec, session: &'s Session<'_>) -> Box<dyn Store + 's> {
    let waits: &'static Waits = Box::leak(Box::default());
    let reach: &'static Reach<'static> = Box::leak(Box::new(reach(Script::of([]), waits, SecretString::from("token"))));
    super::open(spec, session, reach).unwrap()
}

/// A directory, a person, and a session that begins anew when asked.
pub(super) struct Rig {
    pub(super) directory: tempfile::TempDir,
    pub(super) person: Person,
    pub(super) numbers: Numbers,
}

impl Rig {
    pub(super) fn new() -> Rig {
        Rig {
            directory: tempfile::tempdir().unwrap(),
            person: Person::default(),
            numbers: Numbers::default(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn session(&self) -> Session<'_> {
        Session::new(&self.person, &self.numbers, false)
    }

    /// The KeePass file `keys.kdbx` with a key file, which asks nobody.
    pub(super) fn kdbx(&self) -> StoreSpec {
        let key_file = Some(shown(&self.path("keys.keyx")));
        StoreSpec::Kdbx {
            path: shown(&self.path("new/keys.kdbx")),
            password_file: None,
            key_file,
        }
    }

    pub(super) fn csv(&self) -> StoreSpec {
        StoreSpec::Csv {
            path: shown(&self.path("new/CI_USER_accessKeys.csv")),
            format: CsvFormat::Import,
        }
    }
}

pub(super) fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

pub(super) fn owner() -> KeyOwner {
    KeyOwner {
        account: AccountId::new("111122223333").unwrap(),
        user: UserName::new("CI_USER").unwrap(),
        arn: UserArn::new("arn:aws:iam::111122223333:user/ci/CI_USER").unwrap(),
        region: Some(Region::new("eu-west-1").unwrap()),
        run: RunId::from_entropy([7; 8]),
    }
}

pub(super) fn key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap(),
        secret: SecretAccessKey::new(SECRET.to_owned()).unwrap(),
    }
}

pub(super) fn new_key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("AKIAI44QH8DHBEXAMPLE").unwrap(),
        secret: SecretAccessKey::new(OTHER_SECRET.to_owned()).unwrap(),
    }
}

/// No store waits for anything but the disk, so a runtime of its own per call is enough.
fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

pub(super) fn check(store: &dyn Store) -> Result<PlaceState, TargetError> {
    run(store.check(&owner(), true))
}

pub(super) fn look(store: &dyn Store) -> Result<PlaceState, TargetError> {
    run(store.check(&owner(), false))
}

pub(super) fn put(store: &dyn Store, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
    run(store.put(owner, key))
}

pub(super) fn get_back(store: &dyn Store, id: &AccessKeyId) -> Option<String> {
    run(store.get_back(&owner(), id))
        .unwrap()
        .map(|secret| secret.expose().to_owned())
}

pub(super) fn clear(store: &dyn Store, seen: &Holdings) -> Result<(), TargetError> {
    run(store.clear(&owner(), seen))
}

pub(super) fn bytes(path: &str) -> Option<Vec<u8>> {
    place::read(Path::new(path)).unwrap()
}

fn path_of(spec: &StoreSpec) -> &str {
    match spec {
        StoreSpec::Kdbx { path, .. } | StoreSpec::Csv { path, .. } => path,
        other => panic!("`{}` is not kept in a file that a test can look at", other.kind()),
    }
}

/// What the store says of a key that it wrote itself.
fn held(spec: &StoreSpec, key: &AccessKey) -> Holdings {
    match spec {
        StoreSpec::Kdbx { .. } => Holdings::Key(key.id.clone()),
        StoreSpec::Csv { .. } => Holdings::Unattributed(key.id.clone()),
        other => panic!("`{}` is not kept in a file that a test can look at", other.kind()),
    }
}

fn refuses_to_write(rig: &Rig, spec: &StoreSpec) -> [TargetError; 2] {
    let session = rig.session();
    let store = open(spec, &session);
    let errors = [check(&*store).unwrap_err(), put(&*store, &owner(), &key()).unwrap_err()];
    for error in &errors {
        assert!(!format!("{error} {error:?}").contains("wJalr"), "{error:?}");
    }
    errors
}

macro_rules! contract {
    ($store:ident) => {
        mod $store {
            use super::*;

            #[test]
            fn nothing_there_is_nothing_held_and_a_look_makes_nothing() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let state = check(&*open(&spec, &session)).unwrap();
                assert_eq!(state.holdings, Holdings::Nothing);
                assert!(state.create.is_some());
                assert_eq!(rig.directory.path().read_dir().unwrap().count(), 0);
            }

            #[test]
            fn what_was_put_is_held_and_given_back_by_a_store_opened_anew() {
                let rig = Rig::new();
                let spec = rig.$store();
                put(&*open(&spec, &rig.session()), &owner(), &key()).unwrap();
                let session = rig.session();
                let store = open(&spec, &session);
                assert_eq!(check(&*store).unwrap().holdings, held(&spec, &key()));
                assert_eq!(get_back(&*store, &key().id).as_deref(), Some(SECRET));
                assert_eq!(get_back(&*store, &new_key().id), None);
            }

            #[test]
            fn putting_the_same_key_again_changes_no_byte() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let store = open(&spec, &session);
                put(&*store, &owner(), &key()).unwrap();
                let before = bytes(path_of(&spec));
                put(&*store, &owner(), &key()).unwrap();
                assert_eq!(bytes(path_of(&spec)), before);
                assert_eq!(bytes(&format!("{}.bak", path_of(&spec))), None);
            }

            #[test]
            fn a_new_key_of_the_user_takes_the_place_and_the_file_of_before_is_kept() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let store = open(&spec, &session);
                put(&*store, &owner(), &key()).unwrap();
                let before = bytes(path_of(&spec));
                put(&*store, &owner(), &new_key()).unwrap();
                assert_eq!(look(&*store).unwrap().holdings, held(&spec, &new_key()));
                assert_eq!(get_back(&*store, &new_key().id).as_deref(), Some(OTHER_SECRET));
                assert_eq!(bytes(&format!("{}.bak", path_of(&spec))), before);
            }

            #[test]
            fn files_and_directories_are_for_their_owner_only() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let store = open(&spec, &session);
                put(&*store, &owner(), &key()).unwrap();
                put(&*store, &owner(), &new_key()).unwrap();
                let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
                let path = Path::new(path_of(&spec));
                assert_eq!(mode(path), 0o600);
                assert_eq!(mode(Path::new(&format!("{}.bak", path_of(&spec)))), 0o600);
                assert_eq!(mode(path.parent().unwrap()), 0o700);
                assert_eq!(
                    path.parent().unwrap().read_dir().unwrap().count(),
                    2,
                    "nothing temporary is left"
                );
            }

            #[test]
            fn a_directory_in_the_place_of_the_file_is_refused() {
                let rig = Rig::new();
                let spec = rig.$store();
                place::private_dir(Path::new(path_of(&spec))).unwrap();
                for error in refuses_to_write(&rig, &spec) {
                    assert!(error.message.contains("is a directory"), "{error}");
                }
            }

            #[test]
            fn a_file_in_the_place_of_the_directory_is_refused() {
                let rig = Rig::new();
                place::write_private(&rig.path("new"), b"a file").unwrap();
                for error in refuses_to_write(&rig, &rig.$store()) {
                    assert!(error.message.contains("not a directory"), "{error}");
                }
                assert_eq!(bytes(&shown(&rig.path("new"))).unwrap(), b"a file");
            }

            #[test]
            fn something_else_in_the_place_is_never_changed_unseen() {
                let rig = Rig::new();
                let spec = rig.$store();
                place::private_dir(&rig.path("new")).unwrap();
                place::write_private(Path::new(path_of(&spec)), b"my diary").unwrap();
                let error = put(&*open(&spec, &rig.session()), &owner(), &key()).unwrap_err();
                assert!(!error.message.contains("diary"), "{error}");
                assert_eq!(bytes(path_of(&spec)).unwrap(), b"my diary");
            }

            #[test]
            fn what_was_seen_is_cleared_once_and_nothing_is_held_then() {
                let rig = Rig::new();
                let spec = rig.$store();
                put(&*open(&spec, &rig.session()), &owner(), &key()).unwrap();
                let session = rig.session();
                let store = open(&spec, &session);
                let seen = check(&*store).unwrap().holdings;
                for _ in 0..2 {
                    clear(&*store, &seen).unwrap();
                    assert_eq!(
                        check(&*open(&spec, &rig.session())).unwrap().holdings,
                        Holdings::Nothing
                    );
                    assert_eq!(get_back(&*store, &key().id), None);
                }
            }

            #[test]
            fn nothing_there_is_clear_already_and_nothing_is_made() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                clear(&*open(&spec, &session), &held(&spec, &key())).unwrap();
                assert_eq!(rig.directory.path().read_dir().unwrap().count(), 0);
            }

            #[test]
            fn another_key_than_was_seen_is_not_cleared() {
                let rig = Rig::new();
                let spec = rig.$store();
                put(&*open(&spec, &rig.session()), &owner(), &new_key()).unwrap();
                let before = bytes(path_of(&spec));
                let session = rig.session();
                let error = clear(&*open(&spec, &session), &held(&spec, &key())).unwrap_err();
                assert!(
                    error.message.ends_with("has changed since it was looked at"),
                    "{error}"
                );
                assert_eq!(bytes(path_of(&spec)), before);
            }

            #[test]
            fn a_cleared_store_takes_the_next_key() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let store = open(&spec, &session);
                put(&*store, &owner(), &key()).unwrap();
                clear(&*store, &held(&spec, &key())).unwrap();
                put(&*store, &owner(), &new_key()).unwrap();
                assert_eq!(check(&*store).unwrap().holdings, held(&spec, &new_key()));
            }

            #[test]
            fn how_to_open_it_never_shows_the_secret() {
                let rig = Rig::new();
                let (spec, session) = (rig.$store(), rig.session());
                let store = open(&spec, &session);
                put(&*store, &owner(), &key()).unwrap();
                let state = check(&*store).unwrap();
                let shown = format!("{} {state:?}", store.describe());
                assert!(
                    shown.contains(path_of(&spec)) && !shown.contains(SECRET),
                    "{shown}"
                );
            }
        }
    };
}

contract!(kdbx);
contract!(csv);
