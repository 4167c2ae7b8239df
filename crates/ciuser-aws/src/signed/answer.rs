//! The answer: what was asked for, or an error in AWS's JSON 1.1 protocol.

use aws_smithy_types::error::metadata::ErrorMetadata;
use bytes::Bytes;
use ciuser_core::port::IamError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroize as _;

use crate::error;

/// Reads an answer, or why there is none. Its bytes are wiped.
pub(super) fn read<T: DeserializeOwned>(answer: http::Response<Bytes>, profile: Option<&str>) -> Result<T, IamError> {
    let (head, body) = answer.into_parts();
    let read = if head.status.is_success() {
        // An operation that answers nothing may answer an empty body.
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        serde_json::from_slice(body).map_err(|reason| {
            // The reason itself would quote the answer.
            if reason.is_data() {
                error::unusable("a field is missing, or is not what it should be")
            } else {
                error::unreadable(head.status.as_u16())
            }
        })
    } else {
        Err(refusal(
            &head,
            &serde_json::from_slice(&body).unwrap_or_default(),
            profile,
        ))
    };
    if let Ok(mut body) = body.try_into_mut() {
        body.zeroize();
    }
    read.map_err(|error| IamError {
        request_id: header(&head, "x-amzn-requestid").map(str::to_owned),
        ..error
    })
}

fn refusal(head: &http::response::Parts, body: &Value, profile: Option<&str>) -> IamError {
    let status = head.status.as_u16();
    let code = header(head, "x-amzn-errortype")
        .or_else(|| text(body, "__type"))
        .or_else(|| text(body, "code"));
    let Some(code) = code.map(bare) else {
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

fn header<'a>(head: &'a http::response::Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
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
