//! Clusters of Buildkite, by answers as its documentation has them.

use std::sync::Arc;

use ciuser_core::port::{Holdings, Proof, Provider as _, Survey as _};
use ciuser_core::target::VariableNames;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Buildkite, BuildkiteSurvey, ClusterPlace, ClusterSpec};
use crate::provider::rig::told;
use crate::rig::*;

const OLD: &str = "AKIAI44QH8DHBEXAMPLE";

fn place<'c>(script: &Arc<Script>, clock: &'c Waits) -> ClusterPlace<'c> {
    named(script, clock, VariableNames::default())
}

fn named<'c>(script: &Arc<Script>, clock: &'c Waits, names: VariableNames) -> ClusterPlace<'c> {
    let client = Buildkite::new(
        None,
        "acme".to_owned(),
        SecretString::from(TOKEN),
        script.clone(),
        clock,
    );
    let cluster = "Default cluster".to_owned();
    ClusterPlace::new(client, ClusterSpec { cluster, names })
}

fn clusters() -> Value {
    json!([{ "id": "c-1", "name": "Other" }, { "id": "c-2", "name": "Default cluster" }])
}

fn secret(name: &str, description: &str, updated: &str) -> Value {
    json!({
        "id": format!("s-{name}"), "key": name, "description": description, "policy": null,
        "created_at": "2026-01-01T00:00:00.000Z", "updated_at": updated, "last_read_at": null,
    })
}

fn note(id: &str) -> String {
    format!("access key {id} of user CI_USER in AWS account 111122223333, written by ciuser")
}

/// A cluster that holds this key since then.
fn held(id: &str, updated: &str) -> Value {
    json!([
        secret("AWS_ACCESS_KEY_ID", &note(id), updated),
        secret("AWS_SECRET_ACCESS_KEY", &note(id), updated),
    ])
}

/// What was written: method and path below the secrets, with the field that says what.
fn writes(script: &Script) -> Vec<String> {
    let all = script.requests();
    let writes = all.iter().filter(|request| request.method() != "GET").map(|request| {
        let path = request.uri().path().to_owned();
        let below = path
            .strip_prefix("/v2/organizations/acme/clusters/c-2/secrets")
            .unwrap();
        format!("{} {below}", request.method())
    });
    writes.collect()
}

#[test]
fn a_first_key_is_made_and_described() {
    let clock = Waits::default();
    let made = || json(201, &json!({}));
    let script = Script::of([
        json(200, &clusters()),
        json(200, &json!([])),
        made(),
        made(),
        made(),
        made(),
        json(200, &held(ID, "t1")),
    ]);
    let place = place(&script, &clock);
    run(place.write(&owner(), &key())).unwrap();
    let proof = run(place.proof(&owner(), &key()));
    assert_eq!(proof, Ok((Proof::Timestamp, Some("t1".to_owned()))));
    let bodies: Vec<Value> = script
        .requests()
        .iter()
        .filter(|request| request.method() == "POST")
        .map(|request| serde_json::from_slice(request.body()).unwrap())
        .collect();
    let region = "AWS region, written by ciuser";
    assert_eq!(
        bodies,
        [
            json!({ "key": "AWS_ACCESS_KEY_ID", "value": ID, "description": note(ID) }),
            json!({ "key": "AWS_SECRET_ACCESS_KEY", "value": SECRET, "description": note(ID) }),
            json!({ "key": "AWS_REGION", "value": "eu-central-1", "description": region }),
            json!({ "key": "AWS_DEFAULT_REGION", "value": "eu-central-1", "description": region }),
        ]
    );
}

#[test]
fn while_a_key_is_replaced_the_descriptions_differ_from_the_first_write_to_the_last() {
    let clock = Waits::default();
    let done = || json(200, &json!({}));
    let script = Script::of(
        [json(200, &clusters()), json(200, &held(OLD, "t0"))]
            .into_iter()
            .chain((0..4).map(|_| done()))
            .chain((0..2).map(|_| json(201, &json!({}))))
            .chain([json(200, &held(ID, "t1"))]),
    );
    let place = place(&script, &clock);
    run(place.write(&owner(), &key())).unwrap();
    assert_eq!(
        writes(&script),
        [
            "PUT /s-AWS_SECRET_ACCESS_KEY",
            "PUT /s-AWS_SECRET_ACCESS_KEY/value",
            "PUT /s-AWS_ACCESS_KEY_ID/value",
            "PUT /s-AWS_ACCESS_KEY_ID",
            "POST ",
            "POST ",
        ]
    );
    let proof = run(place.proof(&owner(), &key()));
    assert_eq!(proof, Ok((Proof::Timestamp, Some("t1".to_owned()))));
}

