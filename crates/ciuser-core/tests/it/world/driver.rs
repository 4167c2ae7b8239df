//! Runs core in this world, the way the program does: read, plan, apply, resume, or die.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use ciuser_core::apply::{Failure, Freshness, Outcome, World, apply};
use ciuser_core::handover::{Resumed, resume};
use ciuser_core::inventory::{DeletionInventory, Inventory, Reader, gather, gather_deletion};
use ciuser_core::name::{AccessKeyId, RunId};
use ciuser_core::plan::{Choices, Heading, Plan, PlanError, Session, plan, plan_delete, plan_rotation};
use ciuser_core::port::{Clock as _, Journal as _, Sts as _};
use ciuser_core::spec::{DeletionSpec, Spec};

use super::Sim;
use super::fault::Crash;

/// Polls a future that never waits.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("nothing waits in the simulated world"),
    }
}

/// What became of a process.
#[derive(Debug)]
pub(crate) enum Came<T> {
    /// It came to its end.
    Ended(T),
    /// It died.
    Died,
}

impl Sim {
    /// The ports.
    pub(crate) fn ports(&self) -> World<'_> {
        World {
            iam: self,
            sts: self,
            trail: self,
            targets: self,
            journal: self,
            seal: self,
            lock: self,
            hold: self,
            clock: self,
            ask: self,
            report: self,
        }
    }

    /// A run id that was not there before.
    pub(crate) fn new_run(&self) -> RunId {
        self.runs_begun.set(self.runs_begun.get() + 1);
        let run = RunId::from_entropy(self.runs_begun.get().to_be_bytes());
        self.agent.borrow_mut()[self.process.get()] = Some(run.clone());
        run
    }

    /// Reads what exists.
    pub(crate) fn inventory(&self, spec: &Spec, run: &RunId, unlock: bool) -> Inventory {
        let scope = Sim::scope();
        let reader = Reader {
            iam: self,
            targets: self,
            journal: self,
            scope: &scope,
            run,
            unlock,
        };
        let caller = block_on(self.get_caller_identity()).unwrap();
        block_on(gather(reader, &caller, spec)).unwrap()
    }

    /// Plans as the program does: without asking for a passphrase if it can.
    pub(crate) fn plan_as(&self, run: &RunId, spec: &Spec, choices: &Choices) -> Result<Plan, PlanError> {
        let (scope, session) = (Sim::scope(), Session::default());
        let heading = Heading {
            run,
            made: self.now(),
            scope: &scope,
            session: &session,
        };
        match plan(spec, &self.inventory(spec, run, false), choices, &heading) {
            Err(PlanError::Locked(_)) => plan(spec, &self.inventory(spec, run, true), choices, &heading),
            answer => answer,
        }
    }

    /// Plans for a run that is only looked at.
    pub(crate) fn plan(&self, spec: &Spec) -> Plan {
        self.plan_with(spec, &Choices::default()).unwrap()
    }

    /// Plans with choices for a run that is only looked at.
    pub(crate) fn plan_with(&self, spec: &Spec, choices: &Choices) -> Result<Plan, PlanError> {
        self.plan_as(&self.new_run(), spec, choices)
    }

    /// Plans the rotation of a key.
    pub(crate) fn plan_rotation(&self, run: &RunId, spec: &Spec, old: Option<&AccessKeyId>, deactivate: bool) -> Plan {
        let (scope, session) = (Sim::scope(), Session::default());
        let heading = Heading {
            run,
            made: self.now(),
            scope: &scope,
            session: &session,
        };
        let inventory = self.inventory(spec, run, false);
        plan_rotation(spec, &inventory, &Choices::default(), old, deactivate, &heading).unwrap()
    }

    /// Reads what exists of a user that is to be deleted.
    pub(crate) fn deletion_inventory(&self, run: &RunId, spec: &DeletionSpec, unlock: bool) -> DeletionInventory {
        let scope = Sim::scope();
        let reader = Reader {
            iam: self,
            targets: self,
            journal: self,
            scope: &scope,
            run,
            unlock,
        };
        let caller = block_on(self.get_caller_identity()).unwrap();
        block_on(gather_deletion(reader, &caller, spec)).unwrap()
    }

    /// Plans the deletion of what was read.
    pub(crate) fn plan_deletion_of(
        &self,
        run: &RunId,
        spec: &DeletionSpec,
        inventory: &DeletionInventory,
    ) -> Result<Plan, PlanError> {
        let (scope, session) = (Sim::scope(), Session::default());
        let heading = Heading {
            run,
            made: self.now(),
            scope: &scope,
            session: &session,
        };
        plan_delete(spec, inventory, &heading)
    }

    /// Plans a deletion as the program does: without asking for a passphrase if it can.
    pub(crate) fn plan_deletion(&self, run: &RunId, spec: &DeletionSpec) -> Result<Plan, PlanError> {
        match self.plan_deletion_of(run, spec, &self.deletion_inventory(run, spec, false)) {
            Err(PlanError::Locked(_)) => self.plan_deletion_of(run, spec, &self.deletion_inventory(run, spec, true)),
            answer => answer,
        }
    }

    /// Plans a deletion and carries it out.
    pub(crate) fn delete(&self, spec: &DeletionSpec) -> Outcome {
        let run = self.new_run();
        let plan = self.plan_deletion(&run, spec).unwrap();
        self.apply(&run, &plan)
    }

    /// Carries out a plan.
    pub(crate) fn apply(&self, run: &RunId, plan: &Plan) -> Outcome {
        block_on(apply(&self.ports(), run, plan, Freshness::Reviewed))
    }

    /// Plans and applies.
    pub(crate) fn converge(&self, spec: &Spec) -> Outcome {
        self.converge_with(spec, &Choices::default())
    }

    /// Plans with choices and applies.
    pub(crate) fn converge_with(&self, spec: &Spec, choices: &Choices) -> Outcome {
        let run = self.new_run();
        let plan = self.plan_as(&run, spec, choices).unwrap();
        self.apply(&run, &plan)
    }

    /// Rotates the key and applies.
    pub(crate) fn rotate(&self, spec: &Spec, deactivate: bool) -> Outcome {
        let run = self.new_run();
        let plan = self.plan_rotation(&run, spec, None, deactivate);
        self.apply(&run, &plan)
    }

    /// Carries on what did not end. A journal or lock that cannot be used is an outcome too.
    pub(crate) fn resume(&self) -> Vec<Outcome> {
        let outcome = |one| match one {
            Resumed::Went(outcome) => outcome,
            Resumed::Busy(run) => panic!("{run} is locked"),
        };
        let failed = |failure: Failure| Outcome {
            run: self.new_run(),
            users: Vec::new(),
            failure: Some(failure),
        };
        // The process that carries runs on has a run of its own, and says so in its user agent.
        self.new_run();
        match self.unfinished(&Sim::scope()) {
            Ok(records) => records
                .into_iter()
                .map(|record| block_on(resume(&self.ports(), record)).map_or_else(failed, outcome))
                .collect(),
            Err(error) => vec![failed(error.into())],
        }
    }

    /// Runs a process that may die at the scripted crash. Volatile state is gone then, and nothing else.
    pub(crate) fn process<T>(&self, does: impl FnOnce() -> T) -> Came<T> {
        let answer = catch_unwind(AssertUnwindSafe(does));
        self.disarm();
        match answer {
            Ok(value) => Came::Ended(value),
            Err(cause) if cause.is::<Crash>() => {
                self.set_held(false);
                Came::Died
            }
            Err(cause) => resume_unwind(cause),
        }
    }
}

