//! The calls of API 2.0 that are used here, and what is read of their answers.

use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, TargetError, Transport};
use http::header::AUTHORIZATION;
use http::{Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::variable::ShownVariable;
use crate::rest::{Address, Client, Repeat, Resource, Service, Trouble, Write};
use crate::token::BitbucketToken;

const CLOUD: &str = "https://api.bitbucket.org";
/// The most that Bitbucket lists at once.
const PAGE: &str = "100";

static WITH_ACCESS_TOKEN: Service = service("Bearer ");
static WITH_API_TOKEN: Service = service("Basic ");

const fn service(scheme: &'static str) -> Service {
    Service {
        name: "Bitbucket",
        token_header: AUTHORIZATION,
        scheme,
        headers: &[],
        renew: "make a new access token of the repository or workspace and set BITBUCKET_TOKEN to it, or a new API \
                token of your Atlassian account and set BITBUCKET_API_TOKEN to it and BITBUCKET_EMAIL to its address",
        address_from: "`url` in the file",
    }
}

/// Speaks to Bitbucket with one token.
pub(in crate::provider) struct Bitbucket<'a>(Client<'a>);

/// Where variables are: the resource that lists them.
#[derive(Debug, Clone)]
pub(super) struct Variables(Vec<String>);

/// A deployment environment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Environment {
    pub(super) uuid: String,
    pub(super) name: String,
}

/// A workspace of the token's owner: with what the owner is there, or bare.
#[derive(Deserialize)]
struct Membership {
    workspace: Option<Workspace>,
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Workspace {
    slug: String,
}

/// A repository in a listing.
#[derive(Deserialize)]
struct Listed {
    full_name: String,
}

#[derive(Deserialize)]
struct Page<T> {
    values: Vec<T>,
    next: Option<String>,
}

impl Variables {
    pub(super) fn of_repository(repository: &Repository<'_>) -> Variables {
        Variables::at(&repository.resource(&["pipelines_config", "variables"]))
    }

    pub(super) fn of_deployment(repository: &Repository<'_>, environment: &Environment) -> Variables {
        Variables::at(&repository.resource(&["deployments_config", "environments", &environment.uuid, "variables"]))
    }

    pub(super) fn of_workspace(workspace: &str) -> Variables {
        Variables::at(&["workspaces", workspace, "pipelines-config", "variables"])
    }

    fn at(segments: &[&str]) -> Variables {
        Variables(segments.iter().map(|&segment| segment.to_owned()).collect())
    }

    fn resource(&self, rest: &[&str]) -> Resource {
        let segments: Vec<&str> = self.0.iter().map(String::as_str).chain(rest.iter().copied()).collect();
        Resource::new(&segments)
    }
}

/// A repository by its two names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repository<'s> {
    pub(super) workspace: &'s str,
    name: &'s str,
}

