//! A transport that answers from a script and remembers what it was asked, and a clock that only counts.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_aws::{
    AsyncSleep, AwsIam, AwsSts, AwsTrail, FreshConnection, NobodyToAsk, Options, Session, SharedAsyncSleep, Sleep,
    StaticCredentials,
};
use ciuser_core::name::{AccessKeyId, Region, RunId, UserName};
use ciuser_core::port::{Clock, Reached, Transport, TransportError};
use ciuser_core::secret::SecretAccessKey;
use jiff::{SignedDuration, Timestamp};

/// What the transport does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers.
    Answer(u16, String),
    /// Fails before the first byte.
    NotSent,
    /// Sends, and loses the answer.
    Lost,
    /// Says nothing, for ever.
    Silence,
}

/// One request as it left.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) uri: http::Uri,
    pub(crate) headers: http::HeaderMap,
    pub(crate) form: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) fresh: bool,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) struct Fake {
    script: Mutex<VecDeque<Reply>>,
    otherwise: Box<dyn Fn(&Seen) -> Reply + Send + Sync>,
    seen: Mutex<Vec<Seen>>,
}

impl Fake {
    /// Plays the script, and repeats its last reply from then on.
    pub(crate) fn new(script: impl IntoIterator<Item = Reply>) -> Arc<Fake> {
        let script: VecDeque<_> = script.into_iter().collect();
        let last = script.back().cloned().unwrap();
        Arc::new(Fake {
            script: Mutex::new(script),
            otherwise: Box::new(move |_| last.clone()),
            seen: Mutex::default(),
        })
    }

    /// Answers each request by what it asks.
    pub(crate) fn answering(answer: fn(&Seen) -> Reply) -> Arc<Fake> {
        Arc::new(Fake {
            script: Mutex::default(),
            otherwise: Box::new(answer),
            seen: Mutex::default(),
        })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The actions in the order they were asked for.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.seen()
            .into_iter()
            .map(|seen| seen.form["Action"].clone())
            .collect()
    }
}

#[async_trait]
impl Transport for Fake {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let seen = Seen {
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            form: form(request.body()),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            fresh: request.extensions().get::<FreshConnection>().is_some(),
        };
        self.seen.lock().unwrap().push(seen.clone());
        let next = self.script.lock().unwrap().pop_front();
        match next.unwrap_or_else(|| (self.otherwise)(&seen)) {
            Reply::Answer(status, body) => Ok(http::Response::builder()
                .status(status)
                .header("content-type", "text/xml")
                .header("date", "Wed, 18 Nov 2026 10:42:07 GMT")
                .header("x-amzn-requestid", "8d1c0000-0000-4000-8000-000000000001")
                .body(Bytes::from(body))
                .unwrap()),
            Reply::Silence => std::future::pending().await,
            Reply::NotSent => Err(lost(Reached::NotSent, "could not connect to `iam.amazonaws.com`")),
            Reply::Lost => Err(lost(
                Reached::Unknown,
                "the connection to `iam.amazonaws.com` was closed",
            )),
        }
    }
}

fn lost(reached: Reached, message: &str) -> TransportError {
    TransportError {
        reached,
        message: message.to_owned(),
    }
}

fn form(body: &Bytes) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    let text = std::str::from_utf8(body).unwrap();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decode(key), decode(value))).collect()
}

/// Notes the pauses and takes no time.
#[derive(Debug, Default)]
pub(crate) struct Pauses(pub(crate) RefCell<Vec<i64>>);

#[async_trait(?Send)]
impl Clock for Pauses {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.0.borrow_mut().push(duration.as_secs());
    }
}

/// Time that passes by the turns of the runtime: who waits is asked again and again, and has waited long enough after a
/// turn for each 10 ms. What needs no time is always done before.
#[derive(Debug, Default, Clone)]
pub(crate) struct Turns {
    longest: Arc<AtomicU32>,
}

impl Turns {
    const TURN: Duration = Duration::from_millis(10);

    /// Returns the time that the longest wait took, to its end or until nobody waited any more.
    pub(crate) fn longest(&self) -> Duration {
        Turns::TURN * self.longest.load(Ordering::Relaxed)
    }
}

impl AsyncSleep for Turns {
    fn sleep(&self, duration: Duration) -> Sleep {
        let longest = Arc::clone(&self.longest);
        let all = duration.as_millis().div_ceil(Turns::TURN.as_millis()) as u32;
        let mut passed = 0;
        Sleep::new(std::future::poll_fn(move |context| {
            longest.fetch_max(passed, Ordering::Relaxed);
            if passed >= all {
                return Poll::Ready(());
            }
            passed += 1;
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

pub(crate) fn run() -> RunId {
    RunId::new("r-0123456789abcdef").unwrap()
}

pub(crate) fn user() -> UserName {
    UserName::new("CI_USER").unwrap()
}

fn options(region: Option<&str>) -> Options {
    Options {
        profile: None,
        region: region.map(|region| Region::new(region).unwrap()),
        endpoint_url: None,
        run: run(),
        credentials: Some(StaticCredentials {
            id: AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap(),
            secret: SecretAccessKey::new("own-secret".to_owned()).unwrap(),
            session_token: None,
        }),
        sleep: Some(SharedAsyncSleep::new(Turns::default())),
    }
}

pub(crate) async fn iam(fake: &Arc<Fake>, region: Option<&str>) -> (AwsIam, Rc<Pauses>) {
    let session = Session::connect(options(region), fake.clone(), &NobodyToAsk)
        .await
        .unwrap();
    let pauses = Rc::new(Pauses::default());
    (session.iam(pauses.clone()), pauses)
}

pub(crate) async fn sts(fake: &Arc<Fake>, region: Option<&str>) -> AwsSts {
    Session::connect(options(region), fake.clone(), &NobodyToAsk)
        .await
        .unwrap()
        .sts()
}

pub(crate) async fn trail(
    fake: &Arc<Fake>,
    region: Option<&str>,
    endpoint_url: Option<&str>,
) -> (AwsTrail, Rc<Pauses>) {
    let options = Options {
        endpoint_url: endpoint_url.map(str::to_owned),
        ..options(region)
    };
    let session = Session::connect(options, fake.clone(), &NobodyToAsk).await.unwrap();
    let pauses = Rc::new(Pauses::default());
    (session.trail(pauses.clone()), pauses)
}

pub(crate) async fn session(fake: &Arc<Fake>) -> Session {
    Session::connect(options(None), fake.clone(), &NobodyToAsk)
        .await
        .unwrap()
}

/// The answer of an operation, in IAM's envelope.
pub(crate) fn ok(action: &str, result: &str) -> Reply {
    let xmlns = "https://iam.amazonaws.com/doc/2010-05-08/";
    Reply::Answer(
        200,
        format!(
            "<{action}Response xmlns=\"{xmlns}\"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>8d1c</RequestId></ResponseMetadata></{action}Response>"
        ),
    )
}

/// A refusal, in IAM's envelope.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::Answer(
        status,
        format!(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>8d1c</RequestId></ErrorResponse>"
        ),
    )
}

/// The SDK logs its HTTP client; the answers to come are not the client.
impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}
