//! What exists: the facts that a plan is made from, completely listed.
//!
//! Invariants: an [`Inventory`] holds no secret and nothing that changes by itself (last-used dates), so that
//! its digest stands for "the world is as it was reviewed". Does not judge: that is the planner's.

mod deletion;
mod existing;
mod gather;
mod group;
mod policy;
mod user;

pub use deletion::{DeletionInventory, gather_deletion};
pub use existing::{ExistingUser, ExistingUserError, gather_existing};
pub use gather::{GatherError, Reader, gather, gather_again};
pub(crate) use policy::wanted;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::{
    AccountId, CertificateId, GroupName, MfaSerialNumber, Partition, Path, PolicyArn, PolicyName,
    ServiceSpecificCredentialId, SshPublicKeyId, Tag, UserArn, UserName,
};
use crate::port::{Caller, Known, ListedKey, PlaceState};
use crate::spec::PolicyRef;
use crate::target::Target;

/// What exists, as far as a spec asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// Who is asking.
    pub caller: Caller,
    /// The caller's partition: part of every ARN.
    pub partition: Partition,
    /// One entry for each user of the spec, in its order.
    pub users: Vec<UserInventory>,
    /// What each policy of the spec turned out to be.
    pub policies: BTreeMap<PolicyRef, PolicyFound>,
    /// All groups of the account, with their paths; empty when the spec needs none.
    pub groups: Vec<(GroupName, Path)>,
    /// The account's own quotas.
    pub quotas: Quotas,
}

/// What exists of one user of the spec.
#[derive(Debug, Clone, PartialEq)]
pub struct UserInventory {
    /// The user, if there is one under this name, ignoring case.
    pub facts: Option<UserFacts>,
    /// The policies of the group that ciuser makes for this user, if the group exists.
    pub own_group: Option<Vec<PolicyArn>>,
    /// What else is in that group; read only where the group is to be deleted.
    pub own_group_contents: Option<GroupContents>,
    /// Groups that carry exactly the wanted policies, made by somebody else.
    pub equal_groups: Vec<GroupName>,
    /// What each target holds, in the order of [`crate::spec::UserSpec::targets`].
    pub places: Vec<(Target, PlaceState)>,
    /// What the journal knows of this user's targets.
    pub known: Vec<Known>,
}

/// What a group has beside attached policies: IAM deletes none that has any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupContents {
    /// Who is in it.
    pub members: Vec<UserName>,
    /// The names of its inline policies.
    pub inline: Vec<PolicyName>,
}

/// A user that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFacts {
    /// The name, in the case it was made with.
    pub name: UserName,
    /// The ARN.
    pub arn: UserArn,
    /// The path.
    pub path: Path,
    /// When it was made: a user that was made anew under the same name is another one.
    pub created: Timestamp,
    /// All tags.
    pub tags: Vec<Tag>,
    /// The permissions boundary.
    pub boundary: Option<PolicyArn>,
    /// The attached managed policies.
    pub attached: Vec<PolicyArn>,
    /// The inline policies with their documents.
    pub inline: BTreeMap<PolicyName, String>,
    /// The groups it is in.
    pub groups: Vec<GroupName>,
    /// Its access keys.
    pub keys: Vec<ListedKey>,
    /// What a CI user should not have.
    pub other_credentials: Vec<OtherCredential>,
}

/// A credential other than an access key: a finding on a CI user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtherCredential {
    /// A console password.
    ConsolePassword,
    /// MFA devices.
    MfaDevices(Vec<MfaSerialNumber>),
    /// SSH public keys.
    SshPublicKeys(Vec<SshPublicKeyId>),
    /// Signing certificates.
    SigningCertificates(Vec<CertificateId>),
    /// Service-specific credentials.
    ServiceSpecificCredentials(Vec<ServiceSpecificCredentialId>),
    /// A kind that could not be looked at, and why.
    Unchecked(String, String),
}

