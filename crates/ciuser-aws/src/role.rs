//! The roles of a profile that need what the SDK leaves out: `mfa_serial` and `duration_seconds`.
//!
//! Without these two the SDK assumes a profile's roles itself, and where a profile makes no sense nothing is found here:
//! the SDK says why. Reads only; `assume` makes the calls.

use aws_config::profile::{Profile, ProfileSet};
use aws_credential_types::Credentials;

use crate::session::SessionError;

/// The roles of a profile, in the order in which they are assumed, and where the first one's caller comes from.
#[derive(Debug)]
pub(crate) struct RoleChain {
    /// The profile that was selected.
    pub(crate) profile: String,
    pub(crate) source: Source,
    pub(crate) roles: Vec<Role>,
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

/// What a profile says of its role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) external_id: Option<String>,
    pub(crate) session_name: Option<String>,
    pub(crate) duration_seconds: Option<i32>,
    pub(crate) mfa_serial: Option<String>,
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
        let chain = RoleChain { profile, source, roles };
        Ok(chain.needs_more_than_the_sdk().then_some(chain))
    }

    fn needs_more_than_the_sdk(&self) -> bool {
        let needs = |role: &Role| role.mfa_serial.is_some() || role.duration_seconds.is_some();
        self.roles.iter().any(needs)
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
