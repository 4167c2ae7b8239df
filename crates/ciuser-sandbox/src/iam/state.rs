//! What the account holds.
//!
//! Users, groups and policies are kept under their names in lower case. Whatever points at a user points at its id, so
//! that a rename changes nothing else; policies are pointed at by ARN, which never changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::iam::refusal;
use crate::principal::{Credentials, Principal};
use crate::wire::AwsError;

/// The IAM resources of the account.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) policies: BTreeMap<String, Policy>,
    pub(super) mfa_devices: BTreeMap<String, MfaDevice>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) created: Timestamp,
    /// Until then, nobody but the name check knows of it: IAM is eventually consistent.
    #[serde(default)]
    pub(super) visible_from: Option<Timestamp>,
    #[serde(default)]
    pub(super) tags: Vec<Tag>,
    #[serde(default)]
    pub(super) boundary: Option<String>,
    #[serde(default)]
    pub(super) permissions: Permissions,
    #[serde(default)]
    pub(super) access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub(super) login_profile: Option<LoginProfile>,
    #[serde(default)]
    pub(super) ssh_keys: Vec<Upload>,
    #[serde(default)]
    pub(super) certificates: Vec<Upload>,
    #[serde(default)]
    pub(super) service_credentials: Vec<ServiceCredential>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) created: Timestamp,
    #[serde(default)]
    pub(super) permissions: Permissions,
    /// The ids of its users.
    #[serde(default)]
    pub(super) members: BTreeSet<String>,
}

/// The identity-based policies of a user or group.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Permissions {
    /// The ARNs of attached managed policies.
    pub(super) attached: Vec<String>,
    /// Inline policies: the document by the policy's name.
    pub(super) inline: BTreeMap<String, String>,
}

/// A customer managed policy.
#[derive(Serialize, Deserialize)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) tags: Vec<Tag>,
    pub(super) default_version: u32,
    /// The number of the version made last; numbers are not used again.
    pub(super) latest_version: u32,
    pub(super) versions: BTreeMap<u32, PolicyVersion>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PolicyVersion {
    pub(super) document: String,
    pub(super) created: Timestamp,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Active,
    Inactive,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::Active => "Active",
            Status::Inactive => "Inactive",
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) status: Status,
    pub(super) created: Timestamp,
    #[serde(default)]
    pub(super) visible_from: Option<Timestamp>,
    #[serde(default)]
    pub(super) last_used: Option<LastUsed>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LastUsed {
    pub(super) time: Timestamp,
    pub(super) service: String,
    pub(super) region: String,
}

/// A console password; the password itself is not kept, because nobody can sign in.
#[derive(Serialize, Deserialize)]
pub(super) struct LoginProfile {
    pub(super) created: Timestamp,
    pub(super) reset_required: bool,
}

/// An uploaded SSH public key or signing certificate.
#[derive(Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) uploaded: Timestamp,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ServiceCredential {
    pub(super) id: String,
    pub(super) service: String,
    pub(super) service_user_name: String,
    pub(super) created: Timestamp,
}

/// A virtual MFA device, kept under its serial number.
#[derive(Serialize, Deserialize)]
pub(super) struct MfaDevice {
    pub(super) tags: Vec<Tag>,
    pub(super) assigned: Option<MfaAssignment>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MfaAssignment {
    pub(super) user_id: String,
    pub(super) enabled: Timestamp,
}

impl User {
    /// Makes a user with nothing but its name.
    pub(super) fn new(name: &str, path: &str, id: String, created: Timestamp) -> User {
        User {
            name: name.to_owned(),
            path: path.to_owned(),
            id,
            created,
            visible_from: None,
            tags: Vec::new(),
            boundary: None,
            permissions: Permissions::default(),
            access_keys: Vec::new(),
            login_profile: None,
            ssh_keys: Vec::new(),
            certificates: Vec::new(),
            service_credentials: Vec::new(),
        }
    }
}

impl State {
    /// Returns the user of this name.
    pub(super) fn user(&self, name: &str, now: Timestamp) -> Result<&User, AwsError> {
        let user = self.users.get(&name.to_ascii_lowercase());
        user.filter(|user| is_visible(user.visible_from, now))
            .ok_or_else(|| refusal::no_such_user(name))
    }

    /// Returns the user of this name, to be changed.
    pub(super) fn user_mut(&mut self, name: &str, now: Timestamp) -> Result<&mut User, AwsError> {
        let user = self.users.get_mut(&name.to_ascii_lowercase());
        user.filter(|user| is_visible(user.visible_from, now))
            .ok_or_else(|| refusal::no_such_user(name))
    }

    /// Returns the users that are visible by now.
    pub(super) fn visible_users(&self, now: Timestamp) -> impl Iterator<Item = &User> {
        self.users
            .values()
            .filter(move |user| is_visible(user.visible_from, now))
    }

    /// Returns the group of this name.
    pub(super) fn group(&self, name: &str) -> Result<&Group, AwsError> {
        self.groups
            .get(&name.to_ascii_lowercase())
            .ok_or_else(|| refusal::no_such_group(name))
    }

    /// Returns the group of this name, to be changed.
    pub(super) fn group_mut(&mut self, name: &str) -> Result<&mut Group, AwsError> {
        self.groups
            .get_mut(&name.to_ascii_lowercase())
            .ok_or_else(|| refusal::no_such_group(name))
    }

    /// Returns the groups that a user is in.
    pub(super) fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &Group> {
        self.groups
            .values()
            .filter(move |group| group.members.contains(user_id))
    }

    /// Returns who an access key belongs to, with its secret; nothing if the key cannot be used now.
    pub(crate) fn owner_of_usable_key(&self, id: &str, now: Timestamp) -> Option<(Principal, Credentials)> {
        let (user, key) = self.users.values().find_map(|user| {
            let key = user.access_keys.iter().find(|key| key.id == id)?;
            Some((user, key))
        })?;
        if key.status != Status::Active || !is_visible(key.visible_from, now) {
            return None;
        }
        let principal = Principal::User {
            id: user.id.clone(),
            name: user.name.clone(),
            path: user.path.clone(),
        };
        let secret_access_key = key.secret.clone();
        Some((
            principal,
            Credentials {
                access_key_id: key.id.clone(),
                secret_access_key,
                session_token: None,
            },
        ))
    }

    /// Notes that an access key was used; AWS keeps the minute.
    pub(crate) fn note_use(&mut self, id: &str, service: &str, region: &str, now: Timestamp) {
        let key = self
            .users
            .values_mut()
            .flat_map(|user| &mut user.access_keys)
            .find(|key| key.id == id);
        let minute = Timestamp::from_second(now.as_second() - now.as_second().rem_euclid(60));
        if let (Some(key), Ok(time)) = (key, minute) {
            key.last_used = Some(LastUsed {
                time,
                service: service.to_owned(),
                region: region.to_owned(),
            });
        }
    }
}

/// Returns whether something has reached the readers by now.
pub(super) fn is_visible(from: Option<Timestamp>, now: Timestamp) -> bool {
    from.is_none_or(|from| from <= now)
}
