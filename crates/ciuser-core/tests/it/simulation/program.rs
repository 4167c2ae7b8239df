//! What ciuser does for a command, in the order in which the program does it: earlier runs first, then the plan, then
//! the plan carried out. What it would print is collected instead.

use std::cell::RefCell;

use ciuser_core::apply::{Freshness, Outcome, apply};
use ciuser_core::handover::{Resumed, resume};
use ciuser_core::inventory::{GatherError, Reader, gather, gather_deletion};
use ciuser_core::name::{RunId, UserName};
use ciuser_core::plan::{Heading, Plan, PlanError, Session, plan, plan_delete, plan_rotation};
use ciuser_core::port::{Clock as _, Journal as _, RunRecord, Sts as _};

use super::broken::{Broken, Ports};
use super::scenario::{Command, Scenario};
use crate::example::NAME;
use crate::world::Sim;

/// What a process told the person.
pub(super) type Told = RefCell<Vec<String>>;

/// The program, in one of the worlds.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) sim: &'a Sim,
    pub(super) broken: Option<Broken>,
}

impl<'a> Program<'a> {
    /// `resume`. Returns whether nothing is left to a person.
    pub(super) async fn resume_all(&self, told: &Told) -> bool {
        self.sim.new_run();
        match self.sim.unfinished(&Sim::scope()) {
            Ok(open) => {
                let mut settled = true;
                for record in open {
                    settled &= self.resume_one(record, told).await;
                }
                settled
            }
            Err(error) => self.tell(told, error.message),
        }
    }

    async fn resume_one(&self, record: RunRecord, told: &Told) -> bool {
        match resume(&self.ports().world(), record).await {
            Ok(Resumed::Went(outcome)) => self.tell_outcome(told, &outcome),
            Ok(Resumed::Busy(run)) => self.tell(told, format!("run {run} is being worked on")),
            Err(failure) => self.tell(told, in_words(&failure)),
        }
    }

    /// A command. Returns whether there was nothing to do, and nothing was told that a person must see to.
    pub(super) async fn command(&self, command: Command, told: &Told) -> bool {
        let run = self.sim.new_run();
        let Ok(open) = self.sim.unfinished(&Sim::scope()) else {
            return self.tell(told, "the journal cannot be read");
        };
        for record in open {
            let (name, waiting) = (record.run.clone(), concerns(&record, &self.users(command)));
            if !waiting {
                self.tell(told, format!("run {name} is unfinished"));
                continue;
            }
            self.resume_one(record, told).await;
            let still = self.sim.unfinished(&Sim::scope());
            if still.is_ok_and(|open| open.iter().any(|record| record.run == name)) {
                return false;
            }
        }
        match self.planned(command, &run).await {
            Ok(plan) => self.carried_out(&run, &plan, told).await,
            Err(text) => self.tell(told, text),
        }
    }

    async fn carried_out(&self, run: &RunId, plan: &Plan, told: &Told) -> bool {
        for note in plan.users.iter().flat_map(|user| &user.notes) {
            told.borrow_mut().push(note.text.clone());
        }
        if !plan.has_changes() {
            return plan.users.iter().all(|user| user.key.touched().is_empty());
        }
        let freshness = if self.scenario.reviewed {
            Freshness::Reviewed
        } else {
            Freshness::JustRead
        };
        let outcome = apply(&self.ports().world(), run, plan, freshness).await;
        self.tell_outcome(told, &outcome);
        false
    }

    fn users(&self, command: Command) -> Vec<UserName> {
        match command {
            Command::Apply => self
                .scenario
                .spec()
                .users
                .iter()
                .map(|user| user.name.clone())
                .collect(),
            _ => vec![NAME.parse().unwrap()],
        }
    }

    /// Plans as the program does: without asking for a passphrase if it can.
    async fn planned(&self, command: Command, run: &RunId) -> Result<Plan, String> {
        match self.planned_with(command, run, false).await {
            Err(Unplanned::Locked) => self.planned_with(command, run, true).await,
            answer => answer,
        }
        .map_err(|unplanned| match unplanned {
            Unplanned::Locked => "the stores are locked".to_owned(),
            Unplanned::Told(text) => text,
        })
    }

    async fn planned_with(&self, command: Command, run: &RunId, unlock: bool) -> Result<Plan, Unplanned> {
        let (scope, session) = (Sim::scope(), Session::default());
        let ports = self.ports();
        let world = ports.world();
        let reader = Reader {
            iam: world.iam,
            targets: world.targets,
            journal: world.journal,
            scope: &scope,
            run,
            unlock,
        };
        let heading = Heading {
            run,
            made: self.sim.now(),
            scope: &scope,
            session: &session,
        };
        let caller = self
            .sim
            .get_caller_identity()
            .await
            .map_err(|error| Unplanned::Told(error.to_string()))?;
        Ok(match command {
            Command::Apply => {
                let spec = self.scenario.spec();
                plan(
                    &spec,
                    &gather(reader, &caller, &spec).await?,
                    &self.scenario.choices(),
                    &heading,
                )?
            }
            Command::Rotate(deactivate) => {
                let (spec, choices) = (self.scenario.rotated(), self.scenario.choices());
                let inventory = gather(reader, &caller, &spec).await?;
                plan_rotation(&spec, &inventory, &choices, None, deactivate, &heading)?
            }
            Command::Delete(_) | Command::DeleteKeys => {
                let deletion = self.scenario.deletion(command);
                plan_delete(&deletion, &gather_deletion(reader, &caller, &deletion).await?, &heading)?
            }
        })
    }

    fn tell(&self, told: &Told, text: impl Into<String>) -> bool {
        told.borrow_mut().push(text.into());
        false
    }

    /// Returns whether the outcome leaves nothing to a person.
    fn tell_outcome(&self, told: &Told, outcome: &Outcome) -> bool {
        let mut told = told.borrow_mut();
        told.extend(outcome.failure.as_ref().map(in_words));
        told.extend(outcome.unfinished());
        outcome.failure.is_none() && outcome.unfinished().is_empty()
    }

    fn ports(&self) -> Ports<'_> {
        Ports::new(self.sim, self.broken)
    }
}

enum Unplanned {
    Locked,
    Told(String),
}

impl From<GatherError> for Unplanned {
    fn from(error: GatherError) -> Unplanned {
        Unplanned::Told(error.to_string())
    }
}

impl From<PlanError> for Unplanned {
    fn from(error: PlanError) -> Unplanned {
        match error {
            PlanError::Locked(_) => Unplanned::Locked,
            PlanError::Refused(refusals) => {
                let texts = refusals.iter().map(|refusal| {
                    let hint = refusal.hint().map(|hint| format!("\nhint: {hint}"));
                    format!("{refusal}{}", hint.unwrap_or_default())
                });
                Unplanned::Told(texts.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

fn concerns(record: &RunRecord, users: &[UserName]) -> bool {
    let mut planned = record.plan.users.iter();
    planned.any(|user| users.iter().any(|name| name.same_as(&user.user)))
}

fn in_words(failure: &ciuser_core::apply::Failure) -> String {
    let mut lines = vec![failure.what.clone()];
    lines.extend(failure.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(failure.hint.iter().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}
