use serde_json::json;

use super::{Circle, START, message};

#[test]
fn a_write_shows_no_value_and_a_list_shows_its_end() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    let written =
        json!({ "variable": "AWS_ACCESS_KEY_ID", "context_id": context, "created_at": START, "updated_at": START });
    assert_eq!(
        circle.put_variable(&context, "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        (200, written.clone())
    );
    let mut listed = written;
    listed["truncated_value"] = "MPLE".into();
    let path = format!("/api/v2/context/{context}/environment-variable");
    assert_eq!(circle.get(&path), json!({ "items": [listed], "next_page_token": null }));
}

#[test]
fn a_second_write_keeps_the_creation_date_and_moves_the_update() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.put_variable(&context, "A", "first value");
    circle.pass(2_000);
    let (_, second) = circle.put_variable(&context, "A", "second value");
    assert_eq!(
        (&second["created_at"], &second["updated_at"]),
        (&json!("2026-11-23T18:59:15.042Z"), &json!("2026-11-23T18:59:17.042Z"))
    );
}

#[test]
fn two_writes_in_one_millisecond_have_different_dates() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.put_variable(&context, "A", "value");
    let (_, second) = circle.put_variable(&context, "A", "value");
    assert_eq!(second["updated_at"], "2026-11-23T18:59:15.043Z");
}

#[test]
fn variables_are_deleted_once() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.put_variable(&context, "A", "value");
    let path = format!("/api/v2/context/{context}/environment-variable/A");
    assert_eq!(
        circle.send("DELETE", &path, ""),
        (200, message("Environment variable deleted."))
    );
    assert_eq!(
        circle.send("DELETE", &path, ""),
        (404, message("Environment variable not found."))
    );
}

#[test]
fn a_context_has_at_most_100_variables_in_pages_of_twenty() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    let names: Vec<_> = (0..100).map(|number| format!("V{number:03}")).collect();
    for name in &names {
        assert_eq!(circle.put_variable(&context, name, "value").0, 200);
    }
    assert_eq!(
        circle.put_variable(&context, "ONE_MORE", "value"),
        (400, message("A context has at most 100 environment variables."))
    );
    assert_eq!(circle.put_variable(&context, "V000", "another value").0, 200);
    let path = format!("/api/v2/context/{context}/environment-variable");
    assert_eq!(circle.all(&path, "variable"), (names, 5));
}

#[test]
fn names_and_values_are_checked() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    assert_eq!(circle.put_variable(&context, "1A", "value").0, 400);
    assert_eq!(circle.put_variable(&context, "A-B", "value").0, 400);
    assert_eq!(circle.put_variable(&context, "A", &"x".repeat(32_769)).0, 400);
    assert_eq!(circle.put_variable(&context, "A", "").0, 200);
    assert_eq!(
        circle.put_variable("no-such-context", "A", "value"),
        (404, message("Context not found."))
    );
}
