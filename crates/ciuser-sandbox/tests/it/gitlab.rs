//! GitLab's endpoints, called in process.

use ciuser_sandbox::Fault;
use serde_json::{Value, json};

use crate::hub::Hub;

const VARIABLES: &str = "/projects/acme%2Fstorefront/variables";
const OF_GROUP: &str = "/groups/acme/variables";

fn job(hub: &mut Hub, environment: Option<&str>, protected: bool) -> Vec<(String, String)> {
    let dice = &mut hub.dice;
    let gitlab = hub.engine.gitlab(&mut |bytes| dice.fill(bytes));
    gitlab
        .job("acme/storefront", environment, protected)
        .into_iter()
        .collect()
}

fn pair(value: &str) -> [(String, String); 1] {
    [("TOKEN".to_owned(), value.to_owned())]
}

#[test]
fn a_variable_is_shown_with_its_value_unless_it_is_hidden() {
    let mut hub = Hub::gitlab();
    let (status, made) = hub.send(
        "POST",
        VARIABLES,
        &json!({ "key": "TOKEN", "value": "a-long-value", "masked": true }),
    );
    let shown = json!({
        "key": "TOKEN", "value": "a-long-value", "variable_type": "env_var", "protected": false, "masked": true,
        "hidden": false, "raw": false, "environment_scope": "*", "description": null,
    });
    assert_eq!((status, &made), (201, &shown));
    assert_eq!(hub.get(VARIABLES), json!([shown]));
    let hidden = json!({ "key": "HIDDEN", "value": "a-long-value", "masked_and_hidden": true });
    assert_eq!(hub.send("POST", VARIABLES, &hidden).1["value"], Value::Null);
    let by_number = hub.get("/projects/100/variables/HIDDEN");
    assert_eq!(
        (&by_number["value"], &by_number["masked"]),
        (&Value::Null, &true.into())
    );
}

#[test]
fn key_and_scope_together_name_a_variable() {
    let mut hub = Hub::gitlab();
    let new = |scope: &str, value: &str| json!({ "key": "TOKEN", "value": value, "environment_scope": scope });
    assert_eq!(hub.send("POST", VARIABLES, &new("*", "wide")).0, 201);
    assert_eq!(hub.send("POST", VARIABLES, &new("review/*", "narrow")).0, 201);
    let (status, taken) = hub.send("POST", VARIABLES, &new("*", "again"));
    assert_eq!(status, 400);
    assert_eq!(
        taken,
        json!({ "message": { "key": ["(TOKEN) has already been taken"] } })
    );
    let one = format!("{VARIABLES}/TOKEN");
    assert_eq!(hub.send("PUT", &one, &json!({ "value": "which" })).0, 409);
    let scoped = format!("{one}?filter%5Benvironment_scope%5D=review%2F%2A");
    assert_eq!(hub.send("PUT", &scoped, &json!({ "value": "changed" })).0, 200);
    assert_eq!(job(&mut hub, Some("review/a"), false), pair("changed"));
    assert_eq!(job(&mut hub, Some("production"), false), pair("wide"));
    assert_eq!(hub.send("DELETE", &scoped, &Value::Null).0, 204);
    assert_eq!(hub.send("DELETE", &scoped, &Value::Null).0, 404);
    assert_eq!(job(&mut hub, Some("review/a"), false), pair("wide"));
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let mut hub = Hub::gitlab();
    for (value, raw, status) in [
        ("short", true, 400),
        ("with a blank", true, 400),
        ("d$llar-sign", false, 400),
        ("d$llar-sign", true, 201),
        ("base64/+=:@-.~_", false, 201),
    ] {
        let body = json!({ "key": "TOKEN", "value": value, "raw": raw, "masked": true });
        assert_eq!(hub.send("POST", VARIABLES, &body).0, status, "{value}");
        hub.send("DELETE", &format!("{VARIABLES}/TOKEN"), &Value::Null);
    }
    assert_eq!(
        hub.send("POST", VARIABLES, &json!({ "key": "A-B", "value": "x" })).0,
        400
    );
}

#[test]
fn a_change_leaves_what_it_does_not_name_and_hides_nothing() {
    let mut hub = Hub::gitlab();
    let body = json!({ "key": "TOKEN", "value": "a-long-value", "protected": true, "description": "mine" });
    hub.send("POST", VARIABLES, &body);
    let change = json!({ "value": "another-value", "masked_and_hidden": true });
    let (_, changed) = hub.send("PUT", &format!("{VARIABLES}/TOKEN"), &change);
    assert_eq!(
        (
            &changed["value"],
            &changed["protected"],
            &changed["hidden"],
            &changed["description"]
        ),
        (&"another-value".into(), &true.into(), &false.into(), &"mine".into())
    );
    assert_eq!(job(&mut hub, None, false), []);
    assert_eq!(job(&mut hub, None, true), pair("another-value"));
}

#[test]
fn a_project_wins_over_its_group() {
    let mut hub = Hub::gitlab();
    hub.send("POST", OF_GROUP, &json!({ "key": "TOKEN", "value": "group" }));
    assert_eq!(job(&mut hub, None, false), pair("group"));
    hub.send("POST", VARIABLES, &json!({ "key": "TOKEN", "value": "project" }));
    assert_eq!(job(&mut hub, None, false), pair("project"));
}

#[test]
fn a_listing_goes_on_at_the_link_until_its_end() {
    let mut hub = Hub::gitlab();
    for number in 0..23 {
        hub.send("POST", VARIABLES, &json!({ "key": format!("V{number}"), "value": "x" }));
    }
    let lengths = |pages: Vec<Value>| {
        pages
            .iter()
            .map(|page| page.as_array().unwrap().len())
            .collect::<Vec<_>>()
    };
    assert_eq!(lengths(hub.pages(VARIABLES)), [20, 3]);
    assert_eq!(lengths(hub.pages(&format!("{VARIABLES}?per_page=100"))), [23]);
}

#[test]
fn the_projects_below_a_group_are_listed() {
    let mut hub = Hub::gitlab();
    let dice = &mut hub.dice;
    hub.engine
        .gitlab(&mut |bytes| dice.fill(bytes))
        .add_project("acme/shop/api");
    let mut paths = |path: &str| {
        let listed = hub.get(path);
        let all = listed.as_array().unwrap().iter();
        all.map(|one| one["path_with_namespace"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths("/groups/acme/projects"), ["acme/storefront"]);
    assert_eq!(
        paths("/groups/acme/projects?include_subgroups=true"),
        ["acme/storefront", "acme/shop/api"]
    );
}

#[test]
fn who_may_not_is_refused_and_faults_happen() {
    let mut hub = Hub::gitlab();
    assert_eq!(
        hub.answer("GET", VARIABLES, "glpat-other", &Value::Null)
            .unwrap()
            .status(),
        401
    );
    hub.engine.faults().add("gitlab:GET", Fault::Throttle, 1);
    assert_eq!(hub.send("GET", VARIABLES, &Value::Null).0, 429);
    let dice = &mut hub.dice;
    hub.engine
        .gitlab(&mut |bytes| dice.fill(bytes))
        .demote("acme/storefront");
    assert_eq!(hub.send("GET", VARIABLES, &Value::Null).0, 403);
}
