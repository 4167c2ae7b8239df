//! Sends calls, and sends them again where that is safe; follows a listing to its end.
//!
//! INVARIANT: a call that creates is repeated only when it was surely not carried out. Bodies with values are built
//! once, shared by the attempts, and wiped with the last of them.

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use ciuser_core::port::{Clock, Reached, Transport};
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize as _, Zeroizing};

use super::{Address, Fate, Resource, Service, Trouble, link};
use crate::wiped;

/// Before the second, the third and the fourth attempt, in seconds, unless the server names another time.
const PAUSES: [i64; 3] = [1, 2, 4];

/// Speaks to one service with one token.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    service: &'static Service,
    pub(crate) address: Address,
    token: SecretString,
    transport: Arc<dyn Transport>,
    clock: &'a dyn Clock,
    /// How many requests were sent, by its clones too.
    sent: Rc<Cell<usize>>,
}

/// Whether a call may be sent again when it may have been carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is the same as once.
    Safe,
    /// Look first.
    LookFirst,
}

/// A call that writes: method, resource, and JSON with the value it carries, if it carries one.
pub(crate) struct Write<'w, B> {
    pub(crate) doing: &'w str,
    pub(crate) method: Method,
    pub(crate) resource: Resource,
    pub(crate) body: &'w B,
    /// The value inside the body.
    pub(crate) value: Option<&'w str>,
    pub(crate) repeat: Repeat,
}

/// A call, ready to be sent.
struct Call<'c> {
    doing: &'c str,
    method: Method,
    resource: Resource,
    body: Bytes,
    value: Option<&'c str>,
    repeat: Repeat,
    /// Whether a 404 is an answer like any other.
    missing: bool,
}

