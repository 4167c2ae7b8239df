//! The CI systems that there are.

use ciuser_core::target::ProviderSpec;

/// A CI system, whatever its places are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CiSystem {
    /// CircleCI.
    Circleci,
    /// GitHub Actions.
    Github,
    /// GitLab CI/CD.
    Gitlab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Buildkite.
    Buildkite,
}

impl CiSystem {
    /// All of them, in the order in which they are named.
    pub(crate) const ALL: [CiSystem; 5] = [
        CiSystem::Circleci,
        CiSystem::Github,
        CiSystem::Gitlab,
        CiSystem::Bitbucket,
        CiSystem::Buildkite,
    ];

    /// Returns the system that a place is of.
    pub(crate) fn of(place: &ProviderSpec) -> CiSystem {
        match place {
            ProviderSpec::CircleciContext { .. } | ProviderSpec::CircleciProject { .. } => CiSystem::Circleci,
            ProviderSpec::Github { .. } | ProviderSpec::GithubOrganization { .. } => CiSystem::Github,
            ProviderSpec::Gitlab { .. } | ProviderSpec::GitlabGroup { .. } => CiSystem::Gitlab,
            ProviderSpec::Bitbucket { .. } | ProviderSpec::BitbucketWorkspace { .. } => CiSystem::Bitbucket,
            ProviderSpec::Buildkite { .. } => CiSystem::Buildkite,
        }
    }

    /// Returns what people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            CiSystem::Circleci => "CircleCI",
            CiSystem::Github => "GitHub",
            CiSystem::Gitlab => "GitLab",
            CiSystem::Bitbucket => "Bitbucket",
            CiSystem::Buildkite => "Buildkite",
        }
    }

    /// Tells whether the sandbox has one.
    pub(crate) fn is_in_sandbox(self) -> bool {
        matches!(self, CiSystem::Circleci | CiSystem::Github | CiSystem::Gitlab)
    }
}
