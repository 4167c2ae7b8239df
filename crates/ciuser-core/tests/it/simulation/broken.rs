//! Protocols that are broken on purpose: the simulation is worth what it catches.
//!
//! Core itself stays whole. Ports around the world's own do what a broken protocol would do: answer before they have
//! acted, forget, trust, or ask again.

use std::cell::{Cell, RefCell};

use async_trait::async_trait;
use ciuser_core::apply::World;
use ciuser_core::name::{AccessKeyId, RunId, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::port::Holdings;
use ciuser_core::port::{
    Clock, Entry, IamError, Journal, JournalError, KeyOwner, Known, Lock, LockError, LockGuard, Mark, PlaceState,
    Proof, Provider, RunRecord, Scope, Seal, SealError, Store, TargetError, Targets, Trail,
};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::{ProviderSpec, StoreSpec};
use jiff::{SignedDuration, Timestamp};

use crate::world::Sim;

/// What is wrong with the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// CreateAccessKey is sent again when its answer is lost.
    RepeatedCreate,
    /// The secret is sealed only once the first store has it.
    SealedAfterDelivery,
    /// The journal does not keep the list that was taken before.
    ForgottenList,
    /// The journal has an entry on the disk only when the next one is written.
    UnsyncedJournal,
    /// Whatever appears counts as made by the run.
    DeletedOnAGuess,
    /// A store counts as written without being read back.
    UnprovenStore,
    /// A CI system counts as written whatever it answers.
    UnprovenProvider,
    /// Two processes may work on one user.
    NoLock,
    /// An orphan is looked for once.
    NoPatience,
}

/// The ports of one process. What they hold in memory dies with it.
pub(super) struct Ports<'a> {
    sim: &'a Sim,
    broken: Option<Broken>,
    unsealed: RefCell<Option<(RunId, KeyOwner, AccessKey)>>,
    unwritten: RefCell<Option<(RunId, Entry)>>,
    skipped: Cell<SignedDuration>,
}

impl<'a> Ports<'a> {
    pub(super) fn new(sim: &'a Sim, broken: Option<Broken>) -> Ports<'a> {
        sim.repeats.set(broken == Some(Broken::RepeatedCreate));
        Ports {
            sim,
            broken,
            unsealed: RefCell::default(),
            unwritten: RefCell::default(),
            skipped: Cell::new(SignedDuration::ZERO),
        }
    }

    /// The world, with whatever is broken in front of it.
    pub(super) fn world(&self) -> World<'_> {
        let whole = self.sim.ports();
        match self.broken {
            None | Some(Broken::RepeatedCreate) => whole,
            Some(Broken::SealedAfterDelivery) => World {
                seal: self,
                targets: self,
                ..whole
            },
            Some(Broken::ForgottenList | Broken::UnsyncedJournal) => World { journal: self, ..whole },
            Some(Broken::DeletedOnAGuess) => World { trail: self, ..whole },
            Some(Broken::UnprovenStore | Broken::UnprovenProvider) => World { targets: self, ..whole },
            Some(Broken::NoLock) => World { lock: self, ..whole },
            Some(Broken::NoPatience) => World { clock: self, ..whole },
        }
    }

    fn seal_at_last(&self) {
        if let Some((run, owner, key)) = self.unsealed.take() {
            let _ = self.sim.seal(&run, &owner, &key);
        }
    }

    fn write_at_last(&self) -> Result<(), JournalError> {
        match self.unwritten.take() {
            Some((run, entry)) => self.sim.record(&run, &entry),
            None => Ok(()),
        }
    }
}

impl Seal for Ports<'_> {
    fn reserve(&self, run: &RunId, user: &UserName) -> Result<Option<String>, SealError> {
        self.sim.reserve(run, user)
    }

    fn seal(&self, run: &RunId, owner: &KeyOwner, key: &AccessKey) -> Result<(), SealError> {
        self.unsealed.replace(Some((run.clone(), owner.clone(), key.clone())));
        Ok(())
    }

    fn open(&self, run: &RunId, user: &UserName) -> Result<Option<AccessKey>, SealError> {
        self.sim.open(run, user)
    }

    fn discard(&self, run: &RunId, user: &UserName) -> Result<(), SealError> {
        self.sim.discard(run, user)
    }
}

