//! Which endpoint the calls go to, for the journal and for checking it before the first call.
//!
//! The SDK itself follows AWS's order: the argument, `AWS_ENDPOINT_URL_IAM`, `AWS_ENDPOINT_URL`, the profile's
//! `services` section, the profile's `endpoint_url`; `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` leaves the argument alone.
//! But it takes a URL without scheme for none in one place and fails at the first call in another.

use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

/// Returns the endpoint that was configured for a service, or `None` for AWS's own.
pub(crate) fn configured(config: &SdkConfig, service_id: &str) -> Option<String> {
    let global = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return global;
    }
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url");
    let specific = key
        .build()
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    specific.or(global)
}

/// Tells whether a URL can be an endpoint.
pub(crate) fn is_endpoint(url: &str) -> bool {
    url.parse::<http::Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}
