//! The calls of API v2 about organisations and contexts, and what is read of their answers. Those about projects are
//! beside this, in `project_api`.

use std::cell::Cell;
use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, TargetError, Transport};
use http::{HeaderName, Method, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::restriction::{Restriction, Rule};
use super::slug::Slug;
use super::variable::ShownVariable;
use crate::rest::{Address, Client, Repeat, Resource, Service, Trouble, Write};

const CLOUD: &str = "https://circleci.com";

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
pub(in crate::provider) struct Circleci<'a> {
    pub(super) v2: Client<'a>,
    /// API v1.1, for servers that lack the variables of projects in v2.
    pub(super) v1: Client<'a>,
    /// Such a server has answered.
    pub(super) is_old: Cell<bool>,
}

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
        let v2 = Address::of(url.unwrap_or(CLOUD), "/api/v2");
        let v1 = Address::of(v2.as_str(), "/api/v1.1");
        Circleci {
            v1: Client::new(&SERVICE, v1, token.clone(), transport.clone(), clock),
            v2: Client::new(&SERVICE, v2, token, transport, clock),
            is_old: Cell::new(false),
        }
    }

    /// Returns the address of a page of the web application. Of a server of one's own only the host is known.
    pub(super) fn page(&self, segments: &[&str]) -> String {
        match self.v2.address.as_str() {
            CLOUD => format!("https://app.circleci.com{}", Resource::new(segments).as_str()),
            server => server.to_owned(),
        }
    }

    /// Warns when token and values can be read on their way.
    pub(super) fn exposure(&self) -> Option<String> {
        self.v2.exposure()
    }

    /// Waits for what was written to be seen.
    pub(super) async fn wait(&self, seconds: i64) {
        self.v2.wait(seconds).await;
    }

    /// Finds the organisation among those of the token's owner. A server of one's own wants its id, and may not tell it:
    /// there, `circleci/` and an id is taken at its word.
    pub(super) async fn organization(&self, slug: &str) -> Result<Organization, TargetError> {
        let doing = format!("looking for organisation `{slug}`");
        let wanted = Slug::of_organization(slug)
            .ok_or_else(|| TargetError::new(format!("`{slug}` is not the slug of an organisation, as `gh/acme` is")))?;
        let is_server = self.v2.address.as_str() != CLOUD;
        let by_id = wanted.id().filter(|_| is_server).map(|id| Organization {
            id: Some(id.to_owned()),
            slug: slug.to_owned(),
        });
        let listed = self.organizations(&doing).await;
        let known: Vec<Organization> = match (listed, &by_id) {
            (Err(trouble), Some(_)) if trouble.lacks_route() => Vec::new(),
            (listed, _) => listed?,
        };
        let found = known.iter().find(|one| {
            let named = Slug::of_organization(&one.slug).is_some_and(|slug| slug.same_as(&wanted));
            named || (wanted.id().is_some() && wanted.id() == one.id.as_deref())
        });
        match found.cloned().or(by_id) {
            Some(Organization { id: None, .. }) if is_server => Err(TargetError::new(format!(
                "{doing}: the server does not tell its id, and takes no other name for it"
            ))
            .with_hint("name it `circleci/ID`; the settings of the organisation show the id")),
            Some(found) => Ok(found),
            None => Err(not_a_member(&doing, &known)),
        }
    }

    /// Lists the organisations of the token's owner.
    pub(super) async fn organizations(&self, doing: &str) -> Result<Vec<Organization>, Trouble> {
        self.v2.get(doing, Resource::new(&["me", "collaborations"])).await
    }

    /// Lists the contexts of an organisation.
    pub(super) async fn contexts(&self, owner: &Organization) -> Result<Vec<Context>, Trouble> {
        let (name, value) = owner.as_parameter();
        list(
            &self.v2,
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
        self.v2
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
            &self.v2,
            &doing,
            Resource::new(&["context", &context.id, "restrictions"]),
        )
        .await
    }

    /// Restricts a context; after an unknown outcome it must be looked for.
    pub(super) async fn restrict(&self, context: &Context, rule: &Rule) -> Result<(), Trouble> {
        let (kind, value) = rule.type_and_value();
        self.v2
            .write(Write {
                doing: &format!("restricting context `{}`", context.name),
                method: Method::POST,
                resource: Resource::new(&["context", &context.id, "restrictions"]),
                body: &json!({ "restriction_type": kind, "restriction_value": value }),
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
            &self.v2,
            &doing,
            Resource::new(&["context", &context.id, "environment-variable"]),
        )
        .await
    }

    /// Makes or replaces a variable of a context.
    pub(super) async fn put_context_variable(&self, context: &Context, name: &str, value: &str) -> Result<(), Trouble> {
        self.v2
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
        self.v2.delete(&format!("removing `{name}`"), resource).await
    }
}

fn not_a_member(doing: &str, of: &[Organization]) -> TargetError {
    let slugs: Vec<_> = of.iter().map(|one| format!("`{}`", one.slug)).collect();
    let error = TargetError::new(format!(
        "{doing}: the owner of the CircleCI token is not a member of it"
    ));
    if slugs.is_empty() {
        error.with_hint("the token's owner is a member of no organisation")
    } else {
        error.with_hint(format!("the token's owner is a member of {}", slugs.join(", ")))
    }
}

/// Reads a listing to its end.
pub(super) async fn list<T: DeserializeOwned>(
    http: &Client<'_>,
    doing: &str,
    first: Resource,
) -> Result<Vec<T>, Trouble> {
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
        assert_eq!(page(Some("https://ci.example.com/api/v2")), "https://ci.example.com");
    }
}
