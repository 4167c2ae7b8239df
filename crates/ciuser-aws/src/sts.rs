//! STS over the SDK: who is calling, and whether a key works.

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{Builder, IdentityCache};
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_types::SdkConfig;
use ciuser_core::name::{AccountId, Region};
use ciuser_core::port::{Caller, IamError, Sts};
use ciuser_core::secret::AccessKey;

use crate::error;
use crate::session::Session;
use crate::too_many::TooManyRequests;

/// STS, for the session's own credentials and for a key under test.
pub struct AwsSts {
    own: Client,
    config: SdkConfig,
    profile: Option<String>,
}

impl AwsSts {
    pub(crate) fn new(session: &Session) -> AwsSts {
        let config = Builder::from(session.config()).retry_classifier(TooManyRequests);
        AwsSts {
            own: Client::from_conf(config.build()),
            config: session.config().clone(),
            profile: session.profile().map(str::to_owned),
        }
    }

    /// Returns a client that knows the key alone. The caller counts what it answers.
    fn client_of(&self, key: &AccessKey, region: Option<&Region>) -> Client {
        let credentials = Credentials::new(key.id.as_str(), key.secret.expose(), None, None, "ciuser");
        let mut config = Builder::from(&self.config)
            .credentials_provider(credentials)
            .identity_cache(IdentityCache::no_cache())
            // The second attempt is for a clock that is wrong: the SDK learns the right time from the first one's answer.
            .retry_config(RetryConfig::standard().with_max_attempts(2));
        if let Some(region) = region {
            config.set_region(Some(aws_types::region::Region::new(region.to_string())));
        }
        Client::from_conf(config.build())
    }
}

#[async_trait(?Send)]
impl Sts for AwsSts {
    async fn get_caller_identity(&self) -> Result<Caller, IamError> {
        let answer = self.own.get_caller_identity().send().await;
        caller(answer.map_err(|e| error::translate(e, self.profile.as_deref()))?)
    }

    async fn get_caller_identity_with(&self, key: &AccessKey, region: Option<&Region>) -> Result<Caller, IamError> {
        let answer = self.client_of(key, region).get_caller_identity().send().await;
        caller(answer.map_err(|e| error::translate(e, None))?)
    }
}

fn caller(output: GetCallerIdentityOutput) -> Result<Caller, IamError> {
    let account = output
        .account
        .ok_or_else(|| error::unusable("the account is missing"))?;
    let arn = output.arn.ok_or_else(|| error::unusable("the ARN is missing"))?;
    Ok(Caller {
        account: AccountId::new(account).map_err(error::unusable)?,
        arn,
    })
}