/// A process that is not at its end.
pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Lets another process go on, once.
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, false) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Sim {
    /// Where another process may go on.
    pub(super) fn turn(&self) -> impl Future<Output = ()> {
        Turn(self.crowded.get())
    }

    /// Runs one process on each of these machines at once, each until it ends or dies; the script says whose turn it is.
    pub(crate) fn at_once<'a, T>(&'a self, processes: Vec<(usize, Running<'a, T>)>) -> Vec<Came<T>> {
        let script = self.script().expect("somebody says whose turn it is");
        let mut came: Vec<Option<Came<T>>> = processes.iter().map(|_| None).collect();
        let mut running: Vec<_> = processes.into_iter().map(Some).collect();
        self.crowded.set(true);
        loop {
            let alive: Vec<usize> = (0..running.len()).filter(|one| running[*one].is_some()).collect();
            if alive.is_empty() {
                break;
            }
            let one = script.turn(&alive);
            let (machine, future) = running[one].as_mut().expect("it runs");
            self.go_to(*machine);
            self.process.set(one);
            let polled = self.process(|| future.as_mut().poll(&mut Context::from_waker(Waker::noop())));
            came[one] = match polled {
                Came::Ended(Poll::Pending) => continue,
                Came::Ended(Poll::Ready(value)) => Some(Came::Ended(value)),
                Came::Died => Some(Came::Died),
            };
            // What it held in memory goes here, locks too.
            running[one] = None;
        }
        self.crowded.set(false);
        self.process.set(0);
        came.into_iter().map(|came| came.expect("it came to its end")).collect()
    }
}
