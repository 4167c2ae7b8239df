//! Buildkite: the secrets of a cluster.
//!
//! A value is never shown again, but the description is, and the time of the last change. So the description says which
//! key is there and whose it is, and what it says is only believed when those of both halves agree: they are written in
//! such an order that half a delivery shows. Clusters are not made here, and access policies are left as they are.

mod api;
mod cluster;
mod note;
mod secret;
mod survey;
#[cfg(test)]
mod tests;

pub(super) use api::Buildkite;
pub(super) use cluster::{ClusterPlace, ClusterSpec};
pub(super) use survey::BuildkiteSurvey;
