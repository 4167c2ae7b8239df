use bytes::Bytes;
use serde_json::json;

use super::{Circle, message};

/// Asks for `/me` with these headers and returns the status and the message, if there is one.
fn me(circle: &mut Circle, headers: &[(&str, &str)]) -> (u16, Option<String>) {
    let mut request = http::Request::builder().uri("/api/v2/me");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = circle.answer(request.body(Bytes::new()).unwrap());
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body["message"].as_str().map(str::to_owned))
}

fn basic(user_name: &str, password: &str) -> String {
    use base64::Engine as _;
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(format!("{user_name}:{password}"))
    )
}

#[test]
fn the_token_is_taken_from_each_of_three_places() {
    let mut circle = Circle::fresh();
    let token = circle.state.token().to_owned();
    assert_eq!(me(&mut circle, &[("Circle-Token", &token)]), (200, None));
    assert_eq!(
        me(&mut circle, &[("Authorization", &format!("Bearer {token}"))]),
        (200, None)
    );
    assert_eq!(
        me(&mut circle, &[("Authorization", &format!("bearer {token}"))]),
        (200, None)
    );
    assert_eq!(me(&mut circle, &[("Authorization", &basic(&token, ""))]), (200, None));
    assert_eq!(
        me(
            &mut circle,
            &[("Circle-Token", &token), ("Authorization", &basic(&token, ""))]
        ),
        (200, None)
    );
}

#[test]
fn no_token_and_a_wrong_token_are_told_apart() {
    let mut circle = Circle::fresh();
    let missing = (401, Some("You must log in first.".to_owned()));
    let wrong = (401, Some("Invalid token provided.".to_owned()));
    assert_eq!(me(&mut circle, &[]), missing);
    assert_eq!(me(&mut circle, &[("Circle-Token", "")]), missing);
    assert_eq!(me(&mut circle, &[("Authorization", "Digest x")]), missing);
    assert_eq!(me(&mut circle, &[("Circle-Token", "wrong")]), wrong);
    assert_eq!(me(&mut circle, &[("Authorization", "Bearer wrong")]), wrong);
    assert_eq!(me(&mut circle, &[("Authorization", &basic("wrong", ""))]), wrong);
}

#[test]
fn tokens_are_random_and_have_the_form_of_personal_tokens() {
    let circle = Circle::fresh();
    let parts: Vec<_> = circle.state.token().split('_').map(str::len).collect();
    assert_eq!(parts, ["CCIPAT".len(), 22, 40]);
}

#[test]
fn a_fresh_state_has_one_user_and_one_organization_with_one_project() {
    let mut circle = Circle::fresh();
    let me = circle.get("/api/v2/me");
    assert_eq!(
        me,
        json!({ "id": me["id"], "login": "you", "name": "you", "avatar_url": null })
    );
    let id = circle.organization_id();
    assert_eq!(
        circle.get("/api/v2/me/collaborations"),
        json!([{ "id": id, "name": "acme", "slug": "gh/acme", "vcs_type": "github", "avatar_url": null }])
    );
    assert_eq!(
        circle.get("/api/v1.1/projects"),
        json!([{
            "username": "acme",
            "reponame": "storefront",
            "vcs_type": "github",
            "vcs_url": "https://github.com/acme/storefront",
            "default_branch": "main",
            "following": true,
        }])
    );
    assert_eq!(
        circle.get("/api/v1.1/me"),
        json!({ "login": "you", "name": "you", "num_projects_followed": 1 })
    );
}

#[test]
fn unknown_routes_and_methods_are_refused() {
    let mut circle = Circle::fresh();
    for path in [
        "/api/v2",
        "/api/v2/",
        "/api/v3/orgs",
        "/api/v2/me/",
        "/api/v2/project/gh/acme",
        "/api/v2/%ff",
    ] {
        assert_eq!(circle.send("GET", path, ""), (404, message("Not found.")), "{path}");
    }
    for (method, path) in [
        ("POST", "/api/v2/me"),
        ("PUT", "/api/v2/context"),
        ("PATCH", "/api/v2/context/x"),
        ("POST", "/api/v2/context/x/environment-variable"),
        ("GET", "/api/v2/context/x/restrictions/y"),
        ("DELETE", "/api/v2/project/gh/acme/storefront"),
        ("PUT", "/api/v2/project/gh/acme/storefront/envvar"),
    ] {
        assert_eq!(
            circle.send(method, path, ""),
            (405, message("Method not allowed.")),
            "{method} {path}"
        );
    }
}

#[test]
fn the_state_survives_being_written_and_read() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.put_variable(&context, "AWS_REGION", "eu-west-1");
    let project = circle.project_id("gh/acme/storefront");
    circle.restrict(&context, "project", &project);
    circle.put_project_variable("gh/acme/storefront", "A", "long enough");
    let text = serde_json::to_string(&circle.state).unwrap();
    circle.state = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&circle.state).unwrap(), text);
}
