use serde_json::{Value, json};

use super::{Circle, message};

const GROUP: &str = "11111111-2222-4333-8444-555555555555";

#[test]
fn a_project_restriction_is_made_listed_and_deleted() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    let project = circle.project_id("gh/acme/storefront");
    let (status, restriction) = circle.restrict(&context, "project", &project);
    assert_eq!(status, 201);
    assert_eq!(
        restriction,
        json!({
            "id": restriction["id"],
            "context_id": context,
            "name": "storefront",
            "restriction_type": "project",
            "restriction_value": project,
            "project_id": project,
        })
    );
    let path = format!("/api/v2/context/{context}/restrictions");
    assert_eq!(
        circle.get(&path),
        json!({ "items": [restriction], "next_page_token": null })
    );
    let item = format!("{path}/{}", restriction["id"].as_str().unwrap());
    assert_eq!(
        circle.send("DELETE", &item, ""),
        (200, message("Context restriction deleted."))
    );
    assert_eq!(
        circle.send("DELETE", &item, ""),
        (404, message("Context restriction not found."))
    );
    assert_eq!(circle.get(&path)["items"], json!([]));
}

#[test]
fn expressions_and_groups_have_no_project() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    for (kind, value) in [("expression", "pipeline.git.branch == \"main\""), ("group", GROUP)] {
        let (status, restriction) = circle.restrict(&context, kind, value);
        assert_eq!(status, 201, "{restriction}");
        assert_eq!(restriction["restriction_value"], value);
        assert_eq!(
            (&restriction["name"], &restriction["project_id"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn the_same_restriction_twice_is_a_conflict() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    assert_eq!(circle.restrict(&context, "group", GROUP).0, 201);
    assert_eq!(
        circle.restrict(&context, "group", GROUP),
        (409, message("This restriction already exists."))
    );
    assert_eq!(circle.restrict(&context, "expression", GROUP).0, 201);
}

#[test]
fn a_restriction_must_name_a_project_of_the_contexts_organization() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    let slug = circle.add_project("gh/other/shop");
    let foreign = circle.project_id(&slug);
    let refused = (404, message("Project not found."));
    assert_eq!(circle.restrict(&context, "project", &foreign), refused);
    assert_eq!(circle.restrict(&context, "project", "gh/acme/storefront"), refused);
}

#[test]
fn malformed_restrictions_are_refused() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    assert_eq!(circle.restrict(&context, "team", GROUP).0, 400);
    assert_eq!(circle.restrict(&context, "expression", " ").0, 400);
    assert_eq!(circle.restrict(&context, "group", "developers").0, 400);
    assert_eq!(
        circle.restrict("no-such-context", "group", GROUP),
        (404, message("Context not found."))
    );
}

#[test]
fn groups_are_for_github_organizations_only() {
    let mut circle = Circle::fresh();
    let slug = circle.add_project("circleci/Acme/Shop");
    let organization = slug.split('/').nth(1).unwrap().to_owned();
    let body = json!({ "name": "deploy", "owner": { "id": organization } });
    let (_, context) = circle.send("POST", "/api/v2/context", &body.to_string());
    let refused = (400, message("Group restrictions are for GitHub organizations only."));
    assert_eq!(
        circle.restrict(context["id"].as_str().unwrap(), "group", GROUP),
        refused
    );
}

#[test]
fn the_old_form_with_a_project_id_is_still_read() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    let project = circle.project_id("gh/acme/storefront");
    let body = json!({ "project_id": project }).to_string();
    let (status, restriction) = circle.send("POST", &format!("/api/v2/context/{context}/restrictions"), &body);
    assert_eq!((status, &restriction["restriction_type"]), (201, &json!("project")));
    assert_eq!(circle.restrict(&context, "project", &project).0, 409);
}
