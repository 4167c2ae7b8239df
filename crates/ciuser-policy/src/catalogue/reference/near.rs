//! "Did you mean" for what the reference has no such name of.

use crate::catalogue::reference::{Action, AuthorizationReference, ConditionKey, Service};
use crate::nearest::nearest;

impl AuthorizationReference {
    /// Returns the few services whose prefixes are most like this one, best first.
    pub fn nearest_service(&'static self, prefix: &str) -> Vec<Service> {
        let near = nearest(prefix, self.services().map(|service| service.prefix()));
        near.into_iter().filter_map(|prefix| self.service(prefix)).collect()
    }

    /// Returns the few actions that may be meant by a full name, as `s3:GetObjects`, that is no action's; best first.
    ///
    /// They are the service's with names most like it. If it has none, or does not exist, they are those of exactly this
    /// name that services with a similar prefix have, or else a few others: it may be the service that is wrong.
    pub fn nearest_action(&'static self, full_name: &str) -> Vec<Action> {
        const FEW: usize = 3;
        let Some((prefix, name)) = full_name.split_once(':') else {
            return Vec::new();
        };
        let in_services = |services: &[Service]| -> Vec<Action> {
            services.iter().filter_map(|service| service.action(name)).collect()
        };
        let mut near = match self.service(prefix) {
            Some(service) => service.nearest_action(name),
            None => in_services(&self.nearest_service(prefix)),
        };
        if near.is_empty() {
            near = in_services(&self.services().collect::<Vec<_>>());
        }
        if near.len() > FEW { Vec::new() } else { near }
    }

    /// Returns the few condition keys whose names are most like this one, best first.
    pub fn nearest_condition_key(&'static self, name: &str) -> Vec<ConditionKey> {
        let near = nearest(name, self.condition_keys().map(|key| key.name()));
        near.into_iter().filter_map(|name| self.condition_key(name)).collect()
    }
}

impl Service {
    /// Returns its few actions whose names, without the prefix, are most like this one, best first.
    pub fn nearest_action(&self, name: &str) -> Vec<Action> {
        let near = nearest(name, self.actions().map(|action| action.name()));
        near.into_iter().filter_map(|name| self.action(name)).collect()
    }
}
