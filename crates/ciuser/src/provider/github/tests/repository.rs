//! Repositories and environments, in the sandbox.

use ciuser_core::port::{Holdings, PlaceState, Proof};
use ciuser_core::secret::AccessKey;
use ciuser_sandbox::Fault;

use crate::provider::rig::{Hub, ID, SECRET, Waits, check, deliver, held, key, owner, pairs, run};

const REPOSITORY: &str = "github:acme/storefront";
const ENVIRONMENT: &str = "github:acme/storefront/production";

/// The secrets and the variables that a job gets.
type Job = (Vec<(String, String)>, Vec<(String, String)>);

fn job(hub: &Hub, environment: Option<&str>) -> Job {
    let job = hub.change(|engine, fill| engine.github(fill).job("storefront", environment));
    (job.secrets.into_iter().collect(), job.variables.into_iter().collect())
}

fn delivered() -> Job {
    let secrets = pairs([("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)]);
    let variables = pairs([
        ("AWS_ACCESS_KEY_ID", ID),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_REGION", "eu-central-1"),
    ]);
    (secrets, variables)
}

fn nothing() -> PlaceState {
    PlaceState {
        holdings: Holdings::Nothing,
        create: None,
        warnings: Vec::new(),
    }
}

fn writes(hub: &Hub) -> Vec<String> {
    let calls = hub.calls().into_iter();
    calls.filter(|call| !call.starts_with("GET")).collect()
}

#[test]
fn a_key_is_written_between_two_writes_of_its_id_and_found_again() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(REPOSITORY, &waits);
    assert_eq!(check(&*place), Ok(nothing()));
    assert_eq!(writes(&hub), Vec::<String>::new());
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    assert_eq!(
        writes(&hub),
        [
            "POST /repos/acme/storefront/actions/variables",
            "PUT /repos/acme/storefront/actions/secrets/AWS_ACCESS_KEY_ID",
            "PUT /repos/acme/storefront/actions/secrets/AWS_SECRET_ACCESS_KEY",
            "PATCH /repos/acme/storefront/actions/variables/AWS_ACCESS_KEY_ID",
            "POST /repos/acme/storefront/actions/variables",
            "POST /repos/acme/storefront/actions/variables",
        ]
    );
    assert_eq!(job(&hub, None), delivered());
    let (_, mark) = run(place.proof(&owner(), &key())).unwrap();
    let suffix = ID.to_owned();
    assert_eq!(held(&*hub.open(REPOSITORY, &waits)), Holdings::Masked { suffix, mark });
    assert_eq!(
        place.describe(),
        "https://hub.example.com/acme/storefront/settings/secrets/actions"
    );
}

#[test]
fn delivering_twice_leaves_the_same_and_deletes_nothing() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for _ in 0..2 {
        assert_eq!(deliver(&*hub.open(REPOSITORY, &waits)), Ok(Proof::Timestamp));
    }
    assert_eq!(job(&hub, None), delivered());
    assert!(!hub.calls().iter().any(|call| call.starts_with("DELETE")));
}

#[test]
fn a_write_in_the_second_of_the_last_one_is_made_again_and_what_cannot_be_told_is_only_accepted() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.stand_still();
    assert_eq!(deliver(&*hub.open(REPOSITORY, &waits)), Ok(Proof::Timestamp));
    hub.calls();
    assert_eq!(deliver(&*hub.open(REPOSITORY, &waits)), Ok(Proof::Accepted));
    assert_eq!(writes(&hub).iter().filter(|call| call.starts_with("PUT")).count(), 4);
    assert_eq!(waits.seconds(), [1]);
}

#[test]
fn a_place_that_was_not_written_here_proves_nothing() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open(REPOSITORY, &waits)).unwrap();
    let proof = run(hub.open(REPOSITORY, &waits).proof(&owner(), &key())).unwrap();
    assert_eq!(proof.0, Proof::Accepted);
}

#[test]
fn a_missing_environment_is_made_and_nobody_is_told_that_it_is_closed() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(ENVIRONMENT, &waits);
    let create = "creates the environment, which jobs of any branch can use until it is given rules".to_owned();
    let missing = PlaceState {
        create: Some(create),
        ..nothing()
    };
    assert_eq!(check(&*place), Ok(missing));
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    assert_eq!(job(&hub, Some("production")), delivered());
    assert_eq!(job(&hub, None), (Vec::new(), Vec::new()));
    let state = check(&*place).unwrap();
    let open = "environment `production` has no rules about branches or reviewers; jobs of any branch can use the key";
    assert_eq!((state.create, state.warnings), (None, vec![open.to_owned()]));
    assert_eq!(
        place.describe(),
        "https://hub.example.com/acme/storefront/settings/environments"
    );
}

#[test]
fn an_environment_whose_making_was_not_answered_is_made_once() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, _| engine.faults().add("github:PUT", Fault::DropAnswer, 1));
    assert_eq!(deliver(&*hub.open(ENVIRONMENT, &waits)), Ok(Proof::Timestamp));
    let made = writes(&hub);
    let made = made.iter().filter(|call| call.ends_with("/environments/production"));
    assert_eq!(made.count(), 1);
}

