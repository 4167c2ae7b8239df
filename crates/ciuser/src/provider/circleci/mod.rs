//! CircleCI: contexts of an organisation, and the variables of a project, over API v2; where a server is
//! too old for that, the variables of a project over v1.1.
//!
//! Tolerant, because servers differ: any 2xx is a yes, optional fields may be missing, errors may be text or HTML.
//! What a value is, CircleCI shows at most by its last characters, so that is all that can be compared.

mod api;
mod context;
mod limit;
mod project;
mod project_api;
mod restriction;
mod shadow;
mod slug;
mod survey;
mod variable;

#[cfg(test)]
mod tests;

pub(super) use api::Circleci;
pub(super) use context::{ContextPlace, ContextSpec};
pub(super) use project::ProjectPlace;
pub(super) use survey::CircleciSurvey;
