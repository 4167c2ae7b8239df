//! What a request needs to be allowed.

use ciuser_policy::request::Context;

/// An action on a resource that a request needs to be allowed. Some requests need several, and all of them.
#[derive(Debug)]
pub(crate) struct Need {
    /// The action, as policies write it: `iam:CreateUser`.
    pub(crate) action: String,
    /// The resource's ARN, or `*` for an action that takes none.
    pub(crate) resource: String,
    /// How AWS names the resource when it refuses.
    pub(crate) named: String,
    /// The condition keys of this action and this resource.
    pub(crate) context: Context,
}
