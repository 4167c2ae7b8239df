//! The way by the program `op`: a strict stand-in for it, which the tests with foreign clients use too
//! (`tests/foreign/harness/fake_op.py`). It refuses whatever `op` should not be asked.

use std::path::Path;

use ciuser_core::port::{Holdings, TargetError};
use ciuser_core::target::StoreSpec;
use serde_json::{Value, json};

use crate::env::Environment;
use crate::place;
use crate::rig::{ID, SECRET, reach, run};
use crate::store::contract::{Ground, Rig, check, clear, contract, get_back, key, look, new_key, owner, put, shown};
use crate::store::survey;
use crate::targets::Reach;
use crate::token::Tokens;

const STAND_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/foreign/harness/fake_op.py");
const VAULT: &str = "ftz4pm2xxwmwrsd7rjqn7grzfz";
const TOKEN: &str = "ops_eyJzaWduSW5BZGRyZXNzIjoiZXhhbXBsZSJ9";

/// An account that `op` is signed in to.
struct SignedIn {
    rig: Rig,
    account: Option<String>,
}

impl SignedIn {
    /// Makes it, with more variables than the usual ones.
    fn with(variables: &[(&str, &str)]) -> SignedIn {
        let mut rig = Rig::new();
        let (home, bin) = (shown(rig.directory.path()), rig.path("bin"));
        place::private_dir(&bin).unwrap();
        std::os::unix::fs::symlink(STAND_IN, bin.join("op")).unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
        let usual = [
            ("PATH", path.as_str()),
            ("HOME", &home),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        let all = [&usual[..], variables].concat();
        rig.environment = Environment::of(&home, rig.directory.path(), &all);
        let ground = SignedIn { rig, account: None };
        let state = json!({
            "version": "2.31.1", "signed_in": true, "accounts": ["acme.1password.com"], "service_token": TOKEN,
            "service_deleted": false, "vaults": [{ "id": VAULT, "name": "Infra" }], "items": [], "faults": [],
            "calls": [], "violations": [],
        });
        ground.keep(&state);
        ground
    }

    fn file(&self) -> std::path::PathBuf {
        self.rig.path("bin/op.json")
    }

    fn keep(&self, state: &Value) {
        place::write_private(&self.file(), state.to_string().as_bytes()).unwrap();
    }

    fn state(&self) -> Value {
        let state = serde_json::from_slice(&place::read(&self.file()).unwrap().unwrap()).unwrap();
        let state: Value = state;
        assert_eq!(state["violations"], json!([]));
        state
    }

    fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(&mut state);
        self.keep(&state);
    }

    fn fault(&self, command: &str, moment: &str, error: &str) {
        self.change(|state| {
            let fault = json!({ "command": command, "moment": moment, "error": error });
            state["faults"].as_array_mut().unwrap().push(fault);
        });
    }

    /// Returns how often a command was given.
    fn calls(&self, command: &[&str]) -> usize {
        let state = self.state();
        let calls = state["calls"].as_array().unwrap();
        let begins = |call: &&Value| command.iter().enumerate().all(|(place, word)| call[place] == *word);
        calls.iter().filter(begins).count()
    }

    fn items(&self) -> Vec<Value> {
        self.state()["items"].as_array().unwrap().clone()
    }

    fn item(&self, more: &Value) -> Value {
        let field = |id: &str, value: &str| json!({ "id": id, "type": "STRING", "label": id, "value": value });
        let mut item = json!({
            "title": "mine", "category": "API_CREDENTIAL", "tags": ["aws-user-111122223333-ci_user"], "version": 1,
            "vault": { "id": VAULT, "name": "Infra" }, "history": [],
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "fields": [field("user_arn", owner().arn.as_str()), field("account", owner().account.as_str())],
        });
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    }
}

impl Ground for SignedIn {
    fn new() -> SignedIn {
        SignedIn::with(&[])
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::OnePassword {
            vault: "Infra".to_owned(),
            account: self.account.clone(),
        }
    }

