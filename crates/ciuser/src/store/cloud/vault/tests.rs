//! The store in front of a double of Vault: the few calls that are used, with the answers that HashiCorp documents.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use ciuser_core::port::{Holdings, Store, TargetError, Transport, TransportError};
use ciuser_core::target::StoreSpec;
use http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::env::Environment;
use crate::rig::{ID, SECRET, Waits, json as answered, lost, reach};
use crate::store::Session;
use crate::store::contract::{Ground, Rig, check, clear, contract, get_back, key, new_key, owner, put};
use crate::targets::Reach;
use crate::token::Tokens;

type Answered = Result<Response<Bytes>, TransportError>;

const TOKEN: &str = "hvs.CAESIJexampleexampleexample";

/// One secret at `secret/ci/storefront`.
#[derive(Debug, Default)]
struct State {
    /// The versions; one that was deleted has no data.
    versions: Vec<Option<Value>>,
    custom: BTreeMap<String, String>,
    /// What the preflight answers; the documented answer for KV v2 if absent.
    engine: Option<Answered>,
    rights: Option<[Vec<&'static str>; 2]>,
    token: Option<Value>,
    calls: Vec<String>,
    /// What happens to the next call of this name, after or before it was carried out.
    fault: Option<(&'static str, bool, Answered)>,
}

#[derive(Debug, Default)]
struct Double(Mutex<State>);

#[async_trait]
impl Transport for Double {
    async fn send(&self, request: Request<Bytes>) -> Answered {
        let state = &mut *self.0.lock().unwrap();
        assert_eq!(request.headers()["x-vault-request"], "true");
        let call = format!("{} {}", request.method(), request.uri().path());
        state.calls.push(call.clone());
        if request.headers()["x-vault-token"] != TOKEN {
            return answered(403, &json!({ "errors": ["permission denied"] }));
        }
        let fault = state.fault.take_if(|(struck, ..)| call.ends_with(*struck));
        match fault {
            Some((_, false, instead)) => instead,
            Some((_, true, instead)) => {
                let _ = state.answer(&call, request.body());
                instead
            }
            None => state.answer(&call, request.body()),
        }
    }
}

impl State {
    fn answer(&mut self, call: &str, body: &[u8]) -> Answered {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match call {
            "GET /v1/auth/token/lookup-self" => {
                let token = self.token.clone();
                answered(
                    200,
                    &json!({ "data": token.unwrap_or(json!({ "ttl": 3600, "num_uses": 0 })) }),
                )
            }
            "GET /v1/sys/internal/ui/mounts/secret" => self.engine.take().unwrap_or_else(|| {
                let data = json!({ "type": "kv", "path": "secret/", "options": { "version": "2" } });
                answered(200, &json!({ "data": data }))
            }),
            "POST /v1/sys/capabilities-self" => {
                assert_eq!(
                    body["paths"],
                    json!(["secret/data/ci/storefront", "secret/metadata/ci/storefront"])
                );
                let [data, metadata] = self.rights.clone().unwrap_or([vec!["root"], vec!["root"]]);
                let rights = json!({ "secret/data/ci/storefront": data, "secret/metadata/ci/storefront": metadata });
                answered(200, &rights)
            }
            "GET /v1/secret/data/ci/storefront" => self.read(),
            "POST /v1/secret/data/ci/storefront" => {
                if body["options"]["cas"] != self.versions.len() {
                    let error = "check-and-set parameter did not match the current version";
                    return answered(400, &json!({ "errors": [error] }));
                }
                self.versions.push(Some(body["data"].clone()));
                answered(200, &json!({ "data": { "version": self.versions.len() } }))
            }
            "POST /v1/secret/metadata/ci/storefront" => {
                self.custom = serde_json::from_value(body["custom_metadata"].clone()).unwrap();
                crate::rig::answer(204, &[], "")
            }
            "POST /v1/secret/delete/ci/storefront" => {
                let version = body["versions"][0].as_u64().unwrap();
                self.versions[usize::try_from(version).unwrap() - 1] = None;
                crate::rig::answer(204, &[], "")
            }
            other => panic!("{other} is not served"),
        }
    }

    fn read(&self) -> Answered {
        let Some(newest) = self.versions.last() else {
            return answered(404, &json!({ "errors": [] }));
        };
        let (status, deleted) = match newest {
            Some(_) => (200, ""),
            None => (404, "2026-11-24T05:00:00Z"),
        };
        let custom = (!self.custom.is_empty()).then_some(&self.custom);
        let metadata = json!({
            "version": self.versions.len(), "deletion_time": deleted, "destroyed": false, "custom_metadata": custom,
        });
        answered(status, &json!({ "data": { "data": newest, "metadata": metadata } }))
    }
}

/// A Vault, and an environment that names it.
struct Vaulted {
    rig: Rig,
    double: Arc<Double>,
    environment: Environment,
}

impl Vaulted {
    fn with(variables: &[(&str, &str)]) -> Vaulted {
        let home = tempfile::tempdir().unwrap();
        Vaulted {
            rig: Rig::new(),
            double: Arc::default(),
            environment: Environment::of(home.path().to_str().unwrap(), Path::new("/"), variables),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.double.0.lock().unwrap()
    }

    fn calls(&self, name: &str) -> usize {
        self.state().calls.iter().filter(|call| call.ends_with(name)).count()
    }
}

impl Ground for Vaulted {
    fn new() -> Vaulted {
        Vaulted::with(&[("VAULT_ADDR", "http://127.0.0.1:8200"), ("VAULT_TOKEN", TOKEN)])
    }

    fn rig(&self) -> &Rig {
        &self.rig
    }

    fn spec(&self) -> StoreSpec {
        StoreSpec::Vault {
            path: "ci/storefront".to_owned(),
            mount: "secret".to_owned(),
            url: None,
            namespace: None,
        }
    }

    fn reach(&self) -> Reach<'_> {
        Reach {
            tokens: Tokens::Environment(&self.environment),
            ..reach(self.double.clone(), &self.rig.waits, SecretString::from("unused"))
        }
    }

    fn seen(&self) -> String {
        let state = self.state();
        format!("{:?} {:?}", state.versions, state.custom)
    }

    fn occupy(&self, text: &str) {
        self.state().versions.push(Some(json!({ "text": text })));
    }

    fn is_occupied_by(&self, text: &str) -> bool {
        self.state().versions == [Some(json!({ "text": text }))]
    }
}

contract!(every_store: Vaulted);

#[test]
fn a_new_secret_says_whose_it_is_and_leaves_what_others_say() {
    let vault = Vaulted::new();
    vault.state().custom.insert("owner".to_owned(), "team-a".to_owned());
    vault.opened(|store| put(store, &owner(), &key())).unwrap();
    let state = vault.state();
    assert_eq!(
        state.versions,
        [Some(
            json!({ "access_key": ID, "secret_key": SECRET, "user_arn": owner().arn.as_str() })
        )]
    );
    let custom = [
        ("ciuser-account", "111122223333"),
        ("ciuser-key", ID),
        ("ciuser-user", "CI_USER"),
        ("owner", "team-a"),
    ];
    assert_eq!(
        state.custom,
        custom.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
}

#[test]
fn a_rotation_is_a_new_version_and_the_old_one_stays() {
    let vault = Vaulted::new();
    for key in [key(), new_key()] {
        vault.opened(|store| put(store, &owner(), &key)).unwrap();
    }
    let state = vault.state();
    assert_eq!(state.versions.len(), 2);
    assert_eq!(state.versions[0].as_ref().unwrap()["access_key"], ID);
    assert_eq!(state.custom["ciuser-key"], new_key().id.as_str());
}

#[test]
fn a_write_whose_answer_was_lost_is_found_by_its_version() {
    let vault = Vaulted::new();
    vault.state().fault = Some(("POST /v1/secret/data/ci/storefront", true, Err(lost())));
    vault.opened(|store| put(store, &owner(), &key())).unwrap();
    assert_eq!(vault.state().versions.len(), 1);
    assert_eq!(vault.calls("POST /v1/secret/data/ci/storefront"), 2);
}

#[test]
fn who_writes_at_the_same_moment_is_not_overwritten() {
    let vault = Vaulted::new();
    let error = vault.opened(|store| {
        check(store).unwrap();
        vault.occupy("came meanwhile");
        put(store, &owner(), &key()).unwrap_err()
    });
    assert_eq!(error.message, "what is there has changed since it was looked at");
    let refused = json!({ "errors": ["check-and-set parameter did not match the current version"] });
    let other = Vaulted::new();
    other.state().fault = Some(("POST /v1/secret/data/ci/storefront", false, answered(400, &refused)));
    let error = other.opened(|store| put(store, &owner(), &key()).unwrap_err());
    assert_eq!(
        error.message,
        "writing `secret/ci/storefront`: 400 Bad Request: check-and-set parameter did not match the current version"
    );
}

#[test]
fn only_the_version_that_was_seen_is_deleted_and_the_next_goes_on_top_of_it() {
    let vault = Vaulted::new();
    for key in [key(), new_key()] {
        vault.opened(|store| put(store, &owner(), &key)).unwrap();
    }
    vault
        .opened(|store| clear(store, &Holdings::Key(new_key().id)))
        .unwrap();
    assert!(matches!(vault.state().versions[..], [Some(_), None]));
    let state = vault.opened(check).unwrap();
    assert_eq!(
        (state.holdings, state.create.as_deref()),
        (Holdings::Nothing, Some("new version; version 2 was deleted"))
    );
    vault.opened(|store| put(store, &owner(), &key())).unwrap();
    assert_eq!(
        vault.opened(|store| get_back(store, &key().id)).as_deref(),
        Some(SECRET)
    );
    assert_eq!(vault.state().versions.len(), 3);
}

fn refused(prepare: impl FnOnce(&mut State)) -> TargetError {
    let vault = Vaulted::new();
    prepare(&mut vault.state());
    let error = vault.opened(check).unwrap_err();
    assert_eq!(vault.calls("POST /v1/secret/data/ci/storefront"), 0);
    error
}

fn said(error: &TargetError) -> (&str, &str) {
    (&error.message, error.hint.as_deref().unwrap_or_default())
}

#[test]
fn an_engine_that_keeps_no_versions_or_is_another_is_told_apart_from_none() {
    let engine = |kind: &str, options: Value| {
        let data = json!({ "type": kind, "path": "secret/", "options": options });
        Some(answered(200, &json!({ "data": data })))
    };
    assert_eq!(
        said(&refused(|state| state.engine = engine("kv", json!({ "version": "1" })))),
        (
            "the engine at `secret` is KV of version 1, which keeps no versions",
            "`vault kv enable-versioning secret` makes it version 2; or name an engine that is"
        )
    );
    let old = refused(|state| state.engine = engine("kv", Value::Null));
    assert_eq!(
        old.message,
        "the engine at `secret` is KV of version 1, which keeps no versions"
    );
    let other = refused(|state| state.engine = engine("pki", Value::Null));
    assert_eq!(other.message, "the engine at `secret` is `pki`, not KV");
    let hidden = || {
        Some(answered(
            403,
            &json!({ "errors": ["preflight capability check returned 403"] }),
        ))
    };
    let missing = refused(|state| state.engine = hidden());
    assert_eq!(
        said(&missing),
        (
            "there is no KV engine of version 2 at `secret`, or the Vault token may not see it",
            "`vault secrets list` shows the engines; `vault secrets enable -path=secret kv-v2` makes one"
        )
    );
    let vault = Vaulted::new();
    vault.opened(|store| put(store, &owner(), &key())).unwrap();
    vault.state().engine = hidden();
    let there = vault.opened(check).unwrap();
    assert_eq!(
        there.holdings,
        Holdings::Key(key().id),
        "what answers as version 2 is version 2"
    );
}

#[test]
fn rights_that_are_missing_are_named_before_anything_is_written() {
    let error = refused(|state| state.rights = Some([vec!["create", "update"], vec!["root"]]));
    assert_eq!(error.message, "the Vault token may not read `secret/ci/storefront`");
    let error = refused(|state| state.rights = Some([vec!["read", "update"], vec!["root"]]));
    assert_eq!(error.message, "the Vault token may not create `secret/ci/storefront`");
    let vault = Vaulted::new();
    vault.state().rights = Some([vec!["create", "read"], vec!["deny"]]);
    assert_eq!(
        vault.opened(check).unwrap().warnings,
        ["the Vault token may not write metadata: Vault will not show whose key is in `secret/ci/storefront`"]
    );
}

#[test]
fn metadata_that_may_not_be_written_does_not_spoil_the_key() {
    let vault = Vaulted::new();
    let denied = answered(403, &json!({ "errors": ["permission denied"] }));
    vault.state().fault = Some(("POST /v1/secret/metadata/ci/storefront", false, denied));
    vault.opened(|store| put(store, &owner(), &key())).unwrap();
    assert!(vault.state().custom.is_empty());
}

#[test]
fn a_token_that_vault_refuses_or_that_ends_soon_is_said() {
    let vault = Vaulted::with(&[("VAULT_ADDR", "http://127.0.0.1:8200"), ("VAULT_TOKEN", "hvs.other")]);
    assert_eq!(
        said(&vault.opened(check).unwrap_err()),
        (
            "Vault refuses the token: it is none of its own, or it has expired",
            "`vault login` makes a new one; or set VAULT_TOKEN"
        )
    );
    for (token, warning) in [
        (
            json!({ "ttl": 60 }),
            "the Vault token expires in 60 s: `vault token renew`",
        ),
        (
            json!({ "num_uses": 3 }),
            "the Vault token can be used 3 more times only",
        ),
    ] {
        let vault = Vaulted::new();
        vault.state().token = Some(token);
        assert_eq!(vault.opened(check).unwrap().warnings, [warning]);
    }
}

#[test]
fn a_sealed_vault_is_said_to_be_sealed() {
    let vault = Vaulted::new();
    let sealed = || answered(503, &json!({ "errors": ["Vault is sealed"] }));
    vault.state().fault = Some(("GET /v1/auth/token/lookup-self", false, sealed()));
    assert!(vault.opened(check).is_ok(), "a moment later it is not");
    let error = super::api::explained(crate::rest::Trouble::of_answer(
        &super::SERVICE,
        "reading `x`",
        &sealed().unwrap(),
        &[],
    ));
    assert_eq!(
        said(&error),
        (
            "reading `x`: 503 Service Unavailable: Vault is sealed",
            "somebody has to unseal Vault; then run the command again"
        )
    );
}

fn opening(variables: &[(&str, &str)], spec: &StoreSpec) -> Result<String, TargetError> {
    let vault = Vaulted::with(variables);
    let (session, reach) = (vault.rig.session(), vault.reach());
    crate::store::open(spec, &session, &reach).map(|store: Box<dyn Store>| store.describe())
}

#[test]
fn where_vault_is_comes_from_the_store_or_the_environment_as_its_own_program_has_it() {
    let spec = |mount: &str, path: &str, url: Option<&str>, namespace: Option<&str>| StoreSpec::Vault {
        path: path.to_owned(),
        mount: mount.to_owned(),
        url: url.map(str::to_owned),
        namespace: namespace.map(str::to_owned),
    };
    let token = ("VAULT_TOKEN", TOKEN);
    let env = [
        token,
        ("VAULT_ADDR", "https://vault.example.com"),
        ("VAULT_NAMESPACE", "admin/team"),
    ];
    let shown = |line: &str| Ok(line.to_owned());
    assert_eq!(
        opening(&env, &spec("kv/ci", "storefront", None, None)),
        shown("vault kv get -namespace=admin/team -mount=kv/ci storefront")
    );
    assert_eq!(
        opening(
            &env,
            &spec("secret", "x", Some("https://bao.example.com"), Some("other/"))
        ),
        shown("vault kv get -address=https://bao.example.com -namespace=other -mount=secret x")
    );
    let message = |variables: &[(&str, &str)], spec: &StoreSpec| opening(variables, spec).unwrap_err().message;
    assert_eq!(
        message(&[token], &spec("secret", "x", None, None)),
        "no address of Vault is known"
    );
    assert_eq!(
        message(&env[1..], &spec("secret", "x", None, None)),
        "no Vault token was found"
    );
    assert_eq!(
        message(&env, &spec("secret", "a//b", None, None)),
        "`secret/a//b` is not a path in Vault"
    );
    assert_eq!(
        message(
            &[&env[..], &[("VAULT_CACERT", "/nonexistent.pem")]].concat(),
            &spec("secret", "x", None, None)
        ),
        "the certificates in `/nonexistent.pem`: there is no such file"
    );
}

#[test]
fn a_namespace_is_the_beginning_of_every_path() {
    let vault = Vaulted::with(&[
        ("VAULT_ADDR", "http://127.0.0.1:8200"),
        ("VAULT_TOKEN", "hvs.other"),
        ("VAULT_NAMESPACE", "admin/team/"),
    ]);
    vault.opened(check).unwrap_err();
    assert_eq!(vault.state().calls, ["GET /v1/admin/team/auth/token/lookup-self"]);
}

#[test]
fn the_sandbox_has_no_vault_and_says_so() {
    let rig = Rig::new();
    let waits = Waits::default();
    let reach = reach(Arc::<Double>::default(), &waits, SecretString::from("token"));
    let session: Session<'_> = rig.session();
    let error = crate::store::open(&Vaulted::new().spec(), &session, &reach)
        .err()
        .unwrap();
    assert_eq!(
        said(&error),
        (
            "the sandbox has no `vault`",
            "with `--sandbox`, use a store of this machine, such as `kdbx` or `csv`"
        )
    );
}
