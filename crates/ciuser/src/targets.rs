//! Opens stores and providers for core, each with what it needs of this process.

use std::path::Path;
use std::sync::Arc;

use ciuser_core::port::{Clock, Entropy, Provider, Store, TargetError, Targets, Transport};
use ciuser_core::target::{ProviderSpec, StoreSpec};

use crate::token::Tokens;
use crate::transport::{HttpsTransport, Limits, Proxy};
use crate::{place, provider, store};

/// How targets reach their services.
pub(crate) struct Reach<'a> {
    /// Carries requests.
    pub(crate) transport: Arc<dyn Transport>,
    /// Time, for retries.
    pub(crate) clock: &'a dyn Clock,
    /// Randomness, for sealing.
    pub(crate) entropy: &'a dyn Entropy,
    /// What opens the services.
    pub(crate) tokens: Tokens<'a>,
    /// The session that stores in AWS are reached with; none in the sandbox, which has no such services.
    pub(crate) aws: Option<ciuser_aws::Session>,
    /// The proxy, for services with certificates of their own.
    pub(crate) proxy: Proxy,
}

impl Reach<'_> {
    /// Returns what carries requests to a service whose certificates are in this bundle alone; without one, what
    /// carries all others.
    ///
    /// # Errors
    /// When the bundle is not there, or holds no certificate.
    pub(crate) fn transport_trusting(&self, ca_bundle: Option<&Path>) -> Result<Arc<dyn Transport>, TargetError> {
        let Some(path) = ca_bundle else {
            return Ok(Arc::clone(&self.transport));
        };
        let unusable = |what: &str| TargetError::new(format!("the certificates in `{}`: {what}", path.display()));
        let bundle = place::read(path)?.ok_or_else(|| unusable("there is no such file"))?;
        let transport = HttpsTransport::new(Limits::default(), Some(&bundle), self.proxy.clone());
        Ok(Arc::new(transport.map_err(|error| unusable(&error.to_string()))?))
    }
}

/// Opens the targets of one run.
pub(crate) struct OpenTargets<'a> {
    /// What the stores share.
    pub(crate) stores: &'a store::Session<'a>,
    /// The services.
    pub(crate) reach: Reach<'a>,
}

impl Targets for OpenTargets<'_> {
    fn store(&self, spec: &StoreSpec) -> Result<Box<dyn Store + '_>, TargetError> {
        store::open(spec, self.stores, &self.reach)
    }

    fn provider(&self, spec: &ProviderSpec) -> Result<Box<dyn Provider + '_>, TargetError> {
        provider::open(spec, &self.reach)
    }
}
