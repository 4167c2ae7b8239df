//! Where a policy is attached, which decides what it may say.

/// Where a policy is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// In a user, group or role, where it is inline; also a session policy.
    Identity,
    /// To users, groups and roles, as a policy of its own; also a permissions boundary. IAM takes it in the language of
    /// 2012 only.
    Managed,
    /// To a resource, such as a bucket.
    Resource,
    /// To a role: who may assume it.
    Trust,
    /// To an account or unit of an organisation: what its principals may do at most.
    ServiceControl,
    /// To an account or unit of an organisation: what may be done to its resources at most.
    ResourceControl,
}

impl PolicyKind {
    /// Returns whether statements of such a policy name principals.
    pub fn has_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl)
    }

    /// Returns whether IAM itself keeps such a policy: others are kept by the resource's service or by Organizations.
    pub(super) fn is_kept_by_iam(self) -> bool {
        matches!(self, Self::Identity | Self::Managed | Self::Trust)
    }
}
