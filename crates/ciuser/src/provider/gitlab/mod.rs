//! GitLab: the CI/CD variables of a project or of a group.
//!
//! GitLab shows values, so all of them are read back. The description of the secret says which key it belongs to and
//! whose that is; value and description are written in one call, so a pair that does not fit is known as such.

mod api;
mod holder;
mod place;
mod shadow;
mod survey;
mod variable;

#[cfg(test)]
mod tests;

pub(super) use api::{Gitlab, host_of};
pub(super) use holder::Holder;
pub(super) use place::{PlaceSpec, VariablesPlace};
pub(super) use survey::GitlabSurvey;
