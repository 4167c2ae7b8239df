//! GitHub's endpoints, called in process.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciuser_sandbox::Fault;
use crypto_box::PublicKey;
use crypto_box::aead::rand_core::{CryptoRng, Error, RngCore};
use serde_json::{Value, json};

use crate::client::Dice;
use crate::hub::Hub;

const SECRETS: &str = "/repos/acme/storefront/actions/secrets";
const VARIABLES: &str = "/repos/acme/storefront/actions/variables";
const PRODUCTION: &str = "/repos/acme/storefront/environments/production";

/// Seals as a client does.
struct Sealer(Dice);

impl RngCore for Sealer {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Sealer {}

fn sealed(hub: &mut Hub, secrets: &str, value: &str) -> Value {
    let key = hub.get(&format!("{secrets}/public-key"));
    let bytes = STANDARD.decode(key["key"].as_str().unwrap()).unwrap();
    let sealed = PublicKey::from_slice(&bytes)
        .unwrap()
        .seal(&mut Sealer(Dice::new()), value.as_bytes());
    json!({ "encrypted_value": STANDARD.encode(sealed.unwrap()), "key_id": key["key_id"] })
}

fn job(hub: &mut Hub, environment: Option<&str>) -> Vec<(String, String)> {
    let dice = &mut hub.dice;
    let github = hub.engine.github(&mut |bytes| dice.fill(bytes));
    github.job("storefront", environment).secrets.into_iter().collect()
}

fn put(hub: &mut Hub, secrets: &str, name: &str, value: &str) -> u16 {
    let body = sealed(hub, secrets, value);
    hub.send("PUT", &format!("{secrets}/{name}"), &body).0
}

#[test]
fn a_secret_is_made_with_201_changed_with_204_and_never_shown() {
    let mut hub = Hub::github();
    assert_eq!(put(&mut hub, SECRETS, "token", "first"), 201);
    hub.pass(5);
    assert_eq!(put(&mut hub, SECRETS, "TOKEN", "second"), 204);
    let shown = json!({ "name": "TOKEN", "created_at": "2026-11-23T18:59:15Z", "updated_at": "2026-11-23T18:59:20Z" });
    assert_eq!(hub.get(&format!("{SECRETS}/TOKEN")), shown);
    assert_eq!(hub.get(SECRETS), json!({ "total_count": 1, "secrets": [shown] }));
    assert_eq!(job(&mut hub, None), [("TOKEN".to_owned(), "second".to_owned())]);
    assert_eq!(hub.send("DELETE", &format!("{SECRETS}/TOKEN"), &Value::Null).0, 204);
    assert_eq!(hub.send("DELETE", &format!("{SECRETS}/TOKEN"), &Value::Null).0, 404);
}

#[test]
fn only_a_box_that_is_sealed_to_the_key_of_now_is_taken() {
    let mut hub = Hub::github();
    let stale = sealed(&mut hub, SECRETS, "value");
    let dice = &mut hub.dice;
    let mut other = Dice::new();
    hub.engine
        .github(&mut |bytes| dice.fill(bytes))
        .renew_keys(&mut |bytes| other.fill(bytes));
    let clear = json!({ "encrypted_value": STANDARD.encode("value"), "key_id": stale["key_id"] });
    for body in [
        stale,
        clear,
        json!({}),
        json!({ "encrypted_value": "not base64", "key_id": "1" }),
    ] {
        assert_eq!(hub.send("PUT", &format!("{SECRETS}/TOKEN"), &body).0, 422, "{body}");
    }
    assert_eq!(put(&mut hub, SECRETS, "TOKEN", "value"), 201);
}

#[test]
fn an_environment_is_made_by_put_and_another_put_takes_its_rules_away() {
    let mut hub = Hub::github();
    assert_eq!(hub.send("GET", PRODUCTION, &Value::Null).0, 404);
    let rules = json!({ "wait_timer": 30, "reviewers": [{ "type": "User", "id": 1 }] });
    let (status, made) = hub.send("PUT", PRODUCTION, &rules);
    let kinds = |shown: &Value| {
        let rules = shown["protection_rules"].as_array().unwrap().iter();
        rules
            .map(|rule| rule["type"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (status, kinds(&made)),
        (200, vec!["wait_timer".to_owned(), "required_reviewers".to_owned()])
    );
    hub.send("PUT", PRODUCTION, &json!({}));
    assert_eq!(kinds(&hub.get(PRODUCTION)), Vec::<String>::new());
}

#[test]
fn the_nearest_level_wins_and_an_organisation_shares_with_those_it_says() {
    let mut hub = Hub::github();
    hub.send("PUT", PRODUCTION, &json!({}));
    let shared = "/orgs/acme/actions/secrets";
    let mut selected = sealed(&mut hub, shared, "organisation");
    assert_eq!(
        hub.send("PUT", &format!("{shared}/TOKEN"), &selected).0,
        422,
        "nothing says who may use it"
    );
    (selected["visibility"], selected["selected_repository_ids"]) = ("selected".into(), json!([]));
    assert_eq!(hub.send("PUT", &format!("{shared}/TOKEN"), &selected).0, 201);
    assert_eq!(job(&mut hub, None), []);
    selected["selected_repository_ids"] = json!([hub.get("/repos/acme/storefront")["id"]]);
    assert_eq!(hub.send("PUT", &format!("{shared}/TOKEN"), &selected).0, 204);
    let value = |value: &str| [("TOKEN".to_owned(), value.to_owned())];
    assert_eq!(job(&mut hub, Some("production")), value("organisation"));
    put(&mut hub, SECRETS, "TOKEN", "repository");
    assert_eq!(job(&mut hub, Some("production")), value("repository"));
    put(&mut hub, &format!("{PRODUCTION}/secrets"), "TOKEN", "environment");
    assert_eq!(job(&mut hub, Some("production")), value("environment"));
    assert_eq!(job(&mut hub, None), value("repository"));
}

#[test]
fn a_listing_goes_on_at_the_link_until_its_end() {
    let mut hub = Hub::github();
    for number in 0..12 {
        let body = json!({ "name": format!("V{number:02}"), "value": "x" });
        assert_eq!(hub.send("POST", VARIABLES, &body).0, 201);
    }
    let lengths = |pages: Vec<Value>| {
        let items = pages
            .into_iter()
            .map(|page| page["variables"].as_array().unwrap().len());
        items.collect::<Vec<_>>()
    };
    assert_eq!(lengths(hub.pages(VARIABLES)), [10, 2]);
    assert_eq!(lengths(hub.pages(&format!("{VARIABLES}?per_page=5"))), [5, 5, 2]);
    assert_eq!(lengths(hub.pages(&format!("{VARIABLES}?per_page=100"))), [12]);
}

#[test]
fn a_variable_is_made_once_and_changed_by_patch() {
    let mut hub = Hub::github();
    let body = json!({ "name": "REGION", "value": "eu-west-1" });
    assert_eq!(hub.send("POST", VARIABLES, &body).0, 201);
    assert_eq!(hub.send("POST", VARIABLES, &body).0, 409);
    assert_eq!(
        hub.send(
            "PATCH",
            &format!("{VARIABLES}/region"),
            &json!({ "value": "eu-north-1" })
        )
        .0,
        204
    );
    assert_eq!(hub.get(&format!("{VARIABLES}/REGION"))["value"], "eu-north-1");
    assert_eq!(
        hub.send("PATCH", &format!("{VARIABLES}/OTHER"), &json!({ "value": "x" }))
            .0,
        404
    );
    for bad in ["GITHUB_X", "1X", "A-B", ""] {
        assert_eq!(
            hub.send("POST", VARIABLES, &json!({ "name": bad, "value": "x" })).0,
            422,
            "{bad}"
        );
    }
}

#[test]
fn who_may_not_is_refused() {
    let mut hub = Hub::github();
    let refused = hub.answer("GET", SECRETS, "ghp_other", &Value::Null).unwrap();
    assert_eq!(refused.status(), 401);
    let body = json!({ "name": "X", "value": "x" });
    let dice = &mut hub.dice;
    hub.engine
        .github(&mut |bytes| dice.fill(bytes))
        .limit("storefront", false);
    assert_eq!(hub.send("POST", VARIABLES, &body).0, 403);
    let dice = &mut hub.dice;
    hub.engine
        .github(&mut |bytes| dice.fill(bytes))
        .limit("storefront", true);
    assert_eq!(hub.send("POST", VARIABLES, &body).0, 201);
    assert_eq!(hub.send("PUT", PRODUCTION, &json!({})).0, 403);
    let dice = &mut hub.dice;
    hub.engine.github(&mut |bytes| dice.fill(bytes)).archive("storefront");
    assert_eq!(hub.send("DELETE", &format!("{VARIABLES}/X"), &Value::Null).0, 403);
    assert_eq!(hub.get(VARIABLES)["total_count"], 1);
}

#[test]
fn faults_happen_before_anything_is_applied_but_for_a_lost_answer() {
    let mut hub = Hub::github();
    let faults = [
        (Fault::Throttle, 403),
        (Fault::InternalFailure, 500),
        (Fault::Unavailable, 503),
    ];
    for (fault, status) in faults {
        hub.engine.faults().add("github:POST", fault, 1);
        assert_eq!(
            hub.send("POST", VARIABLES, &json!({ "name": "X", "value": "x" })).0,
            status
        );
    }
    assert_eq!(hub.get(VARIABLES)["total_count"], 0);
    hub.engine.faults().add("github:POST", Fault::DropAnswer, 1);
    let token = hub.engine.github(&mut |_| {}).token().to_owned();
    let body = json!({ "name": "X", "value": "x" });
    assert!(hub.answer("POST", VARIABLES, &token, &body).is_none());
    assert_eq!(hub.get(VARIABLES)["total_count"], 1);
}
