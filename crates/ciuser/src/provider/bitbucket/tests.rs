//! Places at Bitbucket, by answers as its documentation has them.

use std::sync::Arc;

use ciuser_core::name::AccessKeyId;
use ciuser_core::port::{Holdings, PlaceState, Proof, Provider as _, Survey as _};
use ciuser_core::target::VariableNames;
use http::Request;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Bitbucket, BitbucketSurvey, Level, VariablesPlace};
use crate::provider::rig::told;
use crate::rig::*;
use crate::token::BitbucketToken;

fn place<'c>(script: &Arc<Script>, level: Level, clock: &'c Waits) -> VariablesPlace<'c> {
    let token = BitbucketToken::Access(SecretString::from(TOKEN));
    let client = Bitbucket::new(None, token, script.clone(), clock);
    VariablesPlace::new(client, level, VariableNames::default())
}

fn repository() -> Level {
    Level::Repository("acme/storefront".to_owned())
}

fn deployment() -> Level {
    Level::Deployment {
        repository: "acme/storefront".to_owned(),
        name: "Production".to_owned(),
    }
}

fn page(values: &[Value]) -> Value {
    json!({ "pagelen": 100, "size": values.len(), "page": 1, "values": values })
}

fn variable(name: &str, value: Option<&str>) -> Value {
    let uuid = format!("{{{name}}}");
    match value {
        Some(value) => {
            json!({ "uuid": uuid, "key": name, "value": value, "secured": false, "type": "pipeline_variable" })
        }
        None => json!({ "uuid": uuid, "key": name, "secured": true, "type": "pipeline_variable" }),
    }
}

/// A place that holds this key, as ciuser writes it.
fn held(id: &str) -> Value {
    page(&[
        variable("AWS_ACCESS_KEY_ID", Some(id)),
        variable("AWS_SECRET_ACCESS_KEY", None),
        variable("AWS_REGION", Some("eu-central-1")),
        variable("AWS_DEFAULT_REGION", Some("eu-central-1")),
    ])
}

/// What was sent: method, path, and body if there is one.
fn sent(request: &Request<bytes::Bytes>) -> (String, String, Value) {
    let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
    (request.method().to_string(), request.uri().path().to_owned(), body)
}

fn writes(script: &Script) -> Vec<(String, String, Value)> {
    let all = script.requests();
    all.iter()
        .filter(|request| request.method() != "GET")
        .map(sent)
        .collect()
}

#[test]
fn a_first_key_is_made_with_a_secret_that_is_secured_and_an_id_that_stays_readable() {
    let clock = Waits::default();
    let made = || json(201, &json!({}));
    let script = Script::of([
        json(200, &page(&[])),
        made(),
        made(),
        made(),
        made(),
        json(200, &held(ID)),
    ]);
    let place = place(&script, repository(), &clock);
    run(place.write(&owner(), &key())).unwrap();
    assert_eq!(run(place.proof(&owner(), &key())), Ok((Proof::Accepted, None)));
    let path = "/2.0/repositories/acme/storefront/pipelines_config/variables";
    let post = |name: &str, value: &str, secured: bool| {
        let body = json!({ "key": name, "value": value, "secured": secured });
        ("POST".to_owned(), path.to_owned(), body)
    };
    assert_eq!(
        writes(&script),
        [
            post("AWS_ACCESS_KEY_ID", ID, false),
            post("AWS_SECRET_ACCESS_KEY", SECRET, true),
            post("AWS_REGION", "eu-central-1", false),
            post("AWS_DEFAULT_REGION", "eu-central-1", false),
        ]
    );
    let token = script.requests()[0].headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(token, format!("Bearer {TOKEN}"));
}

#[test]
fn variables_that_are_there_are_replaced_by_their_id_the_secret_first() {
    let clock = Waits::default();
    let done = || json(200, &json!({}));
    let environments = page(&[
        json!({ "uuid": "{e1}", "name": "Test" }),
        json!({ "uuid": "{e2}", "name": "Production" }),
    ]);
    let script = Script::of([
        json(200, &environments),
        json(200, &held("AKIAI44QH8DHBEXAMPLE")),
        done(),
        done(),
        done(),
        done(),
    ]);
    run(place(&script, deployment(), &clock).write(&owner(), &key())).unwrap();
    let path = "/2.0/repositories/acme/storefront/deployments_config/environments/%7Be2%7D/variables";
    let order: Vec<_> = writes(&script)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    let put = |name: &str| ("PUT".to_owned(), format!("{path}/%7B{name}%7D"));
    assert_eq!(
        order,
        [
            put("AWS_SECRET_ACCESS_KEY"),
            put("AWS_ACCESS_KEY_ID"),
            put("AWS_REGION"),
            put("AWS_DEFAULT_REGION"),
        ]
    );
}

