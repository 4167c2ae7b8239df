//! What IAM's account holds: users, groups, policies and keys, with quotas and slow consistency.

use std::collections::BTreeMap;

use ciuser_core::name::{
    AccessKeyId, CertificateId, GroupName, MfaSerialNumber, Path, PolicyArn, PolicyName, RunId,
    ServiceSpecificCredentialId, SshPublicKeyId, Tag, UserArn, UserName,
};
use ciuser_core::port::{AccessKeyStatus, IamError, IamErrorKind, ManagedPolicy, Reached, User};
use jiff::{SignedDuration, Timestamp};

use super::CANARY;

/// The number of the simulated account.
pub(super) const ACCOUNT: &str = "111122223333";

/// Everything that IAM holds.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// By name in lower case.
    pub(crate) users: BTreeMap<String, SimUser>,
    pub(crate) groups: Vec<SimGroup>,
    pub(crate) policies: Vec<ManagedPolicy>,
    pub(crate) quotas: BTreeMap<String, i32>,
    /// How long a new user or key is not seen everywhere.
    pub(crate) lag: SignedDuration,
    /// Lists come in reverse order.
    pub(crate) reversed: bool,
    /// Virtual MFA devices, with a user or without.
    pub(crate) virtual_mfa: Vec<MfaSerialNumber>,
    keys_made: u32,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimUser {
    pub(crate) name: UserName,
    pub(crate) path: Path,
    pub(crate) created: Timestamp,
    pub(crate) tags: Vec<Tag>,
    pub(crate) boundary: Option<PolicyArn>,
    pub(crate) attached: Vec<PolicyArn>,
    pub(crate) inline: BTreeMap<PolicyName, String>,
    pub(crate) groups: Vec<GroupName>,
    pub(crate) keys: Vec<SimKey>,
    pub(crate) password: bool,
    pub(crate) mfa: Vec<MfaSerialNumber>,
    pub(crate) ssh: Vec<SshPublicKeyId>,
    pub(crate) certificates: Vec<CertificateId>,
    pub(crate) service_credentials: Vec<ServiceSpecificCredentialId>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimKey {
    pub(crate) id: AccessKeyId,
    pub(crate) secret: String,
    pub(crate) status: AccessKeyStatus,
    pub(crate) created: Timestamp,
    /// The run in the user agent of the request that made it.
    pub(crate) agent: Option<RunId>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimGroup {
    pub(crate) name: GroupName,
    pub(crate) path: Path,
    pub(crate) attached: Vec<PolicyArn>,
    pub(crate) inline: Vec<PolicyName>,
}

impl SimUser {
    /// Tells whether IAM would refuse to delete it: anything but tags and boundary is left.
    pub(super) fn has_anything(&self) -> bool {
        !self.keys.is_empty()
            || self.password
            || !self.mfa.is_empty()
            || !self.ssh.is_empty()
            || !self.certificates.is_empty()
            || !self.service_credentials.is_empty()
            || !self.inline.is_empty()
            || !self.attached.is_empty()
            || !self.groups.is_empty()
    }

    pub(super) fn arn(&self) -> UserArn {
        UserArn::new(format!("arn:aws:iam::{ACCOUNT}:user{}{}", self.path, self.name)).unwrap()
    }

    pub(super) fn shown(&self) -> User {
        User {
            name: self.name.clone(),
            arn: self.arn(),
            path: self.path.clone(),
            created: self.created,
            tags: self.tags.clone(),
            boundary: self.boundary.clone(),
        }
    }
}

/// Makes an error as IAM answers it.
pub(super) fn iam_error(kind: IamErrorKind, reached: Reached, code: &str, message: &str) -> IamError {
    IamError {
        kind,
        reached,
        code: (!code.is_empty()).then(|| code.to_owned()),
        message: message.to_owned(),
        request_id: None,
    }
}

pub(super) fn no_such(what: &str, name: &str) -> IamError {
    let message = format!("The {what} with name {name} cannot be found.");
    iam_error(IamErrorKind::NoSuchEntity, Reached::Refused, "NoSuchEntity", &message)
}

pub(super) fn conflict(message: &str) -> IamError {
    iam_error(IamErrorKind::Other, Reached::Refused, "DeleteConflict", message)
}

pub(super) fn limit(message: &str) -> IamError {
    iam_error(IamErrorKind::LimitExceeded, Reached::Refused, "LimitExceeded", message)
}

impl Account {
    pub(super) fn new() -> Account {
        let aws = |name: &str| ManagedPolicy {
            arn: PolicyArn::new(format!("arn:aws:iam::aws:policy/{name}")).unwrap(),
            path: Path::root(),
            default_version: "v1".to_owned(),
            attachable: true,
            description: None,
            updated: None,
        };
        let names = [
            "AmazonS3FullAccess",
            "CloudFrontFullAccess",
            "AdministratorAccess-AWSElasticBeanstalk",
        ];
        let more = [
            "AmazonEC2FullAccess",
            "ReadOnlyAccess",
            "AmazonSQSFullAccess",
            "PowerUserAccess",
        ];
        Account {
            users: BTreeMap::new(),
            groups: Vec::new(),
            policies: names.into_iter().chain(more).map(aws).collect(),
            quotas: BTreeMap::new(),
            lag: SignedDuration::ZERO,
            reversed: false,
            virtual_mfa: Vec::new(),
            keys_made: 0,
        }
    }

    /// Makes a user that is there already.
    pub(crate) fn add_user(&mut self, name: &str, change: impl FnOnce(&mut SimUser)) {
        let mut user = SimUser {
            name: UserName::new(name).unwrap(),
            path: Path::root(),
            created: Timestamp::UNIX_EPOCH,
            tags: Vec::new(),
            boundary: None,
            attached: Vec::new(),
            inline: BTreeMap::new(),
            groups: Vec::new(),
            keys: Vec::new(),
            password: false,
            mfa: Vec::new(),
            ssh: Vec::new(),
            certificates: Vec::new(),
            service_credentials: Vec::new(),
        };
        change(&mut user);
        self.users.insert(name.to_lowercase(), user);
    }

    /// Makes a group that is there already.
    pub(crate) fn add_group(&mut self, name: &str, path: &str, attached: &[&str]) {
        self.groups.push(SimGroup {
            name: GroupName::new(name).unwrap(),
            path: Path::new(path).unwrap(),
            attached: attached.iter().map(|name| self.policy_arn(name)).collect(),
            inline: Vec::new(),
        });
    }

    /// The ARN of a policy that is there.
    pub(crate) fn policy_arn(&self, name: &str) -> PolicyArn {
        self.policies
            .iter()
            .find(|one| one.arn.policy_name() == name)
            .unwrap()
            .arn
            .clone()
    }

    /// A key that nobody has seen before.
    pub(crate) fn new_key(&mut self, created: Timestamp) -> SimKey {
        self.keys_made += 1;
        SimKey {
            id: AccessKeyId::new(format!("AKIASIMULATED{:07}", self.keys_made)).unwrap(),
            secret: format!("{CANARY}{:07}", self.keys_made),
            status: AccessKeyStatus::Active,
            created,
            agent: None,
        }
    }

    /// The secret that a key was made with, even if the key is gone.
    pub(super) fn secret_of(&self, key: &AccessKeyId) -> Option<String> {
        let number = key.as_str().strip_prefix("AKIASIMULATED")?;
        Some(format!("{CANARY}{number}"))
    }

    pub(super) fn quota(&self, name: &str, default: i32) -> usize {
        usize::try_from(*self.quotas.get(name).unwrap_or(&default)).unwrap()
    }

    /// The user, if the server that answers knows it already.
    pub(super) fn user(&mut self, name: &UserName, now: Timestamp) -> Result<&mut SimUser, IamError> {
        let lag = self.lag;
        self.users
            .get_mut(&name.as_str().to_lowercase())
            .filter(|user| user.created == Timestamp::UNIX_EPOCH || now.duration_since(user.created) >= lag)
            .ok_or_else(|| no_such("user", name.as_str()))
    }

    pub(super) fn group(&mut self, name: &GroupName) -> Result<&mut SimGroup, IamError> {
        self.groups
            .iter_mut()
            .find(|group| group.name.same_as(name))
            .ok_or_else(|| no_such("group", name.as_str()))
    }

    pub(super) fn known_policy(&self, arn: &PolicyArn) -> Result<&ManagedPolicy, IamError> {
        let message = format!("Policy {arn} was not found.");
        let found = self.policies.iter().find(|one| one.arn == *arn);
        found.ok_or_else(|| iam_error(IamErrorKind::NoSuchEntity, Reached::Refused, "NoSuchEntity", &message))
    }

    pub(super) fn listed<T>(&self, mut items: Vec<T>) -> Vec<T> {
        if self.reversed {
            items.reverse();
        }
        items
    }
}

pub(super) fn add<T: PartialEq>(to: &mut Vec<T>, item: T, quota: usize, what: &str) -> Result<(), IamError> {
    if !to.contains(&item) {
        if to.len() >= quota {
            return Err(limit(&format!("Cannot exceed quota for {what}: {quota}")));
        }
        to.push(item);
    }
    Ok(())
}

pub(super) fn remove<T: PartialEq>(from: &mut Vec<T>, item: &T) -> Result<(), IamError> {
    let place = from.iter().position(|one| one == item);
    from.remove(place.ok_or_else(|| no_such("policy", "it"))?);
    Ok(())
}
