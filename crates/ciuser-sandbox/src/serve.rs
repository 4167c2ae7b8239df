//! Puts the engine behind a loopback port, for clients that cannot call it in process.
//!
//! What must stay true: only loopback addresses are served, and only requests whose `Host` is a loopback name are
//! answered, so that no web page can reach the sandbox by having its own name point here; no request body is larger
//! than [`BODY_LIMIT`]. One thread, plain HTTP/1.1, no TLS. Requests are handled one after the other.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::Authority;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use crate::{Answer, Request, Response};

/// The largest request body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How long the last answers may take once serving is to end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// How long to wait when the system cannot hand over a connection, as when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers requests until `shutdown` is done; the answers that are on their way then are still sent.
///
/// An error of the handler is answered with 500 and its message.
pub async fn serve<E: Display + 'static>(
    listener: TcpListener,
    handler: impl Fn(Request) -> Result<Answer, E> + 'static,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().to_canonical().is_loopback() {
        let message = format!("serving on {address}: only loopback addresses are served");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    LocalSet::new()
        .run_until(accept_until(listener, Rc::new(handler), shutdown))
        .await;
    Ok(())
}

async fn accept_until<E: Display + 'static>(
    listener: TcpListener,
    handler: Rc<impl Fn(Request) -> Result<Answer, E> + 'static>,
    shutdown: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => spawn_connection(stream, &connections, Rc::clone(&handler)),
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    // A client that never finishes its request must not keep us: what is open after the time ends with the task set.
    let _ = tokio::time::timeout(LAST_ANSWERS, connections.shutdown()).await;
}

fn spawn_connection<E: Display + 'static>(
    stream: TcpStream,
    connections: &GracefulShutdown,
    handler: Rc<impl Fn(Request) -> Result<Answer, E> + 'static>,
) {
    // Answers are small and awaited: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let handler = Rc::clone(&handler);
        async move { answer(request, &*handler).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::task::spawn_local(async move {
        // An error ends this connection only, and a dropped answer is one.
        let _ = connection.await;
    });
}

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("the answer was dropped")]
    Dropped,
    #[error("the request did not arrive")]
    Unread,
}

async fn answer<E: Display>(
    request: http::Request<Incoming>,
    handler: &impl Fn(Request) -> Result<Answer, E>,
) -> Result<http::Response<Full<Bytes>>, NoAnswer> {
    if !is_for_loopback(&request) {
        let message = "the sandbox answers only on loopback names, such as `localhost` and `127.0.0.1`";
        return Ok(plain(StatusCode::FORBIDDEN, message));
    }
    let (parts, body) = request.into_parts();
    // Looked at first, so that a client that waits for `100 Continue` is told before it sends.
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Ok(too_large());
    }
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        Err(_) => return Err(NoAnswer::Unread),
    };
    match handler(Request::from_parts(parts, body)) {
        Ok(Answer::Response(response)) => Ok(response.map(Full::new)),
        Ok(Answer::Dropped) => Err(NoAnswer::Dropped),
        Err(error) => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())),
    }
}

/// Tells whether every name by which the request calls us is a loopback name; a request must call us by one.
fn is_for_loopback<B>(request: &http::Request<B>) -> bool {
    let header = match request
        .headers()
        .get(HOST)
        .map(|value| Authority::try_from(value.as_bytes()))
    {
        Some(Ok(authority)) => authority,
        Some(Err(_)) | None => return false,
    };
    let several = request.headers().get_all(HOST).iter().nth(1).is_some();
    !several && is_loopback_name(header.host()) && request.uri().host().is_none_or(is_loopback_name)
}

fn is_loopback_name(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(&host);
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn too_large() -> http::Response<Full<Bytes>> {
    plain(
        StatusCode::PAYLOAD_TOO_LARGE,
        "the sandbox reads request bodies of at most 1 MiB",
    )
}

fn plain(status: StatusCode, message: &str) -> http::Response<Full<Bytes>> {
    let mut response = Response::new(Bytes::from(format!("{message}\n")));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.map(Full::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_ours() {
        for ours in [
            "127.0.0.1",
            "127.9.9.9",
            "localhost",
            "LOCALHOST",
            "s3.localhost",
            "[::1]",
        ] {
            assert!(is_loopback_name(ours), "{ours}");
        }
        for foreign in [
            "example.com",
            "localhost.example.com",
            "notlocalhost",
            "10.0.0.1",
            "0.0.0.0",
            "[::2]",
            "",
        ] {
            assert!(!is_loopback_name(foreign), "{foreign}");
        }
    }
}
