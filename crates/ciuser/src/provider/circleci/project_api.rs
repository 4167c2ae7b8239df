//! The calls about projects and their variables: of API v2, and of v1.1 where a server has no such routes in v2.
//!
//! Both show the same masks. v1.1 lists without pages and without dates, and does not tell the id of a project.

use ciuser_core::port::TargetError;
use http::Method;
use serde::{Deserialize, Serialize};

use super::api::{Circleci, SERVICE, list};
use super::slug::Slug;
use super::variable::ShownVariable;
use crate::rest::{Client, Fate, Repeat, Resource, Trouble, Write};

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) organization_id: Option<String>,
    pub(super) slug: Option<String>,
}

/// Borrows the value: a `serde_json::Value` would be a copy that nobody wipes.
#[derive(Serialize)]
struct NewProjectVariable<'v> {
    name: &'v str,
    value: &'v str,
}

impl Circleci<'_> {
    /// Reads a project.
    pub(super) async fn project(&self, slug: &str) -> Result<Project, Trouble> {
        let doing = format!("looking for project `{slug}`");
        self.v2.get(&doing, resource(&doing, slug, &[])?).await
    }

    /// Lists the variables of a project.
    pub(super) async fn project_variables(&self, slug: &str) -> Result<Vec<ShownVariable>, Trouble> {
        let doing = format!("listing variables of project `{slug}`");
        if !self.is_old.get() {
            let listed = list(&self.v2, &doing, resource(&doing, slug, &["envvar"])?).await;
            let Some(missing) = self.missing_route(slug, &listed) else {
                return listed;
            };
            let shown = self.v1.get(&doing, missing).await;
            self.is_old.set(shown.is_ok());
            // Where neither has it, the project is what is missing, and v2 says so.
            return shown.or(listed);
        }
        self.v1.get(&doing, old_resource(&doing, slug, &["envvar"])?).await
    }

    /// Makes or replaces a variable of a project: CircleCI takes the same name again, so twice is the same as once.
    pub(super) async fn post_project_variable(&self, slug: &str, name: &str, value: &str) -> Result<(), Trouble> {
        let doing = format!("writing `{name}`");
        let body = NewProjectVariable { name, value };
        if !self.is_old.get() {
            let written = post(&self.v2, &doing, resource(&doing, slug, &["envvar"])?, &body).await;
            let Some(missing) = self.missing_route(slug, &written) else {
                return written;
            };
            let again = post(&self.v1, &doing, missing, &body).await;
            self.is_old.set(again.is_ok());
            return again.or(written);
        }
        post(&self.v1, &doing, old_resource(&doing, slug, &["envvar"])?, &body).await
    }

    /// Removes a variable of a project that was listed before.
    pub(super) async fn delete_project_variable(&self, slug: &str, name: &str) -> Result<(), Trouble> {
        let doing = format!("removing `{name}`");
        if self.is_old.get() {
            return self
                .v1
                .delete(&doing, old_resource(&doing, slug, &["envvar", name])?)
                .await;
        }
        self.v2.delete(&doing, resource(&doing, slug, &["envvar", name])?).await
    }

    /// Returns where v1.1 has a project's variables, if the outcome may mean that v2 has not.
    fn missing_route<T>(&self, slug: &str, outcome: &Result<T, Trouble>) -> Option<Resource> {
        let lacking = matches!(outcome, Err(trouble) if trouble.lacks_route());
        lacking.then(|| old_resource("", slug, &["envvar"]).ok()).flatten()
    }
}

async fn post(
    client: &Client<'_>,
    doing: &str,
    resource: Resource,
    body: &NewProjectVariable<'_>,
) -> Result<(), Trouble> {
    let write = Write {
        doing,
        method: Method::POST,
        resource,
        body,
        value: Some(body.value),
        repeat: Repeat::Safe,
    };
    client.write(write).await.map(drop)
}

/// Says what may be wrong with a project that was not found.
pub(super) fn unknown_project(trouble: Trouble) -> TargetError {
    let hidden = trouble.is_not_found();
    let error = TargetError::from(trouble);
    if hidden {
        error.with_hint("check the slug, and that the owner of the CircleCI token may see the project")
    } else {
        error
    }
}

fn resource(doing: &str, slug: &str, rest: &[&str]) -> Result<Resource, Trouble> {
    let parts = Slug::of_project(slug).ok_or_else(|| misspelt(doing, slug))?;
    Ok(Resource::new(&[&["project"], parts.parts(), rest].concat()))
}

/// v1.1 has the long names of the hosts, and no project whose slug is made of ids.
fn old_resource(doing: &str, slug: &str, rest: &[&str]) -> Result<Resource, Trouble> {
    let parts = Slug::of_project(slug).filter(|slug| slug.id().is_none());
    let parts = parts.ok_or_else(|| misspelt(doing, slug))?;
    Ok(Resource::new(
        &[&["project"], parts.web_parts().as_slice(), rest].concat(),
    ))
}

fn misspelt(doing: &str, slug: &str) -> Trouble {
    let what = format!("`{slug}` is not the slug of a project, as `gh/acme/storefront` is");
    Trouble::new(&SERVICE, Fate::NotSent, doing, &what)
}
