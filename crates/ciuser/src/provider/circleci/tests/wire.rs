//! Odd answers: what is repeated, what is not, and what a person gets to see.

use ciuser_core::port::{Proof, Provider, TargetError};
use serde_json::json as body;

use super::rig::{
    Circle, ID, SECRET, Script, TOKEN, Waits, answer, context, items, json, key, lost, owner, project,
    restricted_context, run,
};

fn organizations() -> serde_json::Value {
    body!([{ "id": "o1", "slug": "gh/acme", "name": "acme", "vcs_type": "github" }])
}

fn contexts() -> serde_json::Value {
    body!([{ "id": "c1", "name": "storefront-deploy", "created_at": "2026" }])
}

fn check_fails(place: &dyn Provider) -> TargetError {
    run(place.check(&owner())).unwrap_err()
}

#[test]
fn a_refused_token_says_that_it_may_have_expired() {
    let (script, waits) = (
        Script::of([json(401, &body!({ "message": "Invalid token provided." }))]),
        Waits::default(),
    );
    let error = check_fails(&*script.open(&project(), &waits));
    assert_eq!(
        error.message,
        "the CircleCI token was refused, it may have expired (looking for project `gh/acme/storefront`: \
         401 Unauthorized: Invalid token provided)"
    );
    assert!(error.hint.unwrap().contains("CIRCLE_TOKEN"));
    assert_eq!(waits.seconds(), Vec::<i64>::new());
}

#[test]
fn throttling_is_waited_out_as_the_server_asks() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| engine.circleci().faults().throttle(2, Some(7)));
    run(circle.open(&project(), &waits).check(&owner())).unwrap();
    assert_eq!(waits.seconds(), [7, 7]);
    circle.engine(|engine| engine.circleci().faults().throttle(3, None));
    run(circle.open(&project(), &waits).check(&owner())).unwrap();
    assert_eq!(waits.seconds(), [7, 7, 1, 2, 4]);
    circle.engine(|engine| engine.circleci().faults().throttle(9, None));
    let error = check_fails(&*circle.open(&project(), &waits));
    assert_eq!(
        error.message,
        "looking for project `gh/acme/storefront`: 429 Too Many Requests: Too many requests"
    );
}

#[test]
fn a_gateways_page_is_not_shown_and_the_read_is_tried_four_times() {
    let page = || {
        answer(
            502,
            &[("content-type", "text/html")],
            "<html><h1>Bad gateway</h1></html>",
        )
    };
    let (script, waits) = (Script::of([page(), page(), page(), page()]), Waits::default());
    let error = check_fails(&*script.open(&project(), &waits));
    assert_eq!(
        error.message,
        "looking for project `gh/acme/storefront`: 502 Bad Gateway"
    );
    assert_eq!(waits.seconds(), [1, 2, 4]);
}

#[test]
fn a_page_in_place_of_an_answer_points_at_the_address() {
    let page = answer(200, &[("content-type", "text/html")], "<html>Sign in</html>");
    let (script, waits) = (Script::of([page]), Waits::default());
    let error = check_fails(&*script.open(&project(), &waits));
    assert_eq!(
        error.message,
        "looking for project `gh/acme/storefront`: `https://circleci.com` gave an answer that is not CircleCI's"
    );
    assert!(error.hint.unwrap().contains("--circleci-url"));
}

#[test]
fn a_listing_that_goes_round_in_circles_is_an_error() {
    let page = || json(200, &body!({ "items": [], "next_page_token": "again" }));
    let (script, waits) = (
        Script::of([json(200, &organizations()), page(), page()]),
        Waits::default(),
    );
    let error = check_fails(&*script.open(&context("gh/acme", &[], true), &waits));
    assert_eq!(error.message, "listing contexts: the listing has no end");
    let last = script.requests().pop().unwrap();
    assert_eq!(
        last.uri(),
        "https://circleci.com/api/v2/context?owner-id=o1&page-token=again"
    );
}

#[test]
fn an_organisation_without_an_id_is_named_by_its_slug() {
    let old = body!([{ "id": null, "slug": "github/acme" }]);
    let (script, waits) = (Script::of([json(200, &old), items(&body!([]))]), Waits::default());
    run(script.open(&context("gh/acme", &[], true), &waits).check(&owner())).unwrap();
    let last = script.requests().pop().unwrap();
    assert_eq!(
        last.uri(),
        "https://circleci.com/api/v2/context?owner-slug=github%2Facme"
    );
}

#[test]
fn a_context_is_not_made_twice_while_it_cannot_be_told_whether_it_was_made() {
    let (found, none) = (|| items(&contexts()), || items(&body!([])));
    let answers = [json(200, &organizations()), none(), Err(lost()), found()];
    let (script, waits) = (Script::of(answers), Waits::default());
    run(script.open(&context("gh/acme", &[], true), &waits).create_place()).unwrap();
    assert_eq!(script.count("POST"), 1);
}

