//! Proves at STS that a key works: `GetCallerIdentity` needs no permission and names the user.
//!
//! IAM is eventually consistent, and one success does not mean that every server knows the key, so several in a
//! row are asked for.

use jiff::SignedDuration;

use crate::apply::{Event, World};
use crate::plan::{Plan, UserPlan};
use crate::port::{IamError, IamErrorKind};
use crate::secret::AccessKey;

const NEEDED: u32 = 3;
const BUDGET: SignedDuration = SignedDuration::from_secs(60);
const QUICK: SignedDuration = SignedDuration::from_millis(100);
const SLOW: SignedDuration = SignedDuration::from_secs(1);

/// What STS says of a key.
pub(super) enum Standing {
    /// It works, and it is the expected user.
    Confirmed,
    /// It did not work within the time.
    NotYet(String),
    /// It works, and is somebody else.
    OtherUser(String),
}

/// Asks STS until the key has worked three times in a row, or a minute has passed.
pub(super) async fn prove(world: &World<'_>, plan: &Plan, user: &UserPlan, key: &AccessKey) -> Standing {
    let begun = world.clock.now();
    let (mut successes, mut pause) = (0, QUICK);
    let mut last = String::from("no answer");
    loop {
        match world.sts.get_caller_identity_with(key, plan.region.as_ref()).await {
            Ok(caller) if caller.arn != user.arn.as_str() => return Standing::OtherUser(caller.arn),
            Ok(caller) => {
                successes += 1;
                world.report.event(Event::KeyAccepted {
                    successes,
                    needed: NEEDED,
                });
                if successes == NEEDED {
                    world.report.event(Event::KeyConfirmed {
                        key: &key.id,
                        arn: &caller.arn,
                    });
                    return Standing::Confirmed;
                }
            }
            // The id is known and the secret is not its: time changes nothing.
            Err(error) if error.code.as_deref() == Some("SignatureDoesNotMatch") => {
                return Standing::NotYet(error.to_string());
            }
            Err(error) => {
                (successes, pause) = (0, SLOW);
                world.report.event(Event::Waiting {
                    what: waiting_for(&error),
                });
                last = error.to_string();
            }
        }
        let spent = world.clock.now().duration_since(begun);
        if world.hold.interrupted() {
            return Standing::NotYet("stopped, as asked".to_owned());
        }
        if spent.saturating_add(pause) > BUDGET {
            return Standing::NotYet(last);
        }
        world.clock.sleep(pause).await;
    }
}

fn waiting_for(error: &IamError) -> &'static str {
    match error.kind {
        IamErrorKind::InvalidClientTokenId => "the new key to be known everywhere",
        _ => "STS to answer",
    }
}
