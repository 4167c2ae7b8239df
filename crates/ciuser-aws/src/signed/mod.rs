//! Calls in AWS's JSON 1.1 protocol, signed here and sent straight through the `Transport` port.
//!
//! For services of which ciuser needs a handful of calls and whose SDK crates are larger than this program: CloudTrail,
//! Secrets Manager, Systems Manager. They are made with the session's own credentials, endpoints and user agent.
//!
//! What must stay true: a body that may hold a secret, asked or answered, is wiped when it was used, and is in no error
//! and no log. Repeats nothing: whether a call may go out again, `attempt` and the caller know.

mod answer;
mod place;
mod request;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_types::SdkConfig;
use bytes::Bytes;
use ciuser_core::port::{IamError, Reached, Transport};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use crate::error;

pub(crate) use place::{Place, Service};
pub(crate) use request::body;

/// Credentials that end within this time are as good as over.
const NEARLY_OVER: SignedDuration = SignedDuration::from_secs(60);

/// What makes such calls for one session. Clones share the credentials, which are fetched with the first call.
#[derive(Debug, Clone)]
pub(crate) struct SignedCalls {
    transport: Arc<dyn Transport>,
    config: SdkConfig,
    profile: Option<String>,
    identity: Rc<RefCell<Option<Identity>>>,
}

impl SignedCalls {
    pub(crate) fn new(transport: Arc<dyn Transport>, config: SdkConfig, profile: Option<String>) -> SignedCalls {
        SignedCalls {
            transport,
            config,
            profile,
            identity: Rc::default(),
        }
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Makes one call, once, and reads its answer.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        place: &Place,
        operation: &str,
        body: Bytes,
        now: Timestamp,
    ) -> Result<T, IamError> {
        let identity = self.identity(now).await?;
        let app = self.config.app_name().map(AsRef::as_ref).unwrap_or_default();
        let request = request::signed(place, &identity, now, app, operation, body)?;
        let profile = self.profile.as_deref();
        match self.transport.send(request).await {
            Ok(answer) => answer::read(answer, profile),
            Err(lost) => Err(error::on_the_way(&lost, Reached::Unknown, profile)),
        }
    }

    /// Returns the credentials, fetched anew when they are nearly over: the SDK's cache is not at hand without an SDK
    /// client.
    async fn identity(&self, now: Timestamp) -> Result<Identity, IamError> {
        if let Some(identity) = self.identity.borrow().as_ref().filter(|kept| lasts(kept, now)) {
            return Ok(identity.clone());
        }
        let provider = self
            .config
            .credentials_provider()
            .ok_or_else(|| error::unaskable("the session has no credentials"))?;
        match provider.provide_credentials().await {
            Ok(credentials) => {
                let identity = Identity::from(credentials);
                self.identity.replace(Some(identity.clone()));
                Ok(identity)
            }
            Err(failed) => Err(error::on_the_way(&failed, Reached::NotSent, self.profile.as_deref())),
        }
    }
}

fn lasts(identity: &Identity, now: Timestamp) -> bool {
    let end = identity.expiration().map(Timestamp::try_from);
    end.is_none_or(|end| end.is_ok_and(|end| end > now.saturating_add(NEARLY_OVER).unwrap_or(now)))
}
