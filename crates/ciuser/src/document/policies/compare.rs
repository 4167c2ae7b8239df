//! `compare`: whether policies grant more than others.

use std::collections::BTreeMap;

use serde::Serialize;

use super::StatementAt;

/// Whether new policies grant nothing that old ones do not.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Compare {
    /// Whether it is proven, for every request there can be.
    pub(crate) proven: bool,
    /// Whether it could be decided at all.
    pub(crate) decided: bool,
    /// The old policies.
    pub(crate) old: Vec<String>,
    /// The new policies.
    pub(crate) new: Vec<String>,
    /// A request that the new policies allow and the old ones do not; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) witness: Option<Witness>,
}

/// A request that shows the difference.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Witness {
    /// The action.
    pub(crate) action: String,
    /// The resource.
    pub(crate) resource: String,
    /// Who asks; missing where policies do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal: Option<String>,
    /// Whether who asks has a permissions boundary, one that allows the request: `NotPrincipal` denies all who have one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_boundary: bool,
    /// The condition keys with their values.
    pub(crate) context: BTreeMap<String, Vec<String>>,
    /// Whether the evaluator says so too. Otherwise it depends on something that is not understood, or on keys that have
    /// to do with each other: such a request may not exist.
    pub(crate) confirmed: bool,
    /// The statements of the new policies that allow it.
    pub(crate) statements: Vec<StatementAt>,
}
