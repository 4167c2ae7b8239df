//! The calls of the REST API that are used here, and what is read of their answers.

use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, Transport};
use http::header::AUTHORIZATION;
use http::{Method, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::secret::ShownSecret;
use crate::rest::{Address, Client, Repeat, Resource, Service, Trouble, Write, next_page};

const CLOUD: &str = "https://api.buildkite.com";
/// The most that Buildkite lists at once.
const PAGE: &str = "100";

static SERVICE: Service = Service {
    name: "Buildkite",
    token_header: AUTHORIZATION,
    scheme: "Bearer ",
    headers: &[],
    renew: "make a new API access token with the scopes `read_clusters`, `read_secret_details` and `write_secrets` in \
            Buildkite's personal settings, set BUILDKITE_API_TOKEN to it and run the same again",
    address_from: "`url` in the file",
};

/// Speaks to Buildkite with one token, about one organisation.
pub(in crate::provider) struct Buildkite<'a> {
    http: Client<'a>,
    organization: String,
}

/// An organisation of the token's owner.
#[derive(Deserialize)]
struct Organization {
    slug: String,
}

/// A cluster.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Cluster {
    pub(super) id: String,
    pub(super) name: String,
}

impl<'a> Buildkite<'a> {
    /// Speaks to Buildkite; to `https://api.buildkite.com` without a `url`.
    pub(in crate::provider) fn new(
        url: Option<&str>,
        organization: String,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Buildkite<'a> {
        let address = Address::of(url.unwrap_or(CLOUD), "/v2");
        Buildkite {
            http: Client::new(&SERVICE, address, token, transport, clock),
            organization,
        }
    }

    /// Returns the address of a page of the web application; of another server, the address of its API.
    pub(super) fn page(&self, cluster: Option<&Cluster>) -> String {
        let organization = &self.organization;
        match (self.http.address.as_str(), cluster) {
            (CLOUD, Some(cluster)) => format!(
                "https://buildkite.com/organizations/{organization}/clusters/{}/secrets",
                cluster.id
            ),
            (CLOUD, None) => format!("https://buildkite.com/organizations/{organization}/clusters"),
            (server, _) => format!("{server}/v2"),
        }
    }

    /// Warns when token and values can be read on their way.
    pub(super) fn exposure(&self) -> Option<String> {
        self.http.exposure()
    }

    /// Waits for what was written to be seen.
    pub(super) async fn wait(&self, seconds: i64) {
        self.http.wait(seconds).await;
    }

    /// Returns how many requests were sent so far.
    pub(super) fn sent(&self) -> usize {
        self.http.sent()
    }

    /// Speaks about another organisation.
    pub(super) fn about(&self, organization: &str) -> Buildkite<'a> {
        Buildkite {
            http: self.http.clone(),
            organization: organization.to_owned(),
        }
    }

    /// Lists the organisations of the token's owner.
    pub(super) async fn organizations(&self) -> Result<Vec<String>, Trouble> {
        let listed = self
            .list("listing organisations", Resource::new(&["organizations"]))
            .await?;
        Ok(listed.into_iter().map(|one: Organization| one.slug).collect())
    }

    /// Lists the clusters of the organisation.
    pub(super) async fn clusters(&self) -> Result<Vec<Cluster>, Trouble> {
        let doing = format!("listing clusters of organisation `{}`", self.organization);
        self.list(&doing, self.resource(&["clusters"])).await
    }

    /// Lists the secrets of a cluster.
    pub(super) async fn secrets(&self, cluster: &Cluster) -> Result<Vec<ShownSecret>, Trouble> {
        let doing = format!("listing secrets of cluster `{}`", cluster.name);
        self.list(&doing, self.secret(cluster, &[])).await
    }

    /// Makes a secret; after an unknown outcome it must be looked for.
    pub(super) async fn post_secret(&self, cluster: &Cluster, secret: &NewSecret<'_>) -> Result<(), Trouble> {
        let write = Write {
            doing: &format!("writing `{}`", secret.key),
            method: Method::POST,
            resource: self.secret(cluster, &[]),
            body: secret,
            value: Some(secret.value),
            repeat: Repeat::LookFirst,
        };
        self.http.write(write).await.map(drop)
    }

    /// Replaces the value of a secret, and nothing else of it.
    pub(super) async fn put_value(&self, cluster: &Cluster, there: &ShownSecret, value: &str) -> Result<(), Trouble> {
        let write = Write {
            doing: &format!("writing `{}`", there.key),
            method: Method::PUT,
            resource: self.secret(cluster, &[&there.id, "value"]),
            body: &NewValue { value },
            value: Some(value),
            repeat: Repeat::Safe,
        };
        self.http.write(write).await.map(drop)
    }

    /// Replaces the description of a secret, and neither value nor policy.
    pub(super) async fn put_description(
        &self,
        cluster: &Cluster,
        there: &ShownSecret,
        description: &str,
    ) -> Result<(), Trouble> {
        let write = Write {
            doing: &format!("describing `{}`", there.key),
            method: Method::PUT,
            resource: self.secret(cluster, &[&there.id]),
            body: &NewDescription { description },
            value: None,
            repeat: Repeat::Safe,
        };
        self.http.write(write).await.map(drop)
    }

    /// Removes a secret.
    pub(super) async fn delete_secret(&self, cluster: &Cluster, there: &ShownSecret) -> Result<(), Trouble> {
        let doing = format!("removing `{}`", there.key);
        self.http.delete(&doing, self.secret(cluster, &[&there.id])).await
    }

    fn resource(&self, rest: &[&str]) -> Resource {
        Resource::new(&[&["organizations", &self.organization], rest].concat())
    }

    fn secret(&self, cluster: &Cluster, rest: &[&str]) -> Resource {
        self.resource(&[&["clusters", &cluster.id, "secrets"], rest].concat())
    }

    /// Reads a listing to its end: the header `Link` names the next page.
    async fn list<T: DeserializeOwned>(&self, doing: &str, first: Resource) -> Result<Vec<T>, Trouble> {
        let page = |answer: &Response<Bytes>| {
            let items = serde_json::from_slice(answer.body()).ok()?;
            let next = match next_page(answer.headers()) {
                Some(url) => Some(self.http.address.resource_at(url)?),
                None => None,
            };
            Some((items, next))
        };
        self.http.list(doing, first.with("per_page", PAGE), page).await
    }
}

/// Borrows the value: a `serde_json::Value` would be a copy that nobody wipes.
#[derive(serde::Serialize)]
pub(super) struct NewSecret<'v> {
    pub(super) key: &'v str,
    pub(super) value: &'v str,
    pub(super) description: &'v str,
}

#[derive(serde::Serialize)]
struct NewValue<'v> {
    value: &'v str,
}

#[derive(serde::Serialize)]
struct NewDescription<'v> {
    description: &'v str,
}
