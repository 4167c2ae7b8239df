//! The roles of a profile that need what the SDK leaves out: `mfa_serial` and `duration_seconds`.
//!
//! Without these two the SDK assumes a profile's roles itself, and where a profile makes no sense nothing is found here:
//! the SDK says why. A code is used once and then forgotten, so a session that it opened is not renewed.

use std::sync::Mutex;
use std::time::Duration;

use aws_config::profile::{Profile, ProfileSet};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::Client;
use aws_sdk_sts::config::{Builder, IdentityCache};
use aws_types::SdkConfig;

use crate::session::SessionError;

/// A session that ends within this time is as good as over.
const NEARLY_OVER: Duration = Duration::from_secs(60);

/// Asks a person for what only a person has.
pub trait AskMfaCode {
    /// Asks for the code that the MFA device of this serial number shows now; `None` when nobody gives one.
    fn mfa_code(&self, serial: &str) -> Option<String>;
}

/// Says for every device that there is nobody to ask.
#[derive(Debug, Clone, Copy)]
pub struct NobodyToAsk;

impl AskMfaCode for NobodyToAsk {
    fn mfa_code(&self, _: &str) -> Option<String> {
        None
    }
}

/// The roles of a profile, in the order in which they are assumed, and where the first one's caller comes from.
#[derive(Debug)]
pub(crate) struct RoleChain {
    pub(crate) source: Source,
    profile: String,
    roles: Vec<Role>,
}

/// Where the credentials come from that assume the first role.
#[derive(Debug)]
pub(crate) enum Source {
    /// The keys that a profile holds.
    Keys(Credentials),
    /// A profile without a role, for the SDK to read.
    Profile(String),
    /// A `credential_source`.
    Named(String),
}

#[derive(Debug)]
struct Role {
    arn: String,
    external_id: Option<String>,
    session_name: Option<String>,
    duration_seconds: Option<i32>,
    mfa_serial: Option<String>,
}

impl RoleChain {
    /// Follows the selected profile to its source. `None` is for the SDK to deal with.
    pub(crate) fn of(profiles: &ProfileSet) -> Result<Option<RoleChain>, SessionError> {
        let mut roles = Vec::new();
        let mut seen = Vec::new();
        let mut name = profiles.selected_profile();
        let source = loop {
            let Some(profile) = profiles.get_profile(name).filter(|_| !seen.contains(&name)) else {
                return Ok(None);
            };
            seen.push(name);
            // AWS's rule: keys in a profile that others refer to win over its role.
            let own_keys = (seen.len() > 1).then(|| keys(profile)).flatten();
            if let Some(keys) = own_keys {
                break Source::Keys(keys);
            }
            let Some(role) = Role::of(profile)? else {
                break Source::Profile(name.to_owned());
            };
            roles.push(role);
            match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(itself), None) if itself == name => match keys(profile) {
                    Some(keys) => break Source::Keys(keys),
                    None => return Ok(None),
                },
                (Some(next), None) => name = next,
                (None, Some(source)) => break Source::Named(source.to_owned()),
                _ => return Ok(None),
            }
        };
        roles.reverse();
        let profile = profiles.selected_profile().to_owned();
        let chain = RoleChain { source, profile, roles };
        Ok(chain.needs_more_than_the_sdk().then_some(chain))
    }

    fn needs_more_than_the_sdk(&self) -> bool {
        let needs = |role: &Role| role.mfa_serial.is_some() || role.duration_seconds.is_some();
        self.roles.iter().any(needs)
    }

    /// Asks for the codes that the roles need, and makes the provider of their credentials.
    ///
    /// `config` says where STS is asked; `session_name` is for roles whose profile gives none.
    pub(crate) fn assumed(
        self,
        source: SharedCredentialsProvider,
        config: SdkConfig,
        session_name: &str,
        ask: &dyn AskMfaCode,
    ) -> Result<AssumedRoles, SessionError> {
        let mut roles = Vec::new();
        for role in self.roles {
            let serial = role.mfa_serial.as_deref();
            let code = serial.map(|serial| code(serial, &self.profile, ask)).transpose()?;
            let session_name = role.session_name.clone().unwrap_or_else(|| session_name.to_owned());
            roles.push(WithCode {
                role,
                session_name,
                code: Code(Mutex::new(code)),
            });
        }
        Ok(AssumedRoles {
            source,
            config,
            roles,
            session: Mutex::new(None),
        })
    }
}

