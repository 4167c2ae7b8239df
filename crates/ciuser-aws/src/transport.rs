//! The `Transport` port as the SDK's HTTP client.
//!
//! What must stay true: a `TransportError` reaches the SDK's error as its source, so that [`crate::error`] still
//! knows how far the request came; the SDK's own classes do not tell. The transport owns the timeouts; only those
//! that the SDK sets for a whole exchange (the metadata service of EC2, which most machines do not have) are kept here.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use aws_sdk_iam::config::{AsyncSleep as _, RuntimeComponents, SharedAsyncSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use ciuser_core::port::{Reached, Transport, TransportError};
use http_body_util::Full;

use crate::whole::is_whole;

/// An extension of a request that is sent once only: it must not travel on a connection that was used before.
///
/// A server may close an idle connection while the request is on its way, and then nobody knows whether it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreshConnection;

/// The SDK's HTTP client.
#[derive(Debug, Clone)]
pub(crate) struct SdkHttp(pub(crate) Arc<dyn Transport>);

impl HttpClient for SdkHttp {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let whole = settings
            .read_timeout()
            .map(|read| read + settings.connect_timeout().unwrap_or_default());
        SharedHttpConnector::new(Connector {
            transport: Arc::clone(&self.0),
            limit: whole.zip(components.sleep_impl()),
        })
    }
}

#[derive(Debug)]
struct Connector {
    transport: Arc<dyn Transport>,
    limit: Option<(Duration, SharedAsyncSleep)>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let transport = Arc::clone(&self.transport);
        let limit = self.limit.clone();
        HttpConnectorFuture::new(async move {
            let exchange = transport.send(outgoing(request)?);
            let answer = match limit {
                None => exchange.await.map_err(lost)?,
                Some((limit, sleep)) => within(limit, &sleep, exchange).await?,
            };
            incoming(answer)
        })
    }
}

/// Takes the request out of the SDK's types. The bodies of IAM and STS are in memory.
fn outgoing(request: HttpRequest) -> Result<http::Request<Bytes>, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let body = body
        .bytes()
        .ok_or_else(|| ConnectorError::user("a request with a streaming body".into()))?;
    Ok(http::Request::from_parts(parts, Bytes::copy_from_slice(body)))
}

/// Hands the answer to the SDK as a body that is still to be read: one in memory would be shown in the SDK's log,
/// before the SDK knows that the answer of this operation holds a secret.
fn incoming(answer: http::Response<Bytes>) -> Result<HttpResponse, ConnectorError> {
    if answer.status().is_success() && !is_whole(answer.body()) {
        return Err(lost(TransportError {
            reached: Reached::Unknown,
            message: "the answer was cut off on the way".to_owned(),
        }));
    }
    HttpResponse::try_from(answer.map(|body| SdkBody::from_body_1_x(Full::new(body)))).map_err(|_| {
        lost(TransportError {
            reached: Reached::Unknown,
            message: "the answer has headers that are no text".to_owned(),
        })
    })
}

fn lost(error: TransportError) -> ConnectorError {
    let not_sent = error.reached == Reached::NotSent;
    let error = ConnectorError::io(error.into());
    if not_sent { error.never_connected() } else { error }
}

async fn within(
    limit: Duration,
    sleep: &SharedAsyncSleep,
    exchange: impl Future<Output = Result<http::Response<Bytes>, TransportError>>,
) -> Result<http::Response<Bytes>, ConnectorError> {
    let (mut exchange, mut over) = (pin!(exchange), pin!(sleep.sleep(limit)));
    poll_fn(|context| {
        if let Poll::Ready(answer) = exchange.as_mut().poll(context) {
            return Poll::Ready(answer.map_err(lost));
        }
        over.as_mut().poll(context).map(|()| {
            let message = format!("no answer within {} s", limit.as_secs());
            Err(ConnectorError::timeout(
                TransportError {
                    reached: Reached::Unknown,
                    message,
                }
                .into(),
            ))
        })
    })
    .await
}
