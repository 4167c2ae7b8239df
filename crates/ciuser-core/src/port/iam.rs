//! IAM, as far as ciuser uses it. Method names are the API's.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::{
    AccessKeyId, CertificateId, GroupName, MfaSerialNumber, Path, PolicyArn, PolicyName, ServiceSpecificCredentialId,
    SshPublicKeyId, Tag, TagKey, UserArn, UserName,
};
use crate::port::IamError;
use crate::secret::AccessKey;

/// A user as `ListUsers` shows it: without tags and boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSummary {
    /// The name, in the case it was made with.
    pub name: UserName,
    /// The ARN.
    pub arn: UserArn,
}

/// A user as `GetUser` and `CreateUser` show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name, in the case it was made with.
    pub name: UserName,
    /// The ARN, path included.
    pub arn: UserArn,
    /// The path.
    pub path: Path,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its permissions boundary.
    pub boundary: Option<PolicyArn>,
}

/// What `CreateUser` is asked for: tags and boundary go in the same call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewUser {
    /// The name.
    pub name: UserName,
    /// The path.
    pub path: Path,
    /// All tags, ours included.
    pub tags: Vec<Tag>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PolicyArn>,
}

/// A managed policy as `GetPolicy` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// The ARN.
    pub arn: PolicyArn,
    /// The path.
    pub path: Path,
    /// The id of the default version, `v2`.
    pub default_version: String,
    /// Whether IAM says that it may be attached.
    pub attachable: bool,
    /// The description; `GetPolicy` alone has it, and AWS announces deprecation there.
    pub description: Option<String>,
    /// When its default version was last changed.
    pub updated: Option<Timestamp>,
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AccessKeyStatus {
    /// It may.
    Active,
    /// It may not, but counts towards the quota of two.
    Inactive,
}

/// One access key as `ListAccessKeys` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedKey {
    /// The id.
    pub id: AccessKeyId,
    /// Whether it may be used.
    pub status: AccessKeyStatus,
    /// When it was made.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    pub created: Timestamp,
}

/// The answer of `ListAccessKeys`, complete, with the server's own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKeys {
    /// All keys of the user.
    pub keys: Vec<ListedKey>,
    /// The `Date` header of the answer. Key creation times are compared with this clock, never with ours.
    pub date: Option<Timestamp>,
}

/// The answer of `GetAccessKeyLastUsed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLastUsed {
    /// When, or never.
    pub at: Option<Timestamp>,
    /// For which service.
    pub service: Option<String>,
    /// In which region.
    pub region: Option<String>,
    /// Whose key it is.
    pub user: Option<UserName>,
}

/// The IAM calls. Every listing is complete: paging is the adapter's business.
#[async_trait(?Send)]
pub trait Iam {
    /// All users of the account.
    async fn list_users(&self) -> Result<Vec<UserSummary>, IamError>;
    /// One user.
    async fn get_user(&self, user: &UserName) -> Result<User, IamError>;
    /// Makes a user. Sent exactly once.
    async fn create_user(&self, user: &NewUser) -> Result<User, IamError>;
    /// Deletes a user, boundary and tags with it. IAM refuses while anything else of it is left.
    async fn delete_user(&self, user: &UserName) -> Result<(), IamError>;
    /// Sets tags.
    async fn tag_user(&self, user: &UserName, tags: &[Tag]) -> Result<(), IamError>;
    /// Removes tags.
    async fn untag_user(&self, user: &UserName, keys: &[TagKey]) -> Result<(), IamError>;
    /// Sets the boundary.
    async fn put_user_permissions_boundary(&self, user: &UserName, boundary: &PolicyArn) -> Result<(), IamError>;
    /// Removes the boundary.
    async fn delete_user_permissions_boundary(&self, user: &UserName) -> Result<(), IamError>;

    /// All managed policies attached to a user.
    async fn list_attached_user_policies(&self, user: &UserName) -> Result<Vec<PolicyArn>, IamError>;
    /// Attaches a managed policy; doing so again is no error.
    async fn attach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError>;
    /// Detaches a managed policy.
    async fn detach_user_policy(&self, user: &UserName, policy: &PolicyArn) -> Result<(), IamError>;
    /// The names of all inline policies of a user.
    async fn list_user_policies(&self, user: &UserName) -> Result<Vec<PolicyName>, IamError>;
    /// The document of an inline policy, decoded.
    async fn get_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<String, IamError>;
    /// Writes an inline policy.
    async fn put_user_policy(&self, user: &UserName, policy: &PolicyName, document: &str) -> Result<(), IamError>;
    /// Deletes an inline policy.
    async fn delete_user_policy(&self, user: &UserName, policy: &PolicyName) -> Result<(), IamError>;

