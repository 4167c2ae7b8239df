//! Opens stores and providers for core, each with what it needs of this process.

use std::sync::Arc;

use ciuser_core::port::{Clock, Provider, Store, TargetError, Targets, Transport};
use ciuser_core::target::{ProviderSpec, StoreSpec};
use secrecy::SecretString;

use crate::{provider, store};

/// Opens the targets of one run.
pub(crate) struct OpenTargets<'a> {
    /// What the stores share.
    pub(crate) stores: &'a store::Session<'a>,
    /// Carries requests to CI systems.
    pub(crate) transport: Arc<dyn Transport>,
    /// Time, for retries.
    pub(crate) clock: &'a dyn Clock,
    /// The CircleCI token, or why there is none.
    pub(crate) circleci_token: Result<SecretString, TargetError>,
}

impl Targets for OpenTargets<'_> {
    fn store(&self, spec: &StoreSpec) -> Result<Box<dyn Store + '_>, TargetError> {
        Ok(store::open(spec, self.stores))
    }

    fn provider(&self, spec: &ProviderSpec) -> Result<Box<dyn Provider + '_>, TargetError> {
        let token = self.circleci_token.clone()?;
        Ok(provider::open(spec, self.transport.clone(), self.clock, token))
    }
}
