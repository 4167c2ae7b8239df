//! The store over the mock of keyring's own core crate: what the keychain and the Credential Manager are to it.

use std::cell::RefCell;
use std::sync::Arc;

use ciuser_core::port::{Holdings, Store};
use ciuser_core::target::StoreSpec;
use keyring_core::mock::{Cred, Store as MockStore};
use keyring_core::{CredentialStore, Entry, Error};

use super::{NativeKeyring, System};
use crate::store::contract::{Ground, Rig, SECRET, check, contract, key, look, new_key, owner, put};
use crate::store::keyring::KeyringStore;
use crate::store::keyring::tests::{USERNAME, in_keyring, keeps_the_key_of_before_until_the_user_is_cleared};

thread_local! {
    /// Each test runs in one thread and has a keyring of its own.
    static KEYRING: RefCell<Option<Arc<CredentialStore>>> = const { RefCell::new(None) };
}

const MOCK: System = System {
    store: || KEYRING.with_borrow(|keyring| keyring.clone().ok_or(Error::NoDefaultStore)),
    modifiers: &[],
    lookup: |service| format!("the items of {service}"),
};

struct Native {
    rig: Rig,
    keyring: Arc<CredentialStore>,
}

impl Native {
    fn entry(&self, username: &str) -> Entry {
        Entry::new_in_store(&self.keyring, "ciuser", username).unwrap()
    }

    /// Lets the next call about the user's item fail.
    fn fail_next(&self, error: Error) {
        self.entry(USERNAME)
            .as_any()
            .downcast_ref::<Cred>()
            .unwrap()
            .set_error(error);
    }
}

impl Ground for Native {
    fn new() -> Native {
        let keyring: Arc<CredentialStore> = MockStore::new().unwrap();
        KEYRING.set(Some(Arc::clone(&keyring)));
        Native {
            rig: Rig::new(),
            keyring,
        }
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        in_keyring()
    }

    fn seen(&self) -> String {
        let entries = self.keyring.search(&Default::default()).unwrap();
        let one = |entry: &Entry| entry.get_secret().ok().map(|value| (entry.get_specifiers(), value));
        format!("{:?}", entries.iter().filter_map(one).collect::<Vec<_>>())
    }

    fn occupy(&self, text: &str) {
        self.entry(USERNAME).set_password(text).unwrap();
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        self.entry(USERNAME).get_password().is_ok_and(|there| there == text)
    }

    fn opened<T>(&self, act: impl FnOnce(&dyn Store) -> T) -> T {
        let session = self.rig.session();
        act(&KeyringStore::of(
            Box::new(NativeKeyring::of(&MOCK)),
            "ciuser",
            &session,
        ))
    }
}

contract!(every_store: Native);

#[test]
fn the_key_of_before_is_given_back_until_the_user_is_cleared() {
    keeps_the_key_of_before_until_the_user_is_cleared::<Native>();
}

#[test]
fn a_locked_keyring_needs_a_person_and_keeps_what_it_has() {
    let native = Native::new();
    native.opened(|store| put(store, &owner(), &key())).unwrap();
    let before = native.seen();
    native.fail_next(Error::NoStorageAccess("In dark wake, no UI possible".into()));
    let refused = native.opened(|store| put(store, &owner(), &new_key())).unwrap_err();
    assert!(refused.needs_person);
    native.fail_next(Error::NoStorageAccess("In dark wake, no UI possible".into()));
    assert_eq!(native.opened(look).unwrap().holdings, Holdings::Locked);
    assert_eq!(native.seen(), before);
}

#[test]
fn what_a_keyring_says_of_an_accident_is_told_without_the_value() {
    let native = Native::new();
    native.opened(|store| put(store, &owner(), &key())).unwrap();
    native.fail_next(Error::PlatformFailure("the disk is full.\nand more".into()));
    let error = native.opened(check).unwrap_err();
    assert_eq!(error.message, "reading the item: Platform failure: the disk is full");
    native.fail_next(Error::BadDataFormat(SECRET.into(), "not what was sealed".into()));
    let error = native.opened(check).unwrap_err();
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}

#[test]
fn a_machine_without_a_keyring_is_told_before_anything_is_written() {
    let native = Native::new();
    KEYRING.set(None);
    let error = native.opened(check).unwrap_err();
    assert!(error.message.starts_with("no keyring answers here: "), "{error}");
    assert!(error.hint.is_some());
}
