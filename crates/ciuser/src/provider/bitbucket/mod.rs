//! Bitbucket Cloud: the Pipelines variables of a repository, of one of its deployment environments, or of a workspace.
//!
//! The secret is a secured variable, which Bitbucket never shows again and hides in logs. The id is public and stays
//! readable: without it nobody could tell whose key is there, neither this program nor a person. Bitbucket has no time
//! stamps, so that the secret is taken at its word. Environments are not made here: their kind is for people to choose.

mod api;
mod place;
mod shadow;
mod survey;
#[cfg(test)]
mod tests;
mod variable;

pub(super) use api::Bitbucket;
pub(super) use place::{Level, VariablesPlace};
pub(super) use survey::BitbucketSurvey;
