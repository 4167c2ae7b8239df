//! What is particular to Secrets Manager.

use std::sync::Arc;

use ciuser_core::name::{AccountId, Region, UserName};
use ciuser_core::port::{Holdings, KeyOwner};
use ciuser_core::target::StoreSpec;
use serde_json::{Value, json};

use super::aws::{Aws, FakeSecret, page, refused};
use crate::rig::{ID, SECRET, lost};
use crate::store::contract::{Rig, check, clear, get_back, key, new_key, owner, put};

const NAME: &str = "ci/storefront";

pub(super) fn spec() -> StoreSpec {
    StoreSpec::AwsSecretsManager {
        name: NAME.to_owned(),
        region: None,
        kms_key: None,
    }
}

/// A secret that somebody else made, with this value.
pub(super) fn made(aws: &Aws, value: Option<&str>, more: Value) {
    let versions = value.map(|value| ("v1".to_owned(), json!(value)));
    let secret = FakeSecret {
        versions: versions.into_iter().collect(),
        more,
        ..FakeSecret::default()
    };
    aws.0.lock().unwrap().secrets.insert(NAME.to_owned(), secret);
}

fn versions(aws: &Arc<Aws>) -> usize {
    aws.0.lock().unwrap().secrets[NAME].versions.len()
}

#[test]
fn a_new_secret_says_whose_it_is() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let spec = StoreSpec::AwsSecretsManager {
        name: NAME.to_owned(),
        region: None,
        kms_key: Some("alias/ci".to_owned()),
    };
    put(&*aws.open(&spec, &rig.session()), &owner(), &key()).unwrap();
    let state = aws.0.lock().unwrap();
    let asked = &state.secrets[NAME].asked;
    assert_eq!(asked["KmsKeyId"], "alias/ci");
    assert_eq!(
        asked["Tags"],
        json!([
            { "Key": "ciuser:account", "Value": "111122223333" },
            { "Key": "ciuser:run", "Value": owner().run.to_string() },
            { "Key": "ciuser:user", "Value": "CI_USER" },
        ])
    );
    let value: Value = serde_json::from_str(asked["SecretString"].as_str().unwrap()).unwrap();
    assert_eq!(
        value,
        json!({ "Version": 1, "AccessKeyId": ID, "SecretAccessKey": SECRET, "UserArn": owner().arn.as_str() })
    );
}

#[test]
fn a_rotation_keeps_the_key_before_as_the_version_before() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    for key in [key(), new_key(), key()] {
        put(&*store, &owner(), &key).unwrap();
        put(&*store, &owner(), &key).unwrap();
        assert_eq!(check(&*store).unwrap().holdings, Holdings::Key(key.id));
    }
    assert_eq!(versions(&aws), 3, "a key that comes back is a version of its own");
}

#[test]
fn a_write_whose_answer_was_lost_is_made_once() {
    for (operation, before) in [("CreateSecret", false), ("PutSecretValue", true)] {
        let (rig, aws) = (Rig::new(), Aws::new());
        let session = rig.session();
        let store = aws.open(&spec(), &session);
        if before {
            put(&*store, &owner(), &new_key()).unwrap();
        }
        aws.lose_answer(operation);
        put(&*store, &owner(), &key()).unwrap();
        assert_eq!(get_back(&*store, &key().id).as_deref(), Some(SECRET));
        assert_eq!((versions(&aws), aws.count(operation)), (1 + usize::from(before), 2));
    }
}

#[test]
fn a_secret_without_a_value_takes_the_key() {
    let (rig, aws) = (Rig::new(), Aws::new());
    made(&aws, None, json!({}));
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    let state = check(&*store).unwrap();
    assert_eq!((state.holdings, state.create), (Holdings::Nothing, None));
    put(&*store, &owner(), &key()).unwrap();
    assert_eq!(aws.count("CreateSecret"), 0);
}

