//! Where a policy is attached, which decides what it may say.

/// Where a policy is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// To a user, group or role; also a permissions boundary or a session policy.
    Identity,
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
}
