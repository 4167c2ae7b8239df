use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ciuser_aws::FreshConnection;
use ciuser_core::port::{Reached, Transport as _, TransportError};
use http::{Request, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{HttpsTransport, Limits, Proxy};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        answer: Duration::from_millis(400),
        body: 1000,
    }
}

fn transport() -> HttpsTransport {
    HttpsTransport::new(limits(), None, Proxy::default()).unwrap()
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, format!("127.0.0.1:{port}"))
}

fn post(url: &str) -> Request<Bytes> {
    Request::post(url)
        .header("content-length", "7")
        .body(Bytes::from_static(b"Action="))
        .unwrap()
}

/// Reads one request, whose body is `Action=`.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    while !seen.ends_with(b"Action=") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            break;
        }
        seen.push(byte[0]);
    }
    String::from_utf8(seen).unwrap()
}

fn reached(outcome: Result<Response<Bytes>, TransportError>) -> Reached {
    outcome.unwrap_err().reached
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let (listener, address) = listen().await;
    drop(listener);
    let transport = transport();
    let error = transport.send(post(&format!("http://{address}/"))).await.unwrap_err();
    assert_eq!(error.reached, Reached::NotSent);
    assert!(
        error
            .message
            .starts_with(&format!("could not connect to `{address}`: Connection refused")),
        "{error}"
    );
    assert_eq!(transport.requests(), 0);
}

#[tokio::test]
async fn a_host_without_address_is_not_sent() {
    let outcome = transport().send(post("http://nowhere.invalid/")).await;
    assert_eq!(reached(outcome), Reached::NotSent);
}

#[tokio::test]
async fn a_failed_tls_handshake_is_not_sent() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"this is not TLS, and never was").await.unwrap();
    });
    let outcome = transport().send(post(&format!("https://{address}/"))).await;
    assert_eq!(reached(outcome), Reached::NotSent);
}

#[tokio::test]
async fn a_connection_that_closes_on_the_request_leaves_its_fate_unknown() {
    for whole in [false, true] {
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            if whole {
                read_request(&mut stream).await;
            } else {
                stream.read_u8().await.unwrap();
            }
        });
        let transport = transport();
        let outcome = transport.send(post(&format!("http://{address}/"))).await;
        assert_eq!(
            (reached(outcome), transport.requests()),
            (Reached::Unknown, 1),
            "whole request read: {whole}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_too_long_or_late_leaves_the_fate_unknown() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{}", "x".repeat(2000));
    for (answer, reason) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_owned(),
            "end of file before message length reached",
        ),
        (long, "the answer is longer than 1000 bytes"),
        (String::new(), "no answer within 0 s"),
    ] {
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        let error = transport().send(post(&format!("http://{address}/"))).await.unwrap_err();
        let message = format!("the answer of `{address}` was lost: {reason}");
        assert_eq!(
            error,
            TransportError {
                reached: Reached::Unknown,
                message
            }
        );
    }
}

#[tokio::test]
async fn the_request_travels_with_its_host_and_without_the_users_name() {
    let (listener, address) = listen().await;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        request
    });
    let answer = transport()
        .send(post(&format!("http://me:pw@{address}/a/b?c=d")))
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (200, b"ok".as_slice())
    );
    let expected = format!("POST /a/b?c=d HTTP/1.1\r\ncontent-length: 7\r\nhost: {address}\r\n\r\nAction=");
    assert_eq!(server.await.unwrap(), expected);
}

/// Answers `per_connection` requests on each connection and then closes it; tells how many connections there were.
fn serve(listener: TcpListener, per_connection: usize) -> Arc<std::sync::atomic::AtomicUsize> {
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::spawn(async move {
                for _ in 0..per_connection {
                    if read_request(&mut stream).await.is_empty() {
                        return;
                    }
                    stream.write_all(OK.as_bytes()).await.unwrap();
                }
            });
        }
    });
    connections
}

#[tokio::test]
async fn a_connection_is_used_again_but_not_for_what_must_go_out_once() {
    let (listener, address) = listen().await;
    let connections = serve(listener, 10);
    let (transport, url) = (transport(), format!("http://{address}/"));
    for _ in 0..3 {
        transport.send(post(&url)).await.unwrap();
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::Relaxed), 1);
    let mut once = post(&url);
    once.extensions_mut().insert(FreshConnection);
    transport.send(once).await.unwrap();
    assert_eq!(
        (
            connections.load(std::sync::atomic::Ordering::Relaxed),
            transport.requests()
        ),
        (2, 4)
    );
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_costs_nothing() {
    let (listener, address) = listen().await;
    let connections = serve(listener, 1);
    let (transport, url) = (transport(), format!("http://{address}/"));
    for _ in 0..5 {
        transport.send(post(&url)).await.unwrap();
        // The program waits for a person, and nobody looks at the connection meanwhile.
        tokio::task::yield_now().await;
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(
        (
            connections.load(std::sync::atomic::Ordering::Relaxed),
            transport.requests()
        ),
        (5, 5)
    );
}

/// A TLS server with a certificate of its own; the PEM of its authority.
fn serve_tls() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = config
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let config = Arc::new(config);
        while let Ok((mut tcp, _)) = listener.accept() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
            if matches!(stream.read(&mut [0; 4096]), Ok(1..)) {
                stream.write_all(OK.as_bytes()).unwrap();
            }
        }
    });
    (url, made.cert.pem())
}

#[tokio::test]
async fn a_bundle_decides_who_is_trusted() {
    let (url, bundle) = serve_tls();
    let trusting = HttpsTransport::new(limits(), Some(bundle.as_bytes()), Proxy::default()).unwrap();
    assert_eq!(trusting.send(post(&url)).await.unwrap().body().as_ref(), b"ok");
    let error = transport().send(post(&url)).await.unwrap_err();
    assert_eq!(error.reached, Reached::NotSent);
    assert!(
        error.message.contains("invalid peer certificate: UnknownIssuer"),
        "{error}"
    );
}

#[tokio::test]
async fn https_goes_through_the_proxy_and_a_proxy_that_refuses_means_not_sent() {
    let (listener, address) = listen().await;
    let proxy = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            seen.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        String::from_utf8(seen).unwrap()
    });
    let settings = Proxy {
        https: Some(format!("http://me:pw@{address}")),
        except: Some("localhost".to_owned()),
    };
    let (direct, bundle) = serve_tls();
    let transport = HttpsTransport::new(limits(), Some(bundle.as_bytes()), settings).unwrap();
    assert_eq!(transport.send(post(&direct)).await.unwrap().body().as_ref(), b"ok");
    let outcome = transport.send(post("https://iam.example.com/")).await;
    assert_eq!(reached(outcome), Reached::NotSent);
    let asked = proxy.await.unwrap();
    assert!(asked.starts_with("CONNECT iam.example.com:443 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("Proxy-Authorization: Basic bWU6cHc=\r\n"), "{asked}");
    assert!(!format!("{transport:?}").contains("pw"));
}
