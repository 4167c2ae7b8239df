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
    /// They have similar names and are of the service, or of services with similar prefixes if it does not exist. If there
    /// are none, it may be the service that is wrong: they are those of exactly this name, unless many services have one.
    pub fn nearest_action(&'static self, full_name: &str) -> Vec<Action> {
        const FEW: usize = 3;
        let Some((prefix, name)) = full_name.split_once(':') else {
            return Vec::new();
        };
        let services = match self.service(prefix) {
            Some(service) => vec![service],
            None => self.nearest_service(prefix),
        };
        let similar = services.iter().flat_map(|service| service.nearest_action(name));
        let similar: Vec<Action> = similar.take(FEW).collect();
        if !similar.is_empty() {
            return similar;
        }
        let elsewhere: Vec<Action> = self.services().filter_map(|service| service.action(name)).collect();
        if elsewhere.len() > FEW { Vec::new() } else { elsewhere }
    }

    /// Returns the few condition keys whose names are most like this one, best first.
    pub fn nearest_condition_key(&'static self, name: &str) -> Vec<ConditionKey> {
        let mut names: Vec<&str> = self.condition_keys().map(|key| key.name()).collect();
        names.dedup();
        let near = nearest(name, names);
        near.into_iter().filter_map(|name| self.condition_key(name)).collect()
    }
}

impl Service {
    /// Returns its few actions whose names, without the prefix, are most like this one, best first.
    fn nearest_action(&self, name: &str) -> Vec<Action> {
        let near = nearest(name, self.actions().map(|action| action.name()));
        near.into_iter().filter_map(|name| self.action(name)).collect()
    }
}