    fn reach(&self) -> Reach<'_> {
        Reach {
            tokens: Tokens::Environment(&self.rig.environment),
            ..reach(crate::rig::Script::of([]), &self.rig.waits, "unused".into())
        }
    }

    fn seen(&self) -> String {
        self.state()["items"].to_string()
    }

    fn occupy(&self, text: &str) {
        let item = self.item(&json!({ "id": "iiiiiiiiiiiiiiiiiiiiiiiiii", "title": text }));
        self.change(|state| state["items"].as_array_mut().unwrap().push(item));
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        let items = self.items();
        items.len() == 1 && items[0]["title"] == text && items[0]["version"] == 1
    }
}

contract!(every_store: SignedIn);

fn put_key(ground: &SignedIn) -> Result<(), TargetError> {
    ground.opened(|store| put(store, &owner(), &key()))
}

#[test]
fn a_rotation_edits_the_item_and_its_history_has_the_key_of_before() {
    let ground = SignedIn::new();
    put_key(&ground).unwrap();
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    let items = ground.items();
    let [item] = items.as_slice() else { panic!("{items:?}") };
    // The first field is that of notes, which `op` adds.
    assert_eq!(item["fields"][2]["value"], new_key().secret.expose());
    assert_eq!(item["history"][0]["fields"][2]["value"], SECRET);
    assert_eq!(item["category"], "API_CREDENTIAL");
    assert_eq!(ground.calls(&["--version"]), 2, "once in a process");
}

#[test]
fn a_cleared_item_is_in_the_archive_and_the_next_key_gets_a_new_one() {
    let ground = SignedIn::new();
    put_key(&ground).unwrap();
    ground.opened(|store| clear(store, &Holdings::Key(key().id))).unwrap();
    put_key(&ground).unwrap();
    let archived: Vec<_> = ground.items().iter().map(|item| item["archived"] == true).collect();
    assert_eq!(archived, [true, false]);
}

#[test]
fn who_is_not_signed_in_is_not_asked_by_a_look_and_told_by_a_run() {
    let ground = SignedIn::new();
    put_key(&ground).unwrap();
    ground.change(|state| state["signed_in"] = false.into());
    assert_eq!(ground.opened(look).unwrap().holdings, Holdings::Locked);
    let refused = ground.opened(check).unwrap_err();
    assert!(refused.needs_person, "{refused}");
    assert_eq!(
        refused.message,
        "1Password would have to ask somebody to sign in, and nobody can be asked"
    );
    assert_eq!(put_key(&ground).unwrap_err(), refused);
    // On a terminal, 1Password's application would have asked.
    ground.rig.person.answers.borrow_mut().push("yes");
    let error = ground.opened(check).unwrap_err();
    assert_eq!(error.message, "listing vaults: account is not signed in");
    assert!(error.needs_person);
}

#[test]
fn a_service_account_needs_nobody_and_its_token_goes_to_op_alone() {
    let mut ground = SignedIn::with(&[("OP_SERVICE_ACCOUNT_TOKEN", TOKEN), ("CIRCLE_TOKEN", "other")]);
    ground.account = Some("acme.1password.com".to_owned());
    ground.change(|state| state["signed_in"] = false.into());
    put_key(&ground).unwrap();
    let state = ground.opened(check).unwrap();
    assert_eq!(state.holdings, Holdings::Key(key().id));
    let warning = "a service account is of one account: the store's `account` chooses nothing";
    assert_eq!(state.warnings, [warning]);
    assert_eq!(ground.calls(&["whoami"]), 0);
    assert!(!ground.state()["calls"].to_string().contains("--account"));
    ground.change(|state| state["service_deleted"] = true.into());
    let error = ground.opened(check).unwrap_err();
    assert!(error.message.contains("Service Account Deleted") && !error.message.contains(TOKEN));
    let hint = "the service account is gone: set OP_SERVICE_ACCOUNT_TOKEN to a token of one that is there";
    assert_eq!(error.hint.as_deref(), Some(hint));
}

