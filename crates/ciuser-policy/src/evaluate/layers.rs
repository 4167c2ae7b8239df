//! All the policies that have a say in a request, together.

use super::decision::{Decision, Layer, Verdict};
use super::says::Says;
use super::set::{Bounded, PolicySet};
use crate::document::Effect;
use crate::request::Request;

/// Everybody may ask STS who he is, whatever policies say (STS API Reference, `GetCallerIdentity`).
const ALWAYS_ALLOWED: &str = "sts:getcalleridentity";

/// The policies that have a say.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// Those of the user and its groups, or of the role.
    pub identity: PolicySet,
    /// The permissions boundary of the user or role, if it has one.
    pub boundary: Option<PolicySet>,
    /// The policy with which the session was made, if there was one.
    pub session: Option<PolicySet>,
    /// The service control policies of the principal's account, level by level: the organisation's root, its units, the
    /// account. None when there is no organisation.
    pub service_control: Vec<PolicySet>,
    /// The resource control policies of the resource's account, level by level, without the `RCPFullAWSAccess` that AWS
    /// attaches everywhere: it is taken to be there.
    pub resource_control: Vec<PolicySet>,
    /// The policy of the resource, if it has one.
    pub resource: Option<PolicySet>,
}

impl Policies {
    /// Makes policies that are those of an identity only.
    pub fn of_identity(identity: PolicySet) -> Self {
        Self {
            identity,
            ..Self::default()
        }
    }

    /// Decides a request.
    pub fn decide(&self, request: &Request) -> Decision {
        if request.folded_action() == ALWAYS_ALLOWED {
            return Decision::Allowed;
        }
        let says = Says::of(self, request);
        Decision::of(says.allowed(), says.denied())
    }

    /// Decides a request and says why.
    pub fn evaluate(&self, request: &Request) -> Verdict {
        let decision = self.decide(request);
        let mut verdict = Verdict {
            decision,
            deciding: Vec::new(),
            missing: Vec::new(),
        };
        if request.folded_action() == ALWAYS_ALLOWED {
            return verdict;
        }
        if decision == Decision::ImplicitDeny {
            verdict.missing = Says::of(self, request).missing();
        }
        for (layer, set) in self.layers() {
            let matching = |effect| set.matching(request, effect, Bounded::by(self), layer);
            let [denies, may_deny] = matching(Effect::Deny);
            let [allows, may_allow] = matching(Effect::Allow);
            match decision {
                Decision::Allowed => verdict.deciding.extend(allows),
                Decision::ExplicitDeny => verdict.deciding.extend(denies),
                Decision::ImplicitDeny => {}
                Decision::Undetermined => verdict.deciding.extend(may_deny.into_iter().chain(may_allow)),
            }
        }
        verdict
    }

    pub(super) fn layers(&self) -> impl Iterator<Item = (Layer, &PolicySet)> {
        let service_control = self.service_control.iter().enumerate();
        let resource_control = self.resource_control.iter().enumerate();
        std::iter::once((Layer::Identity, &self.identity))
            .chain(self.boundary.as_ref().map(|set| (Layer::Boundary, set)))
            .chain(self.session.as_ref().map(|set| (Layer::Session, set)))
            .chain(service_control.map(|(level, set)| (Layer::ServiceControl(level), set)))
            .chain(resource_control.map(|(level, set)| (Layer::ResourceControl(level), set)))
            .chain(self.resource.as_ref().map(|set| (Layer::Resource, set)))
    }
}
