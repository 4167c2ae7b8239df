//! The quotas of a default account, as `GetAccountSummary` reports them.

pub(super) use ciuser_policy::quota::{
    ATTACHED_POLICIES_PER_GROUP, ATTACHED_POLICIES_PER_ROLE, ATTACHED_POLICIES_PER_USER,
    GROUP_INLINE_SIZE as GROUP_POLICY_SIZE, MANAGED_POLICY_SIZE as POLICY_SIZE, ROLE_INLINE_SIZE as ROLE_POLICY_SIZE,
    TRUST_POLICY_SIZE, USER_INLINE_SIZE as USER_POLICY_SIZE, VERSIONS_PER_POLICY,
};

pub(super) const USERS: usize = 5000;
pub(super) const GROUPS: usize = 300;
pub(super) const POLICIES: usize = 1500;
pub(super) const ACCESS_KEYS_PER_USER: usize = 2;
pub(super) const GROUPS_PER_USER: usize = 10;
pub(super) const SIGNING_CERTIFICATES_PER_USER: usize = 2;
pub(super) const SSH_PUBLIC_KEYS_PER_USER: usize = 5;
pub(super) const SERVICE_CREDENTIALS_PER_SERVICE: usize = 2;
pub(super) const MFA_DEVICES_PER_USER: usize = 8;
pub(super) const TAGS: usize = 50;
