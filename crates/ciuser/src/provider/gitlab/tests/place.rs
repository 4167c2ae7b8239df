//! Projects and groups, in the sandbox.

use ciuser_core::port::{Holdings, PlaceState, Proof};
use ciuser_core::secret::AccessKey;
use ciuser_sandbox::Fault;

use crate::provider::rig::{Hub, ID, SECRET, Waits, check, deliver, held, key, owner, pairs, run};

const PROJECT: &str = "gitlab:acme/storefront";
const PRODUCTION: &str = "gitlab:acme/storefront:production";
const GROUP: &str = "gitlab-group:acme";

fn job(hub: &Hub, environment: Option<&str>, protected: bool) -> Vec<(String, String)> {
    let job = hub.change(|engine, fill| engine.gitlab(fill).job("acme/storefront", environment, protected));
    job.into_iter().collect()
}

fn delivered() -> Vec<(String, String)> {
    pairs([
        ("AWS_ACCESS_KEY_ID", ID),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ])
}

fn with(holdings: Holdings) -> PlaceState {
    PlaceState {
        holdings,
        create: None,
        warnings: Vec::new(),
    }
}

fn other_key() -> AccessKey {
    AccessKey {
        id: "AKIAI44QH8DHBOTHERID".parse().unwrap(),
        ..key()
    }
}

#[test]
fn a_key_is_written_and_read_back_whole() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for (spelt, page) in [
        (PROJECT, "https://hub.example.com/acme/storefront/-/settings/ci_cd"),
        (GROUP, "https://hub.example.com/groups/acme/-/settings/ci_cd"),
    ] {
        let hub = Hub::fresh();
        let place = hub.open(spelt, &waits);
        assert_eq!(check(&*place), Ok(with(Holdings::Nothing)));
        assert_eq!(deliver(&*place), Ok(Proof::Value));
        assert_eq!(job(&hub, None, false), delivered());
        assert_eq!(check(&*hub.open(spelt, &waits)), Ok(with(Holdings::Key(key().id))));
        assert_eq!(place.describe(), page);
    }
    assert_eq!(job(&hub, None, true), Vec::new(), "another sandbox");
}

#[test]
fn delivering_twice_changes_what_is_there_and_deletes_nothing() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for _ in 0..2 {
        assert_eq!(deliver(&*hub.open(PROJECT, &waits)), Ok(Proof::Value));
    }
    let calls = hub.calls();
    let count = |method: &str| calls.iter().filter(|call| call.starts_with(method)).count();
    assert_eq!((count("POST"), count("PUT"), count("DELETE")), (4, 4, 0));
    assert_eq!(job(&hub, None, false), delivered());
}

#[test]
fn each_scope_has_a_key_of_its_own_and_the_narrower_wins() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    run(hub.open(PROJECT, &waits).write(&owner(), &other_key())).unwrap();
    assert_eq!(check(&*hub.open(PRODUCTION, &waits)), Ok(with(Holdings::Nothing)));
    assert_eq!(deliver(&*hub.open(PRODUCTION, &waits)), Ok(Proof::Value));
    assert_eq!(job(&hub, Some("production"), false), delivered());
    assert_eq!(job(&hub, None, false)[0].1, "AKIAI44QH8DHBOTHERID");
    assert_eq!(check(&*hub.open(PRODUCTION, &waits)), Ok(with(Holdings::Key(key().id))));
    assert_eq!(
        check(&*hub.open(PROJECT, &waits)).unwrap().warnings,
        [
            "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_DEFAULT_REGION` are also set for environment \
             scope `production`; in its jobs that wins"
        ]
    );
}

#[test]
fn a_project_that_wins_over_its_group_is_told() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.gitlab(fill).add_project("acme/shop/api"));
    deliver(&*hub.open("gitlab:acme/shop/api", &waits)).unwrap();
    assert_eq!(
        check(&*hub.open(GROUP, &waits)).unwrap().warnings,
        [
            "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_DEFAULT_REGION` are also set by project \
             `acme/shop/api`; there that wins over the group"
        ]
    );
}

#[test]
fn a_protected_key_stays_protected() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open("gitlab:acme/storefront,protected=true", &waits)).unwrap();
    assert_eq!(job(&hub, None, false), Vec::new());
    assert_eq!(job(&hub, None, true), delivered());
    let unprotected = hub.open(PROJECT, &waits);
    assert_eq!(
        check(&*unprotected).unwrap().warnings,
        ["`AWS_SECRET_ACCESS_KEY` is protected, and stays so: only pipelines of protected branches and tags get it"]
    );
    deliver(&*unprotected).unwrap();
    assert_eq!(job(&hub, None, false), Vec::new());
}

