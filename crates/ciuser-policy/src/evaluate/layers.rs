//! All the policies that have a say in a request, together.

use super::decision::{Decision, Layer, Verdict};
use super::set::{PolicySet, Say};
use crate::document::Effect;
use crate::request::{Principal, Request};
use crate::rule::Reach;
use crate::truth::{self, Truth};

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

/// What each kind of policy says to one request.
struct Says {
    identity: Say,
    boundary: Option<Say>,
    session: Option<Say>,
    service_control: Vec<Say>,
    resource_control: Vec<Say>,
    resource: Option<Say>,
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
        if request.action() == ALWAYS_ALLOWED {
            return Decision::Allowed;
        }
        let says = self.says(request);
        Decision::of(self.allowed(&says, request), says.denied())
    }

    /// Decides a request and says why.
    pub fn evaluate(&self, request: &Request) -> Verdict {
        let always = request.action() == ALWAYS_ALLOWED;
        let says = self.says(request);
        let decision = self.decide(request);
        let mut verdict = Verdict {
            decision,
            deciding: Vec::new(),
            missing: Vec::new(),
        };
        if always {
            return verdict;
        }
        if decision == Decision::ImplicitDeny {
            verdict.missing = self.missing(&says, request);
        }
        for (layer, set) in self.layers() {
            let [denies, may_deny] = set.matching(request, Effect::Deny, layer);
            let [allows, may_allow] = set.matching(request, Effect::Allow, layer);
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

    fn says(&self, request: &Request) -> Says {
        let of = |set: &Option<PolicySet>| set.as_ref().map(|set| set.say(request));
        // Organisations bind principals of their accounts, not services.
        let bound = request
            .principal()
            .is_none_or(|principal| principal.account().is_some());
        let control = if bound { self.service_control.as_slice() } else { &[] };
        Says {
            identity: self.identity.say(request),
            boundary: of(&self.boundary),
            session: of(&self.session),
            service_control: control.iter().map(|set| set.say(request)).collect(),
            resource_control: self.resource_control.iter().map(|set| set.say(request)).collect(),
            resource: of(&self.resource),
        }
    }

    /// Returns whether everything that must allow the request does, denials aside.
    fn allowed(&self, says: &Says, request: &Request) -> Truth {
        says.organisation_allows().and(self.account_allows(says, request))
    }

    fn account_allows(&self, says: &Says, request: &Request) -> Truth {
        let resource = says.resource.unwrap_or(Say::NOTHING);
        let has_identity = request
            .principal()
            .is_none_or(|principal| principal.account().is_some());
        if !has_identity {
            return resource.allows(Reach::Account);
        }
        let identity = says.identity_allows(request);
        let within = says.limits_allow(request);
        if request.is_cross_account() {
            return identity.and(within).and(resource.allows(Reach::Account));
        }
        let directly = resource.allows(Reach::Principal);
        let identity = if says.resource.is_some() && decides_for_itself(request) {
            identity.and(resource.allows(Reach::Account))
        } else {
            identity
        };
        directly.or(identity.or(resource.allows(Reach::Role)).and(within))
    }

    /// Names the kinds of policies without whose allowance nothing else helps.
    fn missing(&self, says: &Says, request: &Request) -> Vec<Layer> {
        let mut missing = Vec::new();
        let not = |truth: Truth| truth == Truth::No;
        if not(self.account_allows(says, request)) {
            let resource = says.resource.unwrap_or(Say::NOTHING);
            let has_identity = request
                .principal()
                .is_none_or(|principal| principal.account().is_some());
            if has_identity && not(says.identity_allows(request)) && not(resource.allows(Reach::Role)) {
                missing.push(Layer::Identity);
            }
            if has_identity && says.boundary.is_some_and(|say| not(say.allows(Reach::Account))) {
                missing.push(Layer::Boundary);
            }
            if has_identity && not(says.session_allows(request)) {
                missing.push(Layer::Session);
            }
            let by_itself = says.resource.is_some() && decides_for_itself(request);
            let needs_resource = !has_identity || request.is_cross_account() || by_itself;
            if needs_resource && not(resource.allows(Reach::Account)) {
                missing.push(Layer::Resource);
            }
        }
        let silent = |say: &Say| not(say.allows(Reach::Account));
        let levels = |says: &[Say]| -> Vec<usize> {
            says.iter()
                .enumerate()
                .filter(|(_, say)| silent(say))
                .map(|(level, _)| level)
                .collect()
        };
        missing.extend(levels(&says.service_control).into_iter().map(Layer::ServiceControl));
        missing
    }
}

/// Returns whether the resource's policy must allow the request even within its account: a KMS key's, and a role's trust
/// policy.
fn decides_for_itself(request: &Request) -> bool {
    let action = request.action();
    let key = action.starts_with("kms:") && request.resource().contains(":key/");
    key || action.starts_with("sts:assumerole")
}

impl Says {
    fn denied(&self) -> Truth {
        let ones = [Some(self.identity), self.boundary, self.session, self.resource];
        let all = ones.into_iter().flatten();
        let levels = self.service_control.iter().chain(&self.resource_control).copied();
        truth::any(all.chain(levels).map(|say| say.denies))
    }

    fn organisation_allows(&self) -> Truth {
        truth::all(self.service_control.iter().map(|say| say.allows(Reach::Account)))
    }

    /// The root user may do everything in its account.
    fn identity_allows(&self, request: &Request) -> Truth {
        match request.principal() {
            Some(Principal::Root { .. }) => Truth::Yes,
            _ => self.identity.allows(Reach::Account),
        }
    }

    /// A federated user has what the session policy gives it, and nothing without one.
    fn session_allows(&self, request: &Request) -> Truth {
        match (&self.session, request.principal()) {
            (Some(session), _) => session.allows(Reach::Account),
            (None, Some(Principal::FederatedUser { .. })) => Truth::No,
            (None, _) => Truth::Yes,
        }
    }

    fn limits_allow(&self, request: &Request) -> Truth {
        let boundary = self.boundary.map_or(Truth::Yes, |say| say.allows(Reach::Account));
        boundary.and(self.session_allows(request))
    }
}
