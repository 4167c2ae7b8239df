//! The sandbox's CircleCI as a transport, and places in it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::port::{Provider, Transport, TransportError};
use ciuser_core::target::{ProviderSpec, VariableNames};
use ciuser_sandbox::{Answer, Engine};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::provider::open;
pub(in crate::provider::circleci) use crate::rig::*;

pub(super) fn context(org: &str, restrict_to: &[&str], open: bool) -> ProviderSpec {
    ProviderSpec::CircleciContext {
        org: org.to_owned(),
        context: "storefront-deploy".to_owned(),
        restrict_to: restrict_to.iter().map(|&slug| slug.to_owned()).collect(),
        expression: None,
        open,
        url: None,
        names: VariableNames::default(),
    }
}

pub(super) fn restricted_context() -> ProviderSpec {
    context("gh/acme", &["gh/acme/storefront"], false)
}

pub(super) fn project() -> ProviderSpec {
    ProviderSpec::CircleciProject {
        project: "gh/acme/storefront".to_owned(),
        url: None,
        names: VariableNames::default(),
    }
}

/// The sandbox in memory. Its time goes on by a second with each request.
pub(in crate::provider::circleci) struct Circle {
    inner: Mutex<Inner>,
    token: SecretString,
}

struct Inner {
    engine: Engine,
    now: Timestamp,
    drawn: u64,
    log: Vec<String>,
}

impl Circle {
    pub(in crate::provider::circleci) fn fresh() -> Arc<Circle> {
        let now = "2026-11-23T18:59:15Z".parse().unwrap();
        let mut drawn = 0;
        let mut engine = Engine::fresh(now, &mut |bytes| count_up(&mut drawn, bytes));
        let token = SecretString::from(engine.circleci().token());
        let log = Vec::new();
        let inner = Mutex::new(Inner {
            engine,
            now,
            drawn,
            log,
        });
        Arc::new(Circle { inner, token })
    }

    pub(super) fn open<'c>(self: &Arc<Self>, spec: &ProviderSpec, clock: &'c Waits) -> Box<dyn Provider + 'c> {
        open(spec, &reach(self.clone(), clock, self.token.clone())).unwrap()
    }

    pub(super) fn engine<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        change(&mut self.inner.lock().unwrap().engine)
    }

    /// Makes a project and returns its slug.
    pub(super) fn add_project(&self, slug: &str) -> String {
        let inner = &mut *self.inner.lock().unwrap();
        let drawn = &mut inner.drawn;
        let circleci = inner.engine.circleci();
        circleci.add_project(slug, &mut |bytes| count_up(drawn, bytes)).unwrap()
    }

    /// Returns the calls since the last time, as `PUT /context/.../NAME`.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.lock().unwrap().log)
    }

    /// Makes a call of somebody else's.
    pub(super) fn call(&self, method: &str, path: &str, body: &serde_json::Value) -> serde_json::Value {
        use secrecy::ExposeSecret as _;
        let request = Request::builder()
            .method(method)
            .uri(format!("https://circleci.com/api/v2{path}"));
        let request = request.header("Circle-Token", self.token.expose_secret());
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let answer = self.inner.lock().unwrap().handle(&request).unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {:?}", answer.body());
        self.calls();
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// Makes a context of somebody else's, with variables, and returns its id.
    pub(super) fn add_context(&self, name: &str, variables: &[&str]) -> String {
        let owner = serde_json::json!({ "slug": "gh/acme", "type": "organization" });
        let made = self.call("POST", "/context", &serde_json::json!({ "name": name, "owner": owner }));
        let id = made["id"].as_str().unwrap().to_owned();
        for variable in variables {
            let value = serde_json::json!({ "value": "somebody-elses-value" });
            self.call("PUT", &format!("/context/{id}/environment-variable/{variable}"), &value);
        }
        id
    }

    /// Lets only jobs of a project use a context.
    pub(super) fn restrict(&self, context: &str, project: &str) {
        let project = self.call("GET", &format!("/project/{project}"), &serde_json::Value::Null);
        let body = serde_json::json!({ "restriction_type": "project", "restriction_value": project["id"] });
        self.call("POST", &format!("/context/{context}/restrictions"), &body);
    }

    /// Returns the variables that a job of a project gets.
    pub(super) fn job(&self, project: &str, contexts: &[&str]) -> Result<Vec<(String, String)>, String> {
        let answer = self.engine(|engine| engine.circleci().job_environment(project, contexts));
        answer
            .map(|environment| environment.into_iter().collect())
            .map_err(|error| error.to_string())
    }
}

impl Inner {
    fn handle(&mut self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        self.now += SignedDuration::from_secs(1);
        let path = request.uri().path_and_query().unwrap().as_str();
        self.log.push(format!(
            "{} {}",
            request.method(),
            path.strip_prefix("/api/v2").unwrap_or(path)
        ));
        let drawn = &mut self.drawn;
        match self
            .engine
            .handle(self.now, &mut |bytes| count_up(drawn, bytes), request)
        {
            Answer::Response(response) => Some(response),
            Answer::Dropped => None,
        }
    }
}

#[async_trait]
impl Transport for Circle {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.inner.lock().unwrap().handle(&request).ok_or_else(lost)
    }
}

impl std::fmt::Debug for Circle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Circle")
    }
}

/// Draws bytes that look random and are the same each time; ids made of them differ.
fn count_up(drawn: &mut u64, bytes: &mut [u8]) {
    for byte in bytes {
        *drawn += 1;
        *byte = drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[0];
    }
}

/// The last page of a listing.
pub(super) fn items(items: &serde_json::Value) -> Result<Response<Bytes>, TransportError> {
    json(200, &serde_json::json!({ "items": items, "next_page_token": null }))
}