#[test]
fn a_hidden_secret_is_known_by_its_note_and_proven_by_nothing() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open("gitlab:acme/storefront,hidden=true", &waits);
    assert_eq!(deliver(&*place), Ok(Proof::Accepted));
    assert_eq!(job(&hub, None, false), delivered());
    assert_eq!(check(&*place), Ok(with(Holdings::Key(key().id))));
    assert_eq!(deliver(&*place), Ok(Proof::Accepted), "again");
    assert_eq!(check(&*hub.open(PROJECT, &waits)), Ok(with(Holdings::Key(key().id))));
}

#[test]
fn a_secret_that_is_there_cannot_be_hidden_and_that_is_told() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open(PROJECT, &waits)).unwrap();
    let place = hub.open("gitlab:acme/storefront,hidden=true", &waits);
    assert_eq!(
        check(&*place).unwrap().warnings,
        ["`AWS_SECRET_ACCESS_KEY` is there and is not hidden; GitLab hides a variable only when it is made"]
    );
    assert_eq!(deliver(&*place), Ok(Proof::Value));
}

#[test]
fn a_pair_that_was_cut_apart_is_half_a_key() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(PROJECT, &waits);
    run(place.write(&owner(), &other_key())).unwrap();
    // The id is written, the secret is not.
    hub.change(|engine, _| {
        engine.faults().add("gitlab:PUT", Fault::DropAnswer, 1);
        engine.faults().add("gitlab:PUT", Fault::InternalFailure, 3);
    });
    let error = deliver(&*place).unwrap_err();
    assert_eq!(
        error.message,
        "writing `AWS_ACCESS_KEY_ID`: 500 Internal Server Error: Server Error"
    );
    assert_eq!(held(&*place), Holdings::Half { suffix: ID.to_owned() });
    assert_eq!(deliver(&*place), Ok(Proof::Value));
}

#[test]
fn a_variable_whose_making_was_not_answered_is_looked_for() {
    for lost in 1..=3 {
        let (hub, waits) = (Hub::fresh(), Waits::default());
        hub.change(|engine, _| engine.faults().add("gitlab:POST", Fault::DropAnswer, lost));
        assert_eq!(deliver(&*hub.open(PROJECT, &waits)), Ok(Proof::Value));
        let calls = hub.calls();
        assert_eq!(calls.iter().filter(|call| call.starts_with("POST")).count(), 4);
        assert_eq!(job(&hub, None, false), delivered());
    }
}

#[test]
fn nothing_is_lost_while_the_server_fails_or_throttles() {
    for fault in [Fault::Throttle, Fault::Unavailable, Fault::InternalFailure] {
        let (hub, waits) = (Hub::fresh(), Waits::default());
        hub.change(|engine, _| engine.faults().add("gitlab:POST", fault, 2));
        assert_eq!(deliver(&*hub.open(PROJECT, &waits)), Ok(Proof::Value), "{fault:?}");
        assert_eq!(job(&hub, None, false), delivered());
    }
}

#[test]
fn a_cleared_project_loses_the_secret_then_the_id_and_keeps_the_region() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(PROJECT, &waits);
    deliver(&*place).unwrap();
    let seen = held(&*place);
    hub.calls();
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()));
    let deleted: Vec<_> = hub
        .calls()
        .into_iter()
        .filter(|call| call.starts_with("DELETE"))
        .collect();
    assert_eq!(
        deleted,
        [
            "DELETE /projects/acme%2Fstorefront/variables/AWS_SECRET_ACCESS_KEY",
            "DELETE /projects/acme%2Fstorefront/variables/AWS_ACCESS_KEY_ID",
        ]
    );
    let region = pairs([("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_REGION", "eu-central-1")]);
    assert_eq!(job(&hub, None, false), region);
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()), "clear already");
}

#[test]
fn a_project_that_holds_another_key_is_not_cleared() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(PROJECT, &waits);
    deliver(&*place).unwrap();
    let error = run(place.clear(&owner(), &Holdings::Key(other_key().id))).unwrap_err();
    assert_eq!(error.message, "somebody else wrote there since it was looked at");
    assert_eq!(job(&hub, None, false), delivered());
}

#[test]
fn whoever_may_not_write_is_told_before_anything_is_written() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let error = check(&*hub.open("gitlab:acme/storefrnt", &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "looking for project `acme/storefrnt`: 404 Not Found: 404 Project Not Found"
    );
    hub.change(|engine, fill| engine.gitlab(fill).demote("acme/storefront"));
    let error = check(&*hub.open(PROJECT, &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "the owner of the GitLab token may not write variables of project `acme/storefront`"
    );
    hub.change(|engine, fill| engine.gitlab(fill).demote("acme"));
    let error = check(&*hub.open(GROUP, &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "listing variables of group `acme`: 403 Forbidden: 403 Forbidden"
    );
    assert!(
        error
            .hint
            .unwrap()
            .starts_with("the GitLab token needs the scope `api`")
    );
    hub.change(|engine, fill| engine.gitlab(fill).archive("acme/storefront"));
    let error = check(&*hub.open(PROJECT, &waits)).unwrap_err();
    assert_eq!(error.message, "project `acme/storefront` is archived");
}
