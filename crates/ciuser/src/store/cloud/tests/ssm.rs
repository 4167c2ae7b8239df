//! What is particular to Parameter Store.

use std::sync::Arc;

use ciuser_core::port::Holdings;
use ciuser_core::target::StoreSpec;
use serde_json::{Value, json};

use super::aws::{Aws, refused};
use crate::rig::SECRET;
use crate::store::contract::{Rig, check, clear, get_back, key, new_key, owner, put};

const NAME: &str = "/ci/storefront";

pub(super) fn spec() -> StoreSpec {
    StoreSpec::AwsSsm {
        name: NAME.to_owned(),
        region: None,
        kms_key: None,
    }
}

fn versions(aws: &Arc<Aws>) -> Vec<Value> {
    aws.0.lock().unwrap().parameters.get(NAME).cloned().unwrap_or_default()
}

pub(super) fn made(aws: &Aws, version: Value) {
    let parameters = &mut aws.0.lock().unwrap().parameters;
    parameters.entry(NAME.to_owned()).or_default().push(version);
}

#[test]
fn a_new_parameter_is_encrypted_and_tagged_and_replaces_nothing() {
    let (rig, aws) = (Rig::new(), Aws::new());
    put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap();
    let [mut asked] = versions(&aws).try_into().unwrap();
    assert!(asked["Value"].take().as_str().unwrap().contains(SECRET));
    assert_eq!(
        asked,
        json!({
            "Name": NAME,
            "Type": "SecureString",
            "Value": null,
            "Overwrite": false,
            "Description": "Access key of IAM user CI_USER in account 111122223333, kept by ciuser",
            "Tags": [
                { "Key": "ciuser:account", "Value": "111122223333" },
                { "Key": "ciuser:run", "Value": owner().run.to_string() },
                { "Key": "ciuser:user", "Value": "CI_USER" },
            ],
        })
    );
}

#[test]
fn a_new_version_keeps_key_and_tier_of_the_one_before() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let (version, text) = (
        |key: &str| json!({ "Type": "SecureString", "Value": "{}", "KeyId": key }),
        "Advanced",
    );
    made(&aws, version("alias/aws/ssm"));
    made(&aws, version("alias/ci"));
    aws.0.lock().unwrap().parameters.get_mut(NAME).unwrap()[1]["Tier"] = json!(text);
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    check(&*store).unwrap();
    put(&*store, &owner(), &key()).unwrap();
    let [_, _, asked] = versions(&aws).try_into().unwrap();
    assert_eq!(
        [&asked["KeyId"], &asked["Tier"], &asked["Overwrite"], &asked["Tags"]],
        [&json!("alias/ci"), &json!("Advanced"), &json!(true), &Value::Null]
    );
}

#[test]
fn a_rotation_keeps_the_versions_before() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    for key in [key(), new_key()] {
        put(&*store, &owner(), &key).unwrap();
        put(&*store, &owner(), &key).unwrap();
        assert_eq!(check(&*store).unwrap().holdings, Holdings::Key(key.id));
    }
    assert_eq!(versions(&aws).len(), 2);
}

#[test]
fn a_write_whose_answer_was_lost_is_looked_for_and_not_made_again() {
    for before in [false, true] {
        let (rig, aws) = (Rig::new(), Aws::new());
        let session = rig.session();
        let store = aws.open(&spec(), &session);
        if before {
            put(&*store, &owner(), &new_key()).unwrap();
        }
        let writes = aws.count("PutParameter");
        aws.lose_answer("PutParameter");
        put(&*store, &owner(), &key()).unwrap();
        assert_eq!(get_back(&*store, &key().id).as_deref(), Some(SECRET));
        assert_eq!(aws.count("PutParameter") - writes, 1);
    }
}

#[test]
fn a_write_that_was_lost_before_it_was_done_is_made_again() {
    let (rig, aws) = (Rig::new(), Aws::new());
    aws.answer("PutParameter", Err(crate::rig::lost()));
    put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap();
    assert_eq!((versions(&aws).len(), aws.count("PutParameter")), (1, 2));
}

#[test]
fn a_parameter_that_is_not_encrypted_is_refused() {
    let (rig, aws) = (Rig::new(), Aws::new());
    made(&aws, json!({ "Type": "String", "Value": "x" }));
    let error = check(&*aws.open(&spec(), &rig.session())).unwrap_err();
    assert_eq!(error.message, "parameter `/ci/storefront` is a `String`, not encrypted");
    assert_eq!(
        error.hint.as_deref(),
        Some("Parameter Store does not change what a parameter is: choose another name")
    );
}

#[test]
fn somebody_elses_value_is_replaced_only_after_it_was_seen() {
    let (rig, aws) = (Rig::new(), Aws::new());
    made(&aws, json!({ "Type": "SecureString", "Value": "my diary" }));
    let error = put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "it holds something that is not an access key");
    assert_eq!(versions(&aws).len(), 1);
}

#[test]
fn a_parameter_that_came_after_the_review_is_left_alone() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    check(&*store).unwrap();
    made(&aws, json!({ "Type": "SecureString", "Value": "came meanwhile" }));
    let error = put(&*store, &owner(), &key()).unwrap_err();
    assert_eq!(error.message, "what is there has changed since it was looked at");
    assert_eq!(versions(&aws).len(), 1);
}

#[test]
fn what_was_cleared_is_gone_and_a_lost_answer_changes_nothing_about_it() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    put(&*store, &owner(), &key()).unwrap();
    aws.lose_answer("DeleteParameter");
    clear(&*store, &Holdings::Key(key().id)).unwrap();
    assert!(versions(&aws).is_empty());
    put(&*store, &owner(), &new_key()).unwrap();
    let error = clear(&*store, &Holdings::Key(key().id)).unwrap_err();
    assert_eq!(error.message, "what is there has changed since it was looked at");
    assert_eq!(versions(&aws).len(), 1);
}

#[test]
fn a_key_that_cannot_be_used_is_said() {
    let (rig, aws) = (Rig::new(), Aws::new());
    aws.answer("PutParameter", refused(400, "InvalidKeyId"));
    let error = put(&*aws.open(&spec(), &rig.session()), &owner(), &key()).unwrap_err();
    assert_eq!(
        error.message,
        "writing parameter `/ci/storefront`: InvalidKeyId: because of InvalidKeyId"
    );
}

#[test]
fn how_to_open_it_never_shows_the_secret() {
    let (rig, aws) = (Rig::new(), Aws::new());
    let session = rig.session();
    let store = aws.open(&spec(), &session);
    put(&*store, &owner(), &key()).unwrap();
    assert_eq!(
        store.describe(),
        "aws ssm get-parameter --with-decryption --name /ci/storefront --region eu-west-1"
    );
}
