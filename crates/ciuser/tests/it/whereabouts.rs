//! `ciuser key where` and `ciuser key verify`, from one end to the other.

use serde_json::{Value, json};

use crate::iam::Iam;
use crate::program::Home;

const SPEC: &str = r#"
version = 1
project = "storefront"

[[user]]
name = "CI_USER"
policies = ["AmazonS3FullAccess"]

[[user.store]]
kind = "kdbx"
path = "keys.kdbx"

[[user.store]]
kind = "csv"
path = "keys.csv"

[[user.deliver]]
kind = "circleci-context"
org = "gh/acme"
context = "storefront-deploy"
restrict-to = ["gh/acme/storefront"]

[[user.deliver]]
kind = "circleci-project"
project = "gh/acme/storefront"
"#;

/// A home with a spec whose user has its key everywhere, and the id of the key.
fn applied() -> (Home, String) {
    let home = Home::new();
    std::fs::write(home.path("ciuser.toml"), SPEC).unwrap();
    let document = home.json(0, &["apply", "--yes"]);
    let id = document["users"][0]["key"]["id"].as_str().unwrap().to_owned();
    (home, id)
}

/// Kind, state, key and proof of every target.
fn states(document: &Value) -> Vec<[Value; 4]> {
    let targets = document["users"][0]["targets"].as_array().unwrap();
    let fields = ["kind", "state", "key", "proof"];
    targets
        .iter()
        .map(|target| fields.map(|field| target[field].clone()))
        .collect()
}

/// Kind, how it is known and what is known of the secret, for every place of the first key.
fn places(document: &Value) -> Vec<[Value; 3]> {
    let places = document["keys"][0]["places"].as_array().unwrap();
    let fields = ["kind", "seen", "secret"];
    places
        .iter()
        .map(|place| fields.map(|field| place[field].clone()))
        .collect()
}

