//! Answers in Connect's form: errors repeat their status in the body, and every answer names the server's version.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::Response;

/// The version of Connect that is played.
pub(super) const VERSION: &str = "1.8.1";

const VERSION_HEADER: HeaderName = HeaderName::from_static("1password-connect-version");

/// What a call comes to.
pub(super) type Outcome = Result<Response, Refusal>;

/// A call that was not carried out, and why.
pub(super) struct Refusal(StatusCode, String);

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal(status, message.into())
    }

    pub(super) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn no_vault(id: &str) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, format!("vault {id} not found"))
    }

    pub(super) fn no_item(id: &str) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, format!("item {id} not found"))
    }

    pub(super) fn not_in_scope(vault: &str) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, format!("vault {vault} is not in scope"))
    }

    pub(super) fn into_response(self) -> Response {
        let Refusal(status, message) = self;
        json(status, &json!({ "status": status.as_u16(), "message": message }))
    }
}

/// Answers 200 with a JSON value.
pub(super) fn ok(body: &Value) -> Response {
    json(StatusCode::OK, body)
}

/// Answers 204.
pub(super) fn no_content() -> Response {
    with(StatusCode::NO_CONTENT, Bytes::new())
}

/// Answers 200 with a text.
pub(super) fn text(body: &'static str) -> Response {
    let mut response = with(StatusCode::OK, Bytes::from_static(body.as_bytes()));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = with(status, Bytes::from(body.to_string()));
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn with(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(VERSION_HEADER, HeaderValue::from_static(VERSION));
    response
}
