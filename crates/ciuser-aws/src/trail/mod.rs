//! CloudTrail: which access keys a run has made, by the user agent of its requests.
//!
//! `LookupEvents` is the only call (`signed`).
//!
//! INVARIANT: every key that is returned is one that CloudTrail says the run made for the user. That there are no more
//! is never said: events come minutes late, and a lookup that has no end is given up.

mod event;
mod events;

use std::collections::BTreeSet;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::name::{AccessKeyId, RunId, UserName};
use ciuser_core::port::{Clock, IamError, Trail};
use jiff::Timestamp;

use crate::attempt::at_most;
use crate::signed::{Place, Service, SignedCalls};

use event::Sought;
use events::{Answer, OPERATION, Page};

/// 1,000 events: an account that makes more keys between a lost answer and the restart has to be looked at by a person.
const PAGES: usize = 20;

/// A lookup is only a second opinion: a person who waits for it is better asked.
const ATTEMPTS: u32 = 2;

const SERVICE: Service = Service {
    id: "CloudTrail",
    name: "cloudtrail",
    fips_in_gov: true,
};

/// CloudTrail of the account that a session belongs to.
pub struct AwsTrail {
    calls: SignedCalls,
    run: RunId,
    clock: Rc<dyn Clock>,
}

impl AwsTrail {
    pub(crate) fn new(calls: SignedCalls, run: RunId, clock: Rc<dyn Clock>) -> AwsTrail {
        AwsTrail { calls, run, clock }
    }

    async fn page(&self, place: &Place, body: Bytes) -> Result<Page, IamError> {
        let now = self.clock.now();
        let answer: Answer = self.calls.call(place, OPERATION, body, now).await?;
        answer.page()
    }
}

#[async_trait(?Send)]
impl Trail for AwsTrail {
    fn run(&self) -> RunId {
        self.run.clone()
    }

    async fn lookup_created_access_keys(
        &self,
        user: &UserName,
        run: &RunId,
        since: Timestamp,
    ) -> Result<Vec<AccessKeyId>, IamError> {
        let place = Place::of_events(self.calls.config(), &SERVICE)?;
        let sought = Sought::new(user, run);
        let (mut keys, mut seen, mut token) = (Vec::new(), BTreeSet::new(), None);
        for _ in 0..PAGES {
            let body = events::asked(since, token.as_deref())?;
            let page = at_most(ATTEMPTS, &*self.clock, async || self.page(&place, body.clone()).await);
            let page = page.await?;
            // An event may be delivered twice.
            for key in page.events.iter().filter_map(|event| sought.key_made_by(event)) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            match page.next {
                Some(next) if seen.insert(next.clone()) => token = Some(next),
                _ => break,
            }
        }
        Ok(keys)
    }
}
