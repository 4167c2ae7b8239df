//! What an error says, and what it never says.

use std::io::Write;
use std::sync::{Arc, Mutex};

use ciuser_core::port::{Iam as _, IamError, IamErrorKind, Reached, Sts as _};

use crate::fake::{Fake, Reply, iam, ok, refused, sts, user};

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY";

#[tokio::test]
async fn an_error_has_code_message_and_request_id() {
    let fake = Fake::new([refused(
        409,
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )]);
    let error = iam(&fake, None).await.0.create_access_key(&user()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2 (request id 8d1c0000-0000-4000-8000-000000000001)"
    );
}

#[tokio::test]
async fn an_answer_with_a_secret_that_cannot_be_read_is_not_shown() {
    let half = format!(
        "<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><UserName>CI_USER</UserName><SecretAccessKey>{CANARY}</SecretAccessKey>"
    );
    let nameless = ok(
        "CreateAccessKey",
        &format!("<AccessKey><SecretAccessKey>{CANARY}</SecretAccessKey></AccessKey>"),
    );
    let spoilt = ok(
        "CreateAccessKey",
        &format!(
            "<AccessKey><UserName>CI_USER</UserName><AccessKeyId>{CANARY}</AccessKeyId><Status>Active</Status><SecretAccessKey>{CANARY} {CANARY}</SecretAccessKey></AccessKey>"
        ),
    );
    let misplaced = ok(
        "CreateAccessKey",
        &format!(
            "<AccessKey><UserName>CI_USER</UserName><AccessKeyId>{CANARY}</AccessKeyId><Status>Active</Status><SecretAccessKey>{CANARY}</SecretAccessKey></AccessKey>"
        ),
    );
    let bare = Reply::Answer(200, CANARY.to_owned());
    let failed = Reply::Answer(500, format!("<html>{CANARY}</html>"));
    for reply in [Reply::Answer(200, half), nameless, spoilt, misplaced, bare, failed] {
        let fake = Fake::new([reply]);
        let error = iam(&fake, None).await.0.create_access_key(&user()).await.unwrap_err();
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("CANARY") && !shown.contains("wJalr"), "{shown}");
        assert_eq!((error.code, error.reached), (None, Reached::Unknown), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_told_by_its_status() {
    let fake = Fake::new([Reply::Answer(200, "<SomethingElse/>".to_owned())]);
    let error = iam(&fake, None).await.0.create_access_key(&user()).await.unwrap_err();
    assert_eq!(
        error,
        IamError {
            kind: IamErrorKind::NoAnswer,
            reached: Reached::Unknown,
            code: None,
            message: "the answer could not be read (HTTP 200)".to_owned(),
            request_id: Some("8d1c0000-0000-4000-8000-000000000001".to_owned()),
        }
    );
}

#[tokio::test]
async fn what_the_transport_knows_survives_the_sdk() {
    for (reply, reached, message) in [
        (
            Reply::NotSent,
            Reached::NotSent,
            "could not connect to `iam.amazonaws.com`",
        ),
        (
            Reply::Lost,
            Reached::Unknown,
            "the connection to `iam.amazonaws.com` was closed",
        ),
    ] {
        let fake = Fake::new([reply]);
        let error = iam(&fake, None).await.0.get_user(&user()).await.unwrap_err();
        let message = message.to_owned();
        let expected = IamError {
            kind: IamErrorKind::NoAnswer,
            reached,
            code: None,
            message,
            request_id: None,
        };
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn codes_have_kinds() {
    for (status, code, kind, reached) in [
        (404, "NoSuchEntity", IamErrorKind::NoSuchEntity, Reached::Refused),
        (
            409,
            "EntityAlreadyExists",
            IamErrorKind::EntityAlreadyExists,
            Reached::Refused,
        ),
        (403, "AccessDenied", IamErrorKind::AccessDenied, Reached::Refused),
        (400, "Throttling", IamErrorKind::Throttling, Reached::Refused),
        (
            403,
            "InvalidClientTokenId",
            IamErrorKind::InvalidClientTokenId,
            Reached::Refused,
        ),
        (403, "ExpiredToken", IamErrorKind::Credentials, Reached::Refused),
        (400, "InvalidAction", IamErrorKind::InvalidAction, Reached::Refused),
        (501, "whatever", IamErrorKind::InvalidAction, Reached::Refused),
        (400, "MalformedPolicyDocument", IamErrorKind::Other, Reached::Refused),
        (500, "ServiceFailure", IamErrorKind::Other, Reached::Unknown),
    ] {
        let fake = Fake::new([refused(status, code, "why")]);
        let error = iam(&fake, None).await.0.get_user(&user()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.reached, error.code.as_deref()),
            (kind, reached, Some(code)),
            "{code}"
        );
    }
}

#[tokio::test]
async fn an_expired_session_says_how_to_renew_it() {
    let fake = Fake::new([refused(
        403,
        "ExpiredToken",
        "The security token included in the request is expired.",
    )]);
    let error = sts(&fake, None).await.get_caller_identity().await.unwrap_err();
    assert_eq!(
        error.message,
        "The security token included in the request is expired; renew the session, with SSO by `aws sso login`"
    );
}

/// What the SDK logs, at its most talkative.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_secret_is_in_no_log_however_much_is_logged() {
    let answer = format!(
        "<AccessKey><UserName>CI_USER</UserName><AccessKeyId>AKIAEXAMPLEEXAMPLE01</AccessKeyId><Status>Active</Status><SecretAccessKey>{CANARY}</SecretAccessKey></AccessKey>"
    );
    let fake = Fake::new([
        ok("CreateAccessKey", &answer),
        ok("CreateAccessKey", &answer.replace("Active", "<")),
    ]);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let (iam, _) = iam(&fake, None).await;
    let key = iam.create_access_key(&user()).await.unwrap();
    iam.create_access_key(&user()).await.unwrap_err();
    assert_eq!((key.secret.expose(), fake.seen().len()), (CANARY, 2));
    drop(guard);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("CreateAccessKey"), "the SDK logs something");
    assert!(!logged.contains("CANARY") && !logged.contains("wJalr"));
}
