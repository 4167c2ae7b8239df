//! Opens stores and providers for core, each with what it needs of this process.

use std::sync::Arc;

use ciuser_core::port::{Clock, Entropy, Provider, Store, TargetError, Targets, Transport};
use ciuser_core::target::{ProviderSpec, StoreSpec};

use crate::token::Tokens;
use crate::{provider, store};

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
