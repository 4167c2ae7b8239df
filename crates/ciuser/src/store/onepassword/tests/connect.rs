//! The way by a Connect server: the sandbox's own, in process.

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::port::{Holdings, TargetError, Transport, TransportError};
use ciuser_core::target::StoreSpec;
use ciuser_sandbox::{Answer, Engine, Fault, connect};
use http::{Request, Response};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::env::Environment;
use crate::rig::{ID, SECRET, answer, lost, reach, run};
use crate::store::contract::{Ground, Rig, check, clear, contract, get_back, key, new_key, owner, put};
use crate::store::survey;
use crate::targets::Reach;
use crate::token::Tokens;

const VAULT: &str = "Infrastructure";
const TAG: &str = "aws-user-111122223333-ci_user";

/// The sandbox as a transport, which notes its calls.
struct Server(Mutex<Inner>);

struct Inner {
    engine: Engine,
    drawn: u64,
    calls: Vec<String>,
    /// What is answered to the next call that begins so, which is not carried out.
    instead: Option<(&'static str, Result<Response<Bytes>, TransportError>)>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let inner = &mut *self.0.lock().unwrap();
        let call = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
        inner.calls.push(call.clone());
        if let Some((_, instead)) = inner.instead.take_if(|(struck, _)| call.starts_with(*struck)) {
            return instead;
        }
        match inner.handle(&request) {
            Answer::Response(response) => Ok(response),
            Answer::Dropped => Err(lost()),
        }
    }
}

impl Inner {
    fn handle(&mut self, request: &Request<Bytes>) -> Answer {
        let drawn = &mut self.drawn;
        self.engine
            .handle(Timestamp::UNIX_EPOCH, &mut |bytes| count_up(drawn, bytes), request)
    }

    fn connect(&mut self) -> &mut connect::State {
        let drawn = &mut self.drawn;
        self.engine
            .connect(Timestamp::UNIX_EPOCH, &mut |bytes| count_up(drawn, bytes))
    }
}

/// Never the same bytes twice, whatever their number.
fn count_up(drawn: &mut u64, bytes: &mut [u8]) {
    for byte in bytes {
        *drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        *byte = drawn.to_be_bytes()[0];
    }
}

/// A Connect server, and a person who knows it.
struct Connected {
    rig: Rig,
    server: Arc<Server>,
    environment: Environment,
    account: Option<String>,
}