#[test]
fn nothing_is_written_to_a_context_that_could_not_be_restricted() {
    let project = json(200, &body!({ "id": "p1", "organization_id": "o1" }));
    let made = json(201, &body!({ "id": "c1", "name": "storefront-deploy" }));
    let refused = json(403, &body!({ "message": "Forbidden" }));
    let answers = [
        json(200, &organizations()),
        project,
        items(&body!([])),
        made,
        items(&body!([])),
        refused,
    ];
    let (script, waits) = (Script::of(answers), Waits::default());
    let error = run(script.open(&restricted_context(), &waits).create_place()).unwrap_err();
    assert_eq!(
        error.message,
        "context `storefront-deploy` exists, but is not restricted as asked, so nothing was written to it: \
         restricting context `storefront-deploy`: 403 Forbidden: Forbidden"
    );
    assert!(
        error
            .hint
            .unwrap()
            .starts_with("only admins of the organisation may restrict")
    );
    assert_eq!(script.count("PUT"), 0);
}

#[test]
fn a_restriction_that_is_not_read_back_is_an_error() {
    let project = json(200, &body!({ "id": "p1", "organization_id": "o1" }));
    let other = items(&body!([{ "restriction_type": "project", "restriction_value": "p2" }]));
    let made = json(200, &body!({ "id": "c1", "name": "storefront-deploy" }));
    let answers = [json(200, &organizations()), project, items(&body!([])), made, other];
    let (script, waits) = (Script::of(answers), Waits::default());
    let error = run(script.open(&restricted_context(), &waits).create_place()).unwrap_err();
    assert!(error.message.ends_with("it has other restrictions"), "{error}");
}

#[test]
fn a_context_that_cannot_be_seen_after_a_conflict_is_an_error() {
    let (none, taken) = (|| items(&body!([])), || json(409, &body!({ "message": "Name taken." })));
    let answers = [json(200, &organizations()), none(), taken(), none(), taken(), none()];
    let (script, waits) = (Script::of(answers), Waits::default());
    let error = run(script.open(&context("gh/acme", &[], true), &waits).create_place()).unwrap_err();
    assert_eq!(
        error.message,
        "creating context `storefront-deploy`: 409 Conflict: Name taken"
    );
    assert!(error.hint.unwrap().starts_with("the context may exist out of sight"));
}

#[test]
fn another_value_than_was_written_is_looked_at_three_times_and_then_an_error() {
    let shows = |id: &str| {
        items(&body!([
            { "name": "AWS_ACCESS_KEY_ID", "value": id },
            { "name": "AWS_SECRET_ACCESS_KEY", "value": "xxxxEKEY" },
            { "name": "AWS_REGION", "value": "xxxxal-1" },
            { "name": "AWS_DEFAULT_REGION", "value": "xxxxal-1" },
        ]))
    };
    let (script, waits) = (Script::of([shows("xxxxOTHR"), shows("xxxxMPLE")]), Waits::default());
    let proof = run(script.open(&project(), &waits).proof(&owner(), &key())).unwrap();
    assert_eq!(proof, (Proof::Mask, None));
    let script = Script::of([shows("xxxxOTHR"), shows("xxxxOTHR"), shows("xxxxOTHR")]);
    let error = run(script.open(&project(), &waits).proof(&owner(), &key())).unwrap_err();
    assert_eq!(
        error.message,
        "`AWS_ACCESS_KEY_ID` shows another value than was written"
    );
    assert_eq!(waits.seconds(), [1, 1, 2]);
}

#[test]
fn neither_token_nor_secret_is_in_an_error_or_a_debug_even_when_the_server_repeats_them() {
    let echo = |status| json(status, &body!({ "message": format!("bad: {SECRET} with {TOKEN}") }));
    let plain = |status| answer(status, &[("content-type", "text/plain")], &format!("{TOKEN} {SECRET}"));
    for (id, refusal) in [(201, echo(400)), (201, plain(422)), (200, echo(401)), (200, plain(403))] {
        let (script, waits) = (Script::of([json(id, &body!({})), refusal]), Waits::default());
        let error = run(script.open(&project(), &waits).write(&owner(), &key())).unwrap_err();
        let requests = script.requests();
        let headers: Vec<_> = requests.iter().map(|request| request.headers()).collect();
        let shown = format!("{error} {error:?} {headers:?}");
        assert!(!shown.contains("wJalrXUt") && !shown.contains("CCIPAT"), "{shown}");
    }
}

#[test]
fn the_exact_bytes_are_sent_and_the_token_goes_in_its_header() {
    let ok = || json(201, &body!({}));
    let (script, waits) = (Script::of([ok(), ok(), ok(), ok()]), Waits::default());
    run(script.open(&project(), &waits).write(&owner(), &key())).unwrap();
    let bodies: Vec<_> = script
        .requests()
        .iter()
        .map(|one| String::from_utf8(one.body().to_vec()).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            format!(r#"{{"name":"AWS_ACCESS_KEY_ID","value":"{ID}"}}"#),
            format!(r#"{{"name":"AWS_SECRET_ACCESS_KEY","value":"{SECRET}"}}"#),
            r#"{"name":"AWS_REGION","value":"eu-central-1"}"#.to_owned(),
            r#"{"name":"AWS_DEFAULT_REGION","value":"eu-central-1"}"#.to_owned(),
        ]
    );
    for request in script.requests() {
        assert_eq!(
            request.uri(),
            "https://circleci.com/api/v2/project/gh/acme/storefront/envvar"
        );
        assert_eq!(request.headers()["circle-token"], TOKEN);
        assert_eq!(request.headers()["content-type"], "application/json");
    }
}
