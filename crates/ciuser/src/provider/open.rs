//! From a provider's description to the provider.

use ciuser_core::port::{Provider, Survey, TargetError};
use ciuser_core::target::ProviderSpec;

use super::bitbucket::{self, Bitbucket, BitbucketSurvey, Level};
use super::buildkite::{Buildkite, BuildkiteSurvey, ClusterPlace, ClusterSpec};
use super::circleci::{Circleci, CircleciSurvey, ContextPlace, ContextSpec, ProjectPlace};
use super::github::{self, Github, GithubSurvey, OrganizationPlace, OrganizationSpec, RepositoryPlace};
use super::gitlab::{self, Gitlab, GitlabSurvey, Holder, PlaceSpec};
use super::system::CiSystem;
use crate::targets::Reach;

/// Opens a provider. Sends nothing yet.
///
/// # Errors
/// When there is no token for it.
pub(crate) fn open<'a>(spec: &ProviderSpec, reach: &Reach<'a>) -> Result<Box<dyn Provider + 'a>, TargetError> {
    Ok(match spec.clone() {
        ProviderSpec::CircleciContext {
            org,
            context,
            restrict_to,
            expression,
            open,
            url,
            names,
        } => {
            let spec = ContextSpec {
                org,
                name: context,
                restrict_to,
                expression,
                open,
                names,
            };
            Box::new(ContextPlace::new(circleci(url.as_deref(), reach)?, spec))
        }
        ProviderSpec::CircleciProject { project, url, names } => {
            Box::new(ProjectPlace::new(circleci(url.as_deref(), reach)?, project, names))
        }
        ProviderSpec::Bitbucket {
            repository,
            deployment,
            url,
            names,
        } => {
            let level = match deployment {
                Some(name) => Level::Deployment { repository, name },
                None => Level::Repository(repository),
            };
            Box::new(bitbucket::VariablesPlace::new(
                bitbucket(url.as_deref(), reach)?,
                level,
                names,
            ))
        }
        ProviderSpec::BitbucketWorkspace { workspace, url, names } => {
            let level = Level::Workspace(workspace);
            Box::new(bitbucket::VariablesPlace::new(
                bitbucket(url.as_deref(), reach)?,
                level,
                names,
            ))
        }
        ProviderSpec::Buildkite {
            organization,
            cluster,
            url,
            names,
        } => {
            let client = buildkite(url.as_deref(), organization, reach)?;
            Box::new(ClusterPlace::new(client, ClusterSpec { cluster, names }))
        }
        ProviderSpec::Github {
            repository,
            environment,
            url,
            names,
        } => {
            let github = github(url.as_deref(), reach)?;
            Box::new(RepositoryPlace::new(github, &repository, environment, names)?)
        }
        ProviderSpec::GithubOrganization {
            organization,
            visibility,
            repositories,
            url,
            names,
        } => {
            let spec = OrganizationSpec {
                login: organization,
                visibility,
                repositories,
                names,
            };
            Box::new(OrganizationPlace::new(github(url.as_deref(), reach)?, spec))
        }
        ProviderSpec::Gitlab {
            project: name,
            environment_scope: scope,
            protected,
            hidden,
            url,
            names,
        } => {
            let spec = PlaceSpec {
                holder: Holder::Project(name),
                scope,
                protected,
                hidden,
                names,
            };
            Box::new(gitlab::VariablesPlace::new(gitlab(url.as_deref(), reach)?, spec))
        }
        ProviderSpec::GitlabGroup {
            group: name,
            environment_scope: scope,
            protected,
            hidden,
            url,
            names,
        } => {
            let spec = PlaceSpec {
                holder: Holder::Group(name),
                scope,
                protected,
                hidden,
                names,
            };
            Box::new(gitlab::VariablesPlace::new(gitlab(url.as_deref(), reach)?, spec))
        }
    })
}

/// Opens what looks through a CI system at this address; at its own without one. Sends nothing yet.
///
/// # Errors
/// When there is no token for it.
pub(crate) fn survey<'a>(
    system: CiSystem,
    url: Option<&str>,
    reach: &Reach<'a>,
) -> Result<Box<dyn Survey + 'a>, TargetError> {
    Ok(match system {
        CiSystem::Circleci => Box::new(CircleciSurvey::new(circleci(url, reach)?, url)),
        CiSystem::Github => Box::new(GithubSurvey::new(github(url, reach)?, url)),
        CiSystem::Gitlab => Box::new(GitlabSurvey::new(gitlab(url, reach)?, url)),
        CiSystem::Bitbucket => Box::new(BitbucketSurvey::new(bitbucket(url, reach)?, url)),
        // Which organisations there are is asked first.
        CiSystem::Buildkite => Box::new(BuildkiteSurvey::new(buildkite(url, String::new(), reach)?, url)),
    })
}

fn github<'a>(url: Option<&str>, reach: &Reach<'a>) -> Result<Github<'a>, TargetError> {
    let token = reach.tokens.github(github::host_of(url))?;
    Ok(Github::new(
        url,
        token,
        reach.transport.clone(),
        reach.clock,
        reach.entropy,
    ))
}

fn gitlab<'a>(url: Option<&str>, reach: &Reach<'a>) -> Result<Gitlab<'a>, TargetError> {
    let token = reach.tokens.gitlab(gitlab::host_of(url))?;
    Ok(Gitlab::new(url, token, reach.transport.clone(), reach.clock))
}

fn circleci<'a>(url: Option<&str>, reach: &Reach<'a>) -> Result<Circleci<'a>, TargetError> {
    let token = reach.tokens.circleci()?;
    Ok(Circleci::new(url, token, reach.transport.clone(), reach.clock))
}

fn bitbucket<'a>(url: Option<&str>, reach: &Reach<'a>) -> Result<Bitbucket<'a>, TargetError> {
    let token = reach.tokens.bitbucket()?;
    Ok(Bitbucket::new(url, token, reach.transport.clone(), reach.clock))
}

fn buildkite<'a>(url: Option<&str>, organization: String, reach: &Reach<'a>) -> Result<Buildkite<'a>, TargetError> {
    let token = reach.tokens.buildkite()?;
    Ok(Buildkite::new(
        url,
        organization,
        token,
        reach.transport.clone(),
        reach.clock,
    ))
}
