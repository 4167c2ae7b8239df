//! Proves at STS that keys work: `GetCallerIdentity` needs no permission and names the user.
//!
//! IAM is eventually consistent, and one success does not mean that every server knows the key, so several in a
//! row are asked for. Each key has its own pauses and its own minute; while one waits, the others are asked for.

use jiff::SignedDuration;

use crate::apply::{Event, World};
use crate::plan::{Plan, UserPlan};
use crate::port::{Caller, IamError, IamErrorKind};
use crate::secret::AccessKey;

const NEEDED: u32 = 3;
const BUDGET: SignedDuration = SignedDuration::from_secs(60);
const QUICK: SignedDuration = SignedDuration::from_millis(100);
const SLOW: SignedDuration = SignedDuration::from_secs(1);

/// What STS says of a key.
pub(super) enum Proven {
    /// It works, and it is the expected user.
    Confirmed,
    /// It did not work within the time.
    NotYet(String),
    /// It works, and is somebody else.
    OtherUser(String),
    /// Somebody asked to stop before it was known.
    Stopped,
}

/// How many keys are asked for side by side. Each has a minute, and the others' answers take their part of it.
const SIDE_BY_SIDE: usize = 10;

/// Asks STS until each key has worked three times in a row, or a minute has passed for it. Answers in the order of
/// the keys.
pub(super) async fn prove_all(world: &World<'_>, plan: &Plan, keys: &[(&UserPlan, &AccessKey)]) -> Vec<Proven> {
    let mut all = Vec::new();
    for some in keys.chunks(SIDE_BY_SIDE) {
        all.extend(prove_some(world, plan, some).await);
    }
    all
}

async fn prove_some(world: &World<'_>, plan: &Plan, keys: &[(&UserPlan, &AccessKey)]) -> Vec<Proven> {
    let now = world.clock.uptime();
    let mut trials: Vec<Trial<'_>> = keys.iter().map(|(user, key)| Trial::new(user, key, now)).collect();
    while let Some(trial) = trials
        .iter_mut()
        .filter(|one| one.proven.is_none())
        .min_by_key(|one| one.due)
    {
        trial.wait(world).await;
        if world.hold.interrupted() {
            break;
        }
        trial.ask(world, plan).await;
    }
    trials
        .into_iter()
        .map(|trial| trial.proven.unwrap_or(Proven::Stopped))
        .collect()
}

/// Asks STS for one key.
pub(super) async fn prove(world: &World<'_>, plan: &Plan, user: &UserPlan, key: &AccessKey) -> Proven {
    let mut all = prove_all(world, plan, &[(user, key)]).await;
    all.pop().unwrap_or(Proven::Stopped)
}

/// One key on its way to being proven.
struct Trial<'a> {
    user: &'a UserPlan,
    key: &'a AccessKey,
    /// When STS was first asked, as uptime.
    begun: Option<SignedDuration>,
    /// When it is to be asked again, as uptime.
    due: SignedDuration,
    pause: SignedDuration,
    successes: u32,
    proven: Option<Proven>,
}

impl<'a> Trial<'a> {
    fn new(user: &'a UserPlan, key: &'a AccessKey, due: SignedDuration) -> Trial<'a> {
        Trial {
            user,
            key,
            begun: None,
            due,
            pause: QUICK,
            successes: 0,
            proven: None,
        }
    }

    /// Waits until the next try is due.
    async fn wait(&self, world: &World<'_>) {
        let rest = self.due.saturating_sub(world.clock.uptime());
        if self.begun.is_some() && rest.is_positive() {
            world.clock.sleep(rest).await;
        }
    }

    /// Asks once, and decides whether that was enough, or too much.
    async fn ask(&mut self, world: &World<'_>, plan: &Plan) {
        let begun = *self.begun.get_or_insert(world.clock.uptime());
        let answer = world.sts.get_caller_identity_with(self.key, plan.region.as_ref()).await;
        let now = world.clock.uptime();
        self.proven = match answer {
            Ok(caller) => self.accepted(world, caller),
            Err(error) => self.refused(world, &error, now.saturating_sub(begun)),
        };
        self.due = now.saturating_add(self.pause);
    }

    fn accepted(&mut self, world: &World<'_>, caller: Caller) -> Option<Proven> {
        if caller.arn != self.user.arn.as_str() {
            return Some(Proven::OtherUser(caller.arn));
        }
        self.successes += 1;
        world.report.event(Event::KeyAccepted {
            successes: self.successes,
            needed: NEEDED,
        });
        if self.successes < NEEDED {
            return None;
        }
        world.report.event(Event::KeyConfirmed {
            key: &self.key.id,
            arn: &caller.arn,
        });
        Some(Proven::Confirmed)
    }

    /// Gives up when the next try would come too late. A success is never the last word: at most two more decide.
    fn refused(&mut self, world: &World<'_>, error: &IamError, spent: SignedDuration) -> Option<Proven> {
        // The id is known and the secret is not its: time changes nothing.
        if error.code.as_deref() == Some("SignatureDoesNotMatch") {
            return Some(Proven::NotYet(error.to_string()));
        }
        (self.successes, self.pause) = (0, SLOW);
        world.report.event(Event::Waiting {
            what: waiting_for(error),
        });
        (spent.saturating_add(self.pause) > BUDGET).then(|| Proven::NotYet(error.to_string()))
    }
}

fn waiting_for(error: &IamError) -> &'static str {
    match error.kind {
        IamErrorKind::InvalidClientTokenId => "the new key to be known everywhere",
        _ => "STS to answer",
    }
}
