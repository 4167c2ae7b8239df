//! Which certificates are trusted: the system's, or those of one bundle (`AWS_CA_BUNDLE`), as the AWS CLI does it.

use std::sync::Arc;

use hyper_rustls::ConfigBuilderExt as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Why TLS cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TlsError {
    /// The bundle is not PEM, or has no certificate in it.
    #[error("the CA bundle holds no certificate that can be used")]
    Bundle,
    /// The TLS library refused its own defaults.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// What TLS connections are made with.
pub(super) struct Trust {
    /// The library's configuration.
    pub(super) config: ClientConfig,
    /// Whether anybody is trusted at all: a machine without CA certificates can still use `http://` endpoints.
    pub(super) anybody: bool,
}

/// Trusts the certificates of the bundle (PEM) and no others, or the system's if there is no bundle.
pub(super) fn trust(bundle: Option<&[u8]>) -> Result<Trust, TlsError> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| TlsError::Setup(error.to_string()))?;
    let nobody = builder.clone().with_root_certificates(RootCertStore::empty());
    let (roots, anybody) = match bundle {
        Some(bundle) => (builder.with_root_certificates(certificates(bundle)?), true),
        None => match builder.with_native_roots() {
            Ok(native) => (native, true),
            Err(_) => (nobody, false),
        },
    };
    Ok(Trust {
        config: roots.with_no_client_auth(),
        anybody,
    })
}

fn certificates(bundle: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(bundle) {
        // One that this library cannot use does not spoil the others, as with the system's.
        let _ = certificate.map(|certificate| roots.add(certificate));
    }
    if roots.is_empty() {
        Err(TlsError::Bundle)
    } else {
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_certificates_is_refused() {
        for bundle in [
            "",
            "nonsense",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(trust(Some(bundle.as_bytes())).err(), Some(TlsError::Bundle), "{bundle}");
        }
    }
}