/// What a policy of the spec turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFound {
    /// It exists.
    Exists {
        /// Its ARN.
        arn: PolicyArn,
        /// The default version, `v2`.
        default_version: String,
        /// Whether IAM lets it be attached to users.
        attachable: bool,
        /// AWS's own words when it announces the end of this policy.
        deprecated: Option<String>,
    },
    /// It does not; these names are the nearest.
    Missing {
        /// Nearest names.
        nearest: Vec<String>,
    },
}

/// The account's own quotas (`GetAccountSummary`; IAM user guide, "IAM and AWS STS quotas").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Managed policies on one user; 10 unless raised.
    pub attached_policies_per_user: usize,
    /// Managed policies on one group; 10.
    pub attached_policies_per_group: usize,
    /// Groups that one user may be in; 10.
    pub groups_per_user: usize,
    /// Access keys of one user, inactive ones included; 2.
    pub access_keys_per_user: usize,
    /// Characters of all inline policies of one user, white space not counted; 2,048.
    pub user_policy_size: usize,
    /// Users that the account may still have.
    pub users_left: usize,
    /// Groups that the account may still have.
    pub groups_left: usize,
}

impl Quotas {
    /// Reads the quotas out of the summary; IAM's documented default for what it lacks.
    pub fn from_summary(summary: &BTreeMap<String, i32>) -> Quotas {
        let figure = |name: &str, default: usize| {
            summary
                .get(name)
                .and_then(|n| usize::try_from(*n).ok())
                .unwrap_or(default)
        };
        Quotas {
            attached_policies_per_user: figure("AttachedPoliciesPerUserQuota", 10),
            attached_policies_per_group: figure("AttachedPoliciesPerGroupQuota", 10),
            groups_per_user: figure("GroupsPerUserQuota", 10),
            access_keys_per_user: figure("AccessKeysPerUserQuota", 2),
            user_policy_size: figure("UserPolicySizeQuota", 2048),
            users_left: figure("UsersQuota", 5000).saturating_sub(figure("Users", 0)),
            groups_left: figure("GroupsQuota", 300).saturating_sub(figure("Groups", 0)),
        }
    }
}

impl Inventory {
    /// Returns the account.
    pub fn account(&self) -> &AccountId {
        &self.caller.account
    }
}

impl UserFacts {
    /// Returns the value of a tag, its key compared ignoring case.
    pub fn tag(&self, key: &crate::name::TagKey) -> Option<&str> {
        self.tags
            .iter()
            .find(|tag| tag.key.same_as(key))
            .map(|tag| tag.value.as_str())
    }
}

impl UserFacts {
    /// The order in which a service lists things means nothing.
    pub(crate) fn sort(&mut self) {
        self.tags.sort();
        self.attached.sort();
        self.groups.sort();
        self.keys.sort_by(|a, b| a.id.cmp(&b.id));
        for credential in &mut self.other_credentials {
            match credential {
                OtherCredential::MfaDevices(ids) => ids.sort(),
                OtherCredential::SshPublicKeys(ids) => ids.sort(),
                OtherCredential::SigningCertificates(ids) => ids.sort(),
                OtherCredential::ServiceSpecificCredentials(ids) => ids.sort(),
                OtherCredential::ConsolePassword | OtherCredential::Unchecked(..) => {}
            }
        }
    }
}

impl std::fmt::Display for OtherCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OtherCredential::ConsolePassword => f.write_str("a console password"),
            OtherCredential::MfaDevices(ids) => write!(f, "{} MFA device(s)", ids.len()),
            OtherCredential::SshPublicKeys(ids) => write!(f, "{} SSH public key(s)", ids.len()),
            OtherCredential::SigningCertificates(ids) => write!(f, "{} signing certificate(s)", ids.len()),
            OtherCredential::ServiceSpecificCredentials(ids) => {
                write!(f, "{} service-specific credential(s)", ids.len())
            }
            OtherCredential::Unchecked(what, why) => write!(f, "{what}, unknown: {why}"),
        }
    }
}
