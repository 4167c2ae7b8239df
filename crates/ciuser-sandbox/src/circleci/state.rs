//! What CircleCI remembers: a user with a token, organisations, projects, contexts.
//!
//! Holds the values of variables, so nothing here has `Debug`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::Refusal;
use super::context::Context;
use super::faults::Faults;
use super::organization::{Organization, Vcs};
use super::project::{Project, ProjectSlug};
use super::user::User;
use crate::entropy::{self, Entropy};

/// The state of the CircleCI side of a sandbox.
#[derive(Serialize, Deserialize)]
pub struct State {
    token: String,
    pub(super) user: User,
    pub(super) organizations: Vec<Organization>,
    pub(super) projects: Vec<Project>,
    pub(super) contexts: Vec<Context>,
    #[serde(default)]
    pub(super) faults: Faults,
}

impl State {
    /// Makes the user `you` with a token, the organisation `gh/acme` and its project `gh/acme/storefront`.
    pub fn fresh(_now: Timestamp, entropy: Entropy<'_>) -> State {
        let mut state = State {
            token: personal_token(entropy),
            user: User {
                id: entropy::request_id(entropy),
                login: "you".to_owned(),
            },
            organizations: Vec::new(),
            projects: Vec::new(),
            contexts: Vec::new(),
            faults: Faults::default(),
        };
        state.insert_project(Vcs::Github, "acme", "storefront", entropy);
        state
    }

    /// Returns the personal API token of the user.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the faults that are still to happen, so that more can be added.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// Makes a project, and its organisation where it is missing, unless it is there; returns the slug of the project.
    ///
    /// The slug of `circleci/NAME/NAME` is made of the new ids. Returns nothing if `slug` has another form.
    pub fn add_project(&mut self, slug: &str, entropy: Entropy<'_>) -> Option<String> {
        let ProjectSlug(vcs, organization, name) = ProjectSlug::of(slug)?;
        Some(self.insert_project(Vcs::of(vcs)?, organization, name, entropy))
    }

    fn insert_project(&mut self, vcs: Vcs, owner: &str, name: &str, entropy: Entropy<'_>) -> String {
        let known = self
            .organizations
            .iter()
            .find(|known| known.vcs == vcs && known.name == owner)
            .cloned();
        let organization = known.unwrap_or_else(|| {
            let new = Organization {
                id: entropy::request_id(entropy),
                vcs,
                name: owner.to_owned(),
            };
            self.organizations.push(new.clone());
            new
        });
        let there = |project: &&Project| project.organization_id == organization.id && project.name == name;
        if let Some(there) = self.projects.iter().find(there) {
            return there.slug(&organization);
        }
        let project = Project {
            id: entropy::request_id(entropy),
            organization_id: organization.id.clone(),
            name: name.to_owned(),
            variables: BTreeMap::new(),
        };
        let slug = project.slug(&organization);
        self.projects.push(project);
        slug
    }

    pub(super) fn organization(&self, id: &str) -> Result<&Organization, Refusal> {
        self.organizations
            .iter()
            .find(|known| known.id == id)
            .ok_or_else(|| Refusal::not_found("Organization"))
    }

    /// Finds an organisation by its slug: `gh/acme`, `github/acme`, or `circleci/` and its id.
    pub(super) fn organization_by_slug(&self, slug: &str) -> Result<&Organization, Refusal> {
        let found = slug.split_once('/').and_then(|(vcs, name)| {
            let vcs = Vcs::of(vcs)?;
            self.organizations.iter().find(|known| known.is_named(vcs, name))
        });
        found.ok_or_else(|| Refusal::not_found("Organization"))
    }

    pub(super) fn project(&self, slug: ProjectSlug<'_>) -> Result<&Project, Refusal> {
        self.project_index(slug)
            .and_then(|index| self.projects.get(index))
            .ok_or_else(|| Refusal::not_found("Project"))
    }

    pub(super) fn project_mut(&mut self, slug: ProjectSlug<'_>) -> Result<&mut Project, Refusal> {
        let index = self.project_index(slug);
        index
            .and_then(|index| self.projects.get_mut(index))
            .ok_or_else(|| Refusal::not_found("Project"))
    }

    fn project_index(&self, ProjectSlug(vcs, owner, name): ProjectSlug<'_>) -> Option<usize> {
        let vcs = Vcs::of(vcs)?;
        let organization = self.organizations.iter().find(|known| known.is_named(vcs, owner))?;
        self.projects.iter().position(|project| {
            let named = if vcs == Vcs::Circleci {
                &project.id
            } else {
                &project.name
            };
            project.organization_id == organization.id && named == name
        })
    }

    pub(super) fn context(&self, id: &str) -> Result<&Context, Refusal> {
        self.contexts
            .iter()
            .find(|context| context.id == id)
            .ok_or_else(|| Refusal::not_found("Context"))
    }

    pub(super) fn context_mut(&mut self, id: &str) -> Result<&mut Context, Refusal> {
        self.contexts
            .iter_mut()
            .find(|context| context.id == id)
            .ok_or_else(|| Refusal::not_found("Context"))
    }
}

/// Returns a token of the form that CircleCI gives out: `CCIPAT_`, 22 letters or digits, `_`, 40 hexadecimal digits.
fn personal_token(entropy: Entropy<'_>) -> String {
    let prefix = entropy::id("CCIPAT_", 22, entropy);
    let mut secret = [0; 20];
    entropy(&mut secret);
    format!("{prefix}_{}", hex::encode(secret))
}
