//! Effects are counted, named and noted; faults and the crash are found by count and name.

use std::rc::Rc;

use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::AccessKeyStatus;

use super::{Place, Sim};

/// What goes wrong with one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request never left.
    NotSent,
    /// It was carried out, and the answer was lost.
    AnswerLost,
    /// It was not carried out, and no answer came.
    RequestLost,
    /// 503, not carried out.
    ServerError,
    /// 500, although it was carried out.
    ServerErrorAfter,
    /// `Throttling`.
    Throttled,
    /// `AccessDenied`.
    Denied,
    /// A store, provider, journal or seal fails, and nothing was done.
    Fails,
    /// It reports a failure, although the thing was done.
    FailsAfter,
    /// A CI system takes the id of the key and fails at its secret; anything else fails whole.
    Half,
    /// No answer came, and IAM carries the request out only so many seconds later.
    Late(i64),
    /// A listing or a look answers what was true so many seconds ago.
    Stale(i64),
}

/// On which side of the effect the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The effect does not happen.
    Before,
    /// It happens, and the process does not learn of it.
    After,
}

/// The process died here.
pub(super) struct Crash;

/// What a script makes of one effect.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Act {
    /// What goes wrong with it.
    pub(crate) fault: Option<Fault>,
    /// Whether the process dies of it.
    pub(crate) crash: Option<When>,
}

/// A change that a process made.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// It made a key.
    KeyMade(UserName, AccessKeyId),
    /// It made a key usable or not.
    KeyStatus(AccessKeyId, AccessKeyStatus),
    /// It deleted a key.
    KeyDeleted(AccessKeyId),
    /// It wrote a key, or half of it, to a target, which held this before.
    Written(String, AccessKeyId, Place),
}

/// Decides at every effect of every process what happens, and watches what is done.
pub(crate) trait Script {
    /// Says what becomes of the effect; may change the world before it.
    fn before(&self, sim: &Sim, call: &str) -> Act;
    /// Sees what was changed, with the effect done.
    fn after(&self, sim: &Sim, call: &str, changes: &[Change]);
    /// Says which of several running processes goes on.
    fn turn(&self, running: &[usize]) -> usize;
}

type Deed = Box<dyn FnOnce(&Sim)>;

/// What happened so far, and what shall happen.
#[derive(Default)]
pub(super) struct Effects {
    log: Vec<String>,
    crash: Option<(usize, When)>,
    faults: Vec<(String, std::ops::Range<usize>, Fault)>,
    fault_at: Option<(usize, Fault)>,
    deeds: Vec<(String, Deed)>,
    script: Option<Rc<dyn Script>>,
}

impl Sim {
    /// Lets a script decide what goes wrong from now on.
    pub(crate) fn follow(&self, script: Rc<dyn Script>) {
        self.effects.borrow_mut().script = Some(script);
        self.remember();
    }

    pub(super) fn script(&self) -> Option<Rc<dyn Script>> {
        self.effects.borrow().script.clone()
    }

    /// Notes a change that a process made.
    pub(super) fn changed(&self, change: Change) {
        self.changes.borrow_mut().push(change);
    }

    /// Makes the calls of this name fail, the first one being number 0, counted over the world's whole life.
    pub(crate) fn fail(&self, call: &str, which: std::ops::Range<usize>, fault: Fault) {
        self.effects.borrow_mut().faults.push((call.to_owned(), which, fault));
    }

    /// Makes the effect of this number fail, counted from now.
    pub(crate) fn fail_at(&self, effect: usize, fault: Fault) {
        let mut effects = self.effects.borrow_mut();
        let from_now = effects.log.len() + effect;
        effects.fault_at = Some((from_now, fault));
    }

    /// Makes everything work again.
    pub(crate) fn heal(&self) {
        let mut effects = self.effects.borrow_mut();
        effects.faults.clear();
        effects.fault_at = None;
    }

    /// Lets somebody else do something right after the next call of this name.
    pub(crate) fn meanwhile(&self, call: &str, deed: impl FnOnce(&Sim) + 'static) {
        self.effects.borrow_mut().deeds.push((call.to_owned(), Box::new(deed)));
    }

    /// Lets the process die at the effect of this number, counted from now.
    pub(crate) fn crash_at(&self, effect: usize, when: When) {
        let mut effects = self.effects.borrow_mut();
        let from_now = effects.log.len() + effect;
        effects.crash = Some((from_now, when));
    }

    pub(super) fn disarm(&self) {
        self.effects.borrow_mut().crash = None;
    }

    /// How many effects there were.
    pub(crate) fn effects(&self) -> usize {
        self.effects.borrow().log.len()
    }

    /// How often a call was sent.
    pub(crate) fn count(&self, call: &str) -> usize {
        self.effects.borrow().log.iter().filter(|one| *one == call).count()
    }

    /// The calls that change something, in order.
    pub(crate) fn writes(&self) -> Vec<String> {
        let reads = [
            "Get",
            "List",
            "check ",
            "get_back ",
            "proof ",
            "lock",
            "journal ",
            "seal ",
            "ask",
        ];
        let log = self.effects.borrow();
        log.log
            .iter()
            .filter(|call| !reads.iter().any(|read| call.starts_with(read)))
            .cloned()
            .collect()
    }

    /// Does one effect: counts it, dies before or after it if that is the script, and says what goes wrong.
    pub(super) fn effect<T>(&self, call: &str, does: impl FnOnce(Option<Fault>) -> T) -> T {
        let script = self.script();
        let act = match &script {
            Some(script) => script.before(self, call),
            None => self.effects.borrow_mut().next(call),
        };
        if act.crash == Some(When::Before) {
            std::panic::resume_unwind(Box::new(Crash));
        }
        let answer = does(act.fault);
        self.let_others_act(call);
        let changes = self.changes.take();
        if let Some(script) = script {
            script.after(self, call, &changes);
        }
        if act.crash == Some(When::After) {
            self.remember();
            std::panic::resume_unwind(Box::new(Crash));
        }
        answer
    }

    fn let_others_act(&self, call: &str) {
        let deed = {
            let deeds = &mut self.effects.borrow_mut().deeds;
            let place = deeds.iter().position(|(name, _)| name == call);
            place.map(|place| deeds.remove(place).1)
        };
        if let Some(deed) = deed {
            deed(self);
        }
    }

    /// Does one effect of this machine or of a target, which fails whole or is done.
    pub(super) fn local<T, E>(
        &self,
        call: &str,
        error: impl Fn(String) -> E,
        does: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.effect(call, |fault| match fault {
            None | Some(Fault::Stale(_)) => does(),
            Some(Fault::FailsAfter | Fault::AnswerLost | Fault::ServerErrorAfter) => {
                does().and(Err(error(format!("{call} failed after all"))))
            }
            Some(_) => Err(error(format!("{call} failed"))),
        })
    }
}

impl Effects {
    /// Counts and names one more effect, and says what was asked to go wrong with it.
    fn next(&mut self, call: &str) -> Act {
        let number = self.log.len();
        let before = self.log.iter().filter(|one| *one == call).count();
        self.log.push(call.to_owned());
        let by_name = self
            .faults
            .iter()
            .find(|(name, which, _)| name == call && which.contains(&before))
            .map(|(_, _, fault)| *fault);
        let by_number = self.fault_at.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        Act {
            fault: by_number.or(by_name),
            crash: self.crash.filter(|(at, _)| *at == number).map(|(_, when)| when),
        }
    }
}
