//! CircleCI on servers of one's own, old ones too; and organisations whose slugs are made of ids.

use ciuser_core::port::{Holdings, Proof, Provider, TargetError};
use ciuser_core::target::ProviderSpec;
use serde_json::json as body;

use super::rig::{Circle, Script, Waits, answer, context, items, json, key, owner, project, run};

const SERVER: &str = "https://ci.example.com";

fn at_server(mut spec: ProviderSpec) -> ProviderSpec {
    if let ProviderSpec::CircleciContext { url, .. } | ProviderSpec::CircleciProject { url, .. } = &mut spec {
        *url = Some(SERVER.to_owned());
    }
    spec
}

fn check_fails(place: &dyn Provider) -> TargetError {
    run(place.check(&owner())).unwrap_err()
}

/// An answer of a server that does not know the call.
fn missing() -> Result<http::Response<bytes::Bytes>, ciuser_core::port::TransportError> {
    answer(404, &[("content-type", "text/html")], "<html>Not found</html>")
}

fn uris(script: &Script) -> Vec<String> {
    let of = |request: &http::Request<bytes::Bytes>| format!("{} {}", request.method(), request.uri());
    let uris: Vec<_> = script.requests().iter().map(of).collect();
    uris.iter().map(|uri| uri.replace(SERVER, "")).collect()
}

fn masked(id: &str) -> serde_json::Value {
    body!([
        { "name": "AWS_ACCESS_KEY_ID", "value": id },
        { "name": "AWS_SECRET_ACCESS_KEY", "value": "xxxxEKEY" },
        { "name": "AWS_REGION", "value": "xxxxal-1" },
        { "name": "AWS_DEFAULT_REGION", "value": "xxxxal-1" },
    ])
}

#[test]
fn the_variables_of_a_project_are_had_over_v1_1_where_v2_has_none() {
    let gone = || json(410, &body!({ "message": "Gone" }));
    let answers = [
        missing(),
        missing(),
        json(200, &body!([])),
        missing(),
        gone(),
        json(201, &body!({})),
        json(201, &body!({})),
        json(201, &body!({})),
        json(201, &body!({})),
        json(200, &masked("xxxxMPLE")),
    ];
    let (script, waits) = (Script::of(answers), Waits::default());
    let place = script.open(&at_server(project()), &waits);
    let state = run(place.check(&owner())).unwrap();
    assert_eq!(state.holdings, Holdings::Nothing);
    assert_eq!(
        state.warnings.len(),
        1,
        "the contexts cannot be seen: {:?}",
        state.warnings
    );
    // Another process, which has not looked, finds the same way.
    let place = script.open(&at_server(project()), &waits);
    run(place.write(&owner(), &key())).unwrap();
    assert_eq!(run(place.proof(&owner(), &key())), Ok((Proof::Mask, None)));
    let old = "/api/v1.1/project/github/acme/storefront/envvar";
    assert_eq!(
        uris(&script),
        [
            "GET /api/v2/project/gh/acme/storefront".to_owned(),
            "GET /api/v2/project/gh/acme/storefront/envvar".to_owned(),
            format!("GET {old}"),
            "GET /api/v2/context?owner-slug=gh%2Facme".to_owned(),
            "POST /api/v2/project/gh/acme/storefront/envvar".to_owned(),
            format!("POST {old}"),
            format!("POST {old}"),
            format!("POST {old}"),
            format!("POST {old}"),
            format!("GET {old}"),
        ]
    );
}

#[test]
fn an_old_server_is_cleared_over_v1_1() {
    let ok = || json(200, &body!({ "message": "ok" }));
    let answers = [
        missing(),
        json(200, &masked("xxxxMPLE")),
        ok(),
        json(200, &body!([])),
        ok(),
        json(200, &body!([])),
    ];
    let (script, waits) = (Script::of(answers), Waits::default());
    let place = script.open(&at_server(project()), &waits);
    let seen = Holdings::Masked {
        suffix: "MPLE".to_owned(),
        mark: None,
    };
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()));
    let deleted = "DELETE /api/v1.1/project/github/acme/storefront/envvar";
    assert_eq!(
        [&uris(&script)[2], &uris(&script)[4]],
        [
            &format!("{deleted}/AWS_SECRET_ACCESS_KEY"),
            &format!("{deleted}/AWS_ACCESS_KEY_ID")
        ]
    );
}

#[test]
fn a_project_that_neither_version_knows_is_not_there() {
    let no = || json(404, &body!({ "message": "Project not found" }));
    let (script, waits) = (Script::of([no(), no(), no()]), Waits::default());
    let error = check_fails(&*script.open(&at_server(project()), &waits));
    assert_eq!(
        error.message,
        "looking for project `gh/acme/storefront`: 404 Not Found: Project not found"
    );
    assert!(error.hint.unwrap().starts_with("check the slug"));
    // v1.1 has no slugs of ids.
    let spec = ProviderSpec::CircleciProject {
        project: "circleci/o1/p1".to_owned(),
        url: None,
        names: Default::default(),
    };
    let script = Script::of([no(), no()]);
    check_fails(&*script.open(&spec, &waits));
}

#[test]
fn a_server_that_does_not_tell_the_organisations_id_is_given_it() {
    let unknown = json(200, &body!([{ "id": null, "slug": "gh/acme" }]));
    let (script, waits) = (Script::of([unknown]), Waits::default());
    let error = check_fails(&*script.open(&at_server(context("gh/acme", &[], true)), &waits));
    assert_eq!(
        error.message,
        "looking for organisation `gh/acme`: the server does not tell its id, and takes no other name for it"
    );
    assert!(error.hint.unwrap().starts_with("name it `circleci/ID`"));
    for listed in [json(200, &body!([{ "id": null, "slug": "gh/acme" }])), missing()] {
        let script = Script::of([listed, items(&body!([]))]);
        let place = script.open(&at_server(context("circleci/o1", &[], true)), &waits);
        run(place.check(&owner())).unwrap();
        assert_eq!(uris(&script)[1], "GET /api/v2/context?owner-id=o1");
        assert_eq!(place.describe(), SERVER);
    }
}

#[test]
fn pages_have_the_slug_that_circleci_itself_has() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let slug = circle.add_project("circleci/widgets/site");
    let organization = slug.rsplit_once('/').unwrap().0;
    let place = circle.open(&context(organization, &[], true), &waits);
    run(place.check(&owner())).unwrap();
    let page = format!("https://app.circleci.com/settings/organization/{organization}/contexts");
    assert_eq!(place.describe(), page);
    let spec = ProviderSpec::CircleciProject {
        project: slug.clone(),
        url: None,
        names: Default::default(),
    };
    let place = circle.open(&spec, &waits);
    run(place.check(&owner())).unwrap();
    let page = format!("https://app.circleci.com/settings/project/{slug}/environment-variables");
    assert_eq!(place.describe(), page);
    let by_id = circle.call("GET", "/me/collaborations", &body!(null))[0]["id"].clone();
    let by_id = format!("circleci/{}", by_id.as_str().unwrap());
    let place = circle.open(&context(&by_id, &[], true), &waits);
    run(place.check(&owner())).unwrap();
    let page = "https://app.circleci.com/settings/organization/github/acme/contexts";
    assert_eq!(place.describe(), page);
}
