//! One type of a service's resources.

use std::fmt;

use crate::catalogue::reference::rows::ResourceTypeRow;
use crate::catalogue::reference::{AuthorizationReference, ConditionKey};

/// One type of a service's resources.
#[derive(Clone, Copy)]
pub struct ResourceType {
    reference: &'static AuthorizationReference,
    row: &'static ResourceTypeRow,
}

impl ResourceType {
    pub(super) fn new(reference: &'static AuthorizationReference, row: &'static ResourceTypeRow) -> Self {
        Self { reference, row }
    }

    /// Returns its name, as `bucket`.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Returns the forms that its ARNs can have, as AWS writes them: `arn:${Partition}:s3:::${BucketName}`. There is at least
    /// one.
    pub fn arn_formats(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.row.arn_formats.split(',')
    }

    /// Returns the condition keys that a request for such a resource can have, sorted by name.
    pub fn condition_keys(&self) -> impl Iterator<Item = ConditionKey> + use<> {
        self.reference.keys(self.row.condition_keys)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ResourceType({})", self.row.name)
    }
}
