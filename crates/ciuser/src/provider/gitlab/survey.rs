//! Looks through the groups and projects of which the token's owner is a maintainer. GitLab shows values, so keys are
//! found by them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ciuser_core::port::{Shown, Survey, Surveyed, TargetError};
use ciuser_core::target::{ProviderSpec, VariableNames};

use super::api::{Gitlab, told};
use super::holder::Holder;
use super::variable::{ShownVariable, every_environment};
use crate::provider::walk::Walk;

/// All that one token sees at one GitLab.
pub(in crate::provider) struct GitlabSurvey<'a> {
    gitlab: Gitlab<'a>,
    url: Option<String>,
}

impl<'a> GitlabSurvey<'a> {
    /// Makes the survey. Sends nothing yet.
    pub(in crate::provider) fn new(gitlab: Gitlab<'a>, url: Option<&str>) -> GitlabSurvey<'a> {
        GitlabSurvey {
            gitlab,
            url: url.map(str::to_owned),
        }
    }

    /// Looks at the variables of a project or group: each scope is a place of its own.
    async fn look(&self, holder: &Holder, walk: &mut Walk<'_>) {
        let whole = self.place(holder, every_environment());
        let Some(variables) = walk.look(&whole, self.gitlab.variables(holder)).await else {
            return;
        };
        let mut scopes: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
        for variable in variables {
            let scope = variable.environment_scope.clone();
            scopes
                .entry(scope)
                .or_default()
                .push(ShownVariable::into_shown(variable));
        }
        for (scope, shown) in scopes {
            walk.saw(self.place(holder, scope), shown);
        }
    }

    fn place(&self, holder: &Holder, environment_scope: String) -> ProviderSpec {
        let (protected, hidden) = (false, false);
        let (url, names) = (self.url.clone(), VariableNames::default());
        match holder.clone() {
            Holder::Project(project) => ProviderSpec::Gitlab {
                project,
                environment_scope,
                protected,
                hidden,
                url,
                names,
            },
            Holder::Group(group) => ProviderSpec::GitlabGroup {
                group,
                environment_scope,
                protected,
                hidden,
                url,
                names,
            },
        }
    }
}

#[async_trait(?Send)]
impl Survey for GitlabSurvey<'_> {
    fn service(&self) -> &'static str {
        "GitLab"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("groups of GitLab");
        let groups = self.gitlab.maintained("groups").await.map_err(told)?;
        let sent = || self.gitlab.sent();
        let mut walk = Walk::new("GitLab", &sent, looking);
        for group in groups {
            self.look(&Holder::Group(group.full_path), &mut walk).await;
        }
        let projects = walk.list("the projects of GitLab".to_owned(), self.gitlab.maintained("projects"));
        for project in projects.await {
            self.look(&Holder::Project(project.full_path), &mut walk).await;
        }
        walk.unseen(
            "groups and projects of GitLab of which the owner of the token is no maintainer",
            "GitLab shows variables to maintainers only",
        );
        Ok(walk.end())
    }
}
