//! What the tests of targets share: a key and its owner, a clock that does not wait, answers that are written down.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::name::{AccessKeyId, AccountId, Region, RunId, UserArn, UserName};
use ciuser_core::port::{Clock, Entropy, KeyOwner, Provider, Reached, Transport, TransportError};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::ProviderSpec;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::provider;
use crate::rest::Service;
use crate::targets::Reach;
use crate::token::{SandboxTokens, Tokens};
use crate::transport::Proxy;

pub(crate) const ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const TOKEN: &str = "CCIPAT_scripted_0123456789abcdef";

/// A service that is none.
pub(crate) static EXAMPLE: Service = Service {
    name: "Example",
    token_header: http::header::AUTHORIZATION,
    scheme: "",
    headers: &[],
    renew: "make a new one",
    address_from: "`url` in the file",
};

pub(crate) fn key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::new(ID).unwrap(),
        secret: SecretAccessKey::new(SECRET.to_owned()).unwrap(),
    }
}

pub(crate) fn owner() -> KeyOwner {
    KeyOwner {
        account: AccountId::new("111122223333").unwrap(),
        user: UserName::new("CI_USER").unwrap(),
        arn: UserArn::new("arn:aws:iam::111122223333:user/CI_USER").unwrap(),
        region: Some(Region::new("eu-central-1").unwrap()),
        run: RunId::from_entropy([7; 8]),
    }
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// Notes how long it was to wait, and does not.
#[derive(Default)]
pub(crate) struct Waits(RefCell<Vec<i64>>);

impl Waits {
    /// Returns the seconds of each wait.
    pub(crate) fn seconds(&self) -> Vec<i64> {
        self.0.borrow().clone()
    }
}

#[async_trait(?Send)]
impl Clock for Waits {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.0.borrow_mut().push(duration.as_secs());
    }
}

pub(crate) fn lost() -> TransportError {
    TransportError {
        reached: Reached::Unknown,
        message: "the answer was lost on its way".to_owned(),
    }
}

/// Answers that are written down, one for each request.
#[derive(Debug, Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Result<Response<Bytes>, TransportError>>>,
    requests: Mutex<Vec<Request<Bytes>>>,
}

impl Script {
    pub(crate) fn of(answers: impl IntoIterator<Item = Result<Response<Bytes>, TransportError>>) -> Arc<Script> {
        Arc::new(Script {
            answers: Mutex::new(answers.into_iter().collect()),
            requests: Mutex::default(),
        })
    }

    /// Opens a place at a CI system that answers so.
    pub(crate) fn open<'c>(self: &Arc<Self>, spec: &ProviderSpec, clock: &'c Waits) -> Box<dyn Provider + 'c> {
        provider::open(spec, &reach(self.clone(), clock, SecretString::from(TOKEN))).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns how many calls with this method were made.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.method() == method)
            .count()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.requests.lock().unwrap().push(request);
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .expect("an answer is left in the script")
    }
}

/// An answer with JSON.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> Result<Response<Bytes>, TransportError> {
    answer(status, &[("content-type", "application/json")], &body.to_string())
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response<Bytes>, TransportError> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Bytes::from(body.to_owned())).unwrap())
}

/// Gives the same bytes each time.
struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, value) in bytes.iter_mut().zip((1..=u8::MAX).cycle()) {
            *byte = value;
        }
    }
}

/// Reaches every service by one transport, with one token.
pub(crate) fn reach(transport: Arc<dyn Transport>, clock: &dyn Clock, token: SecretString) -> Reach<'_> {
    Reach {
        transport,
        clock,
        entropy: &Counting,
        tokens: Tokens::Sandbox(SandboxTokens {
            circleci: token.clone(),
            github: token.clone(),
            gitlab: token.clone(),
            connect: token,
        }),
        aws: None,
        proxy: Proxy::default(),
    }
}
