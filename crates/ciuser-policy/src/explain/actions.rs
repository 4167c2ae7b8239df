//! Actions by their services.

use std::collections::BTreeMap;

use crate::document::{Element, Strings};

/// The actions of a statement, by service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// Whether all others are meant.
    pub all_but: bool,
    /// Each service that is named, sorted.
    pub services: Vec<OfService>,
}

/// Actions of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfService {
    /// The service, as actions begin with it, in lower case; nothing for every service.
    pub service: Option<String>,
    /// The actions without their service, as they are written, sorted, each once: `PutObject`, `Get*`.
    pub actions: Vec<String>,
}

impl Actions {
    /// Returns whether every action there is is meant.
    pub fn is_everything(&self) -> bool {
        !self.all_but
            && self
                .services
                .iter()
                .any(|one| one.service.is_none() && one.is_everything())
    }

    pub(super) fn of(element: &Element<Strings>) -> Self {
        let mut services: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for written in element.value.iter() {
            let (service, action) = match written.value.split_once(':') {
                Some((service, action)) => (Some(service.to_lowercase()), action),
                None => (None, written.value.as_str()),
            };
            services.entry(service).or_default().push(action.to_owned());
        }
        let services = services.into_iter().map(|(service, mut actions)| {
            actions.sort_unstable();
            actions.dedup();
            OfService { service, actions }
        });
        Self {
            all_but: element.negated,
            services: services.collect(),
        }
    }
}

impl OfService {
    /// Returns whether all actions of the service are meant.
    pub fn is_everything(&self) -> bool {
        self.actions.iter().any(|action| action == "*")
    }
}