#[test]
fn somebody_elses_value_is_replaced_only_after_it_was_seen() {
    let (rig, aws) = (Rig::new(), Aws::new());
    made(&aws, Some("my diary"), json!({}));
    let error = put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "it holds something that is not an access key");
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    let what = "something that is not an access key".to_owned();
    assert_eq!(check(&*store).unwrap().holdings, Holdings::Foreign { what });
    put(&*store, &owner(), &key()).unwrap();
    assert_eq!(versions(&aws), 2);
}

#[test]
fn a_value_that_came_after_the_review_is_left_alone() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    check(&*store).unwrap();
    made(&aws, Some("came meanwhile"), json!({}));
    let error = put(&*store, &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "what is there has changed since it was looked at");
    assert_eq!(versions(&aws), 1);
}

#[test]
fn what_was_cleared_can_be_brought_back_and_is_by_the_next_key_of_the_same_user() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    put(&*store, &owner(), &key()).unwrap();
    clear(&*store, &Holdings::Key(key().id)).unwrap();
    let state = check(&*store).unwrap();
    assert_eq!(state.holdings, Holdings::Nothing);
    assert_eq!(
        state.create.as_deref(),
        Some("bring back the secret, which waits for its deletion since 2026-11-18")
    );
    put(&*store, &owner(), &new_key()).unwrap();
    assert_eq!(check(&*store).unwrap().holdings, Holdings::Key(new_key().id));
    assert_eq!(versions(&aws), 2);
}

#[test]
fn a_secret_of_others_that_waits_for_its_deletion_stays_so() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    put(&*aws.open(&spec(), &session), &owner(), &key()).unwrap();
    aws.0.lock().unwrap().secrets.get_mut(NAME).unwrap().deleted = true;
    let other = KeyOwner {
        user: UserName::new("OTHER").unwrap(),
        ..owner()
    };
    let error = put(&*aws.open(&spec(), &rig.session()), &other, &key()).unwrap_err();
    assert_eq!(
        error.message,
        "secret `ci/storefront` waits for its deletion since 2026-11-18"
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("`aws secretsmanager restore-secret --secret-id ci/storefront` brings it back; or choose another name")
    );
    assert_eq!(aws.count("RestoreSecret"), 0);
}

#[test]
fn a_deletion_whose_answer_was_lost_is_found_done() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    put(&*store, &owner(), &key()).unwrap();
    aws.lose_answer("DeleteSecret");
    clear(&*store, &Holdings::Key(key().id)).unwrap();
    assert!(aws.0.lock().unwrap().secrets[NAME].deleted);
}

#[test]
fn what_another_service_or_region_looks_after_is_refused() {
    for (more, message) in [
        (
            json!({ "OwningService": "rds" }),
            "`rds` looks after secret `ci/storefront`",
        ),
        (
            json!({ "PrimaryRegion": "eu-central-2" }),
            "secret `ci/storefront` is a copy of the one in `eu-central-2`",
        ),
    ] {
        let (rig, aws) = (Rig::new(), Aws::new());
        made(&aws, Some("x"), more);
        assert_eq!(check(&*aws.open(&spec(), &rig.session())).unwrap_err().message, message);
    }
}

#[test]
fn a_rotation_by_secrets_manager_itself_is_warned_of() {
    let (rig, aws) = (Rig::new(), Aws::new());
    made(&aws, None, json!({ "RotationEnabled": true }));
    assert_eq!(
        check(&*aws.open(&spec(), &rig.session())).unwrap().warnings,
        [
            "Secrets Manager changes secret `ci/storefront` by itself: switch its rotation off, or it will hold another \
             key"
        ]
    );
}

#[test]
fn an_error_that_repeats_the_secret_is_not_shown() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let echo = json!({ "__type": "ValidationException", "message": format!("bad value {SECRET}") });
    aws.answer("CreateSecret", crate::rig::json(400, &echo));
    let error = put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap_err();
    assert_eq!(
        error.message,
        "creating secret `ci/storefront`: ValidationException: the message of AWS is not shown, for it repeats what was \
         sent"
    );
}

