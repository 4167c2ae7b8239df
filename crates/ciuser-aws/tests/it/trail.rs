//! What CloudTrail is asked, and which of its events count.

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{IamError, IamErrorKind, Reached, Trail as _};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, run, trail, user};

const KEY: &str = "AKIAEXAMPLEEXAMPLE01";
const AGENT: &str =
    "aws-sdk-rust/1.10.2 ua/2.1 api/iam/1.133.0 os/linux lang/rust/1.95.0 app/ciuser-r-0123456789abcdef";

fn since() -> Timestamp {
    "2026-11-18T10:42:07.9Z".parse().unwrap()
}

/// The event of the creation that is looked for.
fn created() -> Value {
    json!({
        "eventVersion": "1.11",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "userAgent": AGENT,
        "requestParameters": { "userName": "CI_USER" },
        "responseElements": { "accessKey": { "userName": "CI_USER", "accessKeyId": KEY, "status": "Active" } },
    })
}

/// The event, with another value in one place.
fn but(pointer: &str, value: Value) -> String {
    let mut event = created();
    *event.pointer_mut(pointer).unwrap() = value;
    event.to_string()
}

/// The event, with one more field.
fn with(field: &str, value: Value) -> String {
    let mut event = created();
    event[field] = value;
    event.to_string()
}

fn page(events: &[String], next: Option<&str>) -> Reply {
    let events: Vec<Value> = events
        .iter()
        .map(|event| json!({ "EventName": "CreateAccessKey", "CloudTrailEvent": event }))
        .collect();
    Reply::Answer(200, json!({ "Events": events, "NextToken": next }).to_string())
}

async fn lookup(fake: &std::sync::Arc<Fake>) -> Result<Vec<AccessKeyId>, IamError> {
    let (trail, _) = trail(fake, Some("eu-west-1"), None).await;
    trail.lookup_created_access_keys(&user(), &run(), since()).await
}

async fn found(events: &[String]) -> Vec<String> {
    let keys = lookup(&Fake::new([page(events, None)])).await.unwrap();
    keys.into_iter().map(String::from).collect()
}