impl<'s> Repository<'s> {
    /// Splits `acme/storefront`.
    ///
    /// # Errors
    /// When it has another form.
    pub(super) fn of(text: &'s str) -> Result<Repository<'s>, TargetError> {
        let parts = text.split_once('/').filter(|(workspace, name)| {
            let named = |part: &str| !matches!(part, "" | "." | "..");
            named(workspace) && named(name) && !name.contains('/')
        });
        let (workspace, name) = parts.ok_or_else(|| {
            TargetError::new(format!("`{text}` is not a repository of Bitbucket"))
                .with_hint("write workspace and repository, as `acme/storefront`")
        })?;
        Ok(Repository { workspace, name })
    }

    fn resource<'r>(&'r self, rest: &[&'r str]) -> Vec<&'r str> {
        [&["repositories", self.workspace, self.name], rest].concat()
    }
}

impl<'a> Bitbucket<'a> {
    /// Speaks to Bitbucket; to `https://api.bitbucket.org` without a `url`.
    pub(in crate::provider) fn new(
        url: Option<&str>,
        token: BitbucketToken,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Bitbucket<'a> {
        let address = Address::of(url.unwrap_or(CLOUD), "/2.0");
        let (service, token) = match token {
            BitbucketToken::Access(token) => (&WITH_ACCESS_TOKEN, token),
            BitbucketToken::Api(token) => (&WITH_API_TOKEN, token),
        };
        Bitbucket(Client::new(service, address, token, transport, clock))
    }

    /// Returns the address of a page of the web application; of another server, the address of its API.
    pub(super) fn page(&self, path: &str) -> String {
        match self.0.address.as_str() {
            CLOUD => format!("https://bitbucket.org/{path}"),
            server => format!("{server}/2.0"),
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

    /// Returns how many requests were sent so far.
    pub(super) fn sent(&self) -> usize {
        self.0.sent()
    }

    /// Lists the workspaces of the token's owner. Bitbucket has taken all other listings across workspaces away.
    pub(super) async fn workspaces(&self) -> Result<Vec<String>, Trouble> {
        let listed = self.list("listing workspaces", Resource::new(&["user", "workspaces"]));
        let slug = |one: Membership| one.workspace.map(|workspace| workspace.slug).or(one.slug);
        Ok(listed.await?.into_iter().filter_map(slug).collect())
    }

    /// Lists the repositories of a workspace that the token's owner may write to, by their full names.
    pub(super) async fn repositories(&self, workspace: &str) -> Result<Vec<String>, Trouble> {
        let resource = Resource::new(&["repositories", workspace]).with("role", "contributor");
        let listed = self.list("listing repositories", resource).await?;
        Ok(listed.into_iter().map(|one: Listed| one.full_name).collect())
    }

    /// Lists the deployment environments of a repository.
    pub(super) async fn environments(&self, repository: &Repository<'_>) -> Result<Vec<Environment>, Trouble> {
        let first = Resource::new(&repository.resource(&["environments"]));
        self.list("listing deployment environments", first).await
    }

    /// Lists variables.
    pub(super) async fn variables(&self, at: &Variables) -> Result<Vec<ShownVariable>, Trouble> {
        self.list("listing variables", at.resource(&[])).await
    }

    /// Makes a variable; after an unknown outcome it must be looked for.
    pub(super) async fn post_variable(&self, at: &Variables, variable: &NewVariable<'_>) -> Result<(), Trouble> {
        self.write(Method::POST, at.resource(&[]), variable, Repeat::LookFirst)
            .await
    }

    /// Replaces the value of a variable.
    pub(super) async fn put_variable(
        &self,
        at: &Variables,
        uuid: &str,
        variable: &NewVariable<'_>,
    ) -> Result<(), Trouble> {
        self.write(Method::PUT, at.resource(&[uuid]), variable, Repeat::Safe)
            .await
    }

    /// Removes a variable.
    pub(super) async fn delete_variable(&self, at: &Variables, variable: &ShownVariable) -> Result<(), Trouble> {
        let doing = format!("removing `{}`", variable.name);
        self.0.delete(&doing, at.resource(&[&variable.uuid])).await
    }

    async fn write(
        &self,
        method: Method,
        resource: Resource,
        variable: &NewVariable<'_>,
        repeat: Repeat,
    ) -> Result<(), Trouble> {
        let write = Write {
            doing: &format!("writing `{}`", variable.key),
            method,
            resource,
            body: variable,
            value: Some(variable.value),
            repeat,
        };
        self.0.write(write).await.map(drop)
    }

    /// Reads a listing to its end: each page names the next one.
    async fn list<T: DeserializeOwned>(&self, doing: &str, first: Resource) -> Result<Vec<T>, Trouble> {
        let page = |answer: &Response<Bytes>| {
            let page: Page<T> = serde_json::from_slice(answer.body()).ok()?;
            let next = match page.next {
                Some(url) => Some(self.0.address.resource_at(&url)?),
                None => None,
            };
            Some((page.values, next))
        };
        self.0.list(doing, first.with("pagelen", PAGE), page).await
    }
}

/// Borrows the value: a `serde_json::Value` would be a copy that nobody wipes.
#[derive(serde::Serialize)]
pub(super) struct NewVariable<'v> {
    pub(super) key: &'v str,
    pub(super) value: &'v str,
    /// Hidden in logs, and never shown again.
    pub(super) secured: bool,
}