#[test]
fn an_account_is_chosen_where_somebody_is_signed_in_to_several() {
    let mut ground = SignedIn::new();
    ground.account = Some("acme.1password.com".to_owned());
    put_key(&ground).unwrap();
    ground.account = Some("other.1password.com".to_owned());
    let error = ground.opened(check).unwrap_err();
    assert!(
        error
            .message
            .ends_with("found no accounts for filter \"other.1password.com\""),
        "{error}"
    );
}

#[test]
fn a_program_that_is_missing_or_too_old_is_told_before_anything_is_written() {
    let ground = SignedIn::new();
    ground.change(|state| state["version"] = "2.22.0".into());
    let error = ground.opened(check).unwrap_err();
    assert_eq!(error.message, "`op` is version 2.22.0, and 2.23 or later is needed");
    place::remove(&ground.rig.path("bin/op")).unwrap();
    let error = ground.opened(check).unwrap_err();
    assert_eq!(error.message, "the program `op` was not found");
    assert!(error.hint.unwrap().contains("OP_CONNECT_HOST"));
}

#[test]
fn vaults_that_are_missing_or_of_one_name_are_told() {
    let ground = SignedIn::new();
    ground.change(|state| state["vaults"] = json!([{ "id": VAULT, "name": "Web" }]));
    let error = ground.opened(check).unwrap_err();
    assert_eq!(error.message, "1Password shows no vault `Infra` here");
    let twice = json!([{ "id": VAULT, "name": "Infra" }, { "id": "aaaaaaaaaaaaaaaaaaaaaaaaaa", "name": "Infra" }]);
    ground.change(|state| state["vaults"] = twice);
    let error = ground.opened(check).unwrap_err();
    assert_eq!(error.message, "2 vaults of 1Password are called `Infra`");
    // One that disappears meanwhile is told by `op`.
    ground.change(|state| state["vaults"] = json!([{ "id": VAULT, "name": "Infra" }]));
    let gone = "\"Infra\" isn't a vault in this account. Specify the vault with its ID or name.";
    ground.fault("item list", "before", gone);
    let error = ground.opened(check).unwrap_err();
    assert!(
        error
            .message
            .ends_with("isn't a vault in this account. Specify the vault with its ID or name")
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("`op vault list` shows those that this account sees")
    );
}

#[test]
fn an_item_whose_making_was_not_answered_is_found_and_not_made_again() {
    let lost = "dial tcp: i/o timeout";
    for (moment, made) in [("after", 1), ("before", 2)] {
        let ground = SignedIn::new();
        ground.fault("item create", moment, lost);
        put_key(&ground).unwrap();
        assert_eq!(ground.items().len(), 1);
        assert_eq!(ground.calls(&["item", "create"]), made, "{moment}");
    }
}

#[test]
fn a_conflict_is_tried_again_and_a_refusal_is_not() {
    let ground = SignedIn::new();
    let conflict = "Couldn't create the item. Server: (409) (Conflict), something is newer.";
    ground.fault("item create", "before", conflict);
    put_key(&ground).unwrap();
    ground.fault("item edit", "before", conflict);
    ground.opened(|store| put(store, &owner(), &new_key())).unwrap();
    assert_eq!(ground.items()[0]["version"], 2);
    ground.fault(
        "item edit",
        "before",
        "Couldn't edit the item. Server: (403) (Forbidden), no permission.",
    );
    let error = put_key(&ground).unwrap_err();
    assert!(error.message.contains("(403)") && error.hint.is_some(), "{error}");
    assert_eq!(ground.calls(&["item", "edit"]), 3);
    let limit = "Server: (429) (Too Many Requests), you have reached the rate limit.";
    ground.fault("item edit", "before", limit);
    let error = put_key(&ground).unwrap_err();
    assert!(error.hint.unwrap().contains("`op service-account ratelimit`"));
}

