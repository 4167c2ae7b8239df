//! AWS's service authorization reference: which services, actions, resource types and condition keys there are, and how
//! they belong together.
//!
//! A snapshot too: an action that is missing here may be new, so what follows from its absence is advice, not a refusal.
//! Names are found whatever their case, as IAM takes them, and are returned as AWS spells them. Nothing here says what a
//! policy means, nor whether an ARN is one of a resource type.

mod access_level;
mod action;
mod authorization_reference;
mod condition_key;
mod load;
mod near;
mod resource_type;
mod rows;
mod service;
mod value_type;

pub use access_level::AccessLevel;
pub use action::{Action, ActionResource};
pub use authorization_reference::AuthorizationReference;
pub use condition_key::ConditionKey;
pub use resource_type::ResourceType;
pub use service::Service;
pub use value_type::ValueType;