impl Role {
    /// Reads a profile's role. One that a web identity assumes is a source of its own, and the SDK's.
    fn of(profile: &Profile) -> Result<Option<Role>, SessionError> {
        let text = |key: &str| profile.get(key).map(str::to_owned);
        let Some(arn) = text("role_arn").filter(|_| profile.get("web_identity_token_file").is_none()) else {
            return Ok(None);
        };
        let duration_seconds = text("duration_seconds")
            .map(|seconds| seconds.parse().map_err(|_| SessionError::Duration(seconds)))
            .transpose()?;
        Ok(Some(Role {
            arn,
            external_id: text("external_id"),
            session_name: text("role_session_name"),
            duration_seconds,
            mfa_serial: text("mfa_serial"),
        }))
    }
}

fn keys(profile: &Profile) -> Option<Credentials> {
    let (id, secret) = (profile.get("aws_access_key_id")?, profile.get("aws_secret_access_key")?);
    let token = profile.get("aws_session_token").map(str::to_owned);
    Some(Credentials::new(id, secret, token, None, "ciuser"))
}

fn code(serial: &str, profile: &str, ask: &dyn AskMfaCode) -> Result<String, SessionError> {
    let code = ask.mfa_code(serial).ok_or_else(|| SessionError::NoMfaCode {
        profile: profile.to_owned(),
        serial: serial.to_owned(),
    })?;
    let code = code.trim();
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(code.to_owned())
    } else {
        Err(SessionError::NotAnMfaCode(serial.to_owned()))
    }
}

/// Assumes the roles of a profile, one after the other.
///
/// Keeps the session that comes of it: not everybody who asks has the SDK's cache, and a code opens one session only.
#[derive(Debug)]
pub(crate) struct AssumedRoles {
    source: SharedCredentialsProvider,
    config: SdkConfig,
    roles: Vec<WithCode>,
    session: Mutex<Option<Credentials>>,
}

#[derive(Debug)]
struct WithCode {
    role: Role,
    session_name: String,
    code: Code,
}

/// An MFA code until it is used.
struct Code(Mutex<Option<String>>);

impl Code {
    fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code")
    }
}

impl ProvideCredentials for AssumedRoles {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        Provided::new(self.credentials())
    }
}

impl AssumedRoles {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if let Some(session) = self.open_session() {
            return Ok(session);
        }
        let mut credentials = self.source.provide_credentials().await?;
        for role in &self.roles {
            credentials = role.assume(credentials, &self.config).await?;
        }
        if let Ok(mut session) = self.session.lock() {
            *session = Some(credentials.clone());
        }
        Ok(credentials)
    }

    fn open_session(&self) -> Option<Credentials> {
        let session = self.session.lock().ok()?.clone()?;
        let now = self.config.time_source()?.now();
        (now + NEARLY_OVER < session.expiry()?).then_some(session)
    }
}

impl WithCode {
    async fn assume(&self, caller: Credentials, config: &SdkConfig) -> Result<Credentials, CredentialsError> {
        let code = self.code.take();
        if self.role.mfa_serial.is_some() && code.is_none() {
            return Err(CredentialsError::not_loaded(
                "the session that the MFA code opened is over",
            ));
        }
        let config = Builder::from(config)
            .credentials_provider(caller)
            .identity_cache(IdentityCache::no_cache());
        let request = Client::from_conf(config.build())
            .assume_role()
            .role_arn(&self.role.arn)
            .role_session_name(&self.session_name)
            .set_external_id(self.role.external_id.clone())
            .set_duration_seconds(self.role.duration_seconds)
            .set_serial_number(self.role.mfa_serial.clone())
            .set_token_code(code);
        let answer = request.send().await.map_err(CredentialsError::provider_error)?;
        let session = answer
            .credentials
            .ok_or_else(|| CredentialsError::unhandled("the answer has no credentials"))?;
        let expiry = session
            .expiration
            .try_into()
            .map_err(|_| CredentialsError::unhandled("the session ends at no time"))?;
        Ok(Credentials::new(
            session.access_key_id,
            session.secret_access_key,
            Some(session.session_token),
            Some(expiry),
            "ciuser",
        ))
    }
}
