//! What Secrets Manager and Parameter Store are asked, where, and what is shown of their answers.

use ciuser_aws::NewParameter;
use ciuser_core::name::Region;
use ciuser_core::port::{IamErrorKind, Reached};
use serde_json::{Value, json};

use crate::fake::{Fake, Pauses, Reply, session};

const VALUE: &str = r#"{"VersionId":"v1","SecretString":"CANARY"}"#;

fn region(name: &str) -> Region {
    Region::new(name).unwrap()
}

fn answer(body: &str) -> Reply {
    Reply::Answer(200, body.to_owned())
}

#[tokio::test]
async fn each_call_is_signed_for_its_service_and_region() {
    let (fake, pauses) = (Fake::new([answer(VALUE)]), Pauses::default());
    let secrets = session(&fake)
        .await
        .secrets_manager(&region("eu-west-3"), &pauses)
        .unwrap();
    let value = secrets.get_secret_value("ci/storefront").await.unwrap().unwrap();
    assert_eq!((value.version.as_str(), value.text.unwrap().as_str()), ("v1", "CANARY"));
    let seen = &fake.seen()[0];
    assert_eq!(seen.uri, "https://secretsmanager.eu-west-3.amazonaws.com/");
    assert_eq!(seen.header("x-amz-target"), "secretsmanager.GetSecretValue");
    assert!(
        seen.header("authorization")
            .contains("/eu-west-3/secretsmanager/aws4_request")
    );
    assert_eq!(
        serde_json::from_str::<Value>(&seen.body).unwrap(),
        json!({ "SecretId": "ci/storefront" })
    );
}

#[tokio::test]
async fn a_parameter_is_written_once_unless_it_was_surely_not() {
    let new = NewParameter {
        name: "/ci/storefront",
        description: "a key",
        kms_key: None,
        tags: &[].into(),
        value: "CANARY",
    };
    let throttled = Reply::Answer(400, json!({ "__type": "ThrottlingException" }).to_string());
    let failed = Reply::Answer(500, json!({ "__type": "InternalServerError" }).to_string());
    for (reply, requests, reached) in [
        (throttled, 5, Reached::Refused),
        (Reply::NotSent, 5, Reached::NotSent),
        (Reply::Lost, 1, Reached::Unknown),
        (failed, 1, Reached::Unknown),
    ] {
        let (fake, pauses) = (Fake::new([reply]), Pauses::default());
        let ssm = session(&fake).await.ssm(&region("eu-west-3"), &pauses).unwrap();
        let error = ssm.create_parameter(&new).await.unwrap_err();
        assert_eq!((fake.seen().len(), error.reached), (requests, reached));
    }
}

#[tokio::test]
async fn what_may_be_done_twice_is_asked_again_when_its_answer_was_lost() {
    for (reply, requests) in [
        (Reply::Lost, 4),
        (answer("<html>"), 4),
        (
            Reply::Answer(400, json!({ "__type": "AccessDeniedException" }).to_string()),
            1,
        ),
        (answer(r#"{"VersionId":7,"SecretString":"CANARY"}"#), 1),
    ] {
        let (fake, pauses) = (Fake::new([reply]), Pauses::default());
        let secrets = session(&fake)
            .await
            .secrets_manager(&region("eu-west-3"), &pauses)
            .unwrap();
        let error = secrets.get_secret_value("x").await.err().unwrap();
        assert_eq!(fake.seen().len(), requests);
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_missing_is_nothing_and_what_is_there_already_is_said() {
    let code = |code: &str| Reply::Answer(400, json!({ "__type": code, "message": "no" }).to_string());
    let (fake, pauses) = (Fake::new([code("ParameterNotFound")]), Pauses::default());
    let ssm = session(&fake).await.ssm(&region("eu-west-3"), &pauses).unwrap();
    assert!(ssm.get_parameter("/x").await.unwrap().is_none());
    ssm.delete_parameter("/x").await.unwrap();
    let (fake, pauses) = (Fake::new([code("ResourceNotFoundException")]), Pauses::default());
    let secrets = session(&fake)
        .await
        .secrets_manager(&region("eu-west-3"), &pauses)
        .unwrap();
    assert_eq!(secrets.describe_secret("x").await, Ok(None));
    let fake = Fake::new([code("ResourceExistsException")]);
    let secrets = session(&fake)
        .await
        .secrets_manager(&region("eu-west-3"), &pauses)
        .unwrap();
    let error = secrets.put_secret_value("x", "token", "CANARY").await.unwrap_err();
    assert_eq!(error.kind, IamErrorKind::EntityAlreadyExists);
}
