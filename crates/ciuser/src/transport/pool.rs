//! Connections that have answered and may answer again.
//!
//! A server closes an idle connection when it likes. One that is found closed is left out here; one that closes while
//! a request is on its way loses that request, which is why requests that must go out once do not come here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::{Instant, timeout};

/// Shorter than the servers' own patience, so that most idle connections are given up by us.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// Its last answer was read, so a connection is ready as soon as its driver has run; one that is not is not worth it.
const SETTLING: Duration = Duration::from_millis(100);

/// A connection, ready for a request.
pub(super) type Connection = SendRequest<Full<Bytes>>;

/// Idle connections by origin (`https://host:port`).
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    origin: String,
    since: Instant,
    connection: Connection,
}

impl Pool {
    /// Takes a connection that is open, as far as is known, and ready.
    pub(super) async fn take(&self, origin: &str) -> Option<Connection> {
        while let Some(mut connection) = self.pop(origin) {
            if timeout(SETTLING, connection.ready())
                .await
                .is_ok_and(|ready| ready.is_ok())
            {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last answer was read to the end.
    pub(super) fn keep(&self, origin: String, connection: Connection) {
        if !connection.is_closed() {
            let since = Instant::now();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Idle {
                origin,
                since,
                connection,
            });
        }
    }

    fn pop(&self, origin: &str) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < LONGEST_IDLE && !idle.connection.is_closed());
        let newest = idle.iter().rposition(|idle| idle.origin == origin)?;
        Some(idle.swap_remove(newest).connection)
    }
}
