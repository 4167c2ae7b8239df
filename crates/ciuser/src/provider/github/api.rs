//! The calls that are used here, and what is read of their answers.

use std::sync::Arc;

use ciuser_core::port::{Clock, Entropy, TargetError, Transport};
use http::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::held::{ShownSecret, ShownVariable};
use super::level::{Level, Slug};
use super::sealed_box::PublicKey;
use super::server::{RIGHTS, SERVICE, addresses, told};
use crate::rest::{Client, Fate, Repeat, Resource, Trouble, Write};

/// As many items as a page of secrets or environments may have; one of variables has fewer.
const PAGE: &str = "100";
const PAGE_OF_VARIABLES: &str = "30";

/// Speaks to one GitHub with one token.
pub(in crate::provider) struct Github<'a> {
    client: Client<'a>,
    entropy: &'a dyn Entropy,
    /// Where people see it.
    web: String,
}

/// A page of any listing.
#[derive(Deserialize)]
struct Page<T> {
    #[serde(
        alias = "secrets",
        alias = "variables",
        alias = "environments",
        alias = "repositories"
    )]
    items: Vec<T>,
}

/// A repository.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Repository {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) full_name: String,
    #[serde(default)]
    pub(super) archived: bool,
    /// What the token's owner may do there, where it is told.
    pub(super) permissions: Option<Permissions>,
}

impl Repository {
    /// Tells whether the token's owner may write there, as far as GitHub says it.
    pub(super) fn may_be_written(&self) -> bool {
        self.permissions.as_ref().is_none_or(|may| may.push)
    }
}

/// An organisation of the token's owner.
#[derive(Deserialize)]
struct Membership {
    login: String,
}

/// What somebody may do with a repository.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Permissions {
    #[serde(default)]
    pub(super) admin: bool,
    #[serde(default)]
    pub(super) push: bool,
}

/// An environment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Environment {
    pub(super) name: String,
    #[serde(default)]
    pub(super) protection_rules: Vec<Rule>,
}

/// A rule of an environment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Rule {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// Who may use a secret of an organisation; nobody is named elsewhere.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Audience {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) visibility: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) selected_repository_ids: Option<Vec<u64>>,
}

#[derive(Serialize)]
struct SealedSecret<'s> {
    encrypted_value: &'s str,
    key_id: &'s str,
    #[serde(flatten)]
    audience: &'s Audience,
}

#[derive(Serialize)]
struct NewVariable<'v> {
    name: &'v str,
    value: &'v str,
    #[serde(flatten)]
    audience: &'v Audience,
}

