//! One call, as the resources want to read it: its method, the parts of its path, its parameters, its JSON body.

use http::header::{AUTHORIZATION, HOST};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::Request;
use crate::object::Object;

/// A call of an API and the time at which it is made.
pub(crate) struct Call<'r> {
    pub(crate) now: Timestamp,
    request: &'r Request,
}

impl<'r> Call<'r> {
    pub(crate) fn new(now: Timestamp, request: &'r Request) -> Call<'r> {
        Call { now, request }
    }

    pub(crate) fn method(&self) -> &'r str {
        self.request.method().as_str()
    }

    /// Returns the parts of the path after a prefix. Each is decoded for itself: a part may hold a slash.
    pub(crate) fn path(&self, prefix: &str) -> Option<Vec<String>> {
        let path = self.request.uri().path().strip_prefix(prefix)?;
        let decoded = |part| percent_decode_str(part).decode_utf8().ok().map(Into::into);
        path.split('/').map(decoded).collect()
    }

    /// Returns a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        Some(value.into_owned())
    }

    /// Returns a header.
    pub(crate) fn header(&self, name: &str) -> Option<&'r str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// Returns the token after `Bearer`, or after `token` in the older spelling.
    pub(crate) fn bearer(&self) -> Option<&'r str> {
        let (scheme, token) = self.header(AUTHORIZATION.as_str())?.split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
        known.then(|| token.trim())
    }

    /// Reads the body, or nothing where it is not what was expected.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.request.body()).ok()
    }

    /// Reads the body as a JSON object of this structure, or nothing where it is not that.
    pub(crate) fn object<T: DeserializeOwned>(&self) -> Option<T> {
        self.body().map(|Object(body)| body)
    }

    /// Returns the address of the server, as the caller names it.
    pub(crate) fn origin(&self) -> String {
        let host = self.header(HOST.as_str()).unwrap_or("localhost");
        let scheme = self.request.uri().scheme_str().unwrap_or("http");
        format!("{scheme}://{host}")
    }

    /// Returns the address of this call with other query parameters.
    pub(super) fn address_with(&self, query: &str) -> String {
        format!("{}{}?{query}", self.origin(), self.request.uri().path())
    }

    /// Returns every query parameter.
    pub(super) fn params(&self) -> Vec<(String, String)> {
        let query = self.request.uri().query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}
