//! One action of a service.

use std::fmt;

use crate::catalogue::reference::rows::{ActionResourceRow, ActionRow, ResourceTypeRow, ServiceRow};
use crate::catalogue::reference::{AccessLevel, AuthorizationReference, ConditionKey, ResourceType, Service};

/// One action of a service. Displayed by its full name, as `s3:GetObject`.
#[derive(Clone, Copy)]
pub struct Action {
    reference: &'static AuthorizationReference,
    service: &'static ServiceRow,
    row: &'static ActionRow,
}

/// A resource type that an action takes.
#[derive(Clone, Copy)]
pub struct ActionResource {
    reference: &'static AuthorizationReference,
    resource_type: &'static ResourceTypeRow,
    row: &'static ActionResourceRow,
}

impl Action {
    pub(super) fn new(
        reference: &'static AuthorizationReference,
        service: &'static ServiceRow,
        row: &'static ActionRow,
    ) -> Self {
        Self {
            reference,
            service,
            row,
        }
    }

    /// Returns its name without the service, as `GetObject`.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Returns the service that it is an action of.
    pub fn service(&self) -> Service {
        Service::new(self.reference, self.service)
    }

    /// Returns its number among all actions, counted from 0: for sets of actions as bits.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// Returns its access level.
    pub fn access_level(&self) -> AccessLevel {
        self.row.access_level
    }

    /// Returns whether it takes any resource type.
    ///
    /// If not, IAM evaluates it with the resource `*`, and a policy that allows it must name all resources (Service
    /// Authorization Reference, "Actions, resources, and condition keys for AWS services", the actions table).
    pub fn takes_resources(&self) -> bool {
        !self.resource_rows().is_empty()
    }

    /// Returns the resource types that it takes, sorted by name.
    pub fn resources(&self) -> impl Iterator<Item = ActionResource> + use<> {
        let reference = self.reference;
        self.resource_rows().iter().filter_map(move |row| {
            Some(ActionResource {
                reference,
                resource_type: reference.resource_types.get(usize::from(row.resource_type))?,
                row,
            })
        })
    }

    /// Returns the condition keys that requests for it can have besides the global ones: the action's own, those that go
    /// with a resource type that it takes, and those of these resource types. Sorted by name.
    ///
    /// Of the global keys those are there that AWS lists for single actions, as `aws:RequestTag/${TagKey}`.
    pub fn condition_keys(&self) -> impl Iterator<Item = ConditionKey> + use<> {
        let of_resources = self
            .resources()
            .flat_map(|resource| [resource.row.condition_keys, resource.resource_type.condition_keys]);
        let runs = of_resources.chain([self.row.condition_keys]);
        let mut numbers: Vec<u16> = runs
            .flat_map(|run| run.of(&self.reference.key_numbers))
            .copied()
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.reference.keys_numbered(numbers)
    }

    /// Returns whether requests for it can have the condition key.
    pub fn takes_condition_key(&self, key: ConditionKey) -> bool {
        key.is_global() || self.condition_keys().any(|own| own.name() == key.name())
    }

    /// Returns the actions that its caller must be allowed too, lest it fail.
    pub fn dependent_actions(&self) -> impl Iterator<Item = Action> + use<> {
        let reference = self.reference;
        let numbers = self.row.dependent_actions.of(&reference.action_numbers);
        numbers.iter().filter_map(|number| reference.action_numbered(*number))
    }

    fn resource_rows(&self) -> &'static [ActionResourceRow] {
        self.row.resources.of(&self.reference.action_resources)
    }
}

impl ActionResource {
    /// Returns the resource type.
    pub fn resource_type(&self) -> ResourceType {
        ResourceType::new(self.reference, self.resource_type)
    }

    /// Returns whether AWS marks it as required: a statement that allows the action and names ARNs must name one of this
    /// type.
    pub fn is_required(&self) -> bool {
        self.row.required
    }

    /// Returns the condition keys that the action can have with a resource of this type, beyond those of the action and
    /// of the resource type.
    pub fn condition_keys(&self) -> impl Iterator<Item = ConditionKey> + use<> {
        self.reference.keys(self.row.condition_keys)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service.prefix, self.row.name)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Action({self})")
    }
}

impl fmt::Debug for ActionResource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required = if self.row.required { "*" } else { "" };
        write!(formatter, "ActionResource({}{required})", self.resource_type.name)
    }
}
