//! Looks through the workspaces of the token's owner, their repositories and deployment environments. What is not secured
//! is shown by Bitbucket; the id of a key that ciuser wrote is among it.

use async_trait::async_trait;
use ciuser_core::port::{Shown, Survey, Surveyed, TargetError};
use ciuser_core::target::{ProviderSpec, VariableNames};

use super::api::{Bitbucket, Repository, Variables};
use super::variable::ShownVariable;
use crate::provider::walk::Walk;

/// All that one token sees at Bitbucket.
pub(in crate::provider) struct BitbucketSurvey<'a> {
    client: Bitbucket<'a>,
    url: Option<String>,
}

impl<'a> BitbucketSurvey<'a> {
    /// Makes the survey. Sends nothing yet.
    pub(in crate::provider) fn new(client: Bitbucket<'a>, url: Option<&str>) -> BitbucketSurvey<'a> {
        BitbucketSurvey {
            client,
            url: url.map(str::to_owned),
        }
    }

    async fn workspace(&self, workspace: &str, walk: &mut Walk<'_>) {
        let place = ProviderSpec::BitbucketWorkspace {
            workspace: workspace.to_owned(),
            url: self.url.clone(),
            names: VariableNames::default(),
        };
        self.look(place, &Variables::of_workspace(workspace), walk).await;
        let what = format!("the repositories of `{workspace}`");
        for name in walk.list(what, self.client.repositories(workspace)).await {
            self.repository(&name, walk).await;
        }
    }

    async fn repository(&self, name: &str, walk: &mut Walk<'_>) {
        let Ok(repository) = Repository::of(name) else {
            return;
        };
        let place = |deployment| ProviderSpec::Bitbucket {
            repository: name.to_owned(),
            deployment,
            url: self.url.clone(),
            names: VariableNames::default(),
        };
        self.look(place(None), &Variables::of_repository(&repository), walk)
            .await;
        let what = format!("the deployment environments of `{name}`");
        for environment in walk.list(what, self.client.environments(&repository)).await {
            let at = Variables::of_deployment(&repository, &environment);
            self.look(place(Some(environment.name)), &at, walk).await;
        }
    }

    async fn look(&self, place: ProviderSpec, at: &Variables, walk: &mut Walk<'_>) {
        if let Some(variables) = walk.look(&place, self.client.variables(at)).await {
            let shown: Vec<Shown> = variables.into_iter().map(ShownVariable::into_shown).collect();
            walk.saw(place, shown);
        }
    }
}

#[async_trait(?Send)]
impl Survey for BitbucketSurvey<'_> {
    fn service(&self) -> &'static str {
        "Bitbucket"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("workspaces of Bitbucket");
        let workspaces = self.client.workspaces().await?;
        let sent = || self.client.sent();
        let mut walk = Walk::new("Bitbucket", &sent, looking);
        for workspace in &workspaces {
            self.workspace(workspace, &mut walk).await;
        }
        walk.unseen(
            "workspaces and repositories of Bitbucket that the token does not see",
            "Bitbucket does not list them",
        );
        Ok(walk.end())
    }
}