#[test]
fn what_goes_wrong_says_what_to_do() {
    for (instead, message, hint) in [
        (
            refused(400, "AccessDeniedException"),
            "looking for secret `ci/storefront`: AccessDeniedException: because of AccessDeniedException",
            Some("the caller needs this permission; `--profile` chooses another caller"),
        ),
        (
            refused(400, "InternalServiceError"),
            "looking for secret `ci/storefront`: InternalServiceError: because of InternalServiceError",
            None,
        ),
    ] {
        let (rig, aws) = (Rig::new(), Aws::new());
        aws.answer("DescribeSecret", instead);
        let error = check(&*aws.open(&spec(), &rig.session())).unwrap_err();
        assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, hint));
    }
}

#[test]
fn a_read_that_is_lost_or_answered_by_a_page_is_made_again() {
    for instead in [
        Err(lost()),
        page(),
        refused(503, "ServiceUnavailable"),
        refused(400, "ThrottlingException"),
    ] {
        let (rig, aws) = (Rig::new(), Aws::new());
        aws.answer("DescribeSecret", instead);
        assert_eq!(
            check(&*aws.open(&spec(), &rig.session())).unwrap().holdings,
            Holdings::Nothing
        );
        assert_eq!(aws.count("DescribeSecret"), 2);
    }
}

#[test]
fn the_region_is_the_stores_else_the_pipelines_else_the_sessions() {
    let shown = |own: Option<&str>, pipeline: Option<&str>, session: Option<&str>| {
        let (rig, aws) = (Rig::new(), Aws::new());
        let region = |name: &str| Region::new(name).unwrap();
        let spec = StoreSpec::AwsSecretsManager {
            name: NAME.to_owned(),
            region: own.map(region),
            kms_key: None,
        };
        let owner = KeyOwner {
            region: pipeline.map(region),
            account: AccountId::new("111122223333").unwrap(),
            ..owner()
        };
        let here = rig.session();
        let store = aws.open_from(session, &spec, &here);
        put(&*store, &owner, &key()).map(|()| store.describe())
    };
    let read = |region: &str| {
        Ok(format!(
            "aws secretsmanager get-secret-value --secret-id ci/storefront --region {region}"
        ))
    };
    assert_eq!(
        shown(Some("eu-west-3"), Some("eu-west-2"), Some("eu-west-1")),
        read("eu-west-3")
    );
    assert_eq!(shown(None, Some("eu-west-2"), Some("eu-west-1")), read("eu-west-2"));
    assert_eq!(shown(None, None, Some("eu-west-1")), read("eu-west-1"));
    let error = shown(None, None, None).unwrap_err();
    assert_eq!(error.message, "no region is known in which `ci/storefront` is");
    assert_eq!(
        error.hint.as_deref(),
        Some("say it behind the place, as `aws-secrets-manager:ci/storefront,region=eu-west-1`, or with `--region`")
    );
}

#[test]
fn a_name_that_cannot_be_one_is_refused_before_anything_is_sent() {
    let (rig, aws) = (Rig::new(), Aws::new());
    for name in [
        "",
        "ci storefront",
        "arn:aws:secretsmanager:eu-west-1:1:secret:x",
        &"a".repeat(513),
    ] {
        let spec = StoreSpec::AwsSecretsManager {
            name: name.to_owned(),
            region: None,
            kms_key: None,
        };
        let error = crate::store::open(&spec, &rig.session(), aws.reach(None))
            .err()
            .unwrap();
        assert_eq!(error.message, format!("`{name}` cannot be the name of a secret"));
    }
}

#[test]
fn the_sandbox_has_none_and_says_so() {
    let rig = Rig::new();
    let reach = crate::rig::reach(
        Aws::new(),
        Box::leak(Box::<crate::rig::Waits>::default()),
        "token".to_owned().into(),
    );
    let error = crate::store::open(&spec(), &rig.session(), &reach).err().unwrap();
    assert_eq!(error.message, "the sandbox has no `aws-secrets-manager`");
    assert_eq!(
        error.hint.as_deref(),
        Some("with `--sandbox`, use a store of this machine, such as `kdbx` or `csv`")
    );
}