#[test]
fn a_variable_whose_making_is_in_doubt_is_looked_for_and_not_made_twice() {
    for in_doubt in [Err(lost()), json(500, &json!({})), json(409, &json!({}))] {
        let clock = Waits::default();
        let made = || json(201, &json!({}));
        let id = page(&[variable("AWS_ACCESS_KEY_ID", Some(ID))]);
        let script = Script::of([
            json(200, &page(&[])),
            in_doubt,
            json(200, &id),
            json(200, &json!({})),
            made(),
            made(),
            made(),
        ]);
        run(place(&script, repository(), &clock).write(&owner(), &key())).unwrap();
        assert_eq!((script.count("POST"), script.count("PUT")), (4, 1));
    }
}

#[test]
fn every_page_is_read_and_none_elsewhere() {
    let clock = Waits::default();
    let page_of = |next: &str| json!({ "values": [variable("OTHER", None)], "next": next });
    let next =
        "https://api.bitbucket.org/2.0/repositories/acme/storefront/pipelines_config/variables?pagelen=100&page=2";
    let script = Script::of([json(200, &page_of(next)), json(200, &held(ID)), json(200, &page(&[]))]);
    let state = run(place(&script, repository(), &clock).check(&owner())).unwrap();
    let id = AccessKeyId::new(ID).unwrap();
    assert_eq!(state.holdings, Holdings::Unattributed(id));
    assert_eq!(script.requests()[1].uri().to_string(), next);

    let script = Script::of([json(200, &page_of("https://evil.example/x"))]);
    let error = run(place(&script, repository(), &clock).check(&owner())).unwrap_err();
    assert_eq!(
        error.message,
        "listing variables: `https://api.bitbucket.org` gave an answer that is not Bitbucket's"
    );
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn holdings_say_what_can_be_seen_and_nothing_of_other_values() {
    let clock = Waits::default();
    let id = || AccessKeyId::new(ID).unwrap();
    let foreign = |what: &str| Holdings::Foreign { what: what.to_owned() };
    let (key_id, secret) = (
        |value| variable("AWS_ACCESS_KEY_ID", value),
        || variable("AWS_SECRET_ACCESS_KEY", None),
    );
    for (shown, expected) in [
        (vec![], Holdings::Nothing),
        (vec![variable("AWS_REGION", Some("x"))], Holdings::Nothing),
        (vec![key_id(Some(ID)), secret()], Holdings::Unattributed(id())),
        (vec![key_id(Some(ID))], Holdings::Half { suffix: ID.to_owned() }),
        (vec![key_id(None), secret()], Holdings::Opaque { mark: None }),
        (vec![secret()], Holdings::Opaque { mark: None }),
        (
            vec![key_id(Some("a secret, perhaps")), secret()],
            foreign("`AWS_ACCESS_KEY_ID` with a value that is not the id of an access key"),
        ),
        (
            vec![key_id(None)],
            foreign("`AWS_ACCESS_KEY_ID` without `AWS_SECRET_ACCESS_KEY`"),
        ),
    ] {
        let script = Script::of([json(200, &page(&shown)), json(200, &page(&[]))]);
        let state = run(place(&script, repository(), &clock).check(&owner())).unwrap();
        assert_eq!(state.holdings, expected);
    }
}

#[test]
fn the_review_says_what_wins_over_the_repository_and_what_is_badly_kept() {
    let clock = Waits::default();
    let shown = page(&[
        variable("AWS_ACCESS_KEY_ID", None),
        variable("AWS_SECRET_ACCESS_KEY", Some("clear")),
    ]);
    let environments = page(&[
        json!({ "uuid": "{e1}", "name": "Test" }),
        json!({ "uuid": "{e2}", "name": "Production" }),
    ]);
    let script = Script::of([
        json(200, &shown),
        json(200, &environments),
        json(403, &json!({ "type": "error", "error": { "message": "no" } })),
        json(200, &page(&[variable("AWS_ACCESS_KEY_ID", None)])),
    ]);
    let PlaceState { warnings, .. } = run(place(&script, repository(), &clock).check(&owner())).unwrap();
    assert_eq!(
        warnings,
        [
            "`AWS_ACCESS_KEY_ID` is secured there, so that nobody can see which key it is; remove it in Bitbucket before \
             the next key is delivered, and it stays readable",
            "`AWS_SECRET_ACCESS_KEY` is not secured there: whoever sees the settings can read it",
            "the variables of deployment `Test` cannot be seen with this token; one that sets the same names wins over \
             the repository in its steps",
            "deployment `Production` also sets `AWS_ACCESS_KEY_ID`; in its steps it wins over the repository's",
        ]
    );
}

#[test]
fn a_missing_repository_or_environment_says_what_to_check() {
    let clock = Waits::default();
    let body = json!({ "type": "error", "error": { "message": "Repository acme/storefront not found" } });
    let script = Script::of([json(404, &body)]);
    let error = run(place(&script, repository(), &clock).check(&owner())).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        (
            "listing variables: 404 Not Found: Repository acme/storefront not found",
            Some(
                "check the name of repository `acme/storefront`, and that the token may read and write its Pipelines \
                 variables"
            )
        )
    );
    let script = Script::of([json(200, &page(&[json!({ "uuid": "{e1}", "name": "Test" })]))]);
    let error = run(place(&script, deployment(), &clock).check(&owner())).unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        (
            "the repository has no deployment environment `Production`",
            Some("it has `Test`; others are made in its settings under Pipelines, Deployments")
        )
    );
}