#[test]
fn a_secret_whose_making_is_in_doubt_is_looked_for_and_not_made_twice() {
    let clock = Waits::default();
    let made = || json(201, &json!({}));
    let there = json!([secret("AWS_ACCESS_KEY_ID", &note(ID), "t1")]);
    let script = Script::of([
        json(200, &clusters()),
        json(200, &json!([])),
        Err(lost()),
        // The listing is behind, and the key is taken all the same.
        json(200, &json!([])),
        json(
            422,
            &json!({ "message": "Validation failed", "errors": [{ "field": "key" }] }),
        ),
        json(200, &there),
        json(200, &json!({})),
        json(200, &json!({})),
        made(),
        made(),
        made(),
    ]);
    run(place(&script, &clock).write(&owner(), &key())).unwrap();
    assert_eq!((script.count("POST"), script.count("PUT")), (5, 2));
}

#[test]
fn time_stamps_that_did_not_move_prove_nothing() {
    let clock = Waits::default();
    let done = || json(200, &json!({}));
    let script = Script::of(
        [json(200, &clusters()), json(200, &held(ID, "t0"))]
            .into_iter()
            .chain((0..4).map(|_| done()))
            .chain((0..2).map(|_| json(201, &json!({}))))
            .chain([json(200, &held(ID, "t0"))]),
    );
    let place = place(&script, &clock);
    run(place.write(&owner(), &key())).unwrap();
    let proof = run(place.proof(&owner(), &key()));
    assert_eq!(proof, Ok((Proof::Accepted, Some("t0".to_owned()))));
}

#[test]
fn what_is_described_is_believed_only_when_both_halves_say_the_same() {
    let clock = Waits::default();
    let id = |description: &str| secret("AWS_ACCESS_KEY_ID", description, "t1");
    let half = |description: &str| secret("AWS_SECRET_ACCESS_KEY", description, "t2");
    let (ours, other) = (note(ID), note(OLD));
    let theirs = ours.replace("CI_USER", "SOMEBODY");
    let foreign = Holdings::Foreign {
        what: format!("access key {ID} of user `SOMEBODY` in account 111122223333"),
    };
    let mark = Some("t1, t2".to_owned());
    for (shown, expected) in [
        (json!([]), Holdings::Nothing),
        (
            json!([id(&ours), half(&ours)]),
            Holdings::Masked {
                suffix: ID.to_owned(),
                mark: mark.clone(),
            },
        ),
        (
            json!([id(&ours), half(&other)]),
            Holdings::Half { suffix: ID.to_owned() },
        ),
        (json!([id(&ours)]), Holdings::Half { suffix: ID.to_owned() }),
        (json!([id(&theirs), half(&theirs)]), foreign.clone()),
        (json!([id(&theirs)]), foreign.clone()),
        (json!([id(&ours), half(&theirs)]), foreign),
        (json!([id("the shop's"), half("")]), Holdings::Opaque { mark }),
        (json!([half(&ours)]), Holdings::Opaque { mark: None }),
    ] {
        let script = Script::of([json(200, &clusters()), json(200, &shown)]);
        let state = run(place(&script, &clock).check(&owner())).unwrap();
        assert_eq!(state.holdings, expected, "{shown}");
    }
}

#[test]
fn the_review_says_who_reads_and_when_a_build_last_did() {
    let clock = Waits::default();
    let warnings = |shown: Value| {
        let script = Script::of([json(200, &clusters()), json(200, &shown)]);
        run(place(&script, &clock).check(&owner())).unwrap().warnings
    };
    assert_eq!(
        warnings(json!([])),
        [
            "every pipeline of cluster `Default cluster` can read new secrets; an access policy, in Buildkite, narrows that"
        ]
    );
    let mut read = held(ID, "t1");
    read[1]["last_read_at"] = json!("2026-10-01T06:51:21.067Z");
    assert_eq!(
        warnings(read),
        ["a build last read the key that is there on 2026-10-01"]
    );
}

