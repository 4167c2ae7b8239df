//! Where secrets lie: at a repository, at one of its environments, or at an organisation.

use crate::rest::Resource;

/// A repository, by its two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slug {
    pub(super) owner: String,
    pub(super) name: String,
}

/// A level at which secrets and variables are set. The nearest to a job wins: environment, repository, organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Level {
    /// All of a repository.
    Repository(Slug),
    /// An environment of a repository.
    Environment(Slug, String),
    /// An organisation.
    Organization(String),
}

impl Slug {
    /// Reads `acme/storefront`.
    pub(super) fn of(text: &str) -> Option<Slug> {
        let (owner, name) = text.split_once('/')?;
        let whole = !owner.is_empty() && !name.is_empty() && !name.contains('/');
        whole.then(|| Slug {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// Returns a resource of the repository.
    pub(super) fn resource(&self, rest: &[&str]) -> Resource {
        Resource::new(&[&["repos", &self.owner, &self.name], rest].concat())
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl Level {
    /// Returns a resource of the level, as `secrets/NAME`.
    pub(super) fn resource(&self, rest: &[&str]) -> Resource {
        match self {
            Level::Repository(slug) => slug.resource(&[&["actions"], rest].concat()),
            Level::Environment(slug, name) => slug.resource(&[&["environments", name], rest].concat()),
            Level::Organization(login) => Resource::new(&[&["orgs", login, "actions"], rest].concat()),
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Level::Repository(slug) => write!(f, "repository `{slug}`"),
            Level::Environment(_, name) => write!(f, "environment `{name}`"),
            Level::Organization(login) => write!(f, "organisation `{login}`"),
        }
    }
}
