//! Looks through the clusters of the token's organisations. Buildkite shows no value; the descriptions that ciuser writes
//! say which key is there.

use async_trait::async_trait;
use ciuser_core::port::{Survey, Surveyed, TargetError};
use ciuser_core::target::{ProviderSpec, VariableNames};

use super::api::Buildkite;
use super::secret::surveyed;
use crate::provider::walk::Walk;

/// All that one token sees at Buildkite.
pub(in crate::provider) struct BuildkiteSurvey<'a> {
    client: Buildkite<'a>,
    url: Option<String>,
}

impl<'a> BuildkiteSurvey<'a> {
    /// Makes the survey. Sends nothing yet.
    pub(in crate::provider) fn new(client: Buildkite<'a>, url: Option<&str>) -> BuildkiteSurvey<'a> {
        BuildkiteSurvey {
            client,
            url: url.map(str::to_owned),
        }
    }

    async fn organization(&self, organization: &str, walk: &mut Walk<'_>) {
        let client = self.client.about(organization);
        let what = format!("the clusters of `{organization}`");
        for cluster in walk.list(what, client.clusters()).await {
            let place = ProviderSpec::Buildkite {
                organization: organization.to_owned(),
                cluster: cluster.name.clone(),
                url: self.url.clone(),
                names: VariableNames::default(),
            };
            if let Some(secrets) = walk.look(&place, client.secrets(&cluster)).await {
                walk.saw(place, surveyed(secrets));
            }
        }
    }
}

#[async_trait(?Send)]
impl Survey for BuildkiteSurvey<'_> {
    fn service(&self) -> &'static str {
        "Buildkite"
    }

    async fn survey(&self, looking: &dyn for<'s> Fn(&'s str)) -> Result<Surveyed, TargetError> {
        looking("organisations of Buildkite");
        let organizations = self.client.organizations().await?;
        let sent = || self.client.sent();
        let mut walk = Walk::new("Buildkite", &sent, looking);
        for organization in &organizations {
            self.organization(organization, &mut walk).await;
        }
        walk.unseen(
            "clusters of Buildkite that the token does not see, and what agents get from their hosts",
            "Buildkite does not list it",
        );
        Ok(walk.end())
    }
}
