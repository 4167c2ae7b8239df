//! The calls of API v4 that are used here, and what is read of their answers.

use std::sync::Arc;

use ciuser_core::port::{Clock, TargetError, Transport};
use http::Method;
use http::header::AUTHORIZATION;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::holder::Holder;
use super::variable::ShownVariable;
use crate::rest::{Address, Client, Repeat, Resource, Service, Trouble, Write};

const PUBLIC: &str = "https://gitlab.com";

/// What a token needs, for those that lack it.
const RIGHTS: &str = "the GitLab token needs the scope `api`, and its owner the role Maintainer there (for a group, \
                      Owner); the CI_JOB_TOKEN of a job cannot write variables";

/// The role from which on somebody may see and write variables.
const MAINTAINER: u32 = 40;

static SERVICE: Service = Service {
    name: "GitLab",
    // GitLab takes every kind of token so, those of `glab auth login` too; `PRIVATE-TOKEN` is for access tokens only.
    token_header: AUTHORIZATION,
    scheme: "Bearer ",
    headers: &[],
    renew: "access tokens expire after a year at most: make a new one with the scope `api` in GitLab's user settings, \
            set GITLAB_TOKEN to it and run the same again",
    address_from: "`url` in the file, `,url=` in the flag, or GITLAB_HOST",
};

/// Speaks to one GitLab with one token.
pub(in crate::provider) struct Gitlab<'a>(Client<'a>);

/// A project or a group.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Found {
    #[serde(alias = "path_with_namespace")]
    #[serde(default)]
    pub(super) full_path: String,
    #[serde(default)]
    pub(super) archived: bool,
    permissions: Option<Permissions>,
}

#[derive(Debug, Clone, Deserialize)]
struct Permissions {
    project_access: Option<Access>,
    group_access: Option<Access>,
}

#[derive(Debug, Clone, Deserialize)]
struct Access {
    access_level: u32,
}

impl Found {
    /// Tells whether the token's owner surely may not write variables. Administrators have no role of their own.
    pub(super) fn is_out_of_reach(&self) -> bool {
        let Some(permissions) = &self.permissions else {
            return false;
        };
        let levels = [&permissions.project_access, &permissions.group_access];
        let highest = levels.into_iter().flatten().map(|access| access.access_level).max();
        highest.is_some_and(|level| level < MAINTAINER)
    }
}

/// A variable that is to be made or changed. Borrows the value, which nobody shall have to wipe twice.
#[derive(Serialize)]
pub(super) struct NewVariable<'v> {
    pub(super) key: &'v str,
    pub(super) value: &'v str,
    pub(super) environment_scope: &'v str,
    pub(super) variable_type: &'static str,
    /// Nothing in the value refers to another variable.
    pub(super) raw: bool,
    pub(super) masked: bool,
    /// Left as it is where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) masked_and_hidden: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'v str>,
}

/// Returns the host that an address names, as tokens are kept for it.
pub(in crate::provider) fn host_of(url: Option<&str>) -> &str {
    let url = url.unwrap_or(PUBLIC);
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    host.split('/').next().unwrap_or(host)
}

impl<'a> Gitlab<'a> {
    /// Speaks to GitLab; to `https://gitlab.com` without a `url`.
    pub(in crate::provider) fn new(
        url: Option<&str>,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Gitlab<'a> {
        let address = Address::of(url.unwrap_or(PUBLIC), "/api/v4");
        Gitlab(Client::new(&SERVICE, address, token, transport, clock))
    }

    /// Returns the address of the server.
    pub(super) fn server(&self) -> &str {
        self.0.address.as_str()
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

    /// Lists the `projects`, or the `groups`, of which the token's owner is a maintainer at least.
    pub(super) async fn maintained(&self, kind: &str) -> Result<Vec<Found>, Trouble> {
        let resource = Resource::new(&[kind]).with("min_access_level", &MAINTAINER.to_string());
        let resource = match kind {
            "projects" => resource.with("membership", "true").with("simple", "true"),
            _ => resource,
        };
        let resource = resource.with("per_page", "100");
        self.0
            .list_by_link(&format!("listing {kind}"), resource, |page| page)
            .await
    }

    /// Reads the project or group.
    pub(super) async fn find(&self, holder: &Holder) -> Result<Found, TargetError> {
        let found = self.0.get(&format!("looking for {holder}"), holder.resource(&[])).await;
        found.map_err(|trouble: Trouble| {
            let hidden = trouble.is_not_found();
            let error = told(trouble);
            if hidden {
                error.with_hint("check the path, and that the owner of the GitLab token is a member there")
            } else {
                error
            }
        })
    }

    /// Lists the projects below a group.
    pub(super) async fn projects(&self, group: &Holder) -> Result<Vec<Found>, Trouble> {
        let resource = group.resource(&["projects"]).with("include_subgroups", "true");
        let resource = resource.with("archived", "false").with("per_page", "100");
        let doing = format!("listing projects of {group}");
        self.0.list_by_link(&doing, resource, |page| page).await
    }

    /// Lists variables.
    pub(super) async fn variables(&self, holder: &Holder) -> Result<Vec<ShownVariable>, Trouble> {
        let resource = holder.resource(&["variables"]).with("per_page", "100");
        let doing = format!("listing variables of {holder}");
        self.0.list_by_link(&doing, resource, |page| page).await
    }

    /// Makes a variable; after an unknown outcome it must be looked for.
    pub(super) async fn create(&self, holder: &Holder, variable: &NewVariable<'_>) -> Result<(), Trouble> {
        let (method, resource) = (Method::POST, holder.resource(&["variables"]));
        self.write(method, resource, variable, Repeat::LookFirst).await
    }

    /// Changes a variable.
    pub(super) async fn update(&self, holder: &Holder, variable: &NewVariable<'_>) -> Result<(), Trouble> {
        let resource = variable_resource(holder, variable.key, variable.environment_scope);
        self.write(Method::PUT, resource, variable, Repeat::Safe).await
    }

    async fn write(
        &self,
        method: Method,
        resource: Resource,
        variable: &NewVariable<'_>,
        repeat: Repeat,
    ) -> Result<(), Trouble> {
        let doing = format!("writing `{}`", variable.key);
        let written = self.0.write(Write {
            doing: &doing,
            method,
            resource,
            body: variable,
            value: Some(variable.value),
            repeat,
        });
        written.await.map(drop)
    }

    /// Removes a variable.
    pub(super) async fn delete(&self, holder: &Holder, key: &str, scope: &str) -> Result<(), TargetError> {
        let resource = variable_resource(holder, key, scope);
        self.0
            .delete(&format!("removing `{key}`"), resource)
            .await
            .map_err(told)
    }
}

/// The same key may be there once for each scope.
fn variable_resource(holder: &Holder, key: &str, scope: &str) -> Resource {
    let resource = holder.resource(&["variables", key]);
    resource.with("filter[environment_scope]", scope)
}

/// Tells a person what went wrong; of a right that is lacking, which one.
pub(super) fn told(trouble: Trouble) -> TargetError {
    let lacking = trouble.is_forbidden();
    let error = TargetError::from(trouble);
    if lacking { error.with_hint(RIGHTS) } else { error }
}
