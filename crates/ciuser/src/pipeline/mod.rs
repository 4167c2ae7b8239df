//! The deploy jobs of a pipeline, as CircleCI's `.circleci/config.yml` has them.
//!
//! Plain `aws` commands in CircleCI's own image, and no orbs: an orb is somebody else's code that gets the key, its
//! versions cannot be looked up from here, and the one for Elastic Beanstalk installs a program of its own in every run.

mod deploy;
mod expected;
mod jobs;
mod merge;
mod outline;
mod steps;
#[cfg(test)]
mod tests;

pub(crate) use deploy::{Deploy, Service, Settings, deploys};
pub(crate) use jobs::ours;
pub(crate) use merge::{Ours, Unmergeable};
