//! Projects: `/project/{slug}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::{Outcome, Refusal, ok};
use super::call::Call;
use super::organization::{Organization, Vcs};
use super::project_variable::ProjectVariable;
use super::state::State;

pub(super) const DEFAULT_BRANCH: &str = "main";

/// A project of an organisation, with its variables by name.
#[derive(Serialize, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) organization_id: String,
    pub(super) name: String,
    pub(super) variables: BTreeMap<String, ProjectVariable>,
}

impl Project {
    /// Returns `gh/acme/storefront`, or `circleci/` and two ids.
    pub(super) fn slug(&self, organization: &Organization) -> String {
        format!("{}/{}", organization.slug(), self.slug_name(organization))
    }

    /// Returns the address of the project's repository.
    pub(super) fn vcs_url(&self, organization: &Organization) -> String {
        let (host, owner) = (organization.vcs.host(), organization.slug_name());
        format!("{host}/{owner}/{}", self.slug_name(organization))
    }

    fn slug_name(&self, organization: &Organization) -> &str {
        match organization.vcs {
            Vcs::Circleci => &self.id,
            Vcs::Github | Vcs::Bitbucket => &self.name,
        }
    }
}

/// The three parts of a project slug, as they came.
#[derive(Clone, Copy)]
pub(super) struct ProjectSlug<'s>(pub(super) &'s str, pub(super) &'s str, pub(super) &'s str);

impl<'s> ProjectSlug<'s> {
    /// Splits `gh/acme/storefront` into its parts.
    pub(super) fn of(slug: &'s str) -> Option<ProjectSlug<'s>> {
        let (vcs, rest) = slug.split_once('/')?;
        let (organization, project) = rest.split_once('/')?;
        let named = !organization.is_empty() && !project.is_empty() && !project.contains('/');
        named.then_some(ProjectSlug(vcs, organization, project))
    }
}

pub(super) fn item(state: &State, call: &Call<'_>, slug: ProjectSlug<'_>) -> Outcome {
    if call.method() != "GET" {
        return Err(Refusal::method_not_allowed());
    }
    let project = state.project(slug)?;
    let organization = state.organization(&project.organization_id)?;
    Ok(ok(json!({
        "id": project.id,
        "slug": project.slug(organization),
        "name": project.name,
        "organization_name": organization.name,
        "organization_slug": organization.slug(),
        "organization_id": organization.id,
        "vcs_info": {
            "provider": organization.vcs.provider(),
            "default_branch": DEFAULT_BRANCH,
            "vcs_url": project.vcs_url(organization),
        },
    })))
}
