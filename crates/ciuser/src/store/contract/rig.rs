//! What the tests of all stores share: a directory, a person, keys and their owner.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use ciuser_core::name::{AccessKeyId, Region, UserArn};
use ciuser_core::port::{Entropy, Holdings, KeyOwner, PlaceState, Store, TargetError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::StoreSpec;
use secrecy::SecretString;

use crate::place;
use crate::rig::{Script, Waits, reach, run};
use crate::store::{Prompt, Session};
use crate::targets::Reach;

/// A person with prepared answers; without any, nobody is there.
#[derive(Default)]
pub(in crate::store) struct Person {
    pub(in crate::store) answers: RefCell<Vec<&'static str>>,
    pub(in crate::store) questions: RefCell<Vec<String>>,
    /// What happens elsewhere while the person types.
    pub(in crate::store) meanwhile: RefCell<Option<Box<dyn FnOnce()>>>,
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
pub(in crate::store) struct Numbers(Cell<u8>);

impl Entropy for Numbers {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0.set(self.0.get().wrapping_add(1));
            *byte = self.0.get();
        }
    }
}

/// A directory, a person, and a session that begins anew when asked.
pub(in crate::store) struct Rig {
    pub(in crate::store) directory: tempfile::TempDir,
    pub(in crate::store) person: Person,
    pub(in crate::store) numbers: Numbers,
    pub(in crate::store) waits: Waits,
}

impl Rig {
    pub(in crate::store) fn new() -> Rig {
        Rig {
            directory: tempfile::tempdir().unwrap(),
            person: Person::default(),
            numbers: Numbers::default(),
            waits: Waits::default(),
        }
    }

    pub(in crate::store) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(in crate::store) fn session(&self) -> Session<'_> {
        Session::new(&self.person, &self.numbers, false)
    }
}

/// Opens a store that reaches no service.
pub(in crate::store) fn open<'s>(spec: &StoreSpec, session: &'s Session<'_>) -> Box<dyn Store + 's> {
    let waits: &'static Waits = Box::leak(Box::default());
    let reach: &'static Reach<'static> = Box::leak(Box::new(reach(Script::of([]), waits, SecretString::from("token"))));
    crate::store::open(spec, session, reach).unwrap()
}

pub(in crate::store) fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

pub(in crate::store) fn bytes(path: &str) -> Option<Vec<u8>> {
    place::read(Path::new(path)).unwrap()
}

/// The user below a path, which an ARN has and a name has not.
pub(in crate::store) fn owner() -> KeyOwner {
    KeyOwner {
        arn: UserArn::new("arn:aws:iam::111122223333:user/ci/CI_USER").unwrap(),
        region: Some(Region::new("eu-west-1").unwrap()),
        ..crate::rig::owner()
    }
}

/// The key that comes after [`crate::rig::key`].
pub(in crate::store) fn new_key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new("AKIAI44QH8DHBEXAMPLE").unwrap(),
        secret: SecretAccessKey::new("je7MtGbClwBF/2Zp9Utk+h3yCo8nvbEXAMPLEKEY".to_owned()).unwrap(),
    }
}

pub(in crate::store) fn check(store: &dyn Store) -> Result<PlaceState, TargetError> {
    run(store.check(&owner(), true))
}

pub(in crate::store) fn look(store: &dyn Store) -> Result<PlaceState, TargetError> {
    run(store.check(&owner(), false))
}

pub(in crate::store) fn put(store: &dyn Store, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
    run(store.put(owner, key))
}

pub(in crate::store) fn get_back(store: &dyn Store, id: &AccessKeyId) -> Option<String> {
    let secret = run(store.get_back(&owner(), id)).unwrap();
    secret.map(|secret| secret.expose().to_owned())
}

pub(in crate::store) fn clear(store: &dyn Store, seen: &Holdings) -> Result<(), TargetError> {
    run(store.clear(&owner(), seen))
}
