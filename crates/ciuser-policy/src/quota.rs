//! How long policies may be, and how many there may be.
//!
//! From the IAM User Guide, "IAM and AWS STS quotas", and from "Quotas for AWS Organizations". Sizes are in characters
//! without white space; Organizations counts that too, unless its console removes it. A quota of inline policies is for
//! all inline policies of the user, group or role together. What can be raised says so; `GetAccountSummary` has the
//! account's own.

/// The size of a customer managed policy.
pub const MANAGED_POLICY_SIZE: usize = 6_144;

/// The aggregate size of a user's inline policies.
pub const USER_INLINE_SIZE: usize = 2_048;

/// The aggregate size of a group's inline policies.
pub const GROUP_INLINE_SIZE: usize = 5_120;

/// The aggregate size of a role's inline policies.
pub const ROLE_INLINE_SIZE: usize = 10_240;

/// The size of a role's trust policy. Can be raised to 4,096.
pub const TRUST_POLICY_SIZE: usize = 2_048;

/// The size of a service control policy.
pub const SERVICE_CONTROL_POLICY_SIZE: usize = 5_120;

/// The size of a resource control policy.
pub const RESOURCE_CONTROL_POLICY_SIZE: usize = 5_120;

/// The versions of a customer managed policy that there may be at a time.
pub const VERSIONS_PER_POLICY: usize = 5;

/// The managed policies that may be attached to a user. Can be raised to 20.
pub const ATTACHED_POLICIES_PER_USER: usize = 10;

/// The managed policies that may be attached to a role. Can be raised to 20.
pub const ATTACHED_POLICIES_PER_ROLE: usize = 10;

/// The managed policies that may be attached to a group.
pub const ATTACHED_POLICIES_PER_GROUP: usize = 10;
