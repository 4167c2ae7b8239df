//! What comes out, and why.

use std::fmt;

use crate::truth::Truth;

/// What is decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement denies it, and one that must allow it is missing.
    ImplicitDeny,
    /// It depends on something that is not understood, or that AWS does not document. A gate treats it as denied.
    Undetermined,
}

impl Decision {
    /// Combines whether the request is allowed and whether it is denied.
    pub(super) fn of(allowed: Truth, denied: Truth) -> Self {
        match (allowed, denied) {
            (_, Truth::Yes) => Self::ExplicitDeny,
            (Truth::No, _) => Self::ImplicitDeny,
            (Truth::Yes, Truth::No) => Self::Allowed,
            (Truth::Unknown, _) | (Truth::Yes, Truth::Unknown) => Self::Undetermined,
        }
    }

    /// Returns the decision's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::ExplicitDeny => "ExplicitDeny",
            Self::ImplicitDeny => "ImplicitDeny",
            Self::Undetermined => "Undetermined",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A kind of policy that has a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// The policies of the user and its groups, or of the role.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// The service control policies of one level, the root of the organisation being level 0.
    ServiceControl(usize),
    /// The resource control policies of one level.
    ResourceControl(usize),
    /// The policy of the resource.
    Resource,
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => formatter.write_str("identity-based policies"),
            Self::Boundary => formatter.write_str("permissions boundary"),
            Self::Session => formatter.write_str("session policy"),
            Self::ServiceControl(level) => write!(formatter, "service control policies of level {level}"),
            Self::ResourceControl(level) => write!(formatter, "resource control policies of level {level}"),
            Self::Resource => formatter.write_str("resource-based policy"),
        }
    }
}

/// A statement that had a part in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementAt {
    /// What kind of policy it is in.
    pub layer: Layer,
    /// The name of the policy, as it was given.
    pub policy: String,
    /// Which statement of the policy it is, counted from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
}

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The statements that decided: those that allow it, those that deny it, or those that are not understood. None for an
    /// implicit deny.
    pub deciding: Vec<StatementAt>,
    /// For an implicit deny: the kinds of policies that would have to allow it, and do not.
    pub missing: Vec<Layer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_and_kinds_of_policies_have_names() {
        for (decision, name) in [
            (Decision::Allowed, "Allowed"),
            (Decision::ExplicitDeny, "ExplicitDeny"),
            (Decision::ImplicitDeny, "ImplicitDeny"),
            (Decision::Undetermined, "Undetermined"),
        ] {
            assert_eq!((decision.as_str(), decision.to_string().as_str()), (name, name));
        }
        for (layer, name) in [
            (Layer::Identity, "identity-based policies"),
            (Layer::Boundary, "permissions boundary"),
            (Layer::ServiceControl(1), "service control policies of level 1"),
            (Layer::ResourceControl(0), "resource control policies of level 0"),
        ] {
            assert_eq!(layer.to_string(), name);
        }
    }
}
