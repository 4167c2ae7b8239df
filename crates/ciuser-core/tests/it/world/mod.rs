//! A simulated world: every port of core, in memory, with faults and crashes at any effect.
//!
//! Invariants: nothing waits (sleeping moves the clock), so a future is ready when it is polled once, unless several
//! processes take turns; the same script gives the same world. A crash unwinds out of the port call with [`Crash`]: what core held in memory is
//! gone, what the world holds (IAM, journal, spool, targets) stays. No port is used in `Drop`, so that unwinding
//! is as good as a kill.

mod account;
mod clock;
mod driver;
mod fault;
mod iam;
mod machine;
mod request;
mod sts;
mod target;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ciuser_core::name::{AccountId, RunId, UserName};
use ciuser_core::port::Scope;
use jiff::{SignedDuration, Timestamp};

pub(crate) use account::{Account, SimKey, SimUser};
pub(crate) use driver::{Came, block_on};
use fault::Effects;
pub(crate) use fault::{Act, Change, Fault, Script, When};

pub(crate) use machine::Run;
pub(crate) use target::{Place, Shows};

/// The secret of every key contains this; it must never be seen outside the ports.
pub(crate) const CANARY: &str = "wJalrXUtnFEMI/K7MDENG/canary";

/// The spool: what is reserved, and sealed or not.
pub(crate) type Spools = BTreeMap<(RunId, UserName), Option<ciuser_core::secret::AccessKey>>;

/// The whole world.
pub(crate) struct Sim {
    now: Cell<Timestamp>,
    effects: RefCell<Effects>,
    /// IAM's account.
    pub(crate) account: RefCell<Account>,
    /// What stores and CI systems hold, by `KIND:PLACE`.
    pub(crate) places: RefCell<BTreeMap<String, Place>>,
    /// The journal.
    pub(crate) runs: RefCell<Vec<Run>>,
    /// The spool: reserved, and sealed or not.
    pub(crate) spools: RefCell<Spools>,
    locks: Rc<RefCell<BTreeSet<(usize, String)>>>,
    /// On which machine the process runs: journal, spool and locks are the machine's own.
    machine: Cell<usize>,
    /// What the other machine has while this one is at work.
    elsewhere: RefCell<(Vec<Run>, Spools)>,
    /// Which of several processes is at work.
    pub(crate) process: Cell<usize>,
    /// Several processes take turns.
    crowded: Cell<bool>,
    /// How far this machine's clock is ahead of the services'.
    pub(crate) skew: Cell<SignedDuration>,
    /// The run in the user agent of each process.
    agent: RefCell<[Option<RunId>; 2]>,
    /// A lost answer of CreateAccessKey is asked for again, as an SDK left to itself does.
    pub(crate) repeats: Cell<bool>,
    /// What the effect under way has changed.
    changes: RefCell<Vec<Change>>,
    /// The account as it was, for answers that are behind.
    past: RefCell<Vec<(Timestamp, Account)>>,
    /// How long STS takes to answer.
    pub(crate) sts_takes: Cell<SignedDuration>,
    /// How long STS does not know a new key.
    pub(crate) sts_lag: Cell<SignedDuration>,
    /// Whether CloudTrail shows the keys of a user as made by the run that asks.
    pub(crate) trail_shows: Cell<bool>,
    /// What the person answers to a question; `None`: there is nobody.
    pub(crate) person: Cell<Option<bool>>,
    /// What the person was asked.
    pub(crate) questions: RefCell<Vec<String>>,
    /// A signal came.
    pub(crate) signalled: Cell<bool>,
    held: Cell<[bool; 2]>,
    /// What apply reported, as `Debug` shows it.
    pub(crate) events: RefCell<Vec<String>>,
    runs_begun: Cell<u64>,
    marks: Cell<u32>,
}

impl Sim {
    /// A world with AWS's policies and nothing of anybody's.
    pub(crate) fn new() -> Sim {
        Sim {
            now: Cell::new("2026-11-23T10:00:00Z".parse().unwrap()),
            effects: RefCell::default(),
            account: RefCell::new(Account::new()),
            places: RefCell::default(),
            runs: RefCell::default(),
            spools: RefCell::default(),
            locks: Rc::default(),
            machine: Cell::new(0),
            elsewhere: RefCell::default(),
            process: Cell::new(0),
            crowded: Cell::new(false),
            skew: Cell::new(SignedDuration::ZERO),
            agent: RefCell::default(),
            repeats: Cell::new(false),
            changes: RefCell::default(),
            past: RefCell::default(),
            sts_takes: Cell::new(SignedDuration::ZERO),
            sts_lag: Cell::new(SignedDuration::ZERO),
            trail_shows: Cell::new(false),
            person: Cell::new(None),
            questions: RefCell::default(),
            signalled: Cell::new(false),
            held: Cell::new([false; 2]),
            events: RefCell::default(),
            runs_begun: Cell::new(0),
            marks: Cell::new(0),
        }
    }

    /// The secret that a key was made with, even if the key is gone.
    pub(crate) fn secret_of(&self, key: &ciuser_core::name::AccessKeyId) -> Option<String> {
        self.account.borrow().secret_of(key)
    }

    /// The endpoint and account of this world.
    pub(crate) fn scope() -> Scope {
        Scope {
            endpoint: "simulated".to_owned(),
            account: AccountId::new(account::ACCOUNT).unwrap(),
        }
    }
}
