//! What a seed draws: how the world is at first, what is asked of ciuser, and what goes wrong.

use ciuser_core::plan::Choices;
use ciuser_core::spec::{Attach, Clear, DeletionSpec, Spec};
use ciuser_core::target::{CsvFormat, StoreSpec, Target};
use jiff::SignedDuration;

use super::seed::Draw;
use super::trouble::{PLACES, Trouble, draw_lag};
use crate::example::{CONTEXT, KDBX, NAME, PROJECT, assert_done, spec, spec_with, takes_only, world};
use crate::world::{Shows, Sim};

/// How the world is at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// The user does not exist.
    Nobody,
    /// The user is ours, and has no key.
    Keyless,
    /// The user is nobody's, with a key that somebody uses.
    Unmanaged,
    /// The user is another project's.
    OtherProject,
    /// All is as the spec says.
    Applied,
    /// All is as the spec says, but the targets of these numbers lack the key.
    Lacking(&'static [usize]),
}

/// What is asked of ciuser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// `apply`, of one user or two.
    Apply,
    /// `key rotate`, with `--deactivate-old` or without.
    Rotate(bool),
    /// `delete`, with `--clear` or without.
    Delete(Clear),
    /// `delete --keep-user --clear`.
    DeleteKeys,
}

/// Who works on the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crowd {
    /// One process after the other.
    Alone,
    /// Two at once on one machine.
    OneMachine,
    /// Two at once, each on its own machine.
    TwoMachines,
}

/// A history to be.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) seed: u64,
    pub(super) start: Start,
    pub(super) commands: Vec<Command>,
    pub(super) crowd: Crowd,
    pub(super) in_own_group: bool,
    pub(super) two_users: bool,
    /// Whether the second user's store is one that cannot be read back.
    pub(super) takes_only: bool,
    pub(super) reviewed: bool,
    pub(super) shows: [Shows; 2],
    pub(super) locked: bool,
    pub(super) lag: i64,
    pub(super) sts_lag: i64,
    pub(super) trail: bool,
    pub(super) person: Option<bool>,
    /// How often `resume` and the command are run again while things go wrong.
    pub(super) rounds: usize,
    /// How long that takes a person each time.
    pub(super) pause: i64,
    pub(super) troubles: Vec<Trouble>,
}

impl Scenario {
    /// Draws one.
    pub(super) fn draw(seed: u64) -> Scenario {
        let mut draw = Draw::new(seed);
        let (start, commands) = draw_work(&mut draw);
        Scenario {
            seed,
            start,
            commands,
            crowd: draw.pick(&[
                Crowd::Alone,
                Crowd::Alone,
                Crowd::Alone,
                Crowd::Alone,
                Crowd::Alone,
                Crowd::Alone,
                Crowd::OneMachine,
                Crowd::TwoMachines,
            ]),
            in_own_group: draw.chance(20),
            two_users: draw.chance(15),
            reviewed: draw.chance(50),
            shows: [
                draw.pick(&[Shows::Mask, Shows::Mask, Shows::Timestamp]),
                draw.pick(&[Shows::BareMask, Shows::BareMask, Shows::Mask, Shows::Nothing]),
            ],
            locked: draw.chance(30),
            lag: draw_lag(&mut draw),
            sts_lag: 2 * draw_lag(&mut draw),
            trail: draw.chance(30),
            person: draw.pick(&[None, None, Some(true), Some(false)]),
            rounds: draw.pick(&[0, 1, 1, 2, 3]),
            pause: draw.pick(&[0, 0, 5, 60, 4_000]),
            troubles: Trouble::draw_list(&mut draw),
            takes_only: draw.chance(50),
        }
    }

    /// What the user shall be.
    pub(super) fn spec(&self) -> Spec {
        let mut spec = spec_with(|user| {
            if self.in_own_group {
                user.attach = Attach::Group;
            }
        });
        if self.two_users {
            let mut second = spec.users[0].clone();
            second.name = "CI_OTHER".parse().unwrap();
            second.stores = vec![match self.takes_only {
                true => takes_only("/CI_OTHER.age"),
                false => StoreSpec::Csv {
                    path: "/CI_OTHER.csv".to_owned(),
                    format: CsvFormat::Import,
                },
            }];
            second.deliver.clear();
            spec.users.push(second);
        }
        spec.checked().unwrap()
    }