impl<'a> Github<'a> {
    /// Speaks to GitHub; to `https://github.com` without a `url`.
    pub(in crate::provider) fn new(
        url: Option<&str>,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
        entropy: &'a dyn Entropy,
    ) -> Github<'a> {
        let (address, web) = addresses(url);
        let client = Client::new(&SERVICE, address, token, transport, clock);
        Github { client, entropy, web }
    }

    /// Returns the address of a page of the web application.
    pub(super) fn page(&self, segments: &[&str]) -> String {
        format!("{}{}", self.web, Resource::new(segments).as_str())
    }

    /// Warns when token and values can be read on their way.
    pub(super) fn exposure(&self) -> Option<String> {
        self.client.exposure()
    }

    /// Waits for what was written to be seen.
    pub(super) async fn wait(&self, seconds: i64) {
        self.client.wait(seconds).await;
    }

    /// Returns how many requests were sent so far.
    pub(super) fn sent(&self) -> usize {
        self.client.sent()
    }

    /// Lists the repositories of the token's owner: own ones, and those of others in which there is a role.
    pub(super) async fn repositories(&self) -> Result<Vec<Repository>, Trouble> {
        let resource = Resource::new(&["user", "repos"]).with("per_page", PAGE);
        self.client
            .list_by_link("listing repositories", resource, |page| page)
            .await
    }

    /// Lists the organisations of the token's owner.
    pub(super) async fn organizations(&self) -> Result<Vec<String>, Trouble> {
        let resource = Resource::new(&["user", "orgs"]).with("per_page", PAGE);
        let logins = |page: Vec<Membership>| page.into_iter().map(|one| one.login).collect();
        self.client
            .list_by_link("listing organisations", resource, logins)
            .await
    }

    /// Reads a repository.
    pub(super) async fn repository(&self, slug: &Slug) -> Result<Repository, TargetError> {
        let doing = format!("looking for repository `{slug}`");
        let found = self.client.get(&doing, slug.resource(&[])).await;
        found.map_err(|trouble: Trouble| {
            let (hidden, moved) = (trouble.is_not_found(), trouble.is_redirection());
            let error = told(trouble);
            if hidden {
                error.with_hint(format!(
                    "check the name, and that the GitHub token may see the repository: {RIGHTS}"
                ))
            } else if moved {
                error.with_hint("it was renamed or moved: use the name that GitHub shows for it now")
            } else {
                error
            }
        })
    }

    /// Reads an environment, if it is there.
    pub(super) async fn environment(&self, slug: &Slug, name: &str) -> Result<Option<Environment>, TargetError> {
        let doing = format!("looking for environment `{name}`");
        match self.client.get(&doing, slug.resource(&["environments", name])).await {
            Ok(environment) => Ok(Some(environment)),
            Err(trouble) if trouble.is_not_found() => Ok(None),
            Err(trouble) => Err(told(trouble)),
        }
    }

    /// Makes an environment. One that is there would lose its rules: look first, after a lost answer too.
    pub(super) async fn make_environment(&self, slug: &Slug, name: &str) -> Result<(), Trouble> {
        self.client
            .write(Write {
                doing: &format!("creating environment `{name}`"),
                method: Method::PUT,
                resource: slug.resource(&["environments", name]),
                body: &json!({}),
                value: None,
                repeat: Repeat::LookFirst,
            })
            .await
            .map(drop)
    }

    /// Lists the environments of a repository.
    pub(super) async fn environments(&self, slug: &Slug) -> Result<Vec<Environment>, Trouble> {
        let doing = format!("listing environments of repository `{slug}`");
        self.list(&doing, slug.resource(&["environments"]), PAGE).await
    }

    /// Lists the names of secrets.
    pub(super) async fn secrets(&self, level: &Level) -> Result<Vec<ShownSecret>, Trouble> {
        self.list(
            &format!("listing secrets of {level}"),
            level.resource(&["secrets"]),
            PAGE,
        )
        .await
    }

    /// Lists variables.
    pub(super) async fn variables(&self, level: &Level) -> Result<Vec<ShownVariable>, Trouble> {
        let doing = format!("listing variables of {level}");
        self.list(&doing, level.resource(&["variables"]), PAGE_OF_VARIABLES)
            .await
    }

    /// Lists the secrets that the organisation shares with a repository.
    pub(super) async fn shared_secrets(&self, slug: &Slug) -> Result<Vec<ShownSecret>, Trouble> {
        let doing = format!("listing secrets that are shared with repository `{slug}`");
        let resource = slug.resource(&["actions", "organization-secrets"]);
        self.list(&doing, resource, PAGE).await
    }

    /// Lists the repositories that a secret of an organisation was selected for.
    pub(super) async fn selected(&self, level: &Level, secret: &str) -> Result<Vec<Repository>, Trouble> {
        let doing = format!("listing repositories that may use `{secret}`");
        let resource = level.resource(&["secrets", secret, "repositories"]);
        self.list(&doing, resource, PAGE).await
    }

    /// Reads the key to which secrets are sealed.
    pub(super) async fn public_key(&self, level: &Level) -> Result<PublicKey, Trouble> {
        let doing = format!("reading the public key of {level}");
        self.client
            .get(&doing, level.resource(&["secrets", "public-key"]))
            .await
    }

    /// Makes or replaces a secret.
    pub(super) async fn put_secret(
        &self,
        level: &Level,
        name: &str,
        value: &str,
        key: &PublicKey,
        audience: &Audience,
    ) -> Result<(), Trouble> {
        let doing = format!("writing `{name}`");
        let strange = || {
            self.client
                .trouble(Fate::Strange, &doing, "GitHub's public key is none")
        };
        let sealed = key.seal(value, self.entropy).ok_or_else(strange)?;
        let body = SealedSecret {
            encrypted_value: &sealed,
            key_id: &key.id,
            audience,
        };
        self.client
            .write(Write {
                doing: &doing,
                method: Method::PUT,
                resource: level.resource(&["secrets", name]),
                body: &body,
                value: Some(value),
                repeat: Repeat::Safe,
            })
            .await
            .map(drop)
    }

    /// Makes or changes a variable. A second attempt to make it is refused, and changes it then.
    pub(super) async fn set_variable(
        &self,
        level: &Level,
        name: &str,
        value: &str,
        audience: &Audience,
        exists: bool,
    ) -> Result<(), Trouble> {
        let doing = format!("writing variable `{name}`");
        let body = NewVariable { name, value, audience };
        let write = |method, resource| Write {
            doing: &doing,
            method,
            resource,
            body: &body,
            value: None,
            repeat: Repeat::Safe,
        };
        if !exists {
            match self
                .client
                .write(write(Method::POST, level.resource(&["variables"])))
                .await
            {
                Err(trouble) if trouble.is_conflict() => {}
                outcome => return outcome.map(drop),
            }
        }
        let change = write(Method::PATCH, level.resource(&["variables", name]));
        self.client.write(change).await.map(drop)
    }

    /// Removes a secret.
    pub(super) async fn delete_secret(&self, level: &Level, name: &str) -> Result<(), TargetError> {
        let resource = level.resource(&["secrets", name]);
        self.client
            .delete(&format!("removing `{name}`"), resource)
            .await
            .map_err(told)
    }

    /// Removes a variable.
    pub(super) async fn delete_variable(&self, level: &Level, name: &str) -> Result<(), TargetError> {
        let resource = level.resource(&["variables", name]);
        let doing = format!("removing variable `{name}`");
        self.client.delete(&doing, resource).await.map_err(told)
    }

    async fn list<T: for<'de> Deserialize<'de>>(
        &self,
        doing: &str,
        first: Resource,
        length: &str,
    ) -> Result<Vec<T>, Trouble> {
        let items = |page: Page<T>| page.items;
        self.client
            .list_by_link(doing, first.with("per_page", length), items)
            .await
    }
}
