//! What goes over the wire to GitLab, and what comes back that the sandbox never says.

use ciuser_core::port::{Holdings, Proof};
use serde_json::{Value, json as body};

use crate::provider::rig::{ID, SECRET, Script, TOKEN, Waits, answer, json, key, owner, run, spec};

const PROJECT: &str = "gitlab:acme/storefront";

fn sent(script: &Script) -> Vec<(String, String, Value)> {
    let requests = script.requests().into_iter();
    let shown = |request: http::Request<bytes::Bytes>| {
        let sent = serde_json::from_slice(request.body()).unwrap_or_default();
        (request.method().to_string(), request.uri().to_string(), sent)
    };
    requests.map(shown).collect()
}

#[test]
fn a_new_variable_is_masked_and_raw_and_a_known_one_keeps_what_is_not_named() {
    let listed =
        body!([{ "key": "AWS_SECRET_ACCESS_KEY", "value": "old", "environment_scope": "*", "protected": true }]);
    let done = || json(200, &body!({}));
    let script = Script::of([json(200, &listed), done(), done(), done(), done()]);
    let waits = Waits::default();
    run(script.open(&spec(PROJECT), &waits).write(&owner(), &key())).unwrap();
    let root = "https://hub.example.com/api/v4/projects/acme%2Fstorefront/variables";
    let [_, id, secret, region, _] = sent(&script).try_into().unwrap();
    let new_id = body!({
        "key": "AWS_ACCESS_KEY_ID", "value": ID, "environment_scope": "*", "variable_type": "env_var", "raw": true,
        "masked": true, "protected": false,
    });
    assert_eq!(id, ("POST".to_owned(), root.to_owned(), new_id));
    let known_secret = body!({
        "key": "AWS_SECRET_ACCESS_KEY", "value": SECRET, "environment_scope": "*", "variable_type": "env_var",
        "raw": true, "masked": true,
        "description": format!("secret of access key {ID} of user CI_USER in account 111122223333, by ciuser"),
    });
    let address = format!("{root}/AWS_SECRET_ACCESS_KEY?filter[environment_scope]=%2A");
    assert_eq!(secret, ("PUT".to_owned(), address, known_secret));
    assert_eq!(
        (region.2["masked"].clone(), region.2["value"].clone()),
        (false.into(), "eu-central-1".into())
    );
}

#[test]
fn a_server_without_scopes_hiding_or_descriptions_will_do() {
    let shown = |key: &str, value: &str| body!({ "key": key, "value": value, "masked": true });
    let all = body!([
        shown("AWS_ACCESS_KEY_ID", ID),
        shown("AWS_SECRET_ACCESS_KEY", SECRET),
        shown("AWS_REGION", "eu-central-1"),
        shown("AWS_DEFAULT_REGION", "eu-central-1"),
    ]);
    let script = Script::of([json(200, &all), json(200, &body!({ "id": 7 })), json(200, &all)]);
    let waits = Waits::default();
    let place = script.open(&spec(PROJECT), &waits);
    assert_eq!(run(place.proof(&owner(), &key())), Ok((Proof::Value, None)));
    let state = run(place.check(&owner())).unwrap();
    assert_eq!(
        (state.holdings, state.warnings),
        (Holdings::Unattributed(key().id), Vec::new())
    );
}

#[test]
fn what_is_not_a_key_is_not_shown() {
    let all = body!([{ "key": "AWS_ACCESS_KEY_ID", "value": SECRET }]);
    let script = Script::of([json(200, &body!({ "id": 7 })), json(200, &all)]);
    let waits = Waits::default();
    let holdings = run(script.open(&spec(PROJECT), &waits).check(&owner()))
        .unwrap()
        .holdings;
    let what = "a value of `AWS_ACCESS_KEY_ID` that is no access key id".to_owned();
    assert_eq!(holdings, Holdings::Foreign { what });
}

#[test]
fn another_value_than_was_written_is_an_error_that_shows_neither() {
    let shown = |key: &str, value: &str| body!({ "key": key, "value": value });
    let all = || {
        let secret = shown("AWS_SECRET_ACCESS_KEY", "somebody-elses-value");
        json(200, &body!([shown("AWS_ACCESS_KEY_ID", ID), secret]))
    };
    let script = Script::of([all(), all(), all()]);
    let waits = Waits::default();
    let error = run(script.open(&spec(PROJECT), &waits).proof(&owner(), &key())).unwrap_err();
    assert_eq!(
        error.message,
        "`AWS_SECRET_ACCESS_KEY` has another value than was written"
    );
    assert!(!format!("{error:?}").contains("somebody"));
    assert_eq!(waits.seconds(), [1, 2]);
}

#[test]
fn a_value_that_is_refused_is_not_written_unmasked() {
    let invalid = || json(400, &body!({ "message": { "value": ["is invalid"] } }));
    let none = || json(200, &body!([]));
    let script = Script::of([none(), invalid(), none()]);
    let waits = Waits::default();
    let error = run(script.open(&spec(PROJECT), &waits).write(&owner(), &key())).unwrap_err();
    assert_eq!(
        error.message,
        "writing `AWS_ACCESS_KEY_ID`: 400 Bad Request: value is invalid"
    );
    assert!(error.hint.unwrap().ends_with("the key is not written unmasked"));
    assert_eq!(script.count("POST"), 1);
}

#[test]
fn neither_token_nor_secret_is_in_an_error_even_when_the_server_repeats_them() {
    let plain = |status| answer(status, &[("content-type", "text/plain")], &format!("{TOKEN} {SECRET}"));
    for status in [401, 403, 404, 422] {
        let none = || json(200, &body!([]));
        let made = json(201, &body!({}));
        let script = Script::of([none(), made, plain(status), none()]);
        let waits = Waits::default();
        let error = run(script.open(&spec(PROJECT), &waits).write(&owner(), &key())).unwrap_err();
        let shown = format!("{error} {error:?} {:?}", script.requests()[0].headers());
        assert!(!shown.contains("wJalrXUt") && !shown.contains("CCIPAT"), "{shown}");
    }
}