#[test]
fn what_op_repeats_of_the_key_is_not_shown() {
    let ground = SignedIn::new();
    ground.fault(
        "item create",
        "before",
        &format!("Server: (403) invalid value {SECRET}"),
    );
    let error = put_key(&ground).unwrap_err();
    assert_eq!(
        error.message,
        "making an item in vault `Infra`: `op` failed; what it said is not shown, for it repeats a secret"
    );
    assert!(!format!("{error:?}").contains("wJalrXUt"));
}

#[test]
fn two_items_of_one_user_are_told_and_left_alone() {
    let ground = SignedIn::new();
    let items = ["i", "j"].map(|id| ground.item(&json!({ "id": id.repeat(26) })));
    ground.change(|state| state["items"] = items.to_vec().into());
    let error = ground.opened(check).unwrap_err();
    assert!(
        error
            .message
            .starts_with("2 items of the vault say that they are of user `CI_USER`")
    );
    assert_eq!(put_key(&ground).unwrap_err(), error);
}

#[test]
fn an_item_of_the_shell_plugin_is_read_by_its_labels() {
    let ground = SignedIn::new();
    let field =
        |id: &str, label: &str, value: &str| json!({ "id": id, "type": "STRING", "label": label, "value": value });
    let fields = json!([
        field("a", "Access Key ID", ID),
        field("b", "Secret Access Key", SECRET),
        field("c", "user arn", owner().arn.as_str()),
        field("d", "account", owner().account.as_str()),
    ]);
    let item = ground.item(&json!({ "id": "iiiiiiiiiiiiiiiiiiiiiiiiii", "fields": fields }));
    ground.change(|state| state["items"] = json!([item]));
    let described = ground.opened(|store| {
        assert_eq!(get_back(store, &key().id).as_deref(), Some(SECRET));
        check(store).unwrap();
        store.describe()
    });
    assert!(
        described.ends_with(&format!("op://{VAULT}/iiiiiiiiiiiiiiiiiiiiiiiiii/a")),
        "{described}"
    );
}

#[test]
fn a_survey_asks_nobody() {
    let ground = SignedIn::new();
    put_key(&ground).unwrap();
    let surveyed = |ground: &SignedIn| {
        let (session, reach) = (ground.rig.session(), ground.reach());
        let (_, opened) = survey(&session, &reach);
        run(opened.unwrap().survey(&|_| {}))
    };
    let found = surveyed(&ground).unwrap();
    assert_eq!((found.looked_at, &found.kept[0].id), (1, &key().id));
    ground.change(|state| state["signed_in"] = false.into());
    assert!(surveyed(&ground).unwrap_err().needs_person);
}

#[test]
fn the_stand_in_is_strict() {
    let ground = SignedIn::new();
    assert!(Path::new(STAND_IN).is_file());
    let op = shown(&ground.rig.path("bin/op"));
    let environment = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("LC_ALL", "C.UTF-8"),
        ("OP_FORMAT", "json"),
        ("OP_CACHE", "false"),
    ];
    let refused = |arguments: &[&str], environment: &[(&str, &str)], input: Option<&[u8]>| {
        let child = crate::child::Child {
            program: &op,
            arguments,
            environment,
            limit: std::time::Duration::from_secs(60),
        };
        let ended = run(child.run(input)).unwrap();
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    let create = ["item", "create", "-", "--vault", "Infra"];
    for (said, what) in [
        (refused(&create, &environment, None), "not on a pipe"),
        (
            refused(&["vault", "list"], &environment, Some(b"")),
            "a pipe, and no item",
        ),
        (refused(&create, &environment, Some(b"{")), "invalid JSON"),
        (
            refused(&[&create[..], &[SECRET]].concat(), &environment, Some(b"{}")),
            "a secret among",
        ),
        (refused(&create, &environment[..2], Some(b"{}")), "OP_FORMAT"),
        (
            refused(
                &create,
                &[&environment[..], &[("AWS_REGION", "x")]].concat(),
                Some(b"{}"),
            ),
            "variables that op has no use for",
        ),
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
}
