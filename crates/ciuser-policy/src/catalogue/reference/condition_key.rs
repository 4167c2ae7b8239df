//! One condition key.

use crate::catalogue::reference::ValueType;
use crate::catalogue::reference::rows::ConditionKeyRow;

/// One key that a policy's `Condition` element can ask for.
#[derive(Debug, Clone, Copy)]
pub struct ConditionKey {
    row: &'static ConditionKeyRow,
}

impl ConditionKey {
    pub(super) fn new(row: &'static ConditionKeyRow) -> Self {
        Self { row }
    }

    /// Returns its name as AWS writes it, with the variable part if it has one: `s3:prefix`, `aws:RequestTag/${TagKey}`,
    /// `s3:ExistingObjectTag/<key>`.
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Returns the type of its values.
    pub fn value_type(&self) -> ValueType {
        self.row.value_type
    }

    /// Returns whether requests to any service may have it: AWS's global keys, those that services and federation give
    /// to sessions included. Whether a given request has it is another question.
    pub fn is_global(&self) -> bool {
        self.row.is_global
    }
}
