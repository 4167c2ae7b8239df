//! The calls of API v2 that are used here, and what is read of their answers.

use ciuser_core::port::TargetError;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::address::Resource;
use super::client::{Client, Repeat, Write};
use super::restriction::Restriction;
use super::slug::Slug;
use super::trouble::{Fate, Trouble};
use super::variable::ShownVariable;

/// An organisation that the token's owner works in.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Organization {
    /// Missing on some old accounts.
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) slug: String,
}

/// A context.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Context {
    pub(super) id: String,
    pub(super) name: String,
}

/// A project.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) organization_id: Option<String>,
}

impl Organization {
    /// The id is what CircleCI server takes, too.
    fn as_parameter(&self) -> (&'static str, &str) {
        match &self.id {
            Some(id) => ("owner-id", id),
            None => ("owner-slug", &self.slug),
        }
    }
}

impl Client<'_> {
    /// Finds the organisation among those of the token's owner.
    pub(super) async fn organization(&self, slug: &str) -> Result<Organization, TargetError> {
        let doing = format!("looking for organisation `{slug}`");
        let wanted = Slug::of_organization(slug)
            .ok_or_else(|| TargetError::new(format!("`{slug}` is not the slug of an organisation, as `gh/acme` is")))?;
        let known: Vec<Organization> = self.get(&doing, Resource::new(&["me", "collaborations"])).await?;
        let found = known.iter().find(|one| {
            let named = Slug::of_organization(&one.slug).is_some_and(|slug| slug.same_as(&wanted));
            named || matches!((wanted.parts(), &one.id), (["circleci", id], Some(known)) if id == known)
        });
        found.cloned().ok_or_else(|| {
            let slugs: Vec<_> = known.iter().map(|one| format!("`{}`", one.slug)).collect();
            let error = TargetError::new(format!(
                "{doing}: the owner of the CircleCI token is not a member of it"
            ));
            if slugs.is_empty() {
                error.with_hint("the token's owner is a member of no organisation")
            } else {
                error.with_hint(format!("the token's owner is a member of {}", slugs.join(", ")))
            }
        })
    }

    /// Reads a project.
    pub(super) async fn project(&self, slug: &str) -> Result<Project, TargetError> {
        let doing = format!("looking for project `{slug}`");
        let resource = project_resource(&doing, slug, &[])?;
        self.get(&doing, resource).await.map_err(|trouble: Trouble| {
            let hidden = trouble.is_not_found();
            let error = TargetError::from(trouble);
            if hidden {
                error.with_hint("check the slug, and that the owner of the CircleCI token may see the project")
            } else {
                error
            }
        })
    }

    /// Lists the contexts of an organisation.
    pub(super) async fn contexts(&self, owner: &Organization) -> Result<Vec<Context>, Trouble> {
        let (name, value) = owner.as_parameter();
        self.list("listing contexts", Resource::new(&["context"]).with(name, value))
            .await
    }

    /// Makes a context, and returns it if the answer shows it; after an unknown outcome it must be looked for.
    pub(super) async fn create_context(&self, owner: &Organization, name: &str) -> Result<Option<Context>, Trouble> {
        let owner = match &owner.id {
            Some(id) => json!({ "id": id, "type": "organization" }),
            None => json!({ "slug": owner.slug, "type": "organization" }),
        };
        self.write(Write {
            doing: &format!("creating context `{name}`"),
            method: Method::POST,
            resource: Resource::new(&["context"]),
            body: &json!({ "name": name, "owner": owner }),
            value: None,
            repeat: Repeat::LookFirst,
        })
        .await
        .map(|answer| serde_json::from_slice(&answer).ok())
    }

    /// Lists the restrictions of a context.
    pub(super) async fn restrictions(&self, context: &Context) -> Result<Vec<Restriction>, Trouble> {
        let doing = format!("listing restrictions of context `{}`", context.name);
        self.list(&doing, Resource::new(&["context", &context.id, "restrictions"]))
            .await
    }

    /// Restricts a context to a project; after an unknown outcome it must be looked for.
    pub(super) async fn restrict(&self, context: &Context, project: &Project) -> Result<(), Trouble> {
        self.write(Write {
            doing: &format!("restricting context `{}`", context.name),
            method: Method::POST,
            resource: Resource::new(&["context", &context.id, "restrictions"]),
            body: &json!({ "restriction_type": "project", "restriction_value": project.id }),
            value: None,
            repeat: Repeat::LookFirst,
        })
        .await
        .map(drop)
    }

    /// Lists the variables of a context.
    pub(super) async fn context_variables(&self, context: &Context) -> Result<Vec<ShownVariable>, Trouble> {
        let doing = format!("listing variables of context `{}`", context.name);
        self.list(&doing, Resource::new(&["context", &context.id, "environment-variable"]))
            .await
    }

    /// Makes or replaces a variable of a context.
    pub(super) async fn put_context_variable(&self, context: &Context, name: &str, value: &str) -> Result<(), Trouble> {
        self.write(Write {
            doing: &format!("writing `{name}`"),
            method: Method::PUT,
            resource: Resource::new(&["context", &context.id, "environment-variable", name]),
            body: &NewContextVariable { value },
            value: Some(value),
            repeat: Repeat::Safe,
        })
        .await
        .map(drop)
    }

    /// Removes a variable of a context.
    pub(super) async fn delete_context_variable(&self, context: &Context, name: &str) -> Result<(), Trouble> {
        let resource = Resource::new(&["context", &context.id, "environment-variable", name]);
        self.delete(&format!("removing `{name}`"), resource).await
    }

    /// Lists the variables of a project.
    pub(super) async fn project_variables(&self, slug: &str) -> Result<Vec<ShownVariable>, Trouble> {
        let doing = format!("listing variables of project `{slug}`");
        self.list(&doing, project_resource(&doing, slug, &["envvar"])?).await
    }

    /// Makes or replaces a variable of a project: CircleCI takes the same name again, so twice is the same as once.
    pub(super) async fn post_project_variable(&self, slug: &str, name: &str, value: &str) -> Result<(), Trouble> {
        let doing = format!("writing `{name}`");
        self.write(Write {
            doing: &doing,
            method: Method::POST,
            resource: project_resource(&doing, slug, &["envvar"])?,
            body: &NewProjectVariable { name, value },
            value: Some(value),
            repeat: Repeat::Safe,
        })
        .await
        .map(drop)
    }

    /// Removes a variable of a project.
    pub(super) async fn delete_project_variable(&self, slug: &str, name: &str) -> Result<(), Trouble> {
        let doing = format!("removing `{name}`");
        self.delete(&doing, project_resource(&doing, slug, &["envvar", name])?)
            .await
    }
}

/// Borrows the value: a `serde_json::Value` would be a copy that nobody wipes.
#[derive(serde::Serialize)]
struct NewContextVariable<'v> {
    value: &'v str,
}

#[derive(serde::Serialize)]
struct NewProjectVariable<'v> {
    name: &'v str,
    value: &'v str,
}

fn project_resource(doing: &str, slug: &str, rest: &[&str]) -> Result<Resource, Trouble> {
    let Some(parts) = Slug::of_project(slug) else {
        let what = format!("`{slug}` is not the slug of a project, as `gh/acme/storefront` is");
        return Err(Trouble::new(Fate::NotSent, doing, &what));
    };
    Ok(Resource::new(&[&["project"], parts.parts(), rest].concat()))
}
