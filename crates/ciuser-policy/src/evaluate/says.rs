//! What all kinds of policies say to one request, and what follows from it.

use super::decision::Layer;
use super::layers::Policies;
use super::set::{Bounded, PolicySet, Say};
use crate::request::{Principal, Request};
use crate::rule::Reach;
use crate::truth::{self, Truth};

/// What each kind of policy says to one request.
pub(super) struct Says<'a> {
    request: &'a Request,
    identity: Say,
    boundary: Option<Say>,
    session: Option<Say>,
    service_control: Vec<Say>,
    resource_control: Vec<Say>,
    resource: Option<Say>,
}

impl<'a> Says<'a> {
    pub(super) fn of(policies: &Policies, request: &'a Request) -> Self {
        let bounded = Bounded::by(policies);
        let say = |set: &PolicySet| set.say(request, bounded);
        let all = |sets: &[PolicySet]| sets.iter().map(say).collect();
        let mut says = Self {
            request,
            identity: say(&policies.identity),
            boundary: policies.boundary.as_ref().map(say),
            session: policies.session.as_ref().map(say),
            service_control: Vec::new(),
            resource_control: all(&policies.resource_control),
            resource: policies.resource.as_ref().map(say),
        };
        // They bind the principals of accounts, not services, nor the roles that services have in accounts.
        if says.has_identity() {
            says.service_control = all(&policies.service_control);
        }
        if request.principal().is_some_and(is_service_linked) {
            says.service_control.clear();
            says.resource_control.clear();
        }
        says
    }

    /// Returns whether a statement of any kind denies the request.
    pub(super) fn denied(&self) -> Truth {
        let ones = [Some(self.identity), self.boundary, self.session, self.resource];
        let levels = self.service_control.iter().chain(&self.resource_control).copied();
        truth::any(ones.into_iter().flatten().chain(levels).map(|say| say.denies))
    }

    /// Returns whether everything that must allow the request does, denials aside.
    pub(super) fn allowed(&self) -> Truth {
        let organisation = truth::all(self.service_control.iter().map(|say| say.allows(Reach::Account)));
        organisation.and(self.account_allows())
    }

    /// Names the kinds of policies that would have to allow the request and do not.
    pub(super) fn missing(&self) -> Vec<Layer> {
        let mut missing = Vec::new();
        let mut unless = |truth: Truth, layer: Layer| {
            if truth == Truth::No {
                missing.push(layer);
            }
        };
        if self.account_allows() == Truth::No {
            if self.has_identity() {
                unless(self.identity_or_stand_in(), Layer::Identity);
                unless(self.boundary_allows(), Layer::Boundary);
                unless(self.session_allows(), Layer::Session);
            }
            if self.needs_resource() {
                unless(self.resource_allows(Reach::Account), Layer::Resource);
            }
        }
        for (level, say) in self.service_control.iter().enumerate() {
            unless(say.allows(Reach::Account), Layer::ServiceControl(level));
        }
        missing
    }

    fn account_allows(&self) -> Truth {
        let of_resource = if self.needs_resource() {
            self.resource_allows(Reach::Account)
        } else {
            Truth::Yes
        };
        if !self.has_identity() {
            return of_resource;
        }
        let within = self.boundary_allows().and(self.session_allows());
        let by_both = self.identity_or_stand_in().and(of_resource).and(within);
        if self.request.is_cross_account() {
            by_both
        } else {
            by_both.or(self.resource_allows(Reach::Principal))
        }
    }

    /// Returns whether the principal is one that has policies of its own: not a service, nor anybody unknown.
    fn has_identity(&self) -> bool {
        self.request
            .principal()
            .is_none_or(|principal| principal.account().is_some())
    }

    /// Returns whether nothing goes without the resource's policy: across accounts, for principals without policies, and
    /// for what decides for itself even within its account: a KMS key, and who may assume a role. Where no such policy is
    /// given, that it would allow is taken for granted.
    fn needs_resource(&self) -> bool {
        let action = self.request.folded_action();
        let is_key = action.starts_with("kms:") && self.request.resource().contains(":key/");
        let decides_for_itself = is_key || action.starts_with("sts:assumerole");
        let by_itself = self.resource.is_some() && decides_for_itself;
        !self.has_identity() || self.request.is_cross_account() || by_itself
    }

    fn resource_allows(&self, reach: Reach) -> Truth {
        self.resource.map_or(Truth::No, |say| say.allows(reach))
    }

    /// Returns whether the identity's policies allow the request, or the resource's does in their stead: within an
    /// account, one that names the role is as good.
    fn identity_or_stand_in(&self) -> Truth {
        let by_policies = match self.request.principal() {
            // The root user may do everything in its account.
            Some(Principal::Root { .. }) => Truth::Yes,
            _ => self.identity.allows(Reach::Account),
        };
        if self.request.is_cross_account() {
            by_policies
        } else {
            by_policies.or(self.resource_allows(Reach::Role))
        }
    }

    fn boundary_allows(&self) -> Truth {
        self.boundary.map_or(Truth::Yes, |say| say.allows(Reach::Account))
    }

    /// A federated user has what the session policy gives it, and nothing without one.
    fn session_allows(&self) -> Truth {
        match (self.session, self.request.principal()) {
            (Some(session), _) => session.allows(Reach::Account),
            (None, Some(Principal::FederatedUser { .. })) => Truth::No,
            (None, _) => Truth::Yes,
        }
    }
}

/// Returns whether somebody is a role that a service has in an account, which no control policy binds (AWS Organizations User
/// Guide, "Service control policies" and "Resource control policies").
fn is_service_linked(principal: &Principal) -> bool {
    matches!(principal, Principal::RoleSession { role_arn, .. } if role_arn.contains(":role/aws-service-role/"))
}
