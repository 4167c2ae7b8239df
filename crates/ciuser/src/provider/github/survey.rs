//! Looks through the repositories that the token's owner may write to, their environments, and the owner's organisations.
//!
//! GitHub shows of a secret its name and when it was written. What can be told by that is told, and no more: a place whose
//! variable shows the id of a key, as ciuser writes it, is found by that id; of any other the name is said.

use async_trait::async_trait;
use ciuser_core::port::{Shown, Survey, Surveyed, TargetError};
use ciuser_core::target::{GithubVisibility, ProviderSpec, VariableNames};

use super::api::{Github, Repository};
use super::held::{ShownSecret, ShownVariable};
use super::level::{Level, Slug};
use super::server::told;
use crate::provider::walk::Walk;
use crate::rest::Trouble;

/// All that one token sees at one GitHub.
pub(in crate::provider) struct GithubSurvey<'a> {
    github: Github<'a>,
    url: Option<String>,
}

impl<'a> GithubSurvey<'a> {
    /// Makes the survey. Sends nothing yet.
    pub(in crate::provider) fn new(github: Github<'a>, url: Option<&str>) -> GithubSurvey<'a> {
        GithubSurvey {
            github,
            url: url.map(str::to_owned),
        }
    }

    async fn organization(&self, login: String, walk: &mut Walk<'_>) {
        let level = Level::Organization(login.clone());
        let place = ProviderSpec::GithubOrganization {
            organization: login,
            visibility: GithubVisibility::default(),
            repositories: Vec::new(),
            url: self.url.clone(),
            names: VariableNames::default(),
        };
        self.look(place, &level, walk).await;
    }

    async fn repository(&self, repository: &Repository, walk: &mut Walk<'_>) {
        let Some(slug) = Slug::of(&repository.full_name) else {
            return;
        };
        let place = |environment| ProviderSpec::Github {
            repository: repository.full_name.clone(),
            environment,
            url: self.url.clone(),
            names: VariableNames::default(),
        };
        self.look(place(None), &Level::Repository(slug.clone()), walk).await;
        let what = format!("the environments of `{slug}`");
        for environment in walk.list(what, self.github.environments(&slug)).await {
            let level = Level::Environment(slug.clone(), environment.name.clone());
            self.look(place(Some(environment.name)), &level, walk).await;
        }
    }

    async fn look(&self, place: ProviderSpec, level: &Level, walk: &mut Walk<'_>) {
        if let Some(shown) = walk.look(&place, self.shown(level)).await {
            walk.saw(place, shown);
        }
    }

    async fn shown(&self, level: &Level) -> Result<Vec<Shown>, Trouble> {
        let secrets = self.github.secrets(level).await?;
        let variables = self.github.variables(level).await?;
        let secrets = secrets.into_iter().map(ShownSecret::into_shown);
        Ok(secrets
            .chain(variables.into_iter().map(ShownVariable::into_shown))
            .collect())
    }
}

#[async_trait(?Send)]
impl Survey for GithubSurvey<'_> {
    fn service(&self) -> &'static str {
        "GitHub"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("repositories of GitHub");
        let repositories = self.github.repositories().await.map_err(told)?;
        let sent = || self.github.sent();
        let mut walk = Walk::new("GitHub", &sent, looking);
        let organizations = walk.list("the organisations of GitHub".to_owned(), self.github.organizations());
        for organization in organizations.await {
            self.organization(organization, &mut walk).await;
        }
        let (writable, others): (Vec<_>, Vec<_>) = repositories.into_iter().partition(Repository::may_be_written);
        for repository in &writable {
            self.repository(repository, &mut walk).await;
        }
        if !others.is_empty() {
            walk.unseen(
                format!(
                    "repositories of GitHub in which the owner of the token may not write ({})",
                    others.len()
                ),
                "GitHub shows the names of secrets to those who may",
            );
        }
        walk.unseen(
            "repositories and organisations of GitHub that the token does not see, and secrets of Dependabot and Codespaces",
            "GitHub does not list them here",
        );
        Ok(walk.end())
    }
}
