//! Requests over the network: HTTP/1.1 over TLS, or in the clear to `http://` endpoints.
//!
//! A connection is made with hyper's own building blocks, because its pooling client does not say whether a request
//! that failed had begun to be written. What must stay true: DNS, connect, proxy and TLS failures, and requests that
//! hyper hands back unwritten, are [`Reached::NotSent`]; all else is [`Reached::Unknown`]. Follows no redirects.

use std::error::Error;
use std::iter::successors;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_aws::FreshConnection;
use ciuser_core::port::{Reached, Transport, TransportError};
use http::header::HOST;
use http::uri::{Scheme, Uri};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service as _;

use super::pool::{Connection, Pool};
use super::tls::{TlsError, Trust, trust};

/// How long things may take, and how much may come back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// For name resolution, connecting and the TLS handshake together.
    pub(crate) connect: Duration,
    /// From the first byte of the request to the last one of the answer.
    pub(crate) answer: Duration,
    /// The longest body that is read.
    pub(crate) body: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            body: 16 * 1024 * 1024,
        }
    }
}

/// The proxy for `https://` requests, as `HTTPS_PROXY` and `NO_PROXY` name it. Requests to `http://` go direct.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxy {
    /// `http://[user:password@]host:port`.
    pub(crate) https: Option<String>,
    /// Hosts that are reached without it, separated by commas.
    pub(crate) except: Option<String>,
}

/// The network.
pub(crate) struct HttpsTransport {
    trust: Trust,
    proxies: Matcher,
    limits: Limits,
    pool: Pool,
    requests: AtomicU64,
}

/// What became of a request that was given to a connection.
enum Exchange {
    Answered(Response<Bytes>),
    /// Not a byte was written; here it is again.
    Unsent(Request<Full<Bytes>>, String),
    Lost(String),
}

impl HttpsTransport {
    /// Sets up TLS; connects to nobody yet. `ca_bundle` (PEM) replaces the system's certificates.
    ///
    /// # Errors
    /// When the bundle holds no certificate.
    pub(crate) fn new(limits: Limits, ca_bundle: Option<&[u8]>, proxy: Proxy) -> Result<HttpsTransport, TlsError> {
        let proxies = Matcher::builder()
            .https(proxy.https.unwrap_or_default())
            .no(proxy.except.unwrap_or_default());
        Ok(HttpsTransport {
            trust: trust(ca_bundle)?,
            proxies: proxies.build(),
            limits,
            pool: Pool::default(),
            requests: AtomicU64::new(0),
        })
    }

    /// Returns how many requests were sent, answered or not.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    async fn connect(&self, uri: &Uri) -> Result<Connection, String> {
        let stream = timeout(self.limits.connect, self.stream(uri));
        let stream = stream
            .await
            .map_err(|_| format!("no connection within {} s", self.limits.connect.as_secs()))??;
        let shaken = hyper::client::conn::http1::handshake(stream).await;
        let (connection, driver) = shaken.map_err(|error| innermost(&error))?;
        // Ends by itself: when the server closes, or when the connection is dropped. Errors reach the request.
        tokio::spawn(driver);
        Ok(connection)
    }

    async fn stream(&self, uri: &Uri) -> Result<MaybeHttpsStream<TokioIo<TcpStream>>, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let proxy = self
            .proxies
            .intercept(uri)
            .filter(|_| uri.scheme() == Some(&Scheme::HTTPS));
        let connected = match proxy {
            None => self.secured(tcp).call(uri.clone()).await,
            Some(proxy) => {
                let tunnel = Tunnel::new(proxy.uri().clone(), tcp);
                let tunnel = match proxy.basic_auth() {
                    Some(credentials) => tunnel.with_auth(credentials.clone()),
                    None => tunnel,
                };
                self.secured(tunnel).call(uri.clone()).await
            }
        };
        connected.map_err(|error| match self.trust.anybody {
            true => innermost(&*error),
            false => format!("{} (no CA certificates are installed here)", innermost(&*error)),
        })
    }

    fn secured<C>(&self, connector: C) -> HttpsConnector<C> {
        let tls = HttpsConnectorBuilder::new().with_tls_config(self.trust.config.clone());
        tls.https_or_http().enable_http1().wrap_connector(connector)
    }

    /// Sends the request on the connection, which goes back to the pool once the answer was read to its end.
    async fn exchange(&self, mut connection: Connection, origin: &str, request: Request<Full<Bytes>>) -> Exchange {
        let exchange = timeout(self.limits.answer, async {
            let answer = match connection.try_send_request(request).await {
                Ok(answer) => answer,
                Err(mut error) => {
                    let reason = innermost(error.error());
                    return match error.take_message() {
                        Some(request) => Exchange::Unsent(request, reason),
                        None => Exchange::Lost(reason),
                    };
                }
            };
            let (parts, body) = answer.into_parts();
            match Limited::new(body, self.limits.body).collect().await {
                Ok(body) => Exchange::Answered(Response::from_parts(parts, body.to_bytes())),
                Err(error) if error.is::<LengthLimitError>() => {
                    Exchange::Lost(format!("the answer is longer than {} bytes", self.limits.body))
                }
                Err(error) => Exchange::Lost(innermost(&*error)),
            }
        });
        let exchange = match exchange.await {
            Ok(exchange) => exchange,
            Err(_) => Exchange::Lost(format!("no answer within {} s", self.limits.answer.as_secs())),
        };
        if !matches!(exchange, Exchange::Unsent(..)) {
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
        if matches!(exchange, Exchange::Answered(_)) {
            self.pool.keep(origin.to_owned(), connection);
        }
        exchange
    }
}

