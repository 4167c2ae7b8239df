//! What goes over the wire to GitHub, and what comes back that the sandbox never says.

use bytes::Bytes;
use ciuser_core::port::{Provider, TargetError, TransportError};
use http::Response;
use serde_json::json as body;

use crate::provider::rig::{ID, SECRET, Script, TOKEN, Waits, answer, check, json, key, owner, run, spec};

type Scripted = Result<Response<Bytes>, TransportError>;

fn repository() -> Scripted {
    json(
        200,
        &body!({ "id": 1, "full_name": "acme/storefront", "permissions": { "push": true } }),
    )
}

fn secrets() -> Scripted {
    json(200, &body!({ "total_count": 0, "secrets": [] }))
}

fn variables() -> Scripted {
    json(200, &body!({ "total_count": 0, "variables": [] }))
}

fn public_key(id: &str) -> Scripted {
    json(
        200,
        &body!({ "key_id": id, "key": "2Sg8iYjAxxmI2LvUXpJjkYrMxURPc8r+dB7TJyvvcCU=" }),
    )
}

fn made() -> Scripted {
    json(201, &body!({}))
}

fn changed() -> Scripted {
    answer(204, &[], "")
}

fn invalid() -> Scripted {
    json(422, &body!({ "message": "Bad request" }))
}

fn write(script: &std::sync::Arc<Script>) -> Result<(), TargetError> {
    let waits = Waits::default();
    let place = script.open(&spec("github:acme/storefront"), &waits);
    run(place.write(&owner(), &key()))
}

#[test]
fn a_key_that_was_replaced_meanwhile_is_fetched_again_once() {
    let begin = || [secrets(), variables(), made(), public_key("1"), invalid()];
    let end = [public_key("2"), made(), made(), changed(), made(), made()];
    let script = Script::of(begin().into_iter().chain(end));
    write(&script).unwrap();
    let key_ids: Vec<_> = script
        .requests()
        .iter()
        .filter(|request| request.method() == "PUT")
        .map(|request| serde_json::from_slice::<serde_json::Value>(request.body()).unwrap()["key_id"].clone())
        .collect();
    assert_eq!(key_ids, ["1", "2", "2"]);

    let script = Script::of(begin().into_iter().chain([public_key("1")]));
    let error = write(&script).unwrap_err();
    assert_eq!(
        error.message,
        "writing `AWS_ACCESS_KEY_ID`: 422 Unprocessable Entity: Bad request"
    );
}

#[test]
fn every_request_names_the_version_of_the_api_and_carries_the_token() {
    let script = Script::of([
        repository(),
        secrets(),
        variables(),
        json(404, &body!({})),
        json(404, &body!({})),
    ]);
    let waits = Waits::default();
    check(&*script.open(&spec("github:acme/storefront"), &waits)).unwrap();
    for request in script.requests() {
        assert_eq!(request.headers()["x-github-api-version"], "2022-11-28");
        assert_eq!(request.headers()["authorization"], format!("Bearer {TOKEN}"));
        assert!(
            request
                .uri()
                .to_string()
                .starts_with("https://hub.example.com/api/v3/repos/acme/storefront")
        );
    }
}

#[test]
fn a_page_that_names_another_host_is_followed_on_this_one() {
    let page = |link: &str| {
        let secrets = body!({ "total_count": 2, "secrets": [{ "name": "A", "updated_at": "t" }] });
        answer(
            200,
            &[("content-type", "application/json"), ("link", link)],
            &secrets.to_string(),
        )
    };
    let elsewhere = r#"<https://evil.example/api/v3/repositories/1/actions/secrets?page=2>; rel="next""#;
    let none = || json(404, &body!({}));
    let script = Script::of([repository(), page(elsewhere), secrets(), variables(), none(), none()]);
    let waits = Waits::default();
    check(&*script.open(&spec("github:acme/storefront"), &waits)).unwrap();
    let second = script.requests().into_iter().nth(2).unwrap();
    assert_eq!(
        second.uri(),
        "https://hub.example.com/api/v3/repositories/1/actions/secrets?page=2"
    );

    let script = Script::of([repository(), page(r#"<https://evil.example/secrets>; rel="next""#)]);
    let error = check(&*script.open(&spec("github:acme/storefront"), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "listing secrets of repository `acme/storefront`: `https://hub.example.com` gave an answer that is not GitHub's"
    );
}

#[test]
fn a_repository_that_was_renamed_is_not_followed() {
    let moved = answer(301, &[("location", "https://api.github.com/repositories/1")], "{}");
    let script = Script::of([moved]);
    let waits = Waits::default();
    let error = check(&*script.open(&spec("github:acme/storefront"), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "looking for repository `acme/storefront`: 301 Moved Permanently"
    );
    assert!(error.hint.unwrap().starts_with("it was renamed or moved"));
}

#[test]
fn a_right_that_is_lacking_is_named() {
    let refused = json(403, &body!({ "message": "Resource not accessible by integration" }));
    let script = Script::of([refused]);
    let error = write(&script).unwrap_err();
    assert_eq!(
        error.message,
        "listing secrets of repository `acme/storefront`: 403 Forbidden: Resource not accessible by integration"
    );
    let hint = error.hint.unwrap();
    assert!(
        hint.ends_with("the GITHUB_TOKEN that a workflow gets cannot write secrets at all"),
        "{hint}"
    );
}

#[test]
fn neither_token_nor_secret_is_in_an_error_even_when_the_server_repeats_them() {
    let echo = |status| json(status, &body!({ "message": format!("bad: {SECRET} with {TOKEN}") }));
    for status in [400, 401, 403, 404, 409, 500] {
        let failures = (0..4).map(|_| echo(status));
        let script = Script::of(
            [secrets(), variables(), made(), public_key("1"), made()]
                .into_iter()
                .chain(failures),
        );
        let error = write(&script).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("wJalrXUt") && !shown.contains("CCIPAT"), "{shown}");
    }
}

#[test]
fn a_variable_that_shows_another_id_is_an_error() {
    let stamp = |name: &str| body!({ "name": name, "updated_at": "t1" });
    let both = || {
        json(
            200,
            &body!({ "secrets": [stamp("AWS_ACCESS_KEY_ID"), stamp("AWS_SECRET_ACCESS_KEY")] }),
        )
    };
    let shows = |id: &str| {
        let region = |name: &str| body!({ "name": name, "value": "eu-central-1" });
        let id = body!({ "name": "AWS_ACCESS_KEY_ID", "value": id });
        json(
            200,
            &body!({ "variables": [id, region("AWS_REGION"), region("AWS_DEFAULT_REGION")] }),
        )
    };
    let waits = Waits::default();
    let prove = |place: &dyn Provider| run(place.proof(&owner(), &key()));
    let script = Script::of([both(), shows("AKIAOTHER"), both(), shows(ID)]);
    assert!(prove(&*script.open(&spec("github:acme/storefront"), &waits)).is_ok());
    let script = Script::of((0..3).flat_map(|_| [both(), shows("AKIAOTHER")]));
    let error = prove(&*script.open(&spec("github:acme/storefront"), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "variable `AWS_ACCESS_KEY_ID` has another value than was written"
    );
    assert_eq!(waits.seconds(), [1, 1, 2]);
}
