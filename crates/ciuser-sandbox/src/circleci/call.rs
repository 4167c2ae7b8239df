//! One call, as the resources want to read it: its method, its query parameters, its JSON body.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::answer::Refusal;
use crate::Request;
use crate::object::Object;

/// A call of the API and the time at which it is made.
pub(super) struct Call<'r> {
    pub(super) now: Timestamp,
    request: &'r Request,
}

impl<'r> Call<'r> {
    pub(super) fn new(now: Timestamp, request: &'r Request) -> Call<'r> {
        Call { now, request }
    }

    pub(super) fn method(&self) -> &'r str {
        self.request.method().as_str()
    }

    /// Returns a query parameter; an empty one counts as not given.
    pub(super) fn param(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// Reads the body. The reason is not told when it cannot be read: it would quote the body.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let read = serde_json::from_slice(self.request.body()).map(|Object(body)| body);
        read.map_err(|_| Refusal::bad_request("The request body is not valid."))
    }
}
