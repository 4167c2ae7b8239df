//! Looks through every context of every organisation of the token's owner, and every project that the owner follows:
//! CircleCI lists no others. One call for each place.

use async_trait::async_trait;
use ciuser_core::port::{Shown, Survey, Surveyed, TargetError};
use ciuser_core::target::{ProviderSpec, VariableNames};
use serde::Deserialize;

use super::api::{Circleci, Organization};
use super::variable::ShownVariable;
use crate::provider::walk::Walk;
use crate::rest::Resource;

/// All that one token sees at one CircleCI.
pub(in crate::provider) struct CircleciSurvey<'a> {
    client: Circleci<'a>,
    url: Option<String>,
}

/// A project that the token's owner follows.
#[derive(Deserialize)]
struct Followed {
    vcs_url: Option<String>,
    vcs_type: Option<String>,
    username: Option<String>,
    reponame: Option<String>,
}

impl Followed {
    /// Returns the slug. Those of CircleCI's own organisations are made of ids, which only the address has.
    fn slug(&self) -> Option<String> {
        let of_ids = self
            .vcs_url
            .as_deref()
            .and_then(|url| url.strip_prefix("//circleci.com/"));
        if let Some(ids) = of_ids {
            return Some(format!("circleci/{ids}"));
        }
        let host = match self.vcs_type.as_deref()? {
            "github" => "gh",
            "bitbucket" => "bb",
            other => other,
        };
        Some(format!(
            "{host}/{}/{}",
            self.username.as_deref()?,
            self.reponame.as_deref()?
        ))
    }
}

impl<'a> CircleciSurvey<'a> {
    /// Makes the survey. Sends nothing yet.
    pub(in crate::provider) fn new(client: Circleci<'a>, url: Option<&str>) -> CircleciSurvey<'a> {
        CircleciSurvey {
            client,
            url: url.map(str::to_owned),
        }
    }

    async fn contexts_of(&self, organization: &Organization, walk: &mut Walk<'_>) {
        let org = &organization.slug;
        let what = format!("the contexts of `{org}`");
        for context in walk.list(what, self.client.contexts(organization)).await {
            let place = ProviderSpec::CircleciContext {
                org: org.clone(),
                context: context.name.clone(),
                restrict_to: Vec::new(),
                expression: None,
                open: false,
                url: self.url.clone(),
                names: VariableNames::default(),
            };
            let looked = walk.look(&place, self.client.context_variables(&context)).await;
            walk.saw(place, shown(looked));
        }
    }

    async fn projects(&self, walk: &mut Walk<'_>) {
        let doing = "listing followed projects";
        // API v2 lists no projects.
        let listed = self.client.v1.get::<Vec<Followed>>(doing, Resource::new(&["projects"]));
        let followed = walk.list("the projects that you follow".to_owned(), listed).await;
        for slug in followed.iter().filter_map(Followed::slug) {
            let place = ProviderSpec::CircleciProject {
                project: slug.clone(),
                url: self.url.clone(),
                names: VariableNames::default(),
            };
            let looked = walk.look(&place, self.client.project_variables(&slug)).await;
            walk.saw(place, shown(looked));
        }
    }
}

fn shown(looked: Option<Vec<ShownVariable>>) -> Vec<Shown> {
    let all = looked.into_iter().flatten();
    all.map(ShownVariable::into_shown).collect()
}

#[async_trait(?Send)]
impl Survey for CircleciSurvey<'_> {
    fn service(&self) -> &'static str {
        "CircleCI"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("organisations of CircleCI");
        let organizations = self.client.organizations("listing organisations").await?;
        let sent = || self.client.v1.sent() + self.client.v2.sent();
        let mut walk = Walk::new("CircleCI", &sent, looking);
        for organization in &organizations {
            self.contexts_of(organization, &mut walk).await;
        }
        self.projects(&mut walk).await;
        walk.unseen(
            "projects of CircleCI that the owner of the token does not follow",
            "CircleCI does not list them",
        );
        Ok(walk.end())
    }
}
