//! Answers: JSON with any status, and refusals with a message.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Response;

/// What a call comes to.
pub(crate) type Outcome = Result<Response, Refusal>;

/// A call that was not carried out, and why.
pub(crate) struct Refusal {
    status: StatusCode,
    message: Value,
    retry_after: Option<u32>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<Value>) -> Refusal {
        Refusal {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    /// Tells to wait for so many seconds.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Refusal {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = json(self.status, &json!({ "message": self.message }));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers with a JSON value.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

/// Answers 200 with a JSON value.
pub(crate) fn ok(body: &Value) -> Response {
    json(StatusCode::OK, body)
}

/// Answers 201 with a JSON value.
pub(crate) fn created(body: &Value) -> Response {
    json(StatusCode::CREATED, body)
}

/// Answers 204.
pub(crate) fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Returns the time as both write it: in whole seconds, `2026-11-23T18:59:15Z`.
pub(crate) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
