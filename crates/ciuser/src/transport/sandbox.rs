//! Requests into the sandbox, in this process: no socket, and every host is the sandbox.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::port::{Reached, Transport, TransportError};
use ciuser_sandbox::{Answer, StateDir};
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use jiff::Timestamp;

type Now = Box<dyn Fn() -> Timestamp + Send + Sync>;
type Fill = Box<dyn Fn(&mut [u8]) + Send + Sync>;

/// The sandbox that lives in a directory.
pub(crate) struct SandboxTransport {
    state: StateDir,
    now: Now,
    fill: Fill,
    requests: AtomicU64,
}

impl SandboxTransport {
    /// Takes the state, and where time and randomness come from.
    pub(crate) fn new(
        state: StateDir,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        fill: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> SandboxTransport {
        SandboxTransport {
            state,
            now: Box::new(now),
            fill: Box::new(fill),
            requests: AtomicU64::new(0),
        }
    }

    /// Returns how many requests were sent, answered or not.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Transport for SandboxTransport {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // The signature covers this header, which a connection would have added.
        let host = request
            .uri()
            .authority()
            .and_then(|host| HeaderValue::from_str(host.as_str()).ok());
        if let Some(host) = host.filter(|_| !request.headers().contains_key(HOST)) {
            request.headers_mut().insert(HOST, host);
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        match self
            .state
            .handle((self.now)(), &mut |bytes| (self.fill)(bytes), &request)
        {
            Ok(Answer::Response(answer)) => {
                tracing::debug!("{} {}: {}", request.method(), request.uri().path(), answer.status());
                Ok(answer)
            }
            Ok(Answer::Dropped) => {
                let message = "the answer was lost (sandbox fault)".to_owned();
                Err(TransportError {
                    reached: Reached::Unknown,
                    message,
                })
            }
            // What could not be kept did not happen.
            Err(error) => {
                let message = format!("the sandbox cannot be used: {error}");
                Err(TransportError {
                    reached: Reached::NotSent,
                    message,
                })
            }
        }
    }
}

impl std::fmt::Debug for SandboxTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SandboxTransport")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::sync::Arc;

    use ciuser_aws::{NobodyToAsk, Options, Session, StaticCredentials};
    use ciuser_core::name::{Path, RunId, UserName};
    use ciuser_core::port::{Clock, Iam, NewUser, Sts as _};
    use ciuser_core::secret::SecretAccessKey;
    use ciuser_sandbox::Fault;
    use jiff::SignedDuration;

    use super::*;

    struct NoPauses;

    #[async_trait(?Send)]
    impl Clock for NoPauses {
        fn now(&self) -> Timestamp {
            now()
        }

        fn uptime(&self) -> SignedDuration {
            SignedDuration::ZERO
        }

        async fn sleep(&self, _: SignedDuration) {}
    }

    /// The SDK signs with the real time.
    #[expect(clippy::disallowed_methods, reason = "the SDK signs with the real time")]
    fn now() -> Timestamp {
        Timestamp::now()
    }

    fn fill(bytes: &mut [u8]) {
        thread_local!(static NEXT: Cell<u8> = const { Cell::new(0) });
        for byte in bytes {
            NEXT.set(NEXT.get().wrapping_mul(37).wrapping_add(11));
            *byte = NEXT.get();
        }
    }

    async fn session(directory: &std::path::Path) -> (Session, Arc<SandboxTransport>) {
        let state = StateDir::open(directory).unwrap();
        let admin = state.credentials(now(), &mut fill).unwrap();
        let transport = Arc::new(SandboxTransport::new(state, now, fill));
        let token = admin.session_token.map(|token| SecretAccessKey::new(token).unwrap());
        let options = Options {
            profile: None,
            region: None,
            endpoint_url: None,
            run: RunId::from_entropy([7; 8]),
            credentials: Some(StaticCredentials {
                id: admin.access_key_id.parse().unwrap(),
                secret: SecretAccessKey::new(admin.secret_access_key).unwrap(),
                session_token: token,
            }),
            sleep: None,
        };
        (
            Session::connect(options, transport.clone(), &NobodyToAsk)
                .await
                .unwrap(),
            transport,
        )
    }

    fn user() -> NewUser {
        NewUser {
            name: UserName::new("CI_USER").unwrap(),
            path: Path::root(),
            tags: Vec::new(),
            boundary: None,
        }
    }

    #[tokio::test]
    async fn a_signed_call_is_answered_by_the_sandbox_and_a_new_key_works() {
        let directory = tempfile::tempdir().unwrap();
        let (session, transport) = session(directory.path()).await;
        assert_eq!(session.endpoint_label(), "sandbox");
        let (iam, sts) = (session.iam(Rc::new(NoPauses)), session.sts());
        let own = sts.get_caller_identity().await.unwrap();
        assert!(own.arn.ends_with(":assumed-role/SandboxAdmin/you"), "{}", own.arn);
        let made = iam.create_user(&user()).await.unwrap();
        assert_eq!(iam.list_users().await.unwrap().len(), 1);
        let key = iam.create_access_key(&made.name).await.unwrap();
        assert!(iam.list_access_keys(&made.name).await.unwrap().date.is_some());
        let caller = sts
            .get_caller_identity_with(&key, Some(&"eu-west-1".parse().unwrap()))
            .await
            .unwrap();
        assert_eq!((caller.arn.as_str(), caller.account), (made.arn.as_str(), own.account));
        assert_eq!(transport.requests(), 6);
    }

    #[tokio::test]
    async fn a_lost_answer_is_told_and_the_call_was_carried_out_once() {
        let directory = tempfile::tempdir().unwrap();
        let (session, transport) = session(directory.path()).await;
        let iam = session.iam(Rc::new(NoPauses));
        let made = iam.create_user(&user()).await.unwrap();
        let add = |engine: &mut ciuser_sandbox::Engine| engine.faults().add("CreateAccessKey", Fault::DropAnswer, 1);
        transport.state.with_engine(now(), &mut fill, add).unwrap();
        let error = iam.create_access_key(&made.name).await.unwrap_err();
        assert_eq!(error.reached, Reached::Unknown);
        assert_eq!(error.to_string(), "the answer was lost (sandbox fault)");
        assert_eq!(iam.list_access_keys(&made.name).await.unwrap().keys.len(), 1);
    }
}