#[test]
fn every_page_of_clusters_is_read_and_a_missing_one_is_named_beside_the_others() {
    let clock = Waits::default();
    let next = "https://api.buildkite.com/v2/organizations/acme/clusters?page=2&per_page=100";
    let first = answer(
        200,
        &[("link", &format!("<{next}>; rel=\"next\", <{next}>; rel=\"last\""))],
        &json!([{ "id": "c-1", "name": "One" }]).to_string(),
    );
    let script = Script::of([first, json(200, &json!([{ "id": "c-3", "name": "Two" }]))]);
    let error = run(place(&script, &clock).check(&owner())).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        (
            "the organisation has no cluster `Default cluster`",
            Some("it has `One`, `Two`")
        )
    );
    assert_eq!(script.requests()[1].uri().to_string(), next);
}

#[test]
fn a_name_that_buildkite_does_not_take_is_refused_before_anything_is_sent() {
    let clock = Waits::default();
    for bad in ["_KEY", "BK_KEY", "buildkite_key"] {
        let names = serde_json::from_value(json!({ "AWS_ACCESS_KEY_ID": bad })).unwrap();
        let script = Script::of([]);
        let error = run(named(&script, &clock, names).check(&owner())).unwrap_err();
        assert_eq!(
            error.message,
            format!("`{bad}` cannot be the key of a secret of Buildkite")
        );
    }
}

#[test]
fn only_what_was_seen_is_cleared_the_secret_first() {
    let clock = Waits::default();
    let seen = Holdings::Masked {
        suffix: ID.to_owned(),
        mark: Some("t1".to_owned()),
    };
    let gone = || answer(204, &[], "");
    let script = Script::of([
        json(200, &clusters()),
        json(200, &held(ID, "t1")),
        gone(),
        gone(),
        json(200, &json!([])),
    ]);
    run(place(&script, &clock).clear(&owner(), &seen)).unwrap();
    assert_eq!(
        writes(&script),
        ["DELETE /s-AWS_SECRET_ACCESS_KEY", "DELETE /s-AWS_ACCESS_KEY_ID"]
    );
    let script = Script::of([json(200, &clusters()), json(200, &held(ID, "t2"))]);
    let error = run(place(&script, &clock).clear(&owner(), &seen)).unwrap_err();
    assert_eq!(error.message, "somebody else wrote there since it was looked at");
    assert_eq!(script.count("DELETE"), 0);
}

#[test]
fn a_survey_believes_the_description_of_an_id_and_tells_when_the_secret_is_of_another() {
    let clock = Waits::default();
    let mixed = json!([
        secret("AWS_ACCESS_KEY_ID", &note(ID), "2026-01-02T00:00:00.000Z"),
        secret("AWS_SECRET_ACCESS_KEY", &note(OLD), "2026-01-01T00:00:00.000Z"),
        secret("NPM_TOKEN", "for packages", "2026-01-01T00:00:00.000Z"),
    ]);
    let script = Script::of([
        json(200, &json!([{ "slug": "acme" }])),
        json(200, &clusters()),
        json(200, &mixed),
        json(200, &held(ID, "2026-01-02T00:00:00.000Z")),
    ]);
    let client = Buildkite::new(None, String::new(), SecretString::from(TOKEN), script.clone(), &clock);
    let surveyed = run(BuildkiteSurvey::new(client, None).survey(&|_| {})).unwrap();
    let (seen, unseen) = told(&surveyed);
    assert_eq!(
        seen,
        [
            &format!("buildkite:acme/Other AWS_ACCESS_KEY_ID {ID}"),
            "buildkite:acme/Other AWS_SECRET_ACCESS_KEY other",
            "buildkite:acme/Other NPM_TOKEN hidden",
            &format!("buildkite:acme/Default cluster AWS_ACCESS_KEY_ID {ID}"),
            "buildkite:acme/Default cluster AWS_SECRET_ACCESS_KEY hidden",
        ]
    );
    assert_eq!(
        unseen,
        [
            "clusters of Buildkite that the token does not see, and what agents get from their hosts: Buildkite does not \
          list it"
        ]
    );
}
