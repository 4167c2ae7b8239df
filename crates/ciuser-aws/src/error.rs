//! The SDK's errors as the ports' own: code, message, request id, and how far the request came.
//!
//! INVARIANT: an `SdkError` is never shown, neither by `Display` nor by `Debug`: it keeps the whole answer, and the
//! answer of CreateAccessKey holds the secret. An answer that cannot be read is told by its status alone.

use std::error::Error;
use std::iter::successors;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use ciuser_core::port::{IamError, IamErrorKind, Reached, TransportError};

use crate::credentials;

/// Translates the error of any operation. `profile` is the one that was asked for by name.
pub(crate) fn translate<E>(error: SdkError<E, HttpResponse>, profile: Option<&str>) -> IamError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    let translated = match &error {
        SdkError::ServiceError(answer) => answered(answer.err(), answer.raw().status().as_u16(), profile),
        SdkError::ResponseError(answer) => unreadable(answer.raw().status().as_u16()),
        SdkError::TimeoutError(_) => no_answer(Reached::Unknown, "no answer in time".to_owned()),
        SdkError::ConstructionFailure(_) => on_the_way(&error, Reached::NotSent, profile),
        _ => on_the_way(&error, Reached::Unknown, profile),
    };
    IamError {
        request_id,
        ..translated
    }
}

/// Returns the error for an answer that was read and makes no sense. Whatever was asked may have been done.
pub(crate) fn unusable(what: impl std::fmt::Display) -> IamError {
    let message = format!("the answer cannot be used: {what}");
    IamError {
        kind: IamErrorKind::Other,
        reached: Reached::Unknown,
        code: None,
        message,
        request_id: None,
    }
}

/// Returns the error for a request that could not even be put together.
pub(crate) fn unaskable(what: impl std::fmt::Display) -> IamError {
    let message = format!("the request cannot be made: {what}");
    IamError {
        kind: IamErrorKind::Other,
        reached: Reached::NotSent,
        code: None,
        message,
        request_id: None,
    }
}

/// Returns the error for an answer that says no. Without a code, its status is all that is told.
pub(crate) fn answered(error: &dyn ProvideErrorMetadata, status: u16, profile: Option<&str>) -> IamError {
    let Some(code) = error.code() else {
        return unreadable(status);
    };
    let kind = kind(code, status);
    let mut message = error.message().unwrap_or("no message").trim().to_owned();
    if kind == IamErrorKind::Credentials {
        message = format!("{}; {}", message.trim_end_matches('.'), credentials::renew(profile));
    }
    IamError {
        kind,
        reached: reached(status),
        code: Some(code.to_owned()),
        message,
        request_id: None,
    }
}

/// Returns the error for an answer that cannot be read.
pub(crate) fn unreadable(status: u16) -> IamError {
    if status == 429 {
        return IamError {
            kind: IamErrorKind::Throttling,
            ..no_answer(Reached::Refused, "too many requests (HTTP 429)".to_owned())
        };
    }
    no_answer(reached(status), format!("the answer could not be read (HTTP {status})"))
}

fn no_answer(reached: Reached, message: String) -> IamError {
    IamError {
        kind: IamErrorKind::NoAnswer,
        reached,
        code: None,
        message,
        request_id: None,
    }
}

/// Tells what a status says of the request. A 2xx that leads here could not be read, and a 408 comes from a proxy.
fn reached(status: u16) -> Reached {
    match status {
        408 => Reached::Unknown,
        300..=499 | 501 => Reached::Refused,
        _ => Reached::Unknown,
    }
}

fn kind(code: &str, status: u16) -> IamErrorKind {
    match code {
        "NoSuchEntity" | "ResourceNotFoundException" | "ParameterNotFound" => IamErrorKind::NoSuchEntity,
        "EntityAlreadyExists" | "ResourceExistsException" | "ParameterAlreadyExists" => {
            IamErrorKind::EntityAlreadyExists
        }
        "LimitExceeded" => IamErrorKind::LimitExceeded,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => IamErrorKind::AccessDenied,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException" => IamErrorKind::Throttling,
        "InvalidClientTokenId" | "InvalidAccessKeyId" | "UnrecognizedClientException" | "AuthFailure" => {
            IamErrorKind::InvalidClientTokenId
        }
        "ExpiredToken" | "ExpiredTokenException" => IamErrorKind::Credentials,
        "InvalidAction" | "UnknownOperationException" | "NotImplemented" => IamErrorKind::InvalidAction,
        _ if status == 501 => IamErrorKind::InvalidAction,
        _ => IamErrorKind::Other,
    }
}

/// Finds out what stopped a request that has no answer. `otherwise` is how far it came if nothing says so.
pub(crate) fn on_the_way(error: &(dyn Error + 'static), otherwise: Reached, profile: Option<&str>) -> IamError {
    // Credentials come first: looking for them makes requests too, but then ours was not sent.
    if let Some(error) = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>()) {
        let message = credentials::explain(error, profile);
        let kind = IamErrorKind::Credentials;
        return IamError {
            kind,
            reached: Reached::NotSent,
            code: None,
            message,
            request_id: None,
        };
    }
    if let Some(lost) = chain(error).find_map(|error| error.downcast_ref::<TransportError>()) {
        return no_answer(lost.reached, lost.message.clone());
    }
    // No answer exists yet, and no request to IAM or STS holds a secret, so the innermost text can be shown.
    let innermost = chain(error).last().map(ToString::to_string).unwrap_or_default();
    if innermost.starts_with("identity resolver timed out") {
        let message = "the credentials did not come in time".to_owned();
        return IamError {
            kind: IamErrorKind::Credentials,
            reached: Reached::NotSent,
            ..no_answer(otherwise, message)
        };
    }
    IamError {
        reached: otherwise,
        ..unaskable(innermost)
    }
}

/// Returns an error and its sources, outermost first.
pub(crate) fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}
