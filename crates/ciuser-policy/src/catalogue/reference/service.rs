//! One service of AWS.

use std::fmt;

use crate::catalogue::reference::authorization_reference::find;
use crate::catalogue::reference::rows::ServiceRow;
use crate::catalogue::reference::{Action, AuthorizationReference, ConditionKey, ResourceType};

/// One service of AWS, as far as IAM is concerned: what stands before the `:` of its actions.
#[derive(Clone, Copy)]
pub struct Service {
    reference: &'static AuthorizationReference,
    row: &'static ServiceRow,
}

impl Service {
    pub(super) fn new(reference: &'static AuthorizationReference, row: &'static ServiceRow) -> Self {
        Self { reference, row }
    }

    /// Returns its prefix, as `s3`.
    pub fn prefix(&self) -> &'static str {
        self.row.prefix
    }

    /// Returns its name, as `Amazon S3`.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Returns its actions, sorted by name.
    pub fn actions(&self) -> impl Iterator<Item = Action> + use<> {
        let Self {
            reference,
            row: service,
        } = *self;
        let rows = service.actions.of(&reference.actions);
        rows.iter().map(move |row| Action::new(reference, service, row))
    }

    /// Returns its action of this name, as `GetObject`.
    pub fn action(&self, name: &str) -> Option<Action> {
        let rows = self.row.actions.of(&self.reference.actions);
        let row = find(rows, name, |row| row.name)?;
        Some(Action::new(self.reference, self.row, row))
    }

    /// Returns its resource types, sorted by name.
    pub fn resource_types(&self) -> impl Iterator<Item = ResourceType> + use<> {
        let reference = self.reference;
        let rows = self.row.resource_types.of(&reference.resource_types);
        rows.iter().map(move |row| ResourceType::new(reference, row))
    }

    /// Returns the condition keys that something of it knows, sorted by name. Of the global ones these are only those that
    /// not every request has, as `aws:RequestTag/${TagKey}`.
    pub fn condition_keys(&self) -> impl Iterator<Item = ConditionKey> + use<> {
        self.reference.keys(self.row.condition_keys)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Service({})", self.row.prefix)
    }
}