#[tokio::test]
async fn cloudtrail_is_asked_for_the_creations_since_then() {
    let fake = Fake::new([page(&[], None)]);
    assert_eq!(lookup(&fake).await, Ok(vec![]));
    let [seen] = fake.seen().try_into().unwrap();
    assert_eq!(
        [
            seen.header("content-type"),
            seen.header("x-amz-target"),
            seen.header("x-amz-date"),
        ],
        [
            "application/x-amz-json-1.1",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
            "19700101T000000Z",
        ]
    );
    assert!(seen.header("user-agent").ends_with(" app/ciuser-r-0123456789abcdef"));
    assert_eq!(
        serde_json::from_str::<Value>(&seen.body).unwrap(),
        json!({
            "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "CreateAccessKey" }],
            "StartTime": 1_794_998_527,
            "MaxResults": 50,
        })
    );
    assert_eq!(
        seen.header("authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/19700101/us-east-1/cloudtrail/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=e96bdca09377dfe645f4908a8513fdd9bb6e1ecfab1882cb9389ffda0d3ca81c",
        "as another program computes it"
    );
}

#[tokio::test]
async fn cloudtrail_is_asked_where_the_partition_keeps_the_events_of_iam() {
    for (region, host, signed_for) in [
        (None, "cloudtrail.us-east-1.amazonaws.com", "us-east-1"),
        (Some("eu-west-1"), "cloudtrail.us-east-1.amazonaws.com", "us-east-1"),
        (
            Some("cn-northwest-1"),
            "cloudtrail.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
        ),
        (
            Some("us-gov-east-1"),
            "cloudtrail.us-gov-west-1.amazonaws.com",
            "us-gov-west-1",
        ),
        (
            Some("eusc-de-east-1"),
            "cloudtrail.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1",
        ),
    ] {
        let fake = Fake::new([page(&[], None)]);
        let (trail, _) = trail(&fake, region, None).await;
        trail
            .lookup_created_access_keys(&user(), &run(), since())
            .await
            .unwrap();
        let seen = &fake.seen()[0];
        assert_eq!((seen.uri.scheme_str(), seen.uri.host()), (Some("https"), Some(host)));
        let scope = format!("/{signed_for}/cloudtrail/aws4_request");
        assert!(seen.header("authorization").contains(&scope), "{region:?}");
    }
}

#[tokio::test]
async fn an_endpoint_that_was_asked_for_is_asked() {
    let fake = Fake::new([page(&[], None)]);
    let (trail, _) = trail(&fake, None, Some("http://localhost:5000/")).await;
    trail
        .lookup_created_access_keys(&user(), &run(), since())
        .await
        .unwrap();
    assert_eq!(fake.seen()[0].uri, "http://localhost:5000/");
}

#[tokio::test]
async fn a_key_counts_when_the_run_made_it_for_the_user() {
    for event in [
        created().to_string(),
        but("/requestParameters/userName", json!("ci_user")),
        but("/userAgent", json!(format!("[{AGENT}]"))),
        with("errorCode", Value::Null),
    ] {
        assert_eq!(found(std::slice::from_ref(&event)).await, [KEY], "{event}");
    }
}

#[tokio::test]
async fn other_events_do_not_count() {
    for event in [
        but("/requestParameters/userName", json!("CI_USER_2")),
        but("/requestParameters", Value::Null),
        but("/userAgent", json!(AGENT.replace("0123", "ffff"))),
        but("/userAgent", json!(format!("{AGENT}0"))),
        but("/userAgent", json!(format!("{AGENT}-x"))),
        but("/userAgent", json!("r-0123456789abcdef")),
        but("/userAgent", Value::Null),
        with("errorCode", json!("AccessDenied")),
        but("/responseElements", Value::Null),
        but("/responseElements/accessKey/accessKeyId", json!("no key id")),
        "{\"userAgent\":".to_owned(),
        "[]".to_owned(),
        String::new(),
    ] {
        let around = [event.clone(), created().to_string()];
        assert_eq!(found(&around).await, [KEY], "{event}");
    }
}

#[tokio::test]
async fn an_event_that_was_delivered_twice_counts_once() {
    assert_eq!(found(&[created().to_string(), created().to_string()]).await, [KEY]);
}

#[tokio::test]
async fn all_pages_are_asked_for() {
    let second = but("/responseElements/accessKey/accessKeyId", json!("AKIAEXAMPLEEXAMPLE02"));
    let fake = Fake::new([
        page(&[created().to_string()], Some("a+/=")),
        page(&[], Some("b")),
        page(&[second], None),
    ]);
    let keys = lookup(&fake).await.unwrap();
    assert_eq!(
        keys,
        [KEY, "AKIAEXAMPLEEXAMPLE02"].map(|key| AccessKeyId::new(key).unwrap())
    );
    let tokens: Vec<Value> = fake
        .seen()
        .iter()
        .map(|seen| serde_json::from_str::<Value>(&seen.body).unwrap()["NextToken"].take())
        .collect();
    assert_eq!(tokens, [Value::Null, json!("a+/="), json!("b")]);
}

#[tokio::test]
async fn a_lookup_without_end_is_given_up_and_keeps_what_it_found() {
    let circle = Fake::new([page(&[created().to_string()], Some("a"))]);
    assert_eq!(lookup(&circle).await.unwrap().len(), 1);
    assert_eq!(circle.seen().len(), 2);
    let endless = Fake::new((0..30).map(|n| page(&[created().to_string()], Some(&n.to_string()))));
    assert_eq!(lookup(&endless).await.unwrap().len(), 1);
    assert_eq!(endless.seen().len(), 20);
}

#[tokio::test]
async fn a_refusal_has_kind_code_message_and_request_id() {
    let body = json!({
        "__type": "com.amazonaws.cloudtrail.v20131101#AccessDeniedException",
        "Message": "User: me is not authorized to perform: cloudtrail:LookupEvents",
    });
    let fake = Fake::new([Reply::Answer(400, body.to_string())]);
    assert_eq!(
        lookup(&fake).await,
        Err(IamError {
            kind: IamErrorKind::AccessDenied,
            reached: Reached::Refused,
            code: Some("AccessDeniedException".to_owned()),
            message: "User: me is not authorized to perform: cloudtrail:LookupEvents".to_owned(),
            request_id: Some("8d1c0000-0000-4000-8000-000000000001".to_owned()),
        })
    );
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_shown() {
    for (status, body, kind, message) in [
        (
            200,
            "CANARY",
            IamErrorKind::NoAnswer,
            "the answer could not be read (HTTP 200)",
        ),
        (
            502,
            "<html>CANARY</html>",
            IamErrorKind::NoAnswer,
            "the answer could not be read (HTTP 502)",
        ),
        (
            400,
            "{\"CANARY\":1}",
            IamErrorKind::NoAnswer,
            "the answer could not be read (HTTP 400)",
        ),
        (
            200,
            "{\"CANARY\":1}",
            IamErrorKind::Other,
            "the answer cannot be used: the events are missing",
        ),
    ] {
        let error = lookup(&Fake::new([Reply::Answer(status, body.to_owned())]))
            .await
            .unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (kind, message));
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn a_request_that_was_surely_not_carried_out_goes_out_once_more() {
    let throttled = Reply::Answer(400, json!({ "__type": "ThrottlingException" }).to_string());
    for (reply, kind, requests) in [
        (throttled, IamErrorKind::Throttling, 2),
        (Reply::NotSent, IamErrorKind::NoAnswer, 2),
        (Reply::Lost, IamErrorKind::NoAnswer, 1),
    ] {
        let fake = Fake::new([reply.clone()]);
        let (trail, pauses) = trail(&fake, None, None).await;
        let error = trail
            .lookup_created_access_keys(&user(), &run(), since())
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind);
        assert_eq!(
            (fake.seen().len(), pauses.0.borrow().len()),
            (requests, requests - 1),
            "{reply:?}"
        );
    }
    let fake = Fake::new([Reply::NotSent, page(&[created().to_string()], None)]);
    assert_eq!(lookup(&fake).await.unwrap().len(), 1);
}