#[test]
fn another_id_than_was_written_is_no_proof() {
    let clock = Waits::default();
    let other = || json(200, &held("AKIAI44QH8DHBEXAMPLE"));
    let script = Script::of([other(), other(), other()]);
    let error = run(place(&script, repository(), &clock).proof(&owner(), &key())).unwrap_err();
    assert_eq!(
        error.message,
        "`AWS_ACCESS_KEY_ID` shows another value than was written"
    );
    assert_eq!(clock.seconds(), [1, 2]);
}

#[test]
fn only_what_was_seen_is_cleared_the_secret_first() {
    let clock = Waits::default();
    let seen = Holdings::Unattributed(AccessKeyId::new(ID).unwrap());
    let gone = || answer(204, &[], "");
    let script = Script::of([json(200, &held(ID)), gone(), gone(), json(200, &page(&[]))]);
    run(place(&script, repository(), &clock).clear(&owner(), &seen)).unwrap();
    let removed: Vec<_> = writes(&script).into_iter().map(|(_, path, _)| path).collect();
    let path = "/2.0/repositories/acme/storefront/pipelines_config/variables";
    assert_eq!(
        removed,
        [
            format!("{path}/%7BAWS_SECRET_ACCESS_KEY%7D"),
            format!("{path}/%7BAWS_ACCESS_KEY_ID%7D")
        ]
    );
    let script = Script::of([json(200, &held("AKIAI44QH8DHBEXAMPLE"))]);
    let error = run(place(&script, repository(), &clock).clear(&owner(), &seen)).unwrap_err();
    assert_eq!(error.message, "somebody else wrote there since it was looked at");
    assert_eq!(script.count("DELETE"), 0);
}

#[test]
fn the_workspace_has_a_path_of_its_own() {
    let clock = Waits::default();
    let script = Script::of([json(200, &page(&[]))]);
    let place = place(&script, Level::Workspace("acme".to_owned()), &clock);
    let state = run(place.check(&owner())).unwrap();
    assert_eq!(
        state.warnings,
        ["every repository of workspace `acme` can use the key; one that sets the same names has its own"]
    );
    let path = script.requests()[0].uri().path().to_owned();
    assert_eq!(path, "/2.0/workspaces/acme/pipelines-config/variables");
    assert_eq!(place.describe(), "https://bitbucket.org/acme/workspace/settings");
}

#[test]
fn a_survey_goes_through_workspaces_repositories_and_deployment_environments() {
    let clock = Waits::default();
    let script = Script::of([
        json(200, &page(&[json!({ "workspace": { "slug": "acme" } })])),
        json(
            200,
            &page(&[
                variable("AWS_ACCESS_KEY_ID", None),
                variable("AWS_SECRET_ACCESS_KEY", None),
            ]),
        ),
        json(200, &page(&[json!({ "full_name": "acme/storefront" })])),
        json(200, &held(ID)),
        json(200, &page(&[json!({ "uuid": "{1}", "name": "Production" })])),
        json(403, &json!({ "error": { "message": "no" } })),
    ]);
    let token = BitbucketToken::Access(SecretString::from(TOKEN));
    let survey = BitbucketSurvey::new(Bitbucket::new(None, token, script.clone(), &clock), None);
    let surveyed = run(survey.survey(&|_| {})).unwrap();
    let (seen, unseen) = told(&surveyed);
    assert_eq!(
        seen,
        [
            "bitbucket-workspace:acme AWS_ACCESS_KEY_ID hidden",
            "bitbucket-workspace:acme AWS_SECRET_ACCESS_KEY hidden",
            &format!("bitbucket:acme/storefront AWS_ACCESS_KEY_ID {ID}"),
            "bitbucket:acme/storefront AWS_SECRET_ACCESS_KEY hidden",
            "bitbucket:acme/storefront AWS_REGION other",
            "bitbucket:acme/storefront AWS_DEFAULT_REGION other",
        ]
    );
    assert_eq!(
        unseen,
        [
            "bitbucket:acme/storefront/Production: listing variables: 403 Forbidden: no",
            "workspaces and repositories of Bitbucket that the token does not see: Bitbucket does not list them",
        ]
    );
}
