//! Waiting for an eventually consistent service, within a bound.
//!
//! INVARIANT: measured by uptime. The machine's clock may be set meanwhile, and an orphan that is looked for too
//! shortly is never found again.

use std::future::Future;

use jiff::SignedDuration;

use super::{Event, World};

/// How long to go on asking, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// All in all.
    pub(crate) budget: SignedDuration,
    /// Between two tries.
    pub(crate) pause: SignedDuration,
}

impl Patience {
    /// For a lost answer of a call that creates: long enough for what was made to be seen.
    pub(crate) const LOST_ANSWER: Patience = Patience {
        budget: SignedDuration::from_secs(30),
        pause: SignedDuration::from_secs(2),
    };
    /// For what this run just made and IAM does not know everywhere yet (Terraform waits as long).
    pub(crate) const PROPAGATION: Patience = Patience {
        budget: SignedDuration::from_secs(120),
        pause: SignedDuration::from_secs(2),
    };

    /// Waits for the next try; `begun` is the uptime when the first one was made.
    pub(crate) async fn next_try(self, world: &World<'_>, begun: SignedDuration, what: &str) -> Next {
        if world.hold.interrupted() {
            return Next::Stopped;
        }
        let spent = world.clock.uptime().saturating_sub(begun);
        if spent.saturating_add(self.pause) > self.budget {
            return Next::Enough;
        }
        world.report.event(Event::Waiting { what });
        world.clock.sleep(self.pause).await;
        Next::Try
    }
}

/// What follows a try that was too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another try.
    Try,
    /// The budget is used up: what was seen is what there is.
    Enough,
    /// The person wants to stop: nothing follows from what was not seen yet.
    Stopped,
}

/// Tries again while the answer says that it is too early.
pub(crate) async fn again<T, E, F: Future<Output = Result<T, E>>>(
    world: &World<'_>,
    patience: Patience,
    what: &str,
    too_early: impl Fn(&E) -> bool,
    call: impl Fn() -> F,
) -> Result<T, E> {
    let begun = world.clock.uptime();
    loop {
        match call().await {
            Err(error) if too_early(&error) && patience.next_try(world, begun, what).await == Next::Try => {}
            answer => return answer,
        }
    }
}
