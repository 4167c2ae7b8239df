use serde_json::json;

use super::{Circle, START, message};

#[test]
fn a_context_is_made_read_listed_and_deleted() {
    let mut circle = Circle::fresh();
    let id = circle.context("storefront-deploy");
    let context = json!({ "id": id, "name": "storefront-deploy", "created_at": START });
    let path = format!("/api/v2/context/{id}");
    assert_eq!(circle.get(&path), context);
    assert_eq!(
        circle.get("/api/v2/context?owner-slug=gh/acme"),
        json!({ "items": [context], "next_page_token": null })
    );
    assert_eq!(circle.send("DELETE", &path, ""), (200, message("Context deleted.")));
    assert_eq!(circle.send("GET", &path, ""), (404, message("Context not found.")));
    assert_eq!(circle.send("DELETE", &path, ""), (404, message("Context not found.")));
}

#[test]
fn the_owner_is_named_by_id_or_by_slug_in_any_form() {
    let mut circle = Circle::fresh();
    circle.context("deploy");
    let id = circle.organization_id();
    for owner in [
        format!("owner-id={id}"),
        format!("owner-id={id}&owner-type=organization"),
        "owner-slug=gh%2Facme".to_owned(),
        "owner-slug=github/acme&owner-type=organization".to_owned(),
        format!("owner-slug=circleci/{id}"),
    ] {
        assert_eq!(
            circle.all(&format!("/api/v2/context?{owner}"), "name").0,
            ["deploy"],
            "{owner}"
        );
    }
}

#[test]
fn an_owner_that_is_unknown_missing_or_of_another_type_is_refused() {
    let mut circle = Circle::fresh();
    let mut status = |query: &str| circle.send("GET", &format!("/api/v2/context{query}"), "").0;
    assert_eq!(status(""), 400);
    assert_eq!(status("?owner-slug=gh/acme&owner-type=account"), 400);
    assert_eq!(status("?owner-slug=gh/acme&owner-id=x"), 400);
    assert_eq!(status("?owner-slug=gh/other"), 404);
    assert_eq!(status("?owner-slug=bb/acme"), 404);
    assert_eq!(status("?owner-slug=acme"), 404);
    assert_eq!(status("?owner-id=00000000-0000-4000-8000-000000000000"), 404);
}

#[test]
fn the_name_filter_finds_parts_of_names_whatever_their_case() {
    let mut circle = Circle::fresh();
    for name in ["Storefront-Deploy", "storefront-deploy-staging", "backend"] {
        circle.context(name);
    }
    let (found, _) = circle.all("/api/v2/context?owner-slug=gh/acme&name=FRONT-deploy", "name");
    assert_eq!(found, ["Storefront-Deploy", "storefront-deploy-staging"]);
}

#[test]
fn contexts_come_in_pages_of_twenty() {
    let mut circle = Circle::fresh();
    let names: Vec<_> = (0..41).map(|number| format!("context-{number}")).collect();
    for name in &names {
        circle.context(name);
    }
    assert_eq!(circle.all("/api/v2/context?owner-slug=gh/acme", "name"), (names, 3));
    let invalid = circle.send("GET", "/api/v2/context?owner-slug=gh/acme&page-token=2", "");
    assert_eq!(invalid, (400, message("Invalid page-token.")));
}

#[test]
fn the_last_page_has_no_token_even_when_it_is_full() {
    let mut circle = Circle::fresh();
    for number in 0..20 {
        circle.context(&format!("context-{number}"));
    }
    assert_eq!(circle.all("/api/v2/context?owner-slug=gh/acme", "name").1, 1);
}

#[test]
fn names_are_unique_in_an_organization_and_have_a_form() {
    let mut circle = Circle::fresh();
    circle.add_project("gh/other/shop");
    circle.context("deploy");
    circle.context("Deploy");
    let mut create = |owner: &str, name: &str| {
        let body = json!({ "name": name, "owner": { "slug": owner, "type": "organization" } });
        circle.send("POST", "/api/v2/context", &body.to_string()).0
    };
    assert_eq!(create("gh/acme", "deploy"), 409);
    assert_eq!(create("gh/other", "deploy"), 200);
    assert_eq!(create("gh/acme", &"x".repeat(200)), 200);
    for bad in ["", " ", " deploy", "deploy ", "\tdeploy", &"x".repeat(201)] {
        assert_eq!(create("gh/acme", bad), 400, "{bad:?}");
    }
}

#[test]
fn an_organization_has_at_most_500_contexts() {
    let mut circle = Circle::fresh();
    for number in 0..500 {
        circle.context(&format!("context-{number}"));
    }
    let body = json!({ "name": "one-more", "owner": { "slug": "gh/acme" } });
    assert_eq!(
        circle.send("POST", "/api/v2/context", &body.to_string()),
        (400, message("An organization has at most 500 contexts."))
    );
}

#[test]
fn a_body_that_cannot_be_read_is_not_quoted() {
    let mut circle = Circle::fresh();
    let refused = (400, message("The request body is not valid."));
    assert_eq!(circle.send("POST", "/api/v2/context", "not json"), refused);
    assert_eq!(circle.send("POST", "/api/v2/context", r#"{"name":"a"}"#), refused);
    let id = circle.context("deploy");
    let path = format!("/api/v2/context/{id}/environment-variable/A");
    assert_eq!(circle.send("PUT", &path, r#"{"value":123}"#), refused);
}