impl<'a> Client<'a> {
    /// Makes a client. Sends nothing yet.
    pub(crate) fn new(
        service: &'static Service,
        address: Address,
        token: SecretString,
        transport: Arc<dyn Transport>,
        clock: &'a dyn Clock,
    ) -> Client<'a> {
        Client {
            service,
            address,
            token,
            transport,
            clock,
            sent: Rc::default(),
        }
    }

    /// Returns how many requests were sent so far.
    pub(crate) fn sent(&self) -> usize {
        self.sent.get()
    }

    /// Reads a resource.
    pub(crate) async fn get<T: DeserializeOwned>(&self, doing: &str, resource: Resource) -> Result<T, Trouble> {
        let answer = self.get_answer(doing, resource).await?;
        // The reason would quote the answer.
        serde_json::from_slice(answer.body()).map_err(|_| self.strange(doing))
    }

    /// Reads a resource that may be missing and may hold a secret, and tells whether it was there. Some services say in
    /// the same form what is missing; a 404 that says nothing is the default.
    pub(crate) async fn find<T>(&self, doing: &str, resource: Resource) -> Result<(bool, T), Trouble>
    where
        T: DeserializeOwned + Default,
    {
        let call = Call {
            missing: true,
            ..Call::reading(doing, resource)
        };
        let (head, body) = self.send(&call).await?.into_parts();
        let there = head.status.is_success();
        let read = serde_json::from_slice(&body);
        if let Ok(mut body) = body.try_into_mut() {
            body.zeroize();
        }
        match read {
            Ok(found) => Ok((there, found)),
            Err(_) if there => Err(self.strange(doing)),
            Err(_) => Ok((false, T::default())),
        }
    }

    /// Reads a resource and returns the whole answer.
    async fn get_answer(&self, doing: &str, resource: Resource) -> Result<Response<Bytes>, Trouble> {
        self.send(&Call::reading(doing, resource)).await
    }

    /// Makes an error of a call.
    pub(crate) fn trouble(&self, fate: Fate, doing: &str, what: &str) -> Trouble {
        Trouble::new(self.service, fate, doing, what)
    }

    fn strange(&self, doing: &str) -> Trouble {
        let what = format!(
            "`{}` gave an answer that is not {}'s",
            self.address.as_str(),
            self.service.name
        );
        self.trouble(Fate::Strange, doing, &what)
    }

    /// Reads a listing to its end. `page` returns what an answer lists and where it goes on, or nothing where the
    /// answer is no page of the listing.
    pub(crate) async fn list<T>(
        &self,
        doing: &str,
        first: Resource,
        page: impl Fn(&Response<Bytes>) -> Option<(Vec<T>, Option<Resource>)>,
    ) -> Result<Vec<T>, Trouble> {
        let mut all = Vec::new();
        let mut read = HashSet::from([first.clone()]);
        let mut next = first;
        loop {
            let answer = self.get_answer(doing, next).await?;
            let (items, following) = page(&answer).ok_or_else(|| self.strange(doing))?;
            all.extend(items);
            match following {
                None => return Ok(all),
                Some(following) if read.insert(following.clone()) => next = following,
                Some(_) => return Err(self.trouble(Fate::Strange, doing, "the listing has no end")),
            }
        }
    }

    /// Reads a listing whose pages name the next one in a `Link` header. `items` returns what a page lists.
    pub(crate) async fn list_by_link<P: DeserializeOwned, T>(
        &self,
        doing: &str,
        first: Resource,
        items: impl Fn(P) -> Vec<T>,
    ) -> Result<Vec<T>, Trouble> {
        let page = |answer: &Response<Bytes>| {
            let listed = serde_json::from_slice(answer.body()).ok()?;
            let next = match link::next_page(answer.headers()) {
                Some(url) => Some(self.address.resource_at(url)?),
                None => None,
            };
            Some((items(listed), next))
        };
        self.list(doing, first, page).await
    }

    /// Writes. What is answered hardly matters, for what was written is read again; but a page of something on the way
    /// says that nothing was, and the values that follow would be half a key.
    pub(crate) async fn write<B: Serialize>(&self, write: Write<'_, B>) -> Result<Bytes, Trouble> {
        let unwritable = |_| self.trouble(Fate::NotSent, write.doing, "the request cannot be written as JSON");
        let body = wiped::json(write.body).map_err(unwritable)?;
        let call = Call {
            doing: write.doing,
            method: write.method,
            resource: write.resource,
            body: Bytes::from_owner(body),
            value: write.value,
            repeat: write.repeat,
            missing: false,
        };
        let body = self.send(&call).await?.into_body();
        if body.trim_ascii_start().starts_with(b"<") {
            return Err(self.strange(write.doing));
        }
        Ok(body)
    }

    /// Removes a resource; one that is gone already is fine.
    pub(crate) async fn delete(&self, doing: &str, resource: Resource) -> Result<(), Trouble> {
        let call = Call {
            method: Method::DELETE,
            ..Call::reading(doing, resource)
        };
        match self.send(&call).await {
            Err(trouble) if !trouble.is_not_found() => Err(trouble),
            _ => Ok(()),
        }
    }

    /// Warns when token and values can be read on their way.
    pub(crate) fn exposure(&self) -> Option<String> {
        let url = self.address.as_str();
        let warning = || {
            format!(
                "`{url}` is not encrypted: the {} token and the key travel in the clear",
                self.service.name
            )
        };
        self.address.is_exposed().then(warning)
    }

    /// Waits for what was written to be seen.
    pub(crate) async fn wait(&self, seconds: i64) {
        self.clock.sleep(SignedDuration::from_secs(seconds)).await;
    }

    async fn send(&self, call: &Call<'_>) -> Result<Response<Bytes>, Trouble> {
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

    async fn send_once(&self, call: &Call<'_>) -> Result<Response<Bytes>, Trouble> {
        self.sent.set(self.sent.get() + 1);
        let answer = self.transport.send(self.request(call)?).await.map_err(|error| {
            let fate = match error.reached {
                Reached::NotSent => Fate::NotSent,
                Reached::Refused | Reached::Unknown => Fate::Unknown,
            };
            self.trouble(fate, call.doing, &error.message)
        })?;
        if answer.status().is_success() || (call.missing && answer.status() == StatusCode::NOT_FOUND) {
            return Ok(answer);
        }
        let sent: Vec<_> = call.value.into_iter().chain([self.token.expose_secret()]).collect();
        Err(Trouble::of_answer(self.service, call.doing, &answer, &sent))
    }

    fn request(&self, call: &Call<'_>) -> Result<Request<Bytes>, Trouble> {
        let unsendable = |what: &str| self.trouble(Fate::NotSent, call.doing, what);
        let Service {
            name,
            token_header,
            scheme,
            headers,
            ..
        } = self.service;
        let token = Zeroizing::new(format!("{scheme}{}", self.token.expose_secret()));
        let mut token = HeaderValue::from_str(&token)
            .map_err(|_| unsendable(&format!("the {name} token has characters that cannot be sent")))?;
        token.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(self.address.of_resource(&call.resource))
            .header(token_header, token)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("ciuser/", env!("CARGO_PKG_VERSION")));
        for (name, value) in *headers {
            request = request.header(name, *value);
        }
        if !call.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(call.body.clone())
            .map_err(|_| unsendable(&format!("`{}` is not an address", self.address.as_str())))
    }
}

impl<'c> Call<'c> {
    /// Makes a call that reads, which may be sent as often as one likes.
    fn reading(doing: &'c str, resource: Resource) -> Call<'c> {
        Call {
            doing,
            method: Method::GET,
            resource,
            body: Bytes::new(),
            value: None,
            repeat: Repeat::Safe,
            missing: false,
        }
    }

    fn may_be_repeated(&self, trouble: &Trouble) -> bool {
        match trouble.fate {
            Fate::NotSent | Fate::Throttled => true,
            Fate::Unknown => self.repeat == Repeat::Safe,
            Fate::Refused(_) | Fate::Strange => false,
        }
    }
}
