//! What goes wrong in a history, and where: a list that a seed draws, and that shrinks by leaving things out.

use super::others::Deed;
use super::seed::Draw;
use crate::example::{CONTEXT, CSV, KDBX, PROJECT};
use crate::world::{Fault, When};

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Where it begins.
    pub(super) at: At,
    /// For how many effects it lasts.
    pub(super) span: usize,
    /// What it is.
    pub(super) kind: Kind,
}

/// Where in a history something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// At the effect of this number.
    Effect(usize),
    /// So many effects after the call of this name and number.
    Call(&'static str, usize, usize),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The effect fails so.
    Fails(Fault),
    /// The process is killed.
    Killed(When),
    /// The process is killed between the two halves of a write.
    KilledHalfway,
    /// The effect takes so many seconds.
    Delayed(i64),
    /// The machine's clock jumps by so many seconds.
    ClockJumps(i64),
    /// The person wants the program to stop.
    Signal,
    /// Somebody else does something just before.
    Others(Deed),
}

/// Where it hurts: the calls around the secret and what is noted of it.
const HOT: [&str; 20] = [
    "CreateUser",
    "CreateAccessKey",
    "CreateAccessKey",
    "CreateAccessKey",
    "CreateAccessKey",
    "CreateAccessKey",
    "ListAccessKeys",
    "UpdateAccessKey",
    "DeleteAccessKey",
    "GetCallerIdentity",
    "DeleteUser",
    "journal creating",
    "journal sealed",
    "journal done",
    "seal seal",
    "seal open",
    PUTS[0],
    PUTS[1],
    WRITES[0],
    WRITES[1],
];
const PUTS: [&str; 2] = ["put kdbx:/keys.kdbx", "put csv:/CI_USER.csv"];
const WRITES: [&str; 2] = [
    "write circleci-context:gh/acme/deploy",
    "write circleci-project:gh/acme/storefront",
];

/// How long IAM and STS may be behind. The protocol waits 30 seconds for what a lost answer may have made, a late
/// request included.
const BEHIND: i64 = 9;
const LATE: i64 = 9;

impl Trouble {
    /// Draws the list of a history.
    pub(super) fn draw_list(draw: &mut Draw) -> Vec<Trouble> {
        let many = draw.pick(&[0, 1, 1, 1, 2, 2, 2, 3, 4, 6]);
        let mut list: Vec<Trouble> = if draw.chance(25) {
            Trouble::draw_classic(draw)
        } else {
            Vec::new()
        };
        for _ in 0..many {
            let after = list.last().map(|trouble| trouble.at);
            list.push(Trouble::draw(draw, after));
        }
        list
    }

    /// What the protocol is made for: nobody learns what became of the one request. Sometimes somebody else's key
    /// appears then, which looks like the one that the answer was for.
    fn draw_classic(draw: &mut Draw) -> Vec<Trouble> {
        let at = |later, kind| Trouble {
            at: At::Call("CreateAccessKey", 0, later),
            span: 1,
            kind,
        };
        let lost = draw.pick(&[
            Kind::Fails(Fault::AnswerLost),
            Kind::Fails(Fault::RequestLost),
            Kind::Fails(Fault::ServerErrorAfter),
            Kind::Killed(When::Before),
            Kind::Killed(When::After),
        ]);
        let mut list = vec![at(0, lost)];
        if draw.chance(40) {
            list.push(at(1 + draw.below(8), Kind::Others(Deed::MakesKey)));
        }
        list
    }

    /// Troubles seldom come alone: often one follows closely on another.
    fn draw(draw: &mut Draw, after: Option<At>) -> Trouble {
        let at = if let (Some(At::Call(call, which, later)), true) = (after, draw.chance(40)) {
            At::Call(call, which, later + draw.pick(&[0, 1, 1, 2, 3, 6]))
        } else if draw.chance(40) {
            At::Effect(draw.below(220))
        } else {
            let later = draw.pick(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 9, 17]);
            At::Call(draw.pick(&HOT), draw.pick(&[0, 0, 0, 1, 2]), later)
        };
        let kind = Kind::draw(draw);
        let span = match kind {
            Kind::Fails(_) => draw.pick(&[1, 1, 1, 1, 2, 3, 8, 30]),
            _ => 1,
        };
        Trouble { at, span, kind }
    }
}

impl Kind {
    fn draw(draw: &mut Draw) -> Kind {
        match draw.below(20) {
            0..=9 => Kind::Fails(draw_fault(draw)),
            10..=12 => Kind::Killed(draw.pick(&[When::Before, When::After])),
            13 => Kind::KilledHalfway,
            14 => Kind::Delayed(draw.seconds(1, 20)),
            15 => Kind::ClockJumps(draw.pick(&[-86_400, -3_600, -45, 20, 45, 300, 7_200])),
            16 => Kind::Signal,
            _ => Kind::Others(Deed::draw(draw)),
        }
    }
}

fn draw_fault(draw: &mut Draw) -> Fault {
    match draw.below(12) {
        0 => Fault::NotSent,
        1 | 2 => Fault::AnswerLost,
        3 => Fault::RequestLost,
        4 => Fault::ServerError,
        5 => Fault::ServerErrorAfter,
        6 => Fault::Throttled,
        7 => Fault::Fails,
        8 => Fault::FailsAfter,
        9 => Fault::Half,
        10 => Fault::Late(draw.seconds(1, LATE)),
        _ => Fault::Stale(draw.seconds(1, BEHIND)),
    }
}

/// Draws how far behind IAM or STS is.
pub(super) fn draw_lag(draw: &mut Draw) -> i64 {
    let behind = draw.seconds(0, BEHIND);
    draw.pick(&[0, 0, behind])
}

/// The targets by number, stores first.
pub(super) const PLACES: [&str; 4] = [KDBX, CSV, CONTEXT, PROJECT];

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            At::Effect(number) => write!(f, "at effect {number}")?,
            At::Call(call, which, 0) => write!(f, "at {call} #{which}")?,
            At::Call(call, which, later) => write!(f, "{later} effects after {call} #{which}")?,
        }
        if self.span > 1 {
            write!(f, ", for {} effects", self.span)?;
        }
        write!(f, ": {:?}", self.kind)
    }
}
