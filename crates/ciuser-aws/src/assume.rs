//! Assumes the roles of a profile with MFA codes and durations.
//!
//! What must stay true: a person is asked before the first call or not at all; a code goes to STS alone, is used once and
//! then forgotten, so a session that it opened is not renewed.

use std::sync::Mutex;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::Client;
use aws_sdk_sts::config::{Builder, IdentityCache};
use aws_types::SdkConfig;

use crate::role::{Role, RoleChain};
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

impl RoleChain {
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