/// Changes what the sandbox's CircleCI remembers, behind the program's back.
fn meddle(home: &Home, change: impl FnOnce(&mut Value)) {
    let path = home.sandbox().join("state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut state["circleci"]);
    std::fs::write(&path, state.to_string()).unwrap();
}

#[test]
fn verify_proves_every_target_and_writes_nothing() {
    let (home, id) = applied();
    let before = std::fs::read(home.path("keys.kdbx")).unwrap();
    let document = home.json(0, &["key", "verify"]);
    assert_eq!(
        states(&document),
        [
            [json!("kdbx"), json!("proven"), json!(id), json!("value")],
            [json!("csv"), json!("proven"), json!(id), json!("value")],
            [json!("circleci-context"), json!("proven"), json!(id), json!("mask")],
            [json!("circleci-project"), json!("proven"), json!(id), json!("mask")],
        ]
    );
    assert_eq!(document["fine"], json!(true));
    assert_eq!(std::fs::read(home.path("keys.kdbx")).unwrap(), before);
    let runs = home.json(0, &["history"]);
    assert_eq!(runs["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn verify_finds_another_secret_half_a_key_and_a_missing_one_and_ends_with_5() {
    let (home, id) = applied();
    let csv = std::fs::read_to_string(home.path("keys.csv")).unwrap();
    let (kept, _) = csv.trim_end().rsplit_once(',').unwrap();
    std::fs::write(home.path("keys.csv"), format!("{kept},{}\n", "x".repeat(40))).unwrap();
    meddle(&home, |circleci| {
        let variables = circleci["contexts"][0]["variables"].as_object_mut().unwrap();
        variables.remove("AWS_SECRET_ACCESS_KEY").unwrap();
        circleci["projects"][0]["variables"] = json!({});
    });
    let document = home.json(5, &["key", "verify", "ci_user"]);
    let none = Value::Null;
    assert_eq!(
        states(&document),
        [
            [json!("kdbx"), json!("proven"), json!(id), json!("value")],
            [json!("csv"), json!("stale"), json!(id), none.clone()],
            [json!("circleci-context"), json!("half"), json!(id), none.clone()],
            [json!("circleci-project"), json!("missing"), none.clone(), none],
        ]
    );
    let notes = document["users"][0]["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| &target["note"]);
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            &Value::Null,
            &json!("the secret there is not this key's: STS refuses it"),
            &json!("whose secret is missing there"),
            &json!("nothing is there"),
        ]
    );
}

#[test]
fn verify_calls_a_key_stale_that_is_inactive() {
    let (home, id) = applied();
    let mut iam = Iam::of(&home);
    iam.ok(
        "UpdateAccessKey",
        &[("UserName", "CI_USER"), ("AccessKeyId", &id), ("Status", "Inactive")],
    );
    drop(iam);
    let document = home.json(5, &["key", "verify"]);
    for target in document["users"][0]["targets"].as_array().unwrap() {
        assert_eq!(
            (&target["state"], &target["note"]),
            (&json!("stale"), &json!("which is inactive"))
        );
    }
}

#[test]
fn verify_needs_a_user_of_the_file() {
    let (home, _) = applied();
    let ended = home.ciuser(&["key", "verify", "SOMEBODY"]);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (2, "error: `ciuser.toml` has no user `SOMEBODY`\n")
    );
}

#[test]
fn where_maps_a_key_back_to_every_place_without_a_spec() {
    let (home, id) = applied();
    let document = home.json(0, &["key", "where", &id]);
    assert_eq!(document["user"], json!("CI_USER"));
    assert_eq!(
        document["looked_at"],
        json!(11),
        "four targets, both places of CircleCI again, two of GitHub and of GitLab each, and a vault of 1Password"
    );
    assert_eq!(
        places(&document),
        [
            [json!("kdbx"), json!("value"), json!("same")],
            [json!("csv"), json!("value"), json!("same")],
            [json!("circleci-context"), json!("mask"), json!("same")],
            [json!("circleci-project"), json!("mask"), json!("same")],
        ]
    );
}

#[test]
fn where_finds_what_nobody_delivered_by_its_mask_and_under_another_name() {
    let (home, id) = applied();
    meddle(&home, |circleci| {
        let mut copy = circleci["contexts"][0].clone();
        copy["id"] = json!("copied-by-hand");
        copy["name"] = json!("copied");
        let variables = copy["variables"].as_object_mut().unwrap();
        let held = variables.remove("AWS_ACCESS_KEY_ID").unwrap();
        variables.insert("DEPLOY_KEY".to_owned(), held);
        circleci["contexts"].as_array_mut().unwrap().push(copy);
    });
    let document = home.json(0, &["key", "where", "CI_USER"]);
    let found = document["keys"][0]["places"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        [
            &found["place"],
            &found["seen"],
            &found["secret"],
            &found["variable"],
            &found["delivered"]
        ],
        [
            &json!("gh/acme/copied"),
            &json!("mask"),
            &json!("same"),
            &json!("DEPLOY_KEY"),
            &Value::Null
        ]
    );
    assert_eq!(document["keys"][0]["id"], json!(id));
}

#[test]
fn where_finds_the_places_of_a_key_that_is_deleted() {
    let (home, id) = applied();
    let mut iam = Iam::of(&home);
    iam.ok("DeleteAccessKey", &[("UserName", "CI_USER"), ("AccessKeyId", &id)]);
    drop(iam);
    let by_user = home.json(0, &["key", "where", "CI_USER"]);
    assert_eq!(by_user["keys"][0]["status"], Value::Null);
    assert_eq!(places(&by_user).len(), 4);
    let by_id = home.json(0, &["key", "where", &id]);
    assert_eq!(by_id["user"], Value::Null);
    assert_eq!(
        places(&by_id),
        [
            [json!("circleci-context"), json!("mask"), json!("unknown")],
            [json!("circleci-project"), json!("mask"), json!("unknown")],
        ]
    );
    assert_eq!(
        by_id["not_looked_at"].as_array().unwrap().last().unwrap(),
        &json!({
            "what": "the targets that this machine knows of",
            "why": "IAM does not say whose key it is",
        })
    );
}

#[test]
fn where_says_so_when_nothing_is_found() {
    let home = Home::new();
    let document = home.json(0, &["key", "where", "AKIAIOSFODNN7EXAMPLE"]);
    assert_eq!(places(&document), Vec::<[Value; 3]>::new());
    let ended = home.ciuser(&["key", "where", "NOBODY"]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .stdout
            .contains("user `NOBODY` has no access keys, and this machine knows of none"),
        "{}",
        ended.stdout
    );
}