impl Journal for Ports<'_> {
    fn begin(&self, scope: &Scope, run: &RunId, begun: Timestamp, plan: &Plan) -> Result<(), JournalError> {
        self.sim.begin(scope, run, begun, plan)
    }

    fn record(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        if self.broken == Some(Broken::UnsyncedJournal) {
            self.write_at_last()?;
            self.unwritten.replace(Some((run.clone(), entry.clone())));
            return Ok(());
        }
        let mut entry = entry.clone();
        if let Entry::Creating { seen, .. } = &mut entry {
            seen.clear();
        }
        self.sim.record(run, &entry)
    }

    fn finish(&self, run: &RunId) -> Result<(), JournalError> {
        self.write_at_last()?;
        self.sim.finish(run)
    }

    fn unfinished(&self, scope: &Scope) -> Result<Vec<RunRecord>, JournalError> {
        self.write_at_last()?;
        self.sim.unfinished(scope)
    }

    fn known(&self, scope: &Scope, user: &UserName) -> Result<Vec<Known>, JournalError> {
        self.sim.known(scope, user)
    }
}

#[async_trait(?Send)]
impl Trail for Ports<'_> {
    fn run(&self) -> RunId {
        self.sim.run()
    }

    async fn lookup_created_access_keys(
        &self,
        user: &UserName,
        _: &RunId,
        _: Timestamp,
    ) -> Result<Vec<AccessKeyId>, IamError> {
        let account = self.sim.account.borrow();
        let users = account.users.values().filter(|one| one.name == *user);
        Ok(users.flat_map(|user| &user.keys).map(|key| key.id.clone()).collect())
    }
}

impl Lock for Ports<'_> {
    fn try_lock(&self, _: &Scope, _: &UserName) -> Result<Option<LockGuard>, LockError> {
        Ok(Some(LockGuard::new(())))
    }
}

#[async_trait(?Send)]
impl Clock for Ports<'_> {
    fn now(&self) -> Timestamp {
        self.sim.now()
    }

    fn uptime(&self) -> SignedDuration {
        self.sim.uptime() + self.skipped.get()
    }

    async fn sleep(&self, _: SignedDuration) {
        self.skipped.set(self.skipped.get() + SignedDuration::from_mins(2));
        self.sim.sleep(SignedDuration::ZERO).await;
    }
}

impl Targets for Ports<'_> {
    fn store(&self, spec: &StoreSpec) -> Result<Box<dyn Store + '_>, TargetError> {
        let inner = self.sim.store(spec)?;
        let put = RefCell::default();
        Ok(Box::new(Careless {
            ports: self,
            inner,
            put,
        }))
    }

    fn provider(&self, spec: &ProviderSpec) -> Result<Box<dyn Provider + '_>, TargetError> {
        let inner = self.sim.provider(spec)?;
        Ok(Box::new(Trusting { ports: self, inner }))
    }
}

/// A store that is believed, if that is what is broken.
struct Careless<'a> {
    ports: &'a Ports<'a>,
    inner: Box<dyn Store + 'a>,
    put: RefCell<Option<AccessKey>>,
}

#[async_trait(?Send)]
impl Store for Careless<'_> {
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError> {
        self.inner.check(owner, unlock).await
    }

    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let answer = self.inner.put(owner, key).await;
        self.ports.seal_at_last();
        if self.ports.broken == Some(Broken::UnprovenStore) {
            self.put.replace(Some(key.clone()));
            return Ok(());
        }
        answer
    }

    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError> {
        let believed = self.put.borrow().clone().filter(|key| key.id == *id);
        match believed {
            Some(key) => Ok(Some(key.secret)),
            None => self.inner.get_back(owner, id).await,
        }
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.inner.clear(owner, seen).await
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }
}

/// A CI system that is believed, if that is what is broken.
struct Trusting<'a> {
    ports: &'a Ports<'a>,
    inner: Box<dyn Provider + 'a>,
}

#[async_trait(?Send)]
impl Provider for Trusting<'_> {
    async fn check(&self, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        self.inner.check(owner).await
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        self.inner.create_place().await
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        let answer = self.inner.write(owner, key).await;
        if self.ports.broken == Some(Broken::UnprovenProvider) {
            return Ok(());
        }
        answer
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        if self.ports.broken == Some(Broken::UnprovenProvider) {
            return Ok((Proof::Value, None));
        }
        self.inner.proof(owner, key).await
    }

    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        self.inner.clear(owner, seen).await
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }
}
