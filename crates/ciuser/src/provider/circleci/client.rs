//! Sends calls, and sends them again where that is safe; follows a listing to its end.
//!
//! INVARIANT: a call that creates is repeated only when it was surely not carried out. Bodies with values are built
//! once, shared by the attempts, and wiped with the last of them.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, Reached, Transport};
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::address::{Address, Resource};
use super::trouble::{Fate, Trouble};

/// Before the second, the third and the fourth attempt, in seconds, unless the server names another time.
const PAUSES: [i64; 3] = [1, 2, 4];
/// Every server takes it, old ones too.
const TOKEN: HeaderName = HeaderName::from_static("circle-token");

/// Speaks to one CircleCI with one token.
pub(crate) struct Client<'a> {
    pub(super) address: Address,
    token: SecretString,
    transport: Arc<dyn Transport>,
    clock: &'a dyn Clock,
}

/// Whether a call may be sent again when it may have been carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is the same as once.
    Safe,
    /// Look first.
    LookFirst,
}

/// A call that writes: method, resource, and JSON with the value it carries, if it carries one.
pub(super) struct Write<'w, B> {
    pub(super) doing: &'w str,
    pub(super) method: Method,
    pub(super) resource: Resource,
    pub(super) body: &'w B,
    /// The value inside the body.
    pub(super) value: Option<&'w str>,
    pub(super) repeat: Repeat,
}

/// A call, ready to be sent.
struct Call<'c> {
    doing: &'c str,
    method: Method,
    resource: Resource,
    body: Bytes,
    value: Option<&'c str>,
    repeat: Repeat,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next_page_token: Option<String>,
}

impl<'a> Client<'a> {
    /// Makes a client; `https://circleci.com` without a `url`.
    pub(crate) fn new(
        url: Option<&str>,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Client<'a> {
        Client {
            address: Address::of(url),
            token,
            transport,
            clock,
        }
    }

    /// Reads a resource.
    pub(super) async fn get<T: DeserializeOwned>(&self, doing: &str, resource: Resource) -> Result<T, Trouble> {
        let call = Call {
            doing,
            method: Method::GET,
            resource,
            body: Bytes::new(),
            value: None,
            repeat: Repeat::Safe,
        };
        let body = self.send(&call).await?;
        // The reason would quote the answer.
        serde_json::from_slice(&body).map_err(|_| self.strange(doing))
    }

    fn strange(&self, doing: &str) -> Trouble {
        let what = format!("`{}` gave an answer that is not CircleCI's", self.address.as_str());
        Trouble::new(Fate::Strange, doing, &what)
    }

    /// Reads a listing to its end.
    pub(super) async fn list<T: DeserializeOwned>(&self, doing: &str, resource: Resource) -> Result<Vec<T>, Trouble> {
        let mut all = Vec::new();
        let mut tokens = HashSet::new();
        let mut next = resource.clone();
        loop {
            let page: Page<T> = self.get(doing, next).await?;
            all.extend(page.items);
            let Some(token) = page.next_page_token.filter(|token| !token.is_empty()) else {
                return Ok(all);
            };
            next = resource.clone().with("page-token", &token);
            if !tokens.insert(token) {
                return Err(Trouble::new(Fate::Strange, doing, "the listing has no end"));
            }
        }
    }

    /// Writes. What is answered hardly matters, for what was written is read again; but a page of something on the way
    /// says that nothing was, and the values that follow would be half a key.
    pub(super) async fn write<B: Serialize>(&self, write: Write<'_, B>) -> Result<Bytes, Trouble> {
        let unwritable = |_| Trouble::new(Fate::NotSent, write.doing, "the request cannot be written as JSON");
        // Large enough from the start: growing would leave copies of a value behind.
        let room = 1024 + 2 * write.value.map_or(0, str::len);
        let mut body = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *body, write.body).map_err(unwritable)?;
        let call = Call {
            doing: write.doing,
            method: write.method,
            resource: write.resource,
            body: Bytes::from_owner(body),
            value: write.value,
            repeat: write.repeat,
        };
        let body = self.send(&call).await?;
        if body.trim_ascii_start().starts_with(b"<") {
            return Err(self.strange(write.doing));
        }
        Ok(body)
    }

    /// Removes a resource; one that is gone already is fine.
    pub(super) async fn delete(&self, doing: &str, resource: Resource) -> Result<(), Trouble> {
        let call = Call {
            doing,
            method: Method::DELETE,
            resource,
            body: Bytes::new(),
            value: None,
            repeat: Repeat::Safe,
        };
        match self.send(&call).await {
            Err(trouble) if !trouble.is_not_found() => Err(trouble),
            _ => Ok(()),
        }
    }

    /// Warns when token and values can be read on their way.
    pub(super) fn exposure(&self) -> Option<String> {
        let url = self.address.as_str();
        let warning = || format!("`{url}` is not encrypted: the CircleCI token and the key travel in the clear");
        self.address.is_exposed().then(warning)
    }

    /// Waits for what was written to be seen.
    pub(super) async fn wait(&self, seconds: i64) {
        self.clock.sleep(SignedDuration::from_secs(seconds)).await;
    }

    async fn send(&self, call: &Call<'_>) -> Result<Bytes, Trouble> {
        for pause in PAUSES {
            match self.send_once(call).await {
                Err(trouble) if call.may_be_repeated(&trouble) => {
                    let pause = trouble.pause.unwrap_or(SignedDuration::from_secs(pause));
                    self.clock.sleep(pause).await;
                }
                outcome => return outcome,
            }
        }
        self.send_once(call).await
    }

    async fn send_once(&self, call: &Call<'_>) -> Result<Bytes, Trouble> {
        let answer = self.transport.send(self.request(call)?).await.map_err(|error| {
            let fate = match error.reached {
                Reached::NotSent => Fate::NotSent,
                Reached::Refused | Reached::Unknown => Fate::Unknown,
            };
            Trouble::new(fate, call.doing, &error.message)
        })?;
        if answer.status().is_success() {
            return Ok(answer.into_body());
        }
        let sent: Vec<_> = call.value.into_iter().chain([self.token.expose_secret()]).collect();
        Err(Trouble::of_answer(call.doing, &answer, &sent))
    }

    fn request(&self, call: &Call<'_>) -> Result<Request<Bytes>, Trouble> {
        let unsendable = |what: &str| Trouble::new(Fate::NotSent, call.doing, what);
        let mut token = HeaderValue::from_str(self.token.expose_secret())
            .map_err(|_| unsendable("the CircleCI token has characters that cannot be sent"))?;
        token.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(self.address.of_resource(&call.resource))
            .header(TOKEN, token)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("ciuser/", env!("CARGO_PKG_VERSION")));
        if !call.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(call.body.clone())
            .map_err(|_| unsendable(&format!("`{}` is not an address", self.address.as_str())))
    }
}

impl Call<'_> {
    fn may_be_repeated(&self, trouble: &Trouble) -> bool {
        match trouble.fate {
            Fate::NotSent | Fate::Throttled => true,
            Fate::Unknown => self.repeat == Repeat::Safe,
            Fate::Refused(_) | Fate::Strange => false,
        }
    }
}
