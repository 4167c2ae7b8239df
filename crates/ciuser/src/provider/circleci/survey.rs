//! Looks through every context of every organisation of the token's owner, and every project that the owner follows:
//! CircleCI lists no others.
//!
//! One call for each place. What the token may not see is listed; once CircleCI throttles for good, or does not answer,
//! the rest is listed too, for each further place would cost minutes.

use async_trait::async_trait;
use ciuser_core::port::{Sighting, Survey, Surveyed, TargetError, Unseen};
use ciuser_core::target::{ProviderSpec, VariableNames};
use serde::Deserialize;

use super::api::{Circleci, Organization};
use super::variable::ShownVariable;
use crate::rest::{Resource, Trouble};

/// Each place costs a call.
const MOST_PLACES: usize = 2000;

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
        let contexts = match self.client.contexts(organization).await {
            Ok(contexts) => contexts,
            Err(trouble) => return walk.unseen(format!("the contexts of `{org}`"), trouble),
        };
        for context in contexts {
            let place = ProviderSpec::CircleciContext {
                org: org.clone(),
                context: context.name.clone(),
                restrict_to: Vec::new(),
                expression: None,
                open: false,
                url: self.url.clone(),
                names: VariableNames::default(),
            };
            walk.place(place, self.client.context_variables(&context)).await;
        }
    }

    async fn projects(&self, walk: &mut Walk<'_>) {
        let doing = "listing followed projects";
        // API v2 lists no projects.
        let followed: Vec<Followed> = match self.client.v1.get(doing, Resource::new(&["projects"])).await {
            Ok(followed) => followed,
            Err(trouble) => return walk.unseen("the projects that you follow".to_owned(), trouble),
        };
        for slug in followed.iter().filter_map(Followed::slug) {
            let place = ProviderSpec::CircleciProject {
                project: slug.clone(),
                url: self.url.clone(),
                names: VariableNames::default(),
            };
            walk.place(place, self.client.project_variables(&slug)).await;
        }
    }
}

/// What was looked at so far.
struct Walk<'w> {
    surveyed: Surveyed,
    looking: &'w dyn Fn(&str),
    /// How many places were passed by, and why.
    ended: Option<(usize, String)>,
}

impl Walk<'_> {
    /// Looks at a place, unless there is no more looking.
    async fn place(&mut self, place: ProviderSpec, looked: impl Future<Output = Result<Vec<ShownVariable>, Trouble>>) {
        let name = format!("{}:{}", place.kind(), place.place());
        if self.surveyed.looked_at >= MOST_PLACES && self.ended.is_none() {
            self.ended = Some((0, format!("{MOST_PLACES} were looked at")));
        }
        if let Some((passed_by, _)) = &mut self.ended {
            *passed_by += 1;
            return;
        }
        (self.looking)(&name);
        match looked.await {
            Ok(variables) => {
                self.surveyed.looked_at += 1;
                if !variables.is_empty() {
                    let shown = variables.into_iter().map(ShownVariable::into_shown).collect();
                    self.surveyed.sightings.push(Sighting { place, shown });
                }
            }
            Err(trouble) => self.unseen(name, trouble),
        }
    }

    fn unseen(&mut self, what: String, trouble: Trouble) {
        let goes_on = trouble.is_hidden();
        let why = TargetError::from(trouble).message;
        if !goes_on && self.ended.is_none() {
            self.ended = Some((0, why.clone()));
        }
        self.surveyed.unseen.push(Unseen { what, why });
    }
}

#[async_trait(?Send)]
impl Survey for CircleciSurvey<'_> {
    fn service(&self) -> &'static str {
        "CircleCI"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("organisations of CircleCI");
        let organizations = self.client.organizations("listing organisations").await?;
        let mut walk = Walk {
            surveyed: Surveyed::default(),
            looking,
            ended: None,
        };
        for organization in &organizations {
            self.contexts_of(organization, &mut walk).await;
        }
        self.projects(&mut walk).await;
        if let Some((passed_by @ 1.., why)) = walk.ended {
            let what = format!("{passed_by} more places of CircleCI");
            walk.surveyed.unseen.push(Unseen { what, why });
        }
        walk.surveyed.unseen.push(Unseen {
            what: "projects of CircleCI that the owner of the token does not follow".to_owned(),
            why: "CircleCI does not list them".to_owned(),
        });
        Ok(walk.surveyed)
    }
}
