//! The answer: a page of events, or an error in AWS's JSON 1.1 protocol.

use aws_smithy_types::error::metadata::ErrorMetadata;
use bytes::Bytes;
use ciuser_core::port::IamError;
use serde_json::Value;

use crate::error;

/// A page of events.
pub(super) struct Page {
    /// The events, each a JSON text in itself.
    pub(super) events: Vec<String>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

/// Reads a page, or why there is none.
pub(super) fn page(answer: &http::Response<Bytes>, profile: Option<&str>) -> Result<Page, IamError> {
    let status = answer.status();
    let body: Option<Value> = serde_json::from_slice(answer.body()).ok();
    let read = match body {
        Some(body) if status.is_success() => events(&body),
        body => Err(refusal(answer, &body.unwrap_or_default(), profile)),
    };
    read.map_err(|error| IamError {
        request_id: header(answer, "x-amzn-requestid").map(str::to_owned),
        ..error
    })
}

fn events(body: &Value) -> Result<Page, IamError> {
    let events = body.get("Events").and_then(Value::as_array);
    let events = events.ok_or_else(|| error::unusable("the events are missing"))?;
    let texts = events.iter().filter_map(|event| text(event, "CloudTrailEvent"));
    Ok(Page {
        events: texts.map(str::to_owned).collect(),
        next: text(body, "NextToken")
            .filter(|token| !token.is_empty())
            .map(str::to_owned),
    })
}

fn refusal(answer: &http::Response<Bytes>, body: &Value, profile: Option<&str>) -> IamError {
    let status = answer.status().as_u16();
    let code = header(answer, "x-amzn-errortype")
        .or_else(|| text(body, "__type"))
        .or_else(|| text(body, "code"));
    let Some(code) = code.map(bare).filter(|_| !answer.status().is_success()) else {
        return error::unreadable(status);
    };
    let mut metadata = ErrorMetadata::builder().code(code);
    if let Some(message) = text(body, "message").or_else(|| text(body, "Message")) {
        metadata = metadata.message(message);
    }
    error::answered(&metadata.build(), status, profile)
}

/// Takes the namespace before a code, and the link behind it, away.
fn bare(code: &str) -> &str {
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    code.split_once(':').map_or(code, |(code, _)| code)
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str()
}

fn header<'a>(answer: &'a http::Response<Bytes>, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_without_namespace_and_link() {
        for code in [
            "AccessDenied",
            "com.amazonaws.cloudtrail#AccessDenied",
            "AccessDenied:http://internal.amazon.com/coral/",
        ] {
            assert_eq!(bare(code), "AccessDenied");
        }
    }
}
