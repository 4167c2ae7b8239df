//! From a provider's description to the provider.

use ciuser_core::port::{Provider, TargetError};
use ciuser_core::target::ProviderSpec;

use super::circleci::{Circleci, ContextPlace, ContextSpec, ProjectPlace};
use super::github::{self, Github, OrganizationPlace, OrganizationSpec, RepositoryPlace};
use super::gitlab::{self, Gitlab, Holder, PlaceSpec, VariablesPlace};
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
            expression: _,
            open,
            url,
            names,
        } => {
            let spec = ContextSpec {
                org,
                name: context,
                restrict_to,
                open,
                names,
            };
            Box::new(ContextPlace::new(circleci(url.as_deref(), reach)?, spec))
        }
        ProviderSpec::CircleciProject { project, url, names } => {
            Box::new(ProjectPlace::new(circleci(url.as_deref(), reach)?, project, names))
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
            Box::new(VariablesPlace::new(gitlab(url.as_deref(), reach)?, spec))
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
            Box::new(VariablesPlace::new(gitlab(url.as_deref(), reach)?, spec))
        }
        other => return Err(TargetError::new(format!("`{}` is not built yet", other.kind()))),
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
