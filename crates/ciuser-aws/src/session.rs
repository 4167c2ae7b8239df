//! A session: credentials, region and endpoint, found the way the AWS CLI finds them.
//!
//! An explicit `--profile` leaves out the keys in the environment; `AWS_PROFILE` does not. A region that was not
//! configured is not made up: IAM and STS are asked in `us-east-1`, and [`Session::region`] says `None`.

use std::rc::Rc;
use std::sync::Arc;

use aws_config::{AppName, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use ciuser_core::name::{AccessKeyId, Region, RunId};
use ciuser_core::port::{Clock, IamError, Transport};
use ciuser_core::secret::SecretAccessKey;

use crate::config::{self, Asked, Means};
use crate::signed::SignedCalls;
use crate::transport::SdkHttp;
use crate::{AskMfaCode, AwsIam, AwsSecretsManager, AwsSsm, AwsSts, AwsTrail, SharedAsyncSleep, credentials, endpoint};

/// What a person asked for.
#[derive(Debug)]
pub struct Options {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<Region>,
    /// `--endpoint-url`.
    pub endpoint_url: Option<String>,
    /// The run, which CloudTrail then shows in the user agent.
    pub run: RunId,
    /// The sandbox's credentials. With these neither environment nor configuration files are read.
    pub credentials: Option<StaticCredentials>,
    /// What the SDK waits by, between attempts and for answers; tokio's clock if `None`.
    pub sleep: Option<SharedAsyncSleep>,
}

/// Credentials that are known already.
#[derive(Debug)]
pub struct StaticCredentials {
    /// The access key id.
    pub id: AccessKeyId,
    /// The secret.
    pub secret: SecretAccessKey,
    /// The session token, of temporary credentials.
    pub session_token: Option<SecretAccessKey>,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The endpoint URL cannot be one.
    #[error("the endpoint URL `{0}` is none: it needs `http://` or `https://`, and a host")]
    Endpoint(String),
    /// The configured region cannot be one.
    #[error("the configured region `{0}` is none")]
    Region(String),
    /// The profile's `duration_seconds` cannot be one.
    #[error("the profile's `duration_seconds` is `{0}`, which is no number")]
    Duration(String),
    /// A role needs an MFA code, and there is none.
    #[error("the role of profile `{profile}` needs the code of the MFA device `{serial}`, and nobody gave one")]
    NoMfaCode {
        /// The profile that was selected.
        profile: String,
        /// The device's serial number.
        serial: String,
    },
    /// What was given cannot be an MFA code.
    #[error("that is no code of the MFA device `{0}`: it has six digits")]
    NotAnMfaCode(String),
    /// The user agent cannot carry the run.
    #[error("the run `{0}` cannot be named in the user agent")]
    Run(RunId),
}

impl SessionError {
    /// Tells whether it is for want of somebody to ask.
    pub fn is_nobody_to_ask(&self) -> bool {
        matches!(self, SessionError::NoMfaCode { .. })
    }

    /// Says what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            SessionError::Endpoint(_) => Some(
                "it comes from `--endpoint-url`, `AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile"
                    .to_owned(),
            ),
            SessionError::Region(_) => {
                Some("it comes from `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile".to_owned())
            }
            SessionError::NoMfaCode { profile, .. } => Some(format!(
                "run it on a terminal; or {}, and leave out `--profile`",
                credentials::export(Some(profile))
            )),
            SessionError::Duration(_) | SessionError::NotAnMfaCode(_) | SessionError::Run(_) => None,
        }
    }
}

/// Credentials, region and endpoint of one run.
#[derive(Debug)]
pub struct Session {
    config: SdkConfig,
    calls: SignedCalls,
    run: RunId,
    region: Option<Region>,
    endpoint: String,
    profile: Option<String>,
}

impl Session {
    /// Finds out who is calling and where to. Makes no call yet: credentials are fetched with the first one. An MFA code
    /// is asked for at once, so that nobody is asked in the middle of a run.
    ///
    /// # Errors
    /// When something is configured that cannot be, or an MFA code is needed and not given.
    pub async fn connect(
        options: Options,
        transport: Arc<dyn Transport>,
        ask: &dyn AskMfaCode,
    ) -> Result<Session, SessionError> {
        let name = app_name(&options.run);
        let means = Means {
            http: SharedHttpClient::new(SdkHttp(Arc::clone(&transport))),
            name: AppName::new(name).map_err(|_| SessionError::Run(options.run.clone()))?,
            sleep: options.sleep,
        };
        let sandbox = options.credentials.is_some();
        let (config, region) = match options.credentials {
            Some(credentials) => (
                config::fixed(credentials, options.region.as_ref(), options.endpoint_url, means),
                options.region,
            ),
            None => {
                let region = match options.region {
                    Some(region) => Some(region),
                    None => config::region(options.profile.as_deref()).await?,
                };
                let asked = Asked {
                    profile: options.profile.as_deref(),
                    region: region.as_ref(),
                    endpoint_url: options.endpoint_url,
                };
                (config::found(asked, means, ask).await?, region)
            }
        };
        let endpoints = [
            endpoint::configured(&config, "IAM"),
            endpoint::configured(&config, "STS"),
        ];
        if let Some(bad) = endpoints.iter().flatten().find(|url| !endpoint::is_endpoint(url)) {
            return Err(SessionError::Endpoint(bad.clone()));
        }
        let [iam, _] = endpoints;
        let real = iam.map_or_else(|| "aws".to_owned(), |url| url.trim_end_matches('/').to_owned());
        let endpoint = if sandbox { "sandbox".to_owned() } else { real };
        let calls = SignedCalls::new(transport, config.clone(), options.profile.clone());
        Ok(Session {
            config,
            calls,
            run: options.run,
            region,
            endpoint,
            profile: options.profile,
        })
    }

    /// Returns the region that was asked for or configured.
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    /// Returns the endpoint as the journal knows it: `aws`, `sandbox` or a URL.
    pub fn endpoint_label(&self) -> &str {
        &self.endpoint
    }

    /// Returns IAM. The clock is for the pauses before a request is sent again.
    pub fn iam(&self, clock: Rc<dyn Clock>) -> AwsIam {
        AwsIam::new(self, clock)
    }

    /// Returns STS.
    pub fn sts(&self) -> AwsSts {
        AwsSts::new(self)
    }

    /// Returns CloudTrail. The clock is for the signature, and for the pause before a request is sent again.
    pub fn trail(&self, clock: Rc<dyn Clock>) -> AwsTrail {
        AwsTrail::new(self.calls.clone(), self.run.clone(), clock)
    }

    /// Returns Secrets Manager in a region. The clock is for signatures, and for pauses before a request is sent again.
    ///
    /// # Errors
    /// When an endpoint is configured that cannot be one.
    pub fn secrets_manager<'c>(
        &self,
        region: &Region,
        clock: &'c dyn Clock,
    ) -> Result<AwsSecretsManager<'c>, IamError> {
        AwsSecretsManager::new(self.calls.clone(), region, clock)
    }

    /// Returns Parameter Store in a region. The clock is for signatures, and for pauses before a request is sent again.
    ///
    /// # Errors
    /// When an endpoint is configured that cannot be one.
    pub fn ssm<'c>(&self, region: &Region, clock: &'c dyn Clock) -> Result<AwsSsm<'c>, IamError> {
        AwsSsm::new(self.calls.clone(), region, clock)
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }
}

/// Names a run in the user agent: the SDK makes `app/ciuser-r-...` of it.
pub(crate) fn app_name(run: &RunId) -> String {
    format!("ciuser-{run}")
}
