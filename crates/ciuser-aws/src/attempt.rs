//! Requests that must go out once: CreateAccessKey above all, which is not idempotent and answers its secret once.
//!
//! The SDK sends a request again whenever its answer was lost. For these the SDK makes one attempt, and this module
//! makes another only when the one before was surely not carried out: no byte was sent, or IAM said `Throttling`.

use aws_sdk_iam::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use ciuser_core::port::{Clock, IamError, IamErrorKind, Reached};
use jiff::SignedDuration;

use crate::transport::FreshConnection;

const ATTEMPTS: u32 = 5;
const ATTEMPTS_UNTIL_ANSWERED: u32 = 4;
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Calls, and calls again after 1, 2, 4 and 8 seconds for as long as the call was surely not carried out.
pub(crate) async fn once<T>(clock: &dyn Clock, call: impl AsyncFnMut() -> Result<T, IamError>) -> Result<T, IamError> {
    at_most(ATTEMPTS, clock, call).await
}

/// Does as [`once`] does, with as many attempts.
pub(crate) async fn at_most<T>(
    attempts: u32,
    clock: &dyn Clock,
    mut call: impl AsyncFnMut() -> Result<T, IamError>,
) -> Result<T, IamError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..attempts {
        match call().await {
            Err(error) if surely_not_carried_out(&error) => clock.sleep(pause).await,
            outcome => return outcome,
        }
        pause = pause.saturating_add(pause);
    }
    call().await
}

/// Calls something that may be done twice, and calls again after 1, 2 and 4 seconds when it was not carried out or its
/// answer was lost.
pub(crate) async fn until_answered<T>(
    clock: &dyn Clock,
    mut call: impl AsyncFnMut() -> Result<T, IamError>,
) -> Result<T, IamError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS_UNTIL_ANSWERED {
        match call().await {
            Err(error) if surely_not_carried_out(&error) || was_lost(&error) => clock.sleep(pause).await,
            outcome => return outcome,
        }
        pause = pause.saturating_add(pause);
    }
    call().await
}

/// Tells whether nobody knows what became of the call: no answer, or the service itself failed.
fn was_lost(error: &IamError) -> bool {
    error.reached == Reached::Unknown && (error.kind == IamErrorKind::NoAnswer || error.code.is_some())
}

fn surely_not_carried_out(error: &IamError) -> bool {
    match error.kind {
        IamErrorKind::NoAnswer => error.reached == Reached::NotSent,
        // A throttled 5xx would be ambiguous; IAM throttles with 400.
        IamErrorKind::Throttling => error.reached == Reached::Refused,
        _ => false,
    }
}

/// Tells the SDK to send a request once.
pub(crate) fn single() -> aws_sdk_iam::config::Builder {
    aws_sdk_iam::Config::builder().retry_config(RetryConfig::disabled())
}

/// Asks the transport for a connection of the request's own.
pub(crate) fn on_fresh_connection(request: &mut HttpRequest) {
    request.add_extension(FreshConnection);
}
