//! The variables of a project. A project is there or not; it is never made here.

use async_trait::async_trait;
use ciuser_core::port::{Holdings, KeyOwner, Mark, PlaceState, Proof, Provider, TargetError};
use ciuser_core::secret::AccessKey;
use ciuser_core::target::VariableNames;

use super::api::{Circleci, Organization};
use super::shadow::contexts_over_project;
use super::slug::Slug;
use super::variable::{holdings, insist_gone, judge, to_clear};
use crate::provider::values::values;

/// Before what was written is looked at once more, in seconds.
const PAUSES: [i64; 2] = [1, 2];

/// A project, as a place for an access key.
pub(crate) struct ProjectPlace<'a> {
    client: Circleci<'a>,
    slug: String,
    names: VariableNames,
}

impl<'a> ProjectPlace<'a> {
    /// Makes the place. Sends nothing yet.
    pub(crate) fn new(client: Circleci<'a>, slug: String, names: VariableNames) -> ProjectPlace<'a> {
        ProjectPlace { client, slug, names }
    }

    /// Servers do not always tell the id; the slug of the organisation begins the project's.
    fn organization(&self, id: Option<&String>) -> Organization {
        let slug = self.slug.rsplit_once('/').map_or("", |(organization, _)| organization);
        Organization {
            id: id.cloned(),
            slug: slug.to_owned(),
        }
    }
}

#[async_trait(?Send)]
impl Provider for ProjectPlace<'_> {
    async fn check(&self, _owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        let project = self.client.project(&self.slug).await?;
        let shown = self.client.project_variables(&self.slug).await?;
        let organization = self.organization(project.organization_id.as_ref());
        let mut warnings: Vec<_> = self.client.exposure().into_iter().collect();
        warnings.extend(contexts_over_project(&self.client, &organization, &project, &self.names).await?);
        Ok(PlaceState {
            holdings: holdings(&shown, &self.names),
            create: None,
            warnings,
        })
    }

    async fn create_place(&self) -> Result<(), TargetError> {
        Ok(())
    }

    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError> {
        for (variable, value) in values(owner, key) {
            let name = self.names.name(variable);
            self.client.post_project_variable(&self.slug, name, value).await?;
        }
        Ok(())
    }

    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let shown = self.client.project_variables(&self.slug).await?;
            let judged = judge(&shown, &self.names, &values(owner, key), None);
            match (judged, pauses.next()) {
                (Err(_), Some(pause)) => self.client.wait(pause).await,
                (judged, _) => return judged,
            }
        }
    }

    async fn clear(&self, _owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError> {
        let shown = self.client.project_variables(&self.slug).await?;
        let names = to_clear(&shown, &self.names, seen)?;
        for name in &names {
            self.client.delete_project_variable(&self.slug, name).await?;
        }
        insist_gone(&self.client.project_variables(&self.slug).await?, &names)
    }

    fn describe(&self) -> String {
        let slug = Slug::of_project(&self.slug);
        let parts = slug.as_ref().map(Slug::web_parts).unwrap_or_default();
        let page = [&["settings", "project"], parts.as_slice(), &["environment-variables"]].concat();
        self.client.page(&page)
    }
}
