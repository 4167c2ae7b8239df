//! 429 Too Many Requests: IAM and STS throttle with 400, but what stands before them (a proxy, a gateway, an emulator)
//! answers 429, which the SDK does not send again by itself.

use std::time::Duration;

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::ErrorKind;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// The longest that an answer may make us wait before the next attempt.
const LONGEST: u64 = 20;

/// Lets the SDK send a request again after 429, when `Retry-After` says so. Makes no difference to requests that are
/// sent once.
#[derive(Debug)]
pub(crate) struct TooManyRequests;

impl ClassifyRetry for TooManyRequests {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(answer) = context.response().filter(|answer| answer.status().as_u16() == 429) else {
            return RetryAction::NoActionIndicated;
        };
        let after = answer
            .headers()
            .get("retry-after")
            .and_then(|text| text.trim().parse().ok());
        match after {
            Some(seconds) => RetryAction::retryable_error_with_explicit_delay(
                ErrorKind::ThrottlingError,
                Duration::from_secs(LONGEST.min(seconds)),
            ),
            None => RetryAction::throttling_error(),
        }
    }

    fn name(&self) -> &'static str {
        "429 Too Many Requests"
    }
}
