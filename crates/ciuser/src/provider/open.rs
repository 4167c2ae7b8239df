//! From a provider's description to the provider.

use std::sync::Arc;

use ciuser_core::port::{Clock, Provider, Transport};
use ciuser_core::target::ProviderSpec;
use secrecy::SecretString;

use super::circleci::{Client, ContextPlace, ContextSpec, ProjectPlace};

/// Opens a provider. Sends nothing yet.
pub(crate) fn open<'a>(
    spec: &ProviderSpec,
    transport: Arc<dyn Transport>,
    clock: &'a dyn Clock,
    token: SecretString,
) -> Box<dyn Provider + 'a> {
    match spec.clone() {
        ProviderSpec::CircleciContext {
            org,
            context,
            restrict_to,
            open,
            url,
            names,
        } => {
            let client = Client::new(url.as_deref(), token, transport, clock);
            let spec = ContextSpec {
                org,
                name: context,
                restrict_to,
                open,
                names,
            };
            Box::new(ContextPlace::new(client, spec))
        }
        ProviderSpec::CircleciProject { project, url, names } => {
            let client = Client::new(url.as_deref(), token, transport, clock);
            Box::new(ProjectPlace::new(client, project, names))
        }
    }
}
