//! 1Password Connect's endpoints, called in process.

use ciuser_sandbox::Fault;
use ciuser_sandbox::connect::State;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::hub::Hub;

const NOBODY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

fn state(hub: &mut Hub) -> &mut State {
    let dice = &mut hub.dice;
    hub.engine.connect(Timestamp::UNIX_EPOCH, &mut |bytes| dice.fill(bytes))
}

fn vault_of(hub: &mut Hub) -> String {
    hub.get("/vaults")[0]["id"].as_str().unwrap().to_owned()
}

/// Makes an item in the vault, and returns where it is.
fn make(hub: &mut Hub, title: &str, tags: &[&str]) -> String {
    let vault = vault_of(hub);
    let (status, made) = hub.send("POST", &format!("/vaults/{vault}/items"), &new(&vault, title, tags));
    assert_eq!(status, 200, "{made}");
    format!("/vaults/{vault}/items/{}", made["id"].as_str().unwrap())
}

fn new(vault: &str, title: &str, tags: &[&str]) -> Value {
    json!({
        "vault": { "id": vault }, "category": "API_CREDENTIAL", "title": title, "tags": tags,
        "fields": [{ "id": "secret", "type": "CONCEALED", "label": "secret", "value": "one" }],
    })
}

fn titles(listed: &Value) -> Vec<&str> {
    let items = listed.as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap()).collect()
}

fn refused(status: u16, message: &str) -> (u16, Value) {
    (status, json!({ "status": status, "message": message }))
}

#[test]
fn vaults_are_listed_by_name_and_read_by_id() {
    let mut hub = Hub::connect();
    let id = vault_of(&mut hub);
    for filter in ["name%20eq%20%22Infrastructure%22", "title+eq+%22Infrastructure%22"] {
        let listed = hub.get(&format!("/vaults/?filter={filter}"));
        assert_eq!(
            (listed.as_array().unwrap().len(), &listed[0]["id"]),
            (1, &id.as_str().into())
        );
    }
    assert_eq!(hub.get("/vaults?filter=name%20eq%20%22infrastructure%22"), json!([]));
    assert_eq!(hub.get(&format!("/vaults/{id}"))["name"], "Infrastructure");
    let read = |hub: &mut Hub, path: &str| hub.send("GET", path, &Value::Null);
    assert_eq!(
        read(&mut hub, &format!("/vaults/{NOBODY}")),
        refused(404, &format!("vault {NOBODY} not found"))
    );
    assert_eq!(
        read(&mut hub, "/vaults/Infrastructure"),
        refused(400, "Invalid Vault UUID")
    );
    assert_eq!(
        read(&mut hub, "/vaults?filter=id%20eq%201"),
        refused(400, "Invalid filter")
    );
}

#[test]
fn a_listing_has_no_fields_and_is_filtered_by_title_or_tag() {
    let mut hub = Hub::connect();
    let item = make(&mut hub, "a b", &["x", "y"]);
    make(&mut hub, "c", &["y"]);
    let items = item.rsplit_once('/').unwrap().0.to_owned();
    let all = hub.get(&format!("{items}/"));
    assert_eq!(titles(&all), ["a b", "c"]);
    assert!(all[0].get("fields").is_none() && all[0].get("sections").is_none());
    let filtered = |hub: &mut Hub, filter: &str| titles(&hub.get(&format!("{items}?filter={filter}"))).join(" ");
    assert_eq!(filtered(&mut hub, "title+eq+%22a+b%22"), "a b");
    assert_eq!(filtered(&mut hub, "tag%20eq%20%22y%22"), "a b c");
    assert_eq!(filtered(&mut hub, "tag%20eq%20%22z%22"), "");
    assert_eq!(hub.get(&item)["fields"][0]["value"], "one");
}

#[test]
fn an_update_replaces_all_of_an_item_and_keeps_what_it_was() {
    let mut hub = Hub::connect();
    let item = make(&mut hub, "a", &["x"]);
    let mut whole = hub.get(&item);
    whole["fields"][0]["value"] = "two".into();
    whole["tags"] = Value::Null;
    hub.pass(5);
    let (status, updated) = hub.send("PUT", &item, &whole);
    assert_eq!(
        (status, &updated["version"], &updated["tags"]),
        (200, &2.into(), &json!([]))
    );
    assert_eq!(updated["createdAt"], "2026-11-23T18:59:15Z");
    assert_eq!(updated["updatedAt"], "2026-11-23T18:59:20Z");
    assert_eq!(hub.get(&item), updated);
    let kept = serde_json::to_value(state(&mut hub)).unwrap();
    let history = &kept["vaults"][0]["items"][0]["history"];
    assert_eq!(history[0]["fields"][0]["value"], "one");
    let other = json!({ "id": NOBODY, "vault": whole["vault"], "category": "LOGIN" });
    assert_eq!(hub.send("PUT", &item, &other), refused(400, "Invalid Item UUID"));
}

