use serde_json::json;

use super::{Circle, START, message};

const STOREFRONT: &str = "gh/acme/storefront";

#[test]
fn a_project_is_found_by_every_form_of_its_slug() {
    let mut circle = Circle::fresh();
    let (organization, project) = (circle.organization_id(), circle.project_id(STOREFRONT));
    let expected = json!({
        "id": project,
        "slug": "gh/acme/storefront",
        "name": "storefront",
        "organization_name": "acme",
        "organization_slug": "gh/acme",
        "organization_id": organization,
        "vcs_info": {
            "provider": "GitHub",
            "default_branch": "main",
            "vcs_url": "https://github.com/acme/storefront",
        },
    });
    for slug in [
        "gh/acme/storefront".to_owned(),
        "github/acme/storefront".to_owned(),
        "gh%2Facme%2Fstorefront".to_owned(),
        format!("circleci/{organization}/{project}"),
    ] {
        assert_eq!(circle.get(&format!("/api/v2/project/{slug}")), expected, "{slug}");
    }
    for slug in [
        "gh/acme/other",
        "gh/other/storefront",
        "bb/acme/storefront",
        "svn/acme/storefront",
    ] {
        let answer = circle.send("GET", &format!("/api/v2/project/{slug}"), "");
        assert_eq!(answer, (404, message("Project not found.")), "{slug}");
    }
}

#[test]
fn projects_of_circlecis_own_organizations_have_slugs_of_ids() {
    let mut circle = Circle::fresh();
    let slug = circle.add_project("circleci/Acme/Shop");
    let project = circle.get(&format!("/api/v2/project/{slug}"));
    assert_eq!(
        slug,
        format!(
            "circleci/{}/{}",
            project["organization_id"].as_str().unwrap(),
            project["id"].as_str().unwrap()
        )
    );
    assert_eq!((&project["slug"], &project["name"]), (&json!(slug), &json!("Shop")));
    assert_eq!(circle.send("GET", "/api/v2/project/circleci/Acme/Shop", "").0, 404);
}

#[test]
fn a_second_project_joins_its_organization() {
    let mut circle = Circle::fresh();
    assert_eq!(circle.add_project("github/acme/backend"), "gh/acme/backend");
    assert_eq!(circle.get("/api/v2/me/collaborations").as_array().unwrap().len(), 1);
}

#[test]
fn variables_are_masked_wherever_they_are_shown() {
    let mut circle = Circle::fresh();
    let masked = json!({ "name": "AWS_ACCESS_KEY_ID", "value": "xxxxMPLE", "created-at": START });
    let written = circle.put_project_variable(STOREFRONT, "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(written, (201, masked.clone()));
    let path = "/api/v2/project/gh/acme/storefront/envvar";
    assert_eq!(circle.get(path), json!({ "items": [masked], "next_page_token": null }));
    assert_eq!(circle.get(&format!("{path}/AWS_ACCESS_KEY_ID")), masked);
}

#[test]
fn a_second_write_replaces_the_value() {
    let mut circle = Circle::fresh();
    circle.put_project_variable(STOREFRONT, "A", "first value");
    let (status, second) = circle.put_project_variable(STOREFRONT, "A", "second one");
    assert_eq!((status, &second["value"]), (201, &json!("xxxx one")));
}

#[test]
fn variables_are_deleted_once() {
    let mut circle = Circle::fresh();
    circle.put_project_variable(STOREFRONT, "A", "value");
    let path = "/api/v2/project/gh/acme/storefront/envvar/A";
    assert_eq!(circle.send("DELETE", path, ""), (200, message("ok")));
    assert_eq!(
        circle.send("DELETE", path, ""),
        (404, message("Environment variable not found."))
    );
    assert_eq!(
        circle.send("GET", path, ""),
        (404, message("Environment variable not found."))
    );
}

#[test]
fn the_old_api_shows_the_same_variables_without_envelope_and_date() {
    let mut circle = Circle::fresh();
    let path = "/api/v1.1/project/github/acme/storefront/envvar";
    let masked = json!({ "name": "A", "value": "xxxxabcd" });
    assert_eq!(
        circle.send("POST", path, r#"{"name":"A","value":"1234abcd"}"#),
        (201, masked.clone())
    );
    assert_eq!(circle.get(path), json!([masked]));
    assert_eq!(circle.get(&format!("{path}/A")), masked);
    assert_eq!(
        circle.get("/api/v2/project/gh/acme/storefront/envvar/A")["value"],
        "xxxxabcd"
    );
    assert_eq!(circle.send("DELETE", &format!("{path}/A"), ""), (200, message("ok")));
    assert_eq!(circle.get(path), json!([]));
}

#[test]
fn variables_of_unknown_projects_and_bad_names_are_refused() {
    let mut circle = Circle::fresh();
    assert_eq!(
        circle.put_project_variable("gh/acme/other", "A", "value"),
        (404, message("Project not found."))
    );
    assert_eq!(circle.put_project_variable(STOREFRONT, "A-B", "value").0, 400);
    assert_eq!(circle.put_project_variable(STOREFRONT, "A", &"x".repeat(32_769)).0, 400);
}
