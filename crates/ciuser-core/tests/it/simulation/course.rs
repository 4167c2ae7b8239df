//! The script of a history: lets its troubles happen where they were drawn, and notes what is done.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use jiff::SignedDuration;

use super::ledger::Ledger;
use super::seed::Draw;
use super::trouble::{At, Kind, Trouble};
use crate::world::{Act, Change, Fault, Script, Sim, When};

/// More effects than any history needs.
const ENDLESS: usize = 20_000;

/// What a history is led by.
pub(super) struct Course {
    troubles: Vec<Trouble>,
    /// Where those that hang on a call begin, once it came.
    begun: RefCell<Vec<Option<usize>>>,
    calls: RefCell<HashMap<String, usize>>,
    effects: Cell<usize>,
    /// Whether things still go wrong.
    rough: Cell<bool>,
    /// Whether the process learns of the effect under way.
    answered: Cell<bool>,
    turns: RefCell<Draw>,
    pub(super) ledger: RefCell<Ledger>,
    /// What happened, a line each, if somebody wants to read it.
    pub(super) trace: RefCell<Option<Vec<String>>>,
}

impl Course {
    pub(super) fn new(seed: u64, troubles: Vec<Trouble>, traced: bool) -> Course {
        Course {
            begun: RefCell::new(vec![None; troubles.len()]),
            troubles,
            calls: RefCell::default(),
            effects: Cell::new(0),
            rough: Cell::new(true),
            answered: Cell::new(true),
            turns: RefCell::new(Draw::new(!seed)),
            ledger: RefCell::default(),
            trace: RefCell::new(traced.then(Vec::new)),
        }
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn calm(&self) {
        self.rough.set(false);
    }

    /// Adds a line to the trace.
    pub(super) fn say(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut *self.trace.borrow_mut() {
            trace.push(line());
        }
    }

    /// Returns the numbers of the troubles that are on at this effect, those that begin there first.
    fn due(&self, number: usize, call: &str) -> Vec<(bool, Kind)> {
        let which = {
            let mut calls = self.calls.borrow_mut();
            match calls.get_mut(call) {
                Some(count) => std::mem::replace(count, *count + 1),
                None => {
                    calls.insert(call.to_owned(), 1);
                    0
                }
            }
        };
        let mut begun = self.begun.borrow_mut();
        let mut due = Vec::new();
        for (trouble, begun) in self.troubles.iter().zip(begun.iter_mut()) {
            match trouble.at {
                At::Effect(at) => *begun = Some(at),
                At::Call(name, nth, later) if begun.is_none() && name == call && nth == which => {
                    *begun = Some(number + later);
                }
                At::Call(..) => {}
            }
            if let Some(from) = *begun
                && (from..from + trouble.span).contains(&number)
            {
                due.push((from == number, trouble.kind));
            }
        }
        due
    }
}

impl Script for Course {
    fn before(&self, sim: &Sim, call: &str) -> Act {
        let number = self.effects.replace(self.effects.get() + 1);
        self.ledger.borrow_mut().begins(sim.process.get(), call);
        let mut act = Act::default();
        if number > ENDLESS {
            act.crash = Some(When::Before);
            return act;
        }
        let due = if self.rough.get() {
            self.due(number, call)
        } else {
            Vec::new()
        };
        for (begins, kind) in &due {
            match kind {
                Kind::Fails(fault) => act.fault = act.fault.or(Some(*fault)),
                Kind::Killed(when) => act.crash = Some(*when),
                Kind::KilledHalfway => (act.fault, act.crash) = (Some(Fault::Half), Some(When::After)),
                Kind::Delayed(seconds) => sim.pass(SignedDuration::from_secs(*seconds)),
                Kind::ClockJumps(seconds) => {
                    sim.skew.set(sim.skew.get() + SignedDuration::from_secs(*seconds));
                }
                Kind::Signal => sim.signalled.set(true),
                Kind::Others(deed) if *begins => deed.done(sim, &mut self.ledger.borrow_mut()),
                Kind::Others(_) => {}
            }
        }
        let learns = matches!(act.fault, None | Some(Fault::Stale(_)));
        self.answered.set(learns && act.crash.is_none());
        if call == "ListAccessKeys" && act.fault.is_none() {
            self.ledger.borrow_mut().listed();
        }
        self.say(|| {
            let wrong: Vec<_> = due.iter().map(|(_, kind)| format!("{kind:?}")).collect();
            let wrong = if wrong.is_empty() {
                String::new()
            } else {
                format!("   <- {}", wrong.join(", "))
            };
            format!(
                "{number:4} p{} {} {call}{wrong}",
                sim.process.get(),
                sim.server_now().strftime("%T")
            )
        });
        if act.crash.is_some() {
            self.ledger.borrow_mut().died(sim.process.get());
        }
        act
    }

    fn after(&self, sim: &Sim, _: &str, changes: &[Change]) {
        if !changes.is_empty() {
            self.ledger.borrow_mut().saw(sim, changes, self.answered.get());
        }
    }

    fn turn(&self, running: &[usize]) -> usize {
        self.turns.borrow_mut().pick(running)
    }
}

impl Course {
    /// Tells whether a process had to be stopped because it went on and on.
    pub(super) fn is_endless(&self) -> bool {
        self.effects.get() > ENDLESS
    }

    /// How many effects there were.
    pub(super) fn effects(&self) -> usize {
        self.effects.get()
    }
}
