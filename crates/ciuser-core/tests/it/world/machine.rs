//! The machine that the process runs on: journal, spool and locks. They survive a crash; locks do not.

use std::rc::Rc;

use ciuser_core::name::{RunId, UserName};
use ciuser_core::plan::Plan;
use ciuser_core::port::{
    Entry, Journal, JournalError, KeyOwner, Known, Lock, LockError, LockGuard, RunRecord, Scope, Seal, SealError,
};
use ciuser_core::secret::AccessKey;
use jiff::Timestamp;

use super::Sim;

/// A run in the journal, as it lies on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) run: RunId,
    pub(crate) begun: Timestamp,
    pub(crate) plan: String,
    pub(crate) entries: Vec<String>,
    pub(crate) over: bool,
}

impl Run {
    /// What it noted, oldest first.
    pub(crate) fn read(&self) -> Vec<Entry> {
        self.entries
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect()
    }
}

impl Sim {
    /// Goes to a machine: what follows uses its journal, spool and locks.
    pub(crate) fn go_to(&self, machine: usize) {
        if self.machine.replace(machine) != machine {
            let mut elsewhere = self.elsewhere.borrow_mut();
            std::mem::swap(&mut *self.runs.borrow_mut(), &mut elsewhere.0);
            std::mem::swap(&mut *self.spools.borrow_mut(), &mut elsewhere.1);
        }
    }

    fn journal<T>(&self, what: &str, does: impl FnOnce(&mut Vec<Run>) -> T) -> Result<T, JournalError> {
        let error = |message| JournalError { message, hint: None };
        self.local(&format!("journal {what}"), error, || {
            Ok(does(&mut self.runs.borrow_mut()))
        })
    }

    fn spool<T>(&self, what: &str, does: impl FnOnce() -> Result<T, SealError>) -> Result<T, SealError> {
        let error = |message| SealError { message, hint: None };
        self.local(&format!("seal {what}"), error, does)
    }
}

impl Journal for Sim {
    fn begin(&self, _: &Scope, run: &RunId, begun: Timestamp, plan: &Plan) -> Result<(), JournalError> {
        self.journal("begin", |runs| {
            runs.push(Run {
                run: run.clone(),
                begun,
                plan: serde_json::to_string(plan).unwrap(),
                entries: Vec::new(),
                over: false,
            });
        })
    }

    fn record(&self, run: &RunId, entry: &Entry) -> Result<(), JournalError> {
        let json = serde_json::to_value(entry).unwrap();
        let kind = json["entry"].as_str().unwrap().to_owned();
        self.journal(&kind, |runs| {
            let run = runs.iter_mut().find(|one| one.run == *run).unwrap();
            run.entries.push(json.to_string());
        })
    }

    fn finish(&self, run: &RunId) -> Result<(), JournalError> {
        self.journal("finish", |runs| {
            // One that never began is over too, as an UPDATE of no row is no error.
            runs.iter_mut()
                .filter(|one| one.run == *run)
                .for_each(|one| one.over = true);
        })
    }

    fn unfinished(&self, _: &Scope) -> Result<Vec<RunRecord>, JournalError> {
        self.journal("unfinished", |runs| {
            let open = runs.iter().filter(|run| !run.over);
            open.map(|run| RunRecord {
                run: run.run.clone(),
                begun: run.begun,
                plan: serde_json::from_str(&run.plan).unwrap(),
                entries: run.read(),
            })
            .collect()
        })
    }

    fn known(&self, _: &Scope, user: &UserName) -> Result<Vec<Known>, JournalError> {
        self.journal("known", |runs| {
            let mut known: Vec<Known> = Vec::new();
            for entry in runs.iter().flat_map(Run::read).filter(|entry| entry.user() == user) {
                Known::learn(&mut known, entry);
            }
            known
        })
    }
}

/// What is sealed is never overwritten.
fn refuse_sealed(spool: Option<&AccessKey>) -> Result<(), SealError> {
    match spool {
        None => Ok(()),
        Some(_) => Err(SealError {
            message: "the spool holds a sealed key".to_owned(),
            hint: None,
        }),
    }
}

impl Seal for Sim {
    fn reserve(&self, run: &RunId, user: &UserName) -> Result<Option<String>, SealError> {
        self.spool("reserve", || {
            let mut spools = self.spools.borrow_mut();
            let spool = spools.entry((run.clone(), user.clone())).or_insert(None);
            refuse_sealed(spool.as_ref()).map(|()| None)
        })
    }

    fn seal(&self, run: &RunId, owner: &KeyOwner, key: &AccessKey) -> Result<(), SealError> {
        self.spool("seal", || {
            let mut spools = self.spools.borrow_mut();
            let reserved = spools.get_mut(&(run.clone(), owner.user.clone()));
            let reserved = reserved.expect("the spool is reserved before the key is made");
            refuse_sealed(reserved.as_ref())?;
            *reserved = Some(key.clone());
            Ok(())
        })
    }

    fn open(&self, run: &RunId, user: &UserName) -> Result<Option<AccessKey>, SealError> {
        self.spool("open", || {
            Ok(self
                .spools
                .borrow()
                .get(&(run.clone(), user.clone()))
                .cloned()
                .flatten())
        })
    }

    fn discard(&self, run: &RunId, user: &UserName) -> Result<(), SealError> {
        self.spool("discard", || {
            self.spools.borrow_mut().remove(&(run.clone(), user.clone()));
            Ok(())
        })
    }
}

impl Lock for Sim {
    fn try_lock(&self, _: &Scope, user: &UserName) -> Result<Option<LockGuard>, LockError> {
        self.local("lock", LockError::new, || {
            let name = (self.machine.get(), user.as_str().to_lowercase());
            let free = self.locks.borrow_mut().insert(name.clone());
            let locks = Rc::clone(&self.locks);
            Ok(free.then(|| LockGuard::new(Held { name, locks })))
        })
    }
}

struct Held {
    name: (usize, String),
    locks: Rc<std::cell::RefCell<std::collections::BTreeSet<(usize, String)>>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.locks.borrow_mut().remove(&self.name);
    }
}