impl Connected {
    fn with(host: &str) -> Connected {
        let mut drawn = 0;
        let engine = Engine::fresh(Timestamp::UNIX_EPOCH, &mut |bytes| count_up(&mut drawn, bytes));
        let mut inner = Inner {
            engine,
            drawn,
            calls: Vec::new(),
            instead: None,
        };
        let token = inner.connect().token().to_owned();
        let variables = [("OP_CONNECT_HOST", host), ("OP_CONNECT_TOKEN", &token)];
        let rig = Rig::new();
        Connected {
            environment: Environment::of("/", rig.directory.path(), &variables),
            rig,
            server: Arc::new(Server(Mutex::new(inner))),
            account: None,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.server.0.lock().unwrap()
    }

    /// Returns what the server remembers of the items of its first vault.
    fn items(&self) -> Vec<Value> {
        let state = serde_json::to_value(self.inner().connect()).unwrap();
        state["vaults"][0]["items"].as_array().unwrap().clone()
    }

    /// Makes a call as another client would.
    fn other(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut inner = self.inner();
        let token = inner.connect().token().to_owned();
        let request = Request::builder()
            .method(method)
            .uri(format!("http://localhost:8080/v1{path}"))
            .header("authorization", format!("Bearer {token}"));
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        match inner.handle(&request) {
            Answer::Response(response) if response.status().is_success() => {
                serde_json::from_slice(response.body()).unwrap_or_default()
            }
            _ => panic!("{method} {path}"),
        }
    }

    fn vault(&self) -> String {
        self.other("GET", "/vaults", &Value::Null)[0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn calls(&self, start: &str) -> usize {
        self.inner().calls.iter().filter(|call| call.starts_with(start)).count()
    }

    fn fault(&self, action: &str, fault: Fault) {
        self.inner().engine.faults().add(action, fault, 1);
    }

    fn odd(&self, change: impl FnOnce(&mut connect::Faults)) {
        change(self.inner().connect().faults());
    }

    /// Makes an item of the user as another client would.
    fn make(&self, id: &str, notes: &str) -> Value {
        let vault = self.vault();
        let field = |id: &str, value: &str| json!({ "id": id, "type": "STRING", "value": value });
        let fields = json!([
            field("user_arn", owner().arn.as_str()),
            field("account", owner().account.as_str()),
            field("access_key_id", id),
            field("notesPlain", notes),
        ]);
        let body = json!({
            "vault": { "id": vault }, "category": "API_CREDENTIAL", "title": "mine", "tags": [TAG], "fields": fields,
        });
        self.other("POST", &format!("/vaults/{vault}/items"), &body)
    }
}

impl Ground for Connected {
    fn new() -> Connected {
        Connected::with("http://localhost:8080")
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::OnePassword {
            vault: VAULT.to_owned(),
            account: self.account.clone(),
        }
    }

    fn reach(&self) -> Reach<'_> {
        Reach {
            tokens: Tokens::Environment(&self.environment),
            ..reach(self.server.clone(), &self.rig.waits, SecretString::from("unused"))
        }
    }

    fn seen(&self) -> String {
        serde_json::to_string(&self.items()).unwrap()
    }

    fn occupy(&self, text: &str) {
        self.make("", text);
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        let items = self.items();
        items.len() == 1 && items[0]["version"] == 1 && items[0]["content"]["fields"][3]["value"] == text
    }
}

contract!(every_store: Connected);

fn put_key(ground: &Connected) -> Result<(), TargetError> {
    ground.opened(|store| put(store, &owner(), &key()))
}

fn said(error: &TargetError) -> (&str, &str) {
    (&error.message, error.hint.as_deref().unwrap_or_default())
}

#[test]
fn a_rotation_updates_the_item_and_its_history_has_the_key_of_before() {
    let ground = Connected::new();
    put_key(&ground).unwrap();
    ground
        .opened(|store| {
            check(store).unwrap();
            put(store, &owner(), &new_key())
        })
        .unwrap();
    let items = ground.items();
    let [item] = items.as_slice() else { panic!("{items:?}") };
    let secret = |content: &Value| content["fields"][1]["value"].as_str().unwrap().to_owned();
    assert_eq!(item["version"], 2);
    assert_eq!(secret(&item["history"][0]), SECRET);
    assert_eq!(secret(&item["content"]), new_key().secret.expose());
    assert!(item["content"]["tags"].as_array().unwrap().contains(&TAG.into()));
    assert_eq!(ground.opened(|store| get_back(store, &key().id)), None);
}

#[test]
fn the_closing_lines_name_the_item_and_its_fields_by_ids() {
    let ground = Connected::new();
    let described = ground.opened(|store| {
        assert_eq!(store.describe(), "vault `Infrastructure` of 1Password");
        put(store, &owner(), &key()).unwrap();
        store.describe()
    });
    let (vault, item) = (ground.vault(), ground.items()[0]["id"].as_str().unwrap().to_owned());
    let start = format!("op://{vault}/{item}");
    assert_eq!(
        described,
        format!("item {item}: op read {start}/secret_access_key, its id: {start}/access_key_id")
    );
    let looked = ground.opened(|store| {
        check(store).unwrap();
        store.describe()
    });
    assert_eq!(looked, described);
}

#[test]
fn a_new_item_whose_answer_was_lost_is_found_by_its_tag_and_not_sent_again() {
    for fault in [Some(Fault::DropAnswer), None] {
        let ground = Connected::new();
        match fault {
            Some(fault) => ground.fault("connect:POST", fault),
            None => ground.inner().instead = Some(("POST", Err(lost()))),
        }
        put_key(&ground).unwrap();
        assert_eq!(ground.items().len(), 1);
        let sent = if fault.is_some() { 1 } else { 2 };
        assert_eq!(
            ground.calls("POST"),
            sent,
            "what did not arrive is sent again, after a look"
        );
    }
}

#[test]
fn a_new_item_whose_answer_was_lost_and_that_is_shown_late_is_made_once() {
    let ground = Connected::new();
    ground.odd(|faults| faults.hide_new_items(2));
    ground.fault("connect:POST", Fault::DropAnswer);
    put_key(&ground).unwrap();
    assert_eq!((ground.items().len(), ground.calls("POST")), (1, 1));
}

#[test]
fn an_answer_that_is_cut_or_somebody_elses_is_settled_in_the_same_way() {
    for body in ["{\"id\":\"ab", "<html>Welcome to the hotel</html>"] {
        let ground = Connected::new();
        ground.inner().instead = Some(("POST", answer(200, &[], body)));
        put_key(&ground).unwrap();
        assert_eq!((ground.items().len(), ground.calls("POST")), (1, 2), "{body}");
    }
}

#[test]
fn an_item_that_is_shown_late_is_waited_for() {
    let ground = Connected::new();
    ground.odd(|faults| faults.hide_new_items(3));
    put_key(&ground).unwrap();
    assert_eq!(ground.calls("POST"), 1);
    assert_eq!(ground.rig.waits.seconds(), [1, 2, 4]);
    let late = Connected::new();
    late.odd(|faults| faults.hide_new_items(20));
    let error = put_key(&late).unwrap_err();
    assert_eq!(error.message, "the item was written, and does not show it");
}

#[test]
fn a_conflict_is_tried_again_and_the_old_answer_to_an_update_is_not_believed() {
    let ground = Connected::new();
    ground.odd(|faults| faults.conflict(1));
    put_key(&ground).unwrap();
    ground.odd(|faults| {
        faults.conflict(2);
        faults.answer_updates_with_the_old_item(true);
    });
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    assert_eq!((ground.items().len(), ground.calls("PUT")), (1, 3));
    ground.odd(|faults| faults.conflict(9));
    let error = put_key(&ground).unwrap_err();
    assert!(
        error
            .message
            .ends_with(": 409 Conflict: the item was changed meanwhile"),
        "{error}"
    );
}

#[test]
fn a_deletion_that_is_answered_with_500_is_looked_after() {
    let ground = Connected::new();
    put_key(&ground).unwrap();
    // As often as the client asks by itself, and once more.
    ground.odd(|faults| faults.fail_deletions(5));
    ground.opened(|store| clear(store, &Holdings::Key(key().id))).unwrap();
    assert_eq!(ground.items().len(), 0);
}

#[test]
fn who_writes_between_the_review_and_the_write_is_not_overwritten() {
    let ground = Connected::new();
    put_key(&ground).unwrap();
    let error = ground.opened(|store| {
        check(store).unwrap();
        let (vault, item) = (ground.vault(), ground.items()[0]["id"].as_str().unwrap().to_owned());
        let patch =
            json!([{ "op": "replace", "path": "/fields/access_key_id/value", "value": "AKIAOTHERSOTHERSOTHE" }]);
        ground.other("PATCH", &format!("/vaults/{vault}/items/{item}"), &patch);
        put(store, &owner(), &new_key()).unwrap_err()
    });
    assert_eq!(error.message, "what is there has changed since it was looked at");
    assert_eq!(ground.items()[0]["version"], 2);
}

#[test]
fn what_a_person_has_added_stays() {
    let ground = Connected::new();
    let made = ground.make(ID, "ask Ann");
    assert_eq!(
        ground.opened(check).unwrap().holdings,
        Holdings::Half { suffix: ID.to_owned() }
    );
    put_key(&ground).unwrap();
    let items = ground.items();
    assert_eq!((items.len(), &items[0]["id"]), (1, &made["id"]));
    let content = &items[0]["content"];
    assert_eq!(
        (&content["title"], &content["fields"][3]["value"]),
        (&"mine".into(), &"ask Ann".into())
    );
}

#[test]
fn several_items_of_one_user_are_refused_and_left_alone() {
    let ground = Connected::new();
    let ids: Vec<_> = (0..2)
        .map(|_| ground.make(ID, "")["id"].as_str().unwrap().to_owned())
        .collect();
    let before = ground.seen();
    let error = ground.opened(check).unwrap_err();
    let message = format!(
        "2 items of the vault say that they are of user `CI_USER`: `{}`, `{}`",
        ids[0], ids[1]
    );
    let hint = "archive all but the one that is used, in 1Password, and run the same again";
    assert_eq!(said(&error), (message.as_str(), hint));
    assert_eq!(put_key(&ground).unwrap_err(), error);
    assert_eq!(ground.seen(), before);
}

#[test]
fn a_vault_that_is_not_shown_or_may_not_be_written_is_told() {
    let ground = Connected::new();
    ground.inner().connect().make_read_only(VAULT);
    assert!(ground.opened(check).is_ok(), "no call tells whether it may be written");
    let error = put_key(&ground).unwrap_err();
    let message = format!(
        "making an item in vault `Infrastructure`: 403 Forbidden: vault {} is not in scope",
        ground.vault()
    );
    assert_eq!(error.message, message);
    assert!(error.hint.unwrap().contains("`op connect token create"));
    let spec = StoreSpec::OnePassword {
        vault: "Infrastructur".to_owned(),
        account: None,
    };
    let (session, reach) = (ground.rig.session(), ground.reach());
    let error = check(&*crate::store::open(&spec, &session, &reach).unwrap()).unwrap_err();
    assert_eq!(
        said(&error),
        (
            "1Password shows no vault `Infrastructur` here",
            "did you mean `Infrastructure`?"
        )
    );
}

#[test]
fn a_token_that_is_refused_and_a_server_without_filters_by_tag_are_known() {
    let mut ground = Connected::new();
    put_key(&ground).unwrap();
    let unfiltered = answer(400, &[], r#"{"status":400,"message":"Invalid filter"}"#);
    ground.inner().instead = Some(("GET /v1/vaults/", unfiltered));
    assert_eq!(ground.opened(check).unwrap().holdings, Holdings::Key(key().id));
    let variables = [
        ("OP_CONNECT_HOST", "http://localhost:8080"),
        ("OP_CONNECT_TOKEN", "eyJother"),
    ];
    ground.environment = Environment::of("/", ground.rig.directory.path(), &variables);
    let error = ground.opened(check).unwrap_err();
    assert_eq!(
        error.message,
        "the 1Password Connect token was refused, it may have expired (listing vaults: 401 Unauthorized: Invalid token \
         signature)"
    );
}

#[test]
fn what_travels_in_the_clear_and_an_account_that_is_not_asked_are_warned_of() {
    let mut ground = Connected::with("http://connect.example.com:8080");
    ground.account = Some("acme".to_owned());
    assert_eq!(
        ground.opened(check).unwrap().warnings,
        [
            "`http://connect.example.com:8080` is not encrypted: the 1Password Connect token and the key travel in the clear",
            "a Connect server is of one account: the store's `account` chooses nothing",
        ]
    );
}

#[test]
fn the_vault_is_looked_for_once_in_a_process() {
    let ground = Connected::new();
    ground.opened(|store| {
        check(store).unwrap();
        put(store, &owner(), &key()).unwrap();
        get_back(store, &key().id).unwrap();
    });
    assert_eq!(
        ground
            .inner()
            .calls
            .iter()
            .filter(|call| *call == "GET /v1/vaults")
            .count(),
        1
    );
}

#[test]
fn a_survey_finds_keys_by_the_tags_of_items_and_opens_none() {
    let ground = Connected::new();
    put_key(&ground).unwrap();
    let other = {
        let inner = &mut *ground.inner();
        let drawn = &mut inner.drawn;
        let connect = inner.engine.connect(Timestamp::UNIX_EPOCH, &mut |_| {});
        connect.add_vault("Other", Timestamp::UNIX_EPOCH, &mut |bytes| count_up(drawn, bytes))
    };
    ground.inner().calls.clear();
    let (session, reach) = (ground.rig.session(), ground.reach());
    let (service, opened) = survey(&session, &reach);
    let surveyed = run(opened.unwrap().survey(&|_| {})).unwrap();
    assert_eq!(
        (service, surveyed.looked_at, surveyed.unseen.len()),
        ("1Password", 2, 0)
    );
    let [kept] = surveyed.kept.as_slice() else {
        panic!("{surveyed:?}")
    };
    assert_eq!((&kept.store, &kept.id), (&ground.spec(), &key().id));
    assert_eq!(kept.written.as_deref(), Some("1970-01-01T00:00:00Z"));
    let filter = "items?filter=tag%20eq%20%22ciuser%22";
    let lists = [ground.vault(), other].map(|vault| format!("GET /v1/vaults/{vault}/{filter}"));
    assert_eq!(ground.inner().calls[1..], lists);
}
