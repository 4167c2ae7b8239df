use bytes::Bytes;

use super::{Circle, message};

fn me(circle: &mut Circle) -> (u16, Option<String>) {
    let token = circle.state.token().to_owned();
    let request = http::Request::builder()
        .uri("/api/v2/me")
        .header("Circle-Token", token)
        .body(Bytes::new());
    let response = circle.answer(request.unwrap());
    let retry_after = response
        .headers()
        .get("retry-after")
        .map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), retry_after)
}

#[test]
fn throttling_lasts_as_long_as_asked_with_and_without_a_time_to_wait() {
    let mut circle = Circle::fresh();
    circle.state.faults().throttle(2, Some(3));
    assert_eq!(me(&mut circle), (429, Some("3".to_owned())));
    assert_eq!(me(&mut circle), (429, Some("3".to_owned())));
    assert_eq!(me(&mut circle), (200, None));
    circle.state.faults().throttle(1, None);
    assert_eq!(me(&mut circle), (429, None));
    assert_eq!(me(&mut circle), (200, None));
}

#[test]
fn a_request_that_fails_is_not_applied() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.state.faults().fail(1);
    assert_eq!(
        circle.put_variable(&context, "A", "value"),
        (500, message("Internal server error."))
    );
    assert_eq!(
        circle
            .all(&format!("/api/v2/context/{context}/environment-variable"), "variable")
            .0,
        [""; 0]
    );
}

#[test]
fn the_second_of_two_writes_can_fail() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.state.faults().refuse_variable("SECRET", 2);
    assert_eq!(circle.put_variable(&context, "ID", "value").0, 200);
    assert_eq!(circle.put_variable(&context, "SECRET", "value").0, 500);
    assert_eq!(
        circle.put_project_variable("gh/acme/storefront", "SECRET", "value").0,
        500
    );
    assert_eq!(circle.put_variable(&context, "SECRET", "value").0, 200);
}

#[test]
fn values_can_be_hidden_as_circleci_server_does() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.put_variable(&context, "A", "1234abcd");
    let path = format!("/api/v2/context/{context}/environment-variable");
    circle.state.faults().hide_values(true);
    assert_eq!(circle.get(&path)["items"][0].get("truncated_value"), None);
    circle.state.faults().hide_values(false);
    assert_eq!(circle.get(&path)["items"][0]["truncated_value"], "abcd");
}
