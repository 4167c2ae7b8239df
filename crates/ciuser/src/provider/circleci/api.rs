//! The calls of API v2 that are used here, and what is read of their answers.

use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, TargetError, Transport};
use http::{HeaderName, Method, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::restriction::Restriction;
use super::slug::Slug;
use super::variable::ShownVariable;
use crate::rest::{Address, Client, Fate, Repeat, Resource, Service, Trouble, Write};

pub(super) const CLOUD: &str = "https://circleci.com";

pub(super) static SERVICE: Service = Service {
    name: "CircleCI",
    // Every server takes it, old ones too.
    token_header: HeaderName::from_static("circle-token"),
    scheme: "",
    headers: &[],
    renew: "personal API tokens expire after a year at most: make a new one in CircleCI's user settings, set \
            CIRCLE_TOKEN to it and run the same again",
    address_from: "`--circleci-url`, or `url` in the file",
};

/// Speaks to one CircleCI with one token.
pub(in crate::provider) struct Circleci<'a>(Client<'a>);

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next_page_token: Option<String>,
}

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

impl<'a> Circleci<'a> {
    /// Speaks to CircleCI; to `https://circleci.com` without a `url`.
    pub(in crate::provider) fn new(
        url: Option<&str>,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Circleci<'a> {
        let address = Address::of(url.unwrap_or(CLOUD), "/api/v2");
        Circleci(Client::new(&SERVICE, address, token, transport, clock))
    }

    /// Returns the address of a page of the web application; only the public service's pages are known.
    pub(super) fn page(&self, segments: &[&str]) -> String {
        match self.0.address.as_str() {
            CLOUD => format!("https://app.circleci.com{}", Resource::new(segments).as_str()),
            server => format!("{server}/api/v2"),
        }
    }

    /// Warns when token and values can be read on their way.
    pub(super) fn exposure(&self) -> Option<String> {
        self.0.exposure()
    }

    /// Waits for what was written to be seen.
    pub(super) async fn wait(&self, seconds: i64) {
        self.0.wait(seconds).await;
    }

    /// Finds the organisation among those of the token's owner.
    pub(super) async fn organization(&self, slug: &str) -> Result<Organization, TargetError> {
        let doing = format!("looking for organisation `{slug}`");
        let wanted = Slug::of_organization(slug)
            .ok_or_else(|| TargetError::new(format!("`{slug}` is not the slug of an organisation, as `gh/acme` is")))?;
        let known = self.organizations(&doing).await?;
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

    /// Lists the organisations of the token's owner.
    pub(super) async fn organizations(&self, doing: &str) -> Result<Vec<Organization>, Trouble> {
        self.0.get(doing, Resource::new(&["me", "collaborations"])).await
    }

    /// Reads a project.
    pub(super) async fn project(&self, slug: &str) -> Result<Project, TargetError> {
        let doing = format!("looking for project `{slug}`");
        let resource = project_resource(&doing, slug, &[])?;
        self.0.get(&doing, resource).await.map_err(|trouble: Trouble| {
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
        list(
            &self.0,
            "listing contexts",
            Resource::new(&["context"]).with(name, value),
        )
        .await
    }

    /// Makes a context, and returns it if the answer shows it; after an unknown outcome it must be looked for.
    pub(super) async fn create_context(&self, owner: &Organization, name: &str) -> Result<Option<Context>, Trouble> {
        let owner = match &owner.id {
            Some(id) => json!({ "id": id, "type": "organization" }),
            None => json!({ "slug": owner.slug, "type": "organization" }),
        };
        self.0
            .write(Write {
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
        list(
            &self.0,
            &doing,
            Resource::new(&["context", &context.id, "restrictions"]),
        )
        .await
    }

    /// Restricts a context to a project; after an unknown outcome it must be looked for.
    pub(super) async fn restrict(&self, context: &Context, project: &Project) -> Result<(), Trouble> {
        self.0
            .write(Write {
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
        list(
            &self.0,
            &doing,
            Resource::new(&["context", &context.id, "environment-variable"]),
        )
        .await
    }

    /// Makes or replaces a variable of a context.
    pub(super) async fn put_context_variable(&self, context: &Context, name: &str, value: &str) -> Result<(), Trouble> {
        self.0
            .write(Write {
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
        self.0.delete(&format!("removing `{name}`"), resource).await
    }

    /// Lists the variables of a project.
    pub(super) async fn project_variables(&self, slug: &str) -> Result<Vec<ShownVariable>, Trouble> {
        let doing = format!("listing variables of project `{slug}`");
        list(&self.0, &doing, project_resource(&doing, slug, &["envvar"])?).await
    }

    /// Makes or replaces a variable of a project: CircleCI takes the same name again, so twice is the same as once.
    pub(super) async fn post_project_variable(&self, slug: &str, name: &str, value: &str) -> Result<(), Trouble> {
        let doing = format!("writing `{name}`");
        self.0
            .write(Write {
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
        self.0
            .delete(&doing, project_resource(&doing, slug, &["envvar", name])?)
            .await
    }
}

/// Reads a listing to its end.
async fn list<T: DeserializeOwned>(http: &Client<'_>, doing: &str, first: Resource) -> Result<Vec<T>, Trouble> {
    let page = |answer: &Response<Bytes>| {
        let page: Page<T> = serde_json::from_slice(answer.body()).ok()?;
        let token = page.next_page_token.filter(|token| !token.is_empty());
        let next = token.map(|token| first.clone().with("page-token", &token));
        Some((page.items, next))
    };
    http.list(doing, first.clone(), page).await
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
        return Err(Trouble::new(&SERVICE, Fate::NotSent, doing, &what));
    };
    Ok(Resource::new(&[&["project"], parts.parts(), rest].concat()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::rig::{Circle, Waits};
    use super::*;

    #[test]
    fn pages_are_known_of_the_public_service_only() {
        let segments = ["settings", "organization", "github", "acme", "contexts"];
        let page = |url| {
            let token = SecretString::from("token");
            Circleci::new(url, token, Circle::fresh(), &Waits::default()).page(&segments)
        };
        assert_eq!(
            page(None),
            "https://app.circleci.com/settings/organization/github/acme/contexts"
        );
        assert_eq!(page(Some("http://127.0.0.1:9000")), "http://127.0.0.1:9000/api/v2");
    }
}
