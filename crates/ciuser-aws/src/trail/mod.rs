//! CloudTrail: which access keys a run has made, by the user agent of its requests.
//!
//! `LookupEvents` is the only call, and the SDK's crate for CloudTrail is larger than this program: the request is
//! signed here and goes straight to the `Transport` port.
//!
//! INVARIANT: every key that is returned is one that CloudTrail says the run made for the user. That there are no more
//! is never said: events come minutes late, and a lookup that has no end is given up.

mod answer;
mod event;
mod place;
mod request;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_types::SdkConfig;
use ciuser_core::name::{AccessKeyId, RunId, UserName};
use ciuser_core::port::{Clock, IamError, Reached, Trail, Transport};
use jiff::Timestamp;

use crate::attempt::at_most;
use crate::error;
use crate::session::Session;

use answer::Page;
use event::Sought;
use place::Place;

/// 1,000 events: an account that makes more keys between a lost answer and the restart has to be looked at by a person.
const PAGES: usize = 20;

/// A lookup is only a second opinion: a person who waits for it is better asked.
const ATTEMPTS: u32 = 2;

/// CloudTrail of the account that a session belongs to.
pub struct AwsTrail {
    transport: Arc<dyn Transport>,
    clock: Rc<dyn Clock>,
    config: SdkConfig,
    profile: Option<String>,
}

impl AwsTrail {
    pub(crate) fn new(session: &Session, clock: Rc<dyn Clock>) -> AwsTrail {
        AwsTrail {
            transport: session.transport(),
            clock,
            config: session.config().clone(),
            profile: session.profile().map(str::to_owned),
        }
    }

    /// Fetches the credentials, once for all pages: the SDK's cache is not at hand without an SDK client.
    async fn identity(&self) -> Result<Identity, IamError> {
        let provider = self
            .config
            .credentials_provider()
            .ok_or_else(|| error::unaskable("the session has no credentials"))?;
        match provider.provide_credentials().await {
            Ok(credentials) => Ok(credentials.into()),
            Err(failed) => Err(error::on_the_way(&failed, Reached::NotSent, self.profile.as_deref())),
        }
    }

    async fn page(&self, place: &Place, identity: &Identity, body: &str) -> Result<Page, IamError> {
        let app = self.config.app_name().map(AsRef::as_ref).unwrap_or_default();
        let request = request::signed(place, identity, self.clock.now(), app, body)?;
        let profile = self.profile.as_deref();
        match self.transport.send(request).await {
            Ok(answer) => answer::page(&answer, profile),
            Err(lost) => Err(error::on_the_way(&lost, Reached::Unknown, profile)),
        }
    }
}

#[async_trait(?Send)]
impl Trail for AwsTrail {
    async fn lookup_created_access_keys(
        &self,
        user: &UserName,
        run: &RunId,
        since: Timestamp,
    ) -> Result<Vec<AccessKeyId>, IamError> {
        let (place, sought) = (Place::of(&self.config)?, Sought::new(user, run));
        let identity = self.identity().await?;
        let (mut keys, mut seen, mut token) = (Vec::new(), BTreeSet::new(), None);
        for _ in 0..PAGES {
            let body = request::body(since, token.as_deref());
            let page = at_most(ATTEMPTS, &*self.clock, async || {
                self.page(&place, &identity, &body).await
            });
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