#[async_trait]
impl Transport for HttpsTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let uri = request.uri().clone();
        let Some((host, origin)) = host_and_origin(&uri) else {
            return Err(not_sent("the request names no `http://` or `https://` host".to_owned()));
        };
        let mut request = outgoing(request, &host);
        let fresh = request.extensions().get::<FreshConnection>().is_some();
        if !fresh && let Some(connection) = self.pool.take(&origin).await {
            match self.exchange(connection, &origin, request).await {
                Exchange::Unsent(back, _) => request = back,
                exchange => return outcome(exchange, &host),
            }
        }
        let connection = self.connect(&uri).await;
        let connection = connection.map_err(|reason| not_sent(format!("could not connect to `{host}`: {reason}")))?;
        outcome(self.exchange(connection, &origin, request).await, &host)
    }
}

fn outcome(exchange: Exchange, host: &str) -> Result<Response<Bytes>, TransportError> {
    match exchange {
        Exchange::Answered(answer) => {
            tracing::debug!("{host}: {}", answer.status());
            Ok(answer)
        }
        Exchange::Unsent(_, reason) => Err(not_sent(format!("`{host}` took no request: {reason}"))),
        Exchange::Lost(reason) => {
            let message = format!("the answer of `{host}` was lost: {reason}");
            Err(TransportError {
                reached: Reached::Unknown,
                message,
            })
        }
    }
}

fn not_sent(message: String) -> TransportError {
    TransportError {
        reached: Reached::NotSent,
        message,
    }
}

/// Returns the value of the `Host` header, and what the connection belongs to. Leaves out user names in URLs.
fn host_and_origin(uri: &Uri) -> Option<(String, String)> {
    let scheme = uri
        .scheme()
        .filter(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme))?;
    let host = match (uri.host()?, uri.port_u16(), scheme == &Scheme::HTTPS) {
        (host, None, _) | (host, Some(443), true) | (host, Some(80), false) => host.to_owned(),
        (host, Some(port), _) => format!("{host}:{port}"),
    };
    let origin = format!("{scheme}://{host}");
    Some((host, origin))
}

/// Puts the request into the form that travels: the path alone in the first line, the host in a header.
fn outgoing(request: Request<Bytes>, host: &str) -> Request<Full<Bytes>> {
    let mut request = request.map(Full::new);
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
    if !request.headers().contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(host)
    {
        request.headers_mut().insert(HOST, host);
    }
    request
}

/// Returns the text of the deepest cause: the others repeat that something failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let chain = successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}

/// Shows nothing: a proxy's URL may hold a password.
impl std::fmt::Debug for HttpsTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpsTransport")
    }
}

#[cfg(test)]
mod tests;
