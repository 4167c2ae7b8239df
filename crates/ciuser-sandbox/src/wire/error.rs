//! A refusal, as AWS gives it: code, HTTP status, message.
//!
//! The refusals of the protocol and of authentication are worded here; those of IAM's operations in `iam::refusal`.

use http::StatusCode;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AwsError {
    pub(crate) code: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl AwsError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> AwsError {
        AwsError {
            code,
            status,
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> AwsError {
        AwsError::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn forbidden(code: &'static str, message: impl Into<String>) -> AwsError {
        AwsError::new(StatusCode::FORBIDDEN, code, message)
    }

    pub(crate) fn invalid_action(action: &str, version: Option<&str>) -> AwsError {
        let version = version.unwrap_or("NO_VERSION_SPECIFIED");
        AwsError::bad_request(
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        )
    }

    pub(crate) fn missing_action() -> AwsError {
        AwsError::bad_request(
            "MissingAction",
            "The request is missing an action or a required parameter.",
        )
    }

    pub(crate) fn missing_token() -> AwsError {
        AwsError::forbidden("MissingAuthenticationToken", "Request is missing Authentication Token")
    }

    /// Returns the one answer to an unknown key, an inactive key and a wrong session token.
    pub(crate) fn invalid_token() -> AwsError {
        AwsError::forbidden(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )
    }

    pub(crate) fn incomplete_signature(message: impl Into<String>) -> AwsError {
        AwsError::bad_request("IncompleteSignature", message)
    }

    pub(crate) fn signature_mismatch(message: impl Into<String>) -> AwsError {
        AwsError::forbidden("SignatureDoesNotMatch", message)
    }

    pub(crate) fn throttling() -> AwsError {
        AwsError::bad_request("Throttling", "Rate exceeded")
    }

    pub(crate) fn internal_failure() -> AwsError {
        AwsError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        )
    }

    pub(crate) fn unavailable() -> AwsError {
        AwsError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        )
    }
}