#[test]
fn only_an_admin_is_said_to_make_an_environment_and_only_a_writer_to_write() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.github(fill).limit("storefront", true));
    let error = check(&*hub.open(ENVIRONMENT, &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "environment `production` of repository `acme/storefront` does not exist, and only its admins make one"
    );
    assert_eq!(check(&*hub.open(REPOSITORY, &waits)), Ok(nothing()));
    hub.change(|engine, fill| engine.github(fill).limit("storefront", false));
    let error = check(&*hub.open(REPOSITORY, &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "the owner of the GitHub token may not write to repository `acme/storefront`"
    );
}

#[test]
fn an_archived_repository_and_one_that_is_not_there_are_errors_that_help() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let error = check(&*hub.open("github:acme/storefrnt", &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "looking for repository `acme/storefrnt`: 404 Not Found: Not Found"
    );
    assert!(error.hint.unwrap().starts_with("check the name"));
    hub.change(|engine, fill| engine.github(fill).archive("storefront"));
    let error = check(&*hub.open(REPOSITORY, &waits)).unwrap_err();
    assert_eq!(error.message, "repository `acme/storefront` is archived");
}

#[test]
fn a_lost_answer_to_any_write_changes_nothing() {
    for method in ["github:POST", "github:PUT", "github:PATCH"] {
        for lost in 1..=3 {
            let (hub, waits) = (Hub::fresh(), Waits::default());
            hub.change(|engine, _| engine.faults().add(method, Fault::DropAnswer, lost));
            assert_eq!(
                deliver(&*hub.open(REPOSITORY, &waits)),
                Ok(Proof::Timestamp),
                "{method}"
            );
            assert_eq!(job(&hub, None), delivered(), "{method} {lost}");
        }
    }
}

#[test]
fn a_write_that_was_cut_off_is_half_a_key_and_can_be_repeated() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(REPOSITORY, &waits);
    hub.change(|engine, _| engine.faults().add("github:PUT", Fault::InternalFailure, 4));
    let error = deliver(&*place).unwrap_err();
    assert_eq!(
        error.message,
        "writing `AWS_ACCESS_KEY_ID`: 500 Internal Server Error: Server Error"
    );
    let half = Holdings::Half { suffix: ID.to_owned() };
    assert_eq!(held(&*place), half);
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    hub.change(|engine, _| engine.faults().add("github:PATCH", Fault::InternalFailure, 4));
    deliver(&*place).unwrap_err();
    let is_held = held(&*place);
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    assert!(matches!(is_held, Holdings::Masked { .. }), "nothing was written yet");
}

#[test]
fn throttling_is_a_403_that_is_waited_out() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, _| engine.faults().add("github:GET", Fault::Throttle, 2));
    check(&*hub.open(REPOSITORY, &waits)).unwrap();
    assert_eq!(waits.seconds(), [1, 1]);
}

#[test]
fn an_environment_that_wins_and_an_organisation_that_loses_are_told() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open(ENVIRONMENT, &waits)).unwrap();
    deliver(&*hub.open("github-organization:acme,repositories=storefront", &waits)).unwrap();
    let all = "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_DEFAULT_REGION`";
    let shared = "the organisation shares `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` with `acme/storefront`";
    assert_eq!(
        check(&*hub.open(REPOSITORY, &waits)).unwrap().warnings,
        [
            format!("environment `production` also sets {all}; in jobs that name it, it wins over the repository"),
            format!("{shared}; the repository wins"),
        ]
    );
    deliver(&*hub.open(REPOSITORY, &waits)).unwrap();
    let open = "environment `production` has no rules about branches or reviewers; jobs of any branch can use the key";
    assert_eq!(
        check(&*hub.open(ENVIRONMENT, &waits)).unwrap().warnings,
        [
            open.to_owned(),
            format!("repository `acme/storefront` also sets {all}; jobs that do not name the environment get that"),
            format!("{shared}; the environment wins"),
        ]
    );
}

#[test]
fn a_cleared_repository_loses_the_key_and_keeps_the_region() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(REPOSITORY, &waits);
    deliver(&*place).unwrap();
    let seen = held(&*place);
    hub.calls();
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()));
    assert_eq!(
        writes(&hub),
        [
            "DELETE /repos/acme/storefront/actions/secrets/AWS_SECRET_ACCESS_KEY",
            "DELETE /repos/acme/storefront/actions/secrets/AWS_ACCESS_KEY_ID",
            "DELETE /repos/acme/storefront/actions/variables/AWS_ACCESS_KEY_ID",
        ]
    );
    let region = pairs([("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_REGION", "eu-central-1")]);
    assert_eq!(job(&hub, None), (Vec::new(), region));
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()), "clear already");
    let gone = hub.open("github:acme/storefront/elsewhere", &waits);
    assert_eq!(run(gone.clear(&owner(), &seen)), Ok(()), "no such environment");
}

#[test]
fn a_repository_that_somebody_wrote_to_meanwhile_is_not_cleared() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let place = hub.open(REPOSITORY, &waits);
    deliver(&*place).unwrap();
    let seen = held(&*place);
    let other = AccessKey {
        id: "AKIAI44QH8DHBOTHERID".parse().unwrap(),
        ..key()
    };
    run(place.write(&owner(), &other)).unwrap();
    let error = run(place.clear(&owner(), &seen)).unwrap_err();
    assert_eq!(error.message, "somebody else wrote there since it was looked at");
    assert_eq!(job(&hub, None).0.len(), 2);
}

#[test]
fn no_body_holds_the_secret_in_the_clear() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open(REPOSITORY, &waits)).unwrap();
    let bodies = hub.bodies();
    let clear = |body: &&bytes::Bytes| String::from_utf8_lossy(body).contains(SECRET);
    assert_eq!(bodies.iter().filter(clear).count(), 0);
}
