//! Carries a scenario through as a person would: the command, `resume` and the command again while things go wrong,
//! and then both until nothing is left to do.

use std::rc::Rc;

use jiff::SignedDuration;

use super::broken::Broken;
use super::course::Course;
use super::ledger::Ledger;
use super::program::{Program, Told};
use super::scenario::{Command, Crowd, Scenario, Start};
use super::trouble::Trouble;
use crate::world::Sim;

/// How often `resume` and the command may be run once nothing goes wrong any more.
const ROUNDS_TO_REST: usize = 6;

/// A history at its end.
pub(super) struct History {
    pub(super) scenario: Scenario,
    pub(super) sim: Sim,
    pub(super) ledger: Ledger,
    /// What the last round came to.
    pub(super) rest: Rest,
    /// Whether a process went on and on.
    pub(super) endless: bool,
    pub(super) effects: usize,
    pub(super) trace: Vec<String>,
}

impl History {
    /// Lives it, with these of the scenario's troubles, and with the protocol broken if that is asked for.
    pub(super) fn live(scenario: &Scenario, troubles: &[Trouble], broken: Option<Broken>, traced: bool) -> History {
        let sim = scenario.world();
        let course = Rc::new(Course::new(scenario.seed, troubles.to_vec(), traced));
        {
            let mut ledger = course.ledger.borrow_mut();
            ledger.two_machines = scenario.crowd == Crowd::TwoMachines;
            if matches!(scenario.start, Start::Applied | Start::Lacking(_)) {
                ledger.handed_over_before(&sim);
            }
        }
        sim.follow(Rc::<Course>::clone(&course));
        let rest = Life {
            scenario,
            sim: &sim,
            course: &course,
            broken,
        }
        .lived();
        History {
            scenario: scenario.clone(),
            rest,
            endless: course.is_endless(),
            effects: course.effects(),
            trace: course.trace.take().unwrap_or_default(),
            ledger: course.ledger.take(),
            sim,
        }
    }
}

/// What the last round of a history came to.
pub(super) enum Rest {
    /// Nothing is left to do; this was told all the same.
    Settled(String),
    /// The person is told this, time and again.
    Told(String),
    /// Every round tells something else.
    Restless(String),
}

impl Rest {
    /// What the person was told last.
    pub(super) fn told(&self) -> &str {
        match self {
            Rest::Settled(told) | Rest::Told(told) | Rest::Restless(told) => told,
        }
    }
}

/// What living a history needs.
struct Life<'a> {
    scenario: &'a Scenario,
    sim: &'a Sim,
    course: &'a Course,
    broken: Option<Broken>,
}

impl Life<'_> {
    fn lived(&self) -> Rest {
        self.commands();
        for _ in 0..self.scenario.rounds {
            self.round();
        }
        self.course.calm();
        self.sim.pass(SignedDuration::from_secs(60));
        let mut before: Option<String> = None;
        for _ in 0..ROUNDS_TO_REST {
            let (told, settled) = self.round();
            if settled {
                return Rest::Settled(told);
            }
            // A person who is told the same twice has to do something.
            if before.as_ref().is_some_and(|before| gist(before) == gist(&told)) {
                return Rest::Told(told);
            }
            before = Some(told);
        }
        Rest::Restless(before.unwrap_or_default())
    }

    fn program(&self) -> Program<'_> {
        Program {
            scenario: self.scenario,
            sim: self.sim,
            broken: self.broken,
        }
    }

    fn machines(&self) -> &'static [usize] {
        match self.scenario.crowd {
            Crowd::TwoMachines => &[0, 1],
            Crowd::Alone | Crowd::OneMachine => &[0],
        }
    }

    fn commands(&self) {
        for (number, command) in self.scenario.commands.iter().enumerate() {
            let told = Told::default();
            match self.scenario.crowd {
                Crowd::Alone => drop(self.process(0, "command", &told, self.program().command(*command, &told))),
                crowd if number == 0 => {
                    let other = usize::from(crowd == Crowd::TwoMachines);
                    self.course
                        .say(|| format!("---- {command:?} on machines 0 and {other} at once"));
                    self.sim.signalled.set(false);
                    let program = self.program();
                    let processes = [0, other].map(|machine| {
                        let future: std::pin::Pin<Box<dyn Future<Output = bool>>> =
                            Box::pin(program.command(*command, &told));
                        (machine, future)
                    });
                    self.sim.at_once(processes.into());
                }
                _ => drop(self.process(0, "command", &told, self.program().command(*command, &told))),
            }
            self.sim.pass(SignedDuration::from_secs(self.scenario.pause));
        }
    }

    /// `resume` and the command, on every machine. Returns what was told, and whether nothing is left to do.
    fn round(&self) -> (String, bool) {
        let last = *self.scenario.commands.last().expect("something is asked for");
        // A key that was rotated is not rotated again.
        let again = if matches!(last, Command::Rotate(_)) {
            Command::Apply
        } else {
            last
        };
        let told = Told::default();
        let mut settled = true;
        for machine in self.machines() {
            settled &= self.process(*machine, "resume", &told, self.program().resume_all(&told));
            settled &= self.process(*machine, "command", &told, self.program().command(again, &told));
        }
        self.sim.pass(SignedDuration::from_secs(self.scenario.pause));
        (told.take().join("\n"), settled)
    }

    /// Runs one process on a machine; one that dies has not settled anything.
    fn process(&self, machine: usize, what: &str, told: &Told, does: impl Future<Output = bool>) -> bool {
        self.course.say(|| format!("---- {what} on machine {machine}"));
        self.sim.signalled.set(false);
        self.sim.go_to(machine);
        let came = self.sim.process(|| crate::world::block_on(does));
        match came {
            crate::world::Came::Ended(settled) => {
                for line in told.borrow().iter() {
                    self.course
                        .say(|| format!("     | {}", line.replace('\n', "\n     |   ")));
                }
                settled
            }
            crate::world::Came::Died => false,
        }
    }
}

/// A text without its numbers: ids of runs and times differ from round to round.
fn gist(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains("r-0"));
    words
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphabetic())
        .collect()
}