    /// The spec of the user whose key is rotated: one at a time.
    pub(super) fn rotated(&self) -> Spec {
        let mut spec = self.spec();
        spec.users.truncate(1);
        spec.checked().unwrap()
    }

    /// What is to be deleted.
    pub(super) fn deletion(&self, command: Command) -> DeletionSpec {
        let user = &spec().users[0];
        let stores = user.stores.iter().cloned().map(Target::Store);
        let providers = user.deliver.iter().cloned().map(Target::Provider);
        DeletionSpec {
            user: NAME.parse().unwrap(),
            project: "storefront".parse().unwrap(),
            keep_user: command == Command::DeleteKeys,
            unmanaged: false,
            clear: match command {
                Command::Delete(clear) => clear,
                _ => Clear::Everything,
            },
            targets: stores.chain(providers).collect(),
        }
    }

    /// What the person chose.
    pub(super) fn choices(&self) -> Choices {
        Choices {
            adopt: self.start == Start::Unmanaged,
            overwrite: Vec::new(),
        }
    }

    /// Makes the world, with nothing going wrong yet.
    pub(super) fn world(&self) -> Sim {
        let sim = world();
        for (target, shows) in [CONTEXT, PROJECT].into_iter().zip(self.shows) {
            sim.place(target, |place| place.shows = shows);
        }
        match self.start {
            Start::Nobody => {}
            Start::Keyless => user(&sim, Some("storefront"), false),
            Start::Unmanaged => user(&sim, None, true),
            Start::OtherProject => user(&sim, Some("warehouse"), true),
            Start::Applied => self.apply(&sim),
            Start::Lacking(places) => {
                self.apply(&sim);
                for place in places {
                    sim.place(PLACES[*place], |place| place.key = None);
                }
            }
        }
        sim.place(KDBX, |place| place.locked = self.locked);
        sim.account.borrow_mut().lag = SignedDuration::from_secs(self.lag);
        sim.sts_lag.set(SignedDuration::from_secs(self.sts_lag));
        sim.trail_shows.set(self.trail);
        sim.person.set(self.person);
        sim
    }

    fn apply(&self, sim: &Sim) {
        assert_done(&sim.converge(&self.spec()));
        sim.pass(SignedDuration::from_hours(24));
    }
}

fn draw_work(draw: &mut Draw) -> (Start, Vec<Command>) {
    let clear = draw.pick(&[Clear::Nothing, Clear::WithinReach, Clear::Everything]);
    let deactivate = draw.chance(70);
    match draw.below(20) {
        0..=6 => (Start::Nobody, vec![Command::Apply]),
        7 => (Start::Nobody, vec![Command::Apply, Command::Rotate(deactivate)]),
        8 => (Start::Keyless, vec![Command::Apply]),
        9 => (Start::Unmanaged, vec![Command::Apply, Command::Apply]),
        10 => (Start::OtherProject, vec![Command::Apply]),
        11..=14 => (Start::Applied, vec![Command::Rotate(deactivate)]),
        15 => {
            let lacking = draw.pick(&[&[1][..], &[3], &[1, 2, 3], &[2]]);
            (Start::Lacking(lacking), vec![Command::Apply])
        }
        16 => (
            Start::Applied,
            vec![Command::Rotate(deactivate), Command::Delete(clear)],
        ),
        17 => (Start::Applied, vec![Command::DeleteKeys]),
        _ => (Start::Applied, vec![Command::Delete(clear)]),
    }
}

/// A user that was there before ciuser.
fn user(sim: &Sim, project: Option<&str>, with_key: bool) {
    let mut account = sim.account.borrow_mut();
    let key = account.new_key(jiff::Timestamp::UNIX_EPOCH);
    account.add_user(NAME, |user| {
        user.path = "/ci/".parse().unwrap();
        let tag = project.map(|project| format!("ciuser:project={project}").parse().unwrap());
        user.tags.extend(tag);
        user.keys.extend(with_key.then_some(key));
    });
}
