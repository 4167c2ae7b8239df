//! How long policies may be, in characters without white space.
//!
//! From the IAM User Guide, "IAM and AWS STS quotas". None of these can be raised. A quota of inline policies is for
//! all inline policies of the user or group together.

/// The size of a customer managed policy.
pub const MANAGED_POLICY_SIZE: usize = 6_144;

/// The aggregate size of a user's inline policies.
pub const USER_INLINE_SIZE: usize = 2_048;

/// The aggregate size of a group's inline policies.
pub const GROUP_INLINE_SIZE: usize = 5_120;
