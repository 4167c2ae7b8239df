//! HTTP, as the SDK's wrapper, the providers and the stores use it.

use async_trait::async_trait;
use bytes::Bytes;

use super::Reached;

/// Carries one request to where its URI says. Follows no redirects, retries nothing.
#[async_trait]
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends the request and returns the whole answer, whatever its status.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;
}

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// [`Reached::NotSent`] or [`Reached::Unknown`].
    pub reached: Reached,
    /// What went wrong, in words, with the host but without the request.
    pub message: String,
}
