//! The SDK's configuration: from what is known already, or from where the AWS CLI looks.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::identity::IdentityCache;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{self, ProfileFileCredentialsProvider, ProfileFileRegionProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use ciuser_core::name::Region;

use crate::role::{RoleChain, Source};
use crate::session::{SessionError, StaticCredentials};
use crate::{AskMfaCode, SharedAsyncSleep};

/// Where IAM and STS are asked when no region is configured.
const FALLBACK_REGION: &str = "us-east-1";

/// IAM throttles harder than most services, and its limits cannot be raised: 3 attempts, the SDK's default, are few.
const ATTEMPTS: u32 = 5;

/// How long credentials may take to come: a `credential_process` may wait for a person to touch a token.
const CREDENTIALS_WITHIN: Duration = Duration::from_secs(120);

fn sdk_region(region: Option<&Region>) -> aws_types::region::Region {
    aws_types::region::Region::new(region.map_or(FALLBACK_REGION, Region::as_str).to_owned())
}

/// Reads the environment and the profile. Does not ask the metadata service of EC2, as the AWS CLI does not.
pub(crate) async fn region(profile: Option<&str>) -> Result<Option<Region>, SessionError> {
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

/// What the SDK is given to work with, however it is configured.
pub(crate) struct Means {
    pub(crate) http: SharedHttpClient,
    pub(crate) name: AppName,
    /// Tokio's clock if `None`.
    pub(crate) sleep: Option<SharedAsyncSleep>,
}

/// Makes the configuration of credentials that are known already. Neither environment nor files are read.
pub(crate) fn fixed(
    credentials: StaticCredentials,
    region: Option<&Region>,
    endpoint_url: Option<String>,
    means: Means,
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
        .app_name(means.name)
        .http_client(means.http);
    config.set_endpoint_url(endpoint_url);
    config.set_sleep_impl(means.sleep);
    config.build()
}

/// What decides where credentials are looked for, and where the calls go.
pub(crate) struct Asked<'a> {
    pub(crate) profile: Option<&'a str>,
    pub(crate) region: Option<&'a Region>,
    pub(crate) endpoint_url: Option<String>,
}

/// Finds the configuration where the AWS CLI would: environment, profiles, the machine.
pub(crate) async fn found(asked: Asked<'_>, means: Means, ask: &dyn AskMfaCode) -> Result<SdkConfig, SessionError> {
    let mut provider = ProviderConfig::without_region()
        .with_http_client(means.http.clone())
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_region(Some(sdk_region(asked.region)));
    if let Some(sleep) = &means.sleep {
        provider = provider.with_sleep_impl(sleep.clone());
    }
    let roles = roles(asked.profile).await?;
    let roles = roles.and_then(|roles| Some((source(&roles.source, &provider)?, roles)));
    let mut loader = loader(&asked, &means);
    if let Some((source, roles)) = roles {
        // As with the AWS CLI, `--endpoint-url` does not decide where the roles are assumed.
        let config = self::loader(&asked, &means).load().await;
        loader = loader.credentials_provider(roles.assumed(source, config, means.name.as_ref(), ask)?);
    } else if let Some(profile) = asked.profile {
        loader = loader.credentials_provider(of_profile(profile, &provider));
    }
    if let Some(url) = asked.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Ok(with_more_attempts(loader.load().await))
}

fn loader(asked: &Asked<'_>, means: &Means) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(means.http.clone())
        .app_name(means.name.clone())
        .region(sdk_region(asked.region))
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_WITHIN).build());
    if let Some(sleep) = &means.sleep {
        loader = loader.sleep_impl(sleep.clone());
    }
    match asked.profile {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

fn of_profile(profile: &str, provider: &ProviderConfig) -> ProfileFileCredentialsProvider {
    ProfileFileCredentialsProvider::builder()
        .configure(provider)
        .profile_name(profile)
        .build()
}

/// Returns the roles that the SDK cannot assume as the profile says, if it is the profile that counts.
async fn roles(profile: Option<&str>) -> Result<Option<RoleChain>, SessionError> {
    let keys = EnvironmentVariableCredentialsProvider::new();
    if profile.is_none() && keys.provide_credentials().await.is_ok() {
        return Ok(None);
    }
    let profiles: Option<ProfileSet> = profile::load(
        &Fs::real(),
        &Env::real(),
        &Default::default(),
        profile.map(|profile| profile.to_owned().into()),
    )
    .await
    .ok();
    profiles.as_ref().map(RoleChain::of).transpose().map(Option::flatten)
}

/// Returns the provider of a source; none for one that nobody knows, which the SDK then says.
fn source(source: &Source, provider: &ProviderConfig) -> Option<SharedCredentialsProvider> {
    Some(match source {
        Source::Keys(keys) => SharedCredentialsProvider::new(keys.clone()),
        Source::Profile(profile) => SharedCredentialsProvider::new(of_profile(profile, provider)),
        Source::Named(name) => match name.as_str() {
            "Environment" => SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()),
            "Ec2InstanceMetadata" => {
                SharedCredentialsProvider::new(ImdsCredentialsProvider::builder().configure(provider).build())
            }
            "EcsContainer" => {
                SharedCredentialsProvider::new(EcsCredentialsProvider::builder().configure(provider).build())
            }
            _ => return None,
        },
    })
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