#[test]
fn a_patch_changes_what_it_names() {
    let mut hub = Hub::connect();
    let item = make(&mut hub, "a", &["x"]);
    let patch = json!([
        { "op": "replace", "path": "/fields/secret/value", "value": "two" },
        { "op": "add", "path": "/fields", "value": { "label": "more", "type": "string", "value": "three" } },
        { "op": "replace", "path": "/title", "value": "b" },
    ]);
    let (status, patched) = hub.send("PATCH", &item, &patch);
    assert_eq!(
        (status, &patched["title"], &patched["tags"]),
        (200, &"b".into(), &json!(["x"]))
    );
    assert_eq!(
        (&patched["fields"][0]["value"], &patched["fields"][1]["type"]),
        (&"two".into(), &"STRING".into())
    );
    assert_eq!(patched["fields"][1]["id"].as_str().unwrap().len(), 26);
    let wrong = json!([{ "op": "remove", "path": "/fields/nobody" }]);
    assert_eq!(
        hub.send("PATCH", &item, &wrong),
        refused(400, "Invalid patch path /fields/nobody")
    );
}

#[test]
fn a_deleted_item_is_gone() {
    let mut hub = Hub::connect();
    let item = make(&mut hub, "a", &[]);
    assert_eq!(hub.send("DELETE", &item, &Value::Null), (204, Value::Null));
    let id = item.rsplit_once('/').unwrap().1;
    for method in ["GET", "DELETE"] {
        let gone = refused(404, &format!("item {id} not found"));
        assert_eq!(hub.send(method, &item, &Value::Null), gone);
    }
}

#[test]
fn what_connect_does_not_take_is_refused() {
    let mut hub = Hub::connect();
    let vault = vault_of(&mut hub);
    let items = format!("/vaults/{vault}/items");
    let whole = new(&vault, "a", &[]);
    let with = |name: &str, value: Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        changed
    };
    let twice = json!([{ "id": "a", "label": "s" }, { "id": "b", "label": "s" }]);
    for (body, message) in [
        (with("category", "CUSTOM".into()), "Invalid item category"),
        (with("category", Value::Null), "Invalid item category"),
        (with("vault", Value::Null), "Invalid Vault UUID"),
        (with("vault", json!({ "id": NOBODY })), "Invalid Vault UUID"),
        (with("title", 7.into()), "Invalid item"),
        (with("fields", json!([{ "type": "SECRET" }])), "Invalid field type"),
        (with("fields", json!([{ "purpose": "X" }])), "Invalid field purpose"),
        (
            with("fields", json!([{ "generate": true }])),
            "the sandbox generates no values",
        ),
        (with("sections", twice), "details.sections[1] has non-unique name"),
        (with("category", "PASSWORD".into()), "Password item requires ps value"),
        (json!({}), "Invalid Vault UUID"),
    ] {
        assert_eq!(hub.send("POST", &items, &body), refused(400, message), "{body}");
    }
    assert_eq!(hub.get(&items), json!([]));
}

#[test]
fn who_may_not_is_refused_and_faults_happen() {
    let mut hub = Hub::connect();
    let item = make(&mut hub, "a", &[]);
    let answer = hub.answer("GET", "/vaults", "eyJother", &Value::Null).unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["1password-connect-version"], "1.8.1");
    hub.engine.faults().add("connect:GET", Fault::Throttle, 1);
    assert_eq!(hub.send("GET", &item, &Value::Null), refused(429, "Too many requests"));
    state(&mut hub).make_read_only("Infrastructure");
    let vault = vault_of(&mut hub);
    let closed = refused(403, &format!("vault {vault} is not in scope"));
    let whole = hub.get(&item);
    assert_eq!(hub.send("PUT", &item, &whole), closed);
    assert_eq!(hub.send("POST", &format!("/vaults/{vault}/items"), &whole), closed);
}

#[test]
fn the_oddities_of_a_real_server_can_be_switched_on() {
    let mut hub = Hub::connect();
    state(&mut hub).faults().hide_new_items(2);
    let item = make(&mut hub, "a", &[]);
    let looks: Vec<u16> = (0..3).map(|_| hub.send("GET", &item, &Value::Null).0).collect();
    assert_eq!(looks, [404, 404, 200]);
    let faults = state(&mut hub).faults();
    faults.conflict(1);
    faults.answer_updates_with_the_old_item(true);
    faults.fail_deletions(1);
    let mut whole = hub.get(&item);
    whole["title"] = "b".into();
    assert_eq!(
        hub.send("PUT", &item, &whole),
        refused(409, "the item was changed meanwhile")
    );
    let (status, old) = hub.send("PUT", &item, &whole);
    assert_eq!((status, &old["title"], &old["version"]), (200, &"a".into(), &1.into()));
    assert_eq!(hub.get(&item)["title"], "b");
    assert_eq!(
        hub.send("DELETE", &item, &Value::Null),
        refused(500, "Internal server error")
    );
    assert_eq!(hub.send("DELETE", &item, &Value::Null).0, 204);
}

#[test]
fn heartbeat_and_health_need_no_token() {
    let mut hub = Hub::connect();
    let mut get = |path: &str| {
        let request = http::Request::builder().uri(path).header("host", "127.0.0.1:4599");
        let dice = &mut hub.dice;
        let request = request.body(bytes::Bytes::new()).unwrap();
        let answer = hub
            .engine
            .handle(Timestamp::UNIX_EPOCH, &mut |bytes| dice.fill(bytes), &request);
        match answer {
            ciuser_sandbox::Answer::Response(response) => response,
            ciuser_sandbox::Answer::Dropped => panic!("{path}"),
        }
    };
    assert_eq!(get("/heartbeat").body().as_ref(), b".");
    let health: Value = serde_json::from_slice(get("/health").body()).unwrap();
    assert_eq!(
        (&health["version"], &health["dependencies"][0]["status"]),
        (&"1.8.1".into(), &"ACTIVE".into())
    );
}
