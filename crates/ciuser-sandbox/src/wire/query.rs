//! What a Query request asks for.

use super::{AwsError, Params, Service};
use crate::Request;

/// An operation of a service, with its parameters.
pub(crate) struct Query {
    /// The service whose API has the version that the request names.
    pub(crate) service: Option<Service>,
    /// All parameters.
    pub(crate) params: Params,
}

impl Query {
    /// Reads what a request asks for.
    pub(crate) fn of(request: &Request) -> Query {
        let params = Params::of(request);
        Query {
            service: params.get("Version").and_then(Service::of_version),
            params,
        }
    }

    /// Returns the name of the operation; empty if the request has none.
    pub(crate) fn action(&self) -> &str {
        self.params.get("Action").unwrap_or_default()
    }

    /// Returns the refusal of an operation that is not served, or of a request that names none.
    pub(crate) fn not_served(&self) -> AwsError {
        match self.action() {
            "" => AwsError::missing_action(),
            action => AwsError::invalid_action(action, self.params.get("Version")),
        }
    }
}
