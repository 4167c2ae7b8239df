//! The loopback server, over real sockets.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use bytes::Bytes;
use ciuser_sandbox::serve::serve;
use ciuser_sandbox::{Answer, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Runs `client` against a server with this handler; then the server must end by itself.
fn with_server<E: std::fmt::Display + 'static, F: Future<Output = ()>>(
    handler: impl Fn(Request) -> Result<Answer, E> + 'static,
    client: impl FnOnce(SocketAddr) -> F,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(listener, handler, async move { stopped.await.unwrap() });
        let client = async move {
            client(address).await;
            stop.send(()).unwrap();
        };
        let (served, ()) = tokio::join!(server, client);
        served.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
    });
}

/// Answers with the method, the path and the length of the body.
fn echo(request: Request) -> Result<Answer, Infallible> {
    let text = format!("{} {} {}", request.method(), request.uri().path(), request.body().len());
    Ok(Answer::Response(http::Response::new(Bytes::from(text))))
}

/// Sends text on a new connection and returns everything that comes back until the server closes it.
async fn exchange(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A server that refuses a body unread may reset the connection after its answer.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn get(host: &str) -> String {
    format!("GET /me HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn requests_reach_the_handler_whole() {
    with_server(echo, |address| async move {
        let request = "PUT /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
        let answer = exchange(address, request).await;
        assert!(answer.ends_with("\r\n\r\nPUT /a 5"), "{answer}");
    });
}

#[test]
fn a_connection_serves_many_requests() {
    with_server(echo, |address| async move {
        let twice = format!("GET /first HTTP/1.1\r\nhost: localhost\r\n\r\n{}", get("localhost"));
        let answer = exchange(address, &twice).await;
        assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    });
}

#[test]
fn only_loopback_names_are_answered() {
    with_server(echo, |address| async move {
        for ours in [
            "localhost",
            "127.0.0.1:8080",
            "iam.localhost:1",
            "[::1]:80",
            "LocalHost",
        ] {
            assert_eq!(status(&exchange(address, &get(ours)).await), "200", "{ours}");
        }
        for foreign in [
            "example.com",
            "127.0.0.1.example.com:80",
            "localhost@example.com",
            "192.168.0.1",
            "",
        ] {
            assert_eq!(status(&exchange(address, &get(foreign)).await), "403", "{foreign}");
        }
        let absolute = "GET http://example.com/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        assert_eq!(status(&exchange(address, absolute).await), "403");
    });
}

#[test]
fn a_dropped_answer_closes_the_connection_without_a_byte() {
    with_server(
        |_| Ok::<_, Infallible>(Answer::Dropped),
        |address| async move {
            assert_eq!(exchange(address, &get("localhost")).await, "");
            assert_eq!(exchange(address, &get("localhost")).await, "");
        },
    );
}

#[test]
fn an_error_of_the_handler_is_told() {
    with_server(
        |_| Err("reading `state.json`: no space left"),
        |address| async move {
            let answer = exchange(address, &get("localhost")).await;
            assert_eq!(status(&answer), "500");
            assert!(
                answer.ends_with("\r\n\r\nreading `state.json`: no space left\n"),
                "{answer}"
            );
        },
    );
}

#[test]
fn a_body_over_one_mebibyte_is_refused_before_it_is_sent_or_while_it_is() {
    with_server(echo, |address| async move {
        let announced = "PUT / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 1048577\r\n\r\n";
        let answer = exchange(address, announced).await;
        assert_eq!(
            (status(&answer), answer.contains("100 Continue")),
            ("413", false),
            "{answer}"
        );
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        let chunked = "PUT / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
        let answer = exchange(address, &format!("{chunked}{}1\r\nx\r\n", chunk.repeat(16))).await;
        assert_eq!(status(&answer), "413", "{answer}");
    });
}

#[test]
fn a_client_that_waits_to_be_told_is_told_to_continue() {
    with_server(echo, |address| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "PUT /a HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 2\r\n";
        stream
            .write_all(format!("{head}connection: close\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"ok").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("PUT /a 2"), "{answer}");
    });
}

#[test]
fn connections_that_wait_do_not_keep_the_server_from_ending() {
    let mut kept = Vec::new();
    with_server(echo, |address| {
        let kept = &mut kept;
        async move {
            let mut idle = TcpStream::connect(address).await.unwrap();
            idle.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
                .await
                .unwrap();
            idle.read_exact(&mut [0; 12]).await.unwrap();
            let silent = TcpStream::connect(address).await.unwrap();
            kept.extend([idle, silent]);
        }
    });
    assert_eq!(kept.len(), 2);
}

#[test]
fn addresses_that_others_can_reach_are_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let refused = runtime.block_on(async {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        serve(listener, echo, std::future::pending()).await.unwrap_err()
    });
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
}
