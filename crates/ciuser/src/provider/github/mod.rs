//! GitHub: the secrets of Actions, of a repository, an environment or an organisation, and the variables beside them.
//!
//! GitHub never shows a secret, only when it was written. So the id of the key, which is no secret, is kept a second
//! time, as the variable of the same name: by it anybody can see, and another machine can tell, which key is there. While
//! secrets are being written it says so, and a write that was cut off is known as half a key.

mod api;
mod held;
mod level;
mod organization;
mod place;
mod repository;
mod sealed_box;
mod server;
mod shadow;
mod survey;

#[cfg(test)]
mod tests;

pub(super) use api::Github;
pub(super) use organization::{OrganizationPlace, OrganizationSpec};
pub(super) use repository::RepositoryPlace;
pub(super) use server::host_of;
pub(super) use survey::GithubSurvey;
