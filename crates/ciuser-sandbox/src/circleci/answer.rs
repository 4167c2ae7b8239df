//! CircleCI's answers: JSON, and `{"message": ...}` whenever there is nothing else to say.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Response;

/// What a call comes to.
pub(super) type Outcome = Result<Response, Refusal>;

/// A call that was not carried out, and why.
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    retry_after: Option<u32>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn unauthorized(message: &str) -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, message)
    }

    /// Refuses because `what` does not exist: `Context not found.`
    pub(super) fn not_found(what: &str) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, format!("{what} not found."))
    }

    pub(super) fn no_such_route() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "Not found.")
    }

    pub(super) fn method_not_allowed() -> Refusal {
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.")
    }

    pub(super) fn conflict(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::CONFLICT, message)
    }

    /// Refuses because of too many requests; `retry_after` is the number of seconds to wait, where it is told.
    pub(super) fn throttled(retry_after: Option<u32>) -> Refusal {
        Refusal {
            retry_after,
            ..Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests.")
        }
    }

    pub(super) fn internal() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error.")
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = json_response(self.status, &json!({ "message": self.message }));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers 200 with a JSON value.
#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand over what they have just made with `json!`"
)]
pub(super) fn ok(body: Value) -> Response {
    json_response(StatusCode::OK, &body)
}

/// Answers 201 with a JSON value.
#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand over what they have just made with `json!`"
)]
pub(super) fn created(body: Value) -> Response {
    json_response(StatusCode::CREATED, &body)
}

/// Answers 200 with a message.
pub(super) fn done(message: &str) -> Response {
    ok(json!({ "message": message }))
}

/// Returns the time as CircleCI writes it: `2026-11-23T18:59:15.042Z`.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_even_when_they_are_zero() {
        assert_eq!(
            time("2026-11-23T18:59:15Z".parse().unwrap()),
            "2026-11-23T18:59:15.000Z"
        );
        assert_eq!(
            time("2026-11-23T18:59:15.0429Z".parse().unwrap()),
            "2026-11-23T18:59:15.042Z"
        );
    }
}