    /// All groups of the account.
    async fn list_groups(&self) -> Result<Vec<(GroupName, Path)>, IamError>;
    /// Makes a group. Sent exactly once.
    async fn create_group(&self, group: &GroupName, path: &Path) -> Result<(), IamError>;
    /// Deletes a group. IAM refuses while it has members or policies.
    async fn delete_group(&self, group: &GroupName) -> Result<(), IamError>;
    /// All users that are in a group (`GetGroup`).
    async fn list_users_in_group(&self, group: &GroupName) -> Result<Vec<UserName>, IamError>;
    /// All groups a user is in.
    async fn list_groups_for_user(&self, user: &UserName) -> Result<Vec<GroupName>, IamError>;
    /// Adds a user to a group; doing so again is no error.
    async fn add_user_to_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError>;
    /// Removes a user from a group; doing so again is no error.
    async fn remove_user_from_group(&self, user: &UserName, group: &GroupName) -> Result<(), IamError>;
    /// All managed policies attached to a group.
    async fn list_attached_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyArn>, IamError>;
    /// Attaches a managed policy to a group; doing so again is no error.
    async fn attach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError>;
    /// Detaches a managed policy from a group.
    async fn detach_group_policy(&self, group: &GroupName, policy: &PolicyArn) -> Result<(), IamError>;
    /// The names of all inline policies of a group.
    async fn list_group_policies(&self, group: &GroupName) -> Result<Vec<PolicyName>, IamError>;

    /// One managed policy.
    async fn get_policy(&self, policy: &PolicyArn) -> Result<ManagedPolicy, IamError>;
    /// The document of one version of a managed policy, decoded.
    async fn get_policy_version(&self, policy: &PolicyArn, version: &str) -> Result<String, IamError>;
    /// All managed policies: AWS's (`aws`), or the account's own.
    async fn list_policies(&self, aws: bool) -> Result<Vec<ManagedPolicy>, IamError>;
    /// All groups that a managed policy is attached to (`ListEntitiesForPolicy`).
    async fn list_groups_for_policy(&self, policy: &PolicyArn) -> Result<Vec<GroupName>, IamError>;

    /// All access keys of a user, with the server's clock.
    async fn list_access_keys(&self, user: &UserName) -> Result<ListedKeys, IamError>;
    /// Makes an access key. Sent exactly once: it is not idempotent, and the secret is answered once.
    async fn create_access_key(&self, user: &UserName) -> Result<AccessKey, IamError>;
    /// Makes a key usable or not.
    async fn update_access_key(
        &self,
        user: &UserName,
        key: &AccessKeyId,
        status: AccessKeyStatus,
    ) -> Result<(), IamError>;
    /// Deletes a key.
    async fn delete_access_key(&self, user: &UserName, key: &AccessKeyId) -> Result<(), IamError>;
    /// When a key was last used.
    async fn get_access_key_last_used(&self, key: &AccessKeyId) -> Result<KeyLastUsed, IamError>;

    /// One figure of the account's quotas (`GetAccountSummary`), such as `AttachedPoliciesPerUserQuota`.
    async fn get_account_summary(&self) -> Result<std::collections::BTreeMap<String, i32>, IamError>;
    /// Whether a user has a console password (`GetLoginProfile`).
    async fn has_login_profile(&self, user: &UserName) -> Result<bool, IamError>;
    /// Deletes the console password.
    async fn delete_login_profile(&self, user: &UserName) -> Result<(), IamError>;
    /// All MFA devices of a user.
    async fn list_mfa_devices(&self, user: &UserName) -> Result<Vec<MfaSerialNumber>, IamError>;
    /// Takes an MFA device from its user.
    async fn deactivate_mfa_device(&self, user: &UserName, device: &MfaSerialNumber) -> Result<(), IamError>;
    /// Deletes a virtual MFA device that nobody uses any more.
    async fn delete_virtual_mfa_device(&self, device: &MfaSerialNumber) -> Result<(), IamError>;
    /// All SSH public keys of a user.
    async fn list_ssh_public_keys(&self, user: &UserName) -> Result<Vec<SshPublicKeyId>, IamError>;
    /// Deletes an SSH public key.
    async fn delete_ssh_public_key(&self, user: &UserName, key: &SshPublicKeyId) -> Result<(), IamError>;
    /// All signing certificates of a user.
    async fn list_signing_certificates(&self, user: &UserName) -> Result<Vec<CertificateId>, IamError>;
    /// Deletes a signing certificate.
    async fn delete_signing_certificate(&self, user: &UserName, certificate: &CertificateId) -> Result<(), IamError>;
    /// All service-specific credentials of a user.
    async fn list_service_specific_credentials(
        &self,
        user: &UserName,
    ) -> Result<Vec<ServiceSpecificCredentialId>, IamError>;
    /// Deletes a service-specific credential.
    async fn delete_service_specific_credential(
        &self,
        user: &UserName,
        credential: &ServiceSpecificCredentialId,
    ) -> Result<(), IamError>;
}
