//! A session: credentials, region and endpoint, found the way the AWS CLI finds them.
//!
//! An explicit `--profile` leaves out the keys in the environment; `AWS_PROFILE` does not. A region that was not
//! configured is not made up: IAM and STS are asked in `us-east-1`, and [`Session::region`] says `None`.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use ciuser_core::name::{AccessKeyId, Region, RunId};
use ciuser_core::port::{Clock, Transport};
use ciuser_core::secret::SecretAccessKey;

use crate::transport::SdkHttp;
use crate::{AwsIam, AwsSts, AwsTrail, endpoint};

/// Where IAM and STS are asked when no region is configured.
const FALLBACK_REGION: &str = "us-east-1";

/// IAM throttles harder than most services, and its limits cannot be raised: 3 attempts, the SDK's default, are few.
const ATTEMPTS: u32 = 5;

/// How long credentials may take to come: a `credential_process` may wait for a person to touch a token.
const CREDENTIALS_WITHIN: Duration = Duration::from_secs(120);

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
    /// The user agent cannot carry the run.
    #[error("the run `{0}` cannot be named in the user agent")]
    Run(RunId),
}

impl SessionError {
    /// Says what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            SessionError::Endpoint(_) => Some(
                "it comes from `--endpoint-url`, `AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile",
            ),
            SessionError::Region(_) => Some("it comes from `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile"),
            SessionError::Run(_) => None,
        }
    }
}

/// Credentials, region and endpoint of one run.
#[derive(Debug)]
pub struct Session {
    config: SdkConfig,
    transport: Arc<dyn Transport>,
    region: Option<Region>,
    endpoint: String,
    profile: Option<String>,
}

impl Session {
    /// Finds out who is calling and where to. Makes no call yet: credentials are fetched with the first one.
    ///
    /// # Errors
    /// When an endpoint or a region is configured that cannot be one.
    pub async fn connect(options: Options, transport: Arc<dyn Transport>) -> Result<Session, SessionError> {
        let http = SharedHttpClient::new(SdkHttp(Arc::clone(&transport)));
        let name = AppName::new(app_name(&options.run)).map_err(|_| SessionError::Run(options.run.clone()))?;
        let sandbox = options.credentials.is_some();
        let (config, region) = match options.credentials {
            Some(credentials) => (
                fixed(credentials, options.region.as_ref(), options.endpoint_url, http, name),
                options.region,
            ),
            None => {
                let region = match options.region {
                    Some(region) => Some(region),
                    None => configured_region(options.profile.as_deref()).await?,
                };
                let asked = Asked {
                    profile: options.profile.as_deref(),
                    region: sdk_region(region.as_ref()),
                };
                (found(asked, options.endpoint_url, http, name).await, region)
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
        Ok(Session {
            config,
            transport,
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
        AwsTrail::new(self, clock)
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }
}

/// Names a run in the user agent: the SDK makes `app/ciuser-r-...` of it.
pub(crate) fn app_name(run: &RunId) -> String {
    format!("ciuser-{run}")
}

fn sdk_region(region: Option<&Region>) -> aws_types::region::Region {
    aws_types::region::Region::new(region.map_or(FALLBACK_REGION, Region::as_str).to_owned())
}

/// Reads the environment and the profile. Does not ask the metadata service of EC2, as the AWS CLI does not.
async fn configured_region(profile: Option<&str>) -> Result<Option<Region>, SessionError> {
    let mut of_profile = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        of_profile = of_profile.profile_name(profile);
    }
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(of_profile.build());
    let region = chain
        .region()
        .await
        .map(|region| region.as_ref().to_owned())
        .filter(|region| !region.is_empty());
    region
        .map(|region| Region::new(region.as_str()).map_err(|_| SessionError::Region(region)))
        .transpose()
}

fn fixed(
    credentials: StaticCredentials,
    region: Option<&Region>,
    endpoint_url: Option<String>,
    http: SharedHttpClient,
    name: AppName,
) -> SdkConfig {
    let token = credentials.session_token.map(|token| token.expose().to_owned());
    let keys = Credentials::new(
        credentials.id.as_str(),
        credentials.secret.expose(),
        token,
        None,
        "ciuser",
    );
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .region(sdk_region(region))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .app_name(name)
        .http_client(http);
    config.set_endpoint_url(endpoint_url);
    config.build()
}

/// What decides where credentials are looked for.
struct Asked<'a> {
    profile: Option<&'a str>,
    region: aws_types::region::Region,
}

async fn found(asked: Asked<'_>, endpoint_url: Option<String>, http: SharedHttpClient, name: AppName) -> SdkConfig {
    let version = BehaviorVersion::latest();
    let mut loader = aws_config::defaults(version)
        .http_client(http.clone())
        .app_name(name)
        .region(asked.region.clone())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_WITHIN).build());
    if let Some(profile) = asked.profile {
        let provider = ProviderConfig::without_region()
            .with_http_client(http)
            .with_behavior_version(Some(version))
            .with_region(Some(asked.region));
        let keys = ProfileFileCredentialsProvider::builder()
            .configure(&provider)
            .profile_name(profile)
            .build();
        loader = loader.profile_name(profile).credentials_provider(keys);
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    with_more_attempts(loader.load().await)
}

/// Raises the SDK's default number of attempts, and leaves alone any other that was configured.
fn with_more_attempts(config: SdkConfig) -> SdkConfig {
    let Some(retry) = config.retry_config().cloned() else {
        return config;
    };
    if retry.max_attempts() != RetryConfig::standard().max_attempts() {
        return config;
    }
    config
        .into_builder()
        .retry_config(retry.with_max_attempts(ATTEMPTS))
        .build()
}
