//! Contexts, in the sandbox.

use ciuser_core::port::{Holdings, PlaceState, Proof, Provider, TargetError};
use ciuser_sandbox::Fault;

use super::rig::{Circle, ID, SECRET, Waits, context, key, owner, restricted_context, run};

const MEMBERS: [&str; 1] = ["storefront-deploy"];

fn check(place: &dyn Provider) -> Result<PlaceState, TargetError> {
    run(place.check(&owner()))
}

/// Does what a handover does with a place that must be made.
fn deliver(place: &dyn Provider) -> Result<Proof, TargetError> {
    run(async {
        place.create_place().await?;
        place.write(&owner(), &key()).await?;
        Ok(place.proof(&owner(), &key()).await?.0)
    })
}

fn delivered() -> Vec<(String, String)> {
    let pairs = [
        ("AWS_ACCESS_KEY_ID", ID),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

#[test]
fn a_missing_context_is_made_and_restricted_and_only_then_written() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&restricted_context(), &waits);
    let state = check(&*place).unwrap();
    let create = Some("creates the context, restricted to gh/acme/storefront".to_owned());
    let (holdings, warnings) = (Holdings::Nothing, Vec::new());
    assert_eq!(
        state,
        PlaceState {
            holdings,
            create,
            warnings
        }
    );
    assert!(circle.calls().iter().all(|call| call.starts_with("GET ")));

    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    let calls = circle.calls();
    let at = |start: &str, end: &str| {
        let found = calls
            .iter()
            .position(|call| call.starts_with(start) && call.ends_with(end));
        found.unwrap_or_else(|| panic!("{start}...{end} in {calls:#?}"))
    };
    let order = [
        at("POST /context", "/context"),
        at("POST /context/", "/restrictions"),
        calls.iter().rposition(|call| call.ends_with("/restrictions")).unwrap(),
        at("PUT ", "/AWS_ACCESS_KEY_ID"),
        at("PUT ", "/AWS_SECRET_ACCESS_KEY"),
        at("PUT ", "/AWS_REGION"),
        at("PUT ", "/AWS_DEFAULT_REGION"),
    ];
    assert!(order.is_sorted(), "{calls:#?}");
    assert!(
        calls[order[2]].starts_with("GET "),
        "the restrictions are read back: {calls:#?}"
    );
    assert_eq!(order[4], order[3] + 1, "id and secret are written back to back");

    circle.add_project("gh/acme/other");
    assert_eq!(circle.job("gh/acme/storefront", &MEMBERS), Ok(delivered()));
    let refused = "the restrictions of context `storefront-deploy` do not let this project in".to_owned();
    assert_eq!(circle.job("gh/acme/other", &MEMBERS), Err(refused));
    assert_eq!(waits.seconds(), [0]);
}

#[test]
fn what_was_delivered_is_found_again_and_nothing_is_to_be_made() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&restricted_context(), &waits);
    deliver(&*place).unwrap();
    let (_, mark) = run(place.proof(&owner(), &key())).unwrap();
    assert!(mark.is_some());
    let suffix = "MPLE".to_owned();
    let (create, warnings) = (None, Vec::new());
    let holdings = Holdings::Masked { suffix, mark };
    let state = check(&*circle.open(&restricted_context(), &waits)).unwrap();
    assert_eq!(
        state,
        PlaceState {
            holdings,
            create,
            warnings
        }
    );
}

#[test]
fn delivering_twice_leaves_the_same() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    for _ in 0..2 {
        assert_eq!(deliver(&*circle.open(&restricted_context(), &waits)), Ok(Proof::Mask));
    }
    assert_eq!(circle.job("gh/acme/storefront", &MEMBERS), Ok(delivered()));
    assert!(!circle.calls().iter().any(|call| call.starts_with("DELETE")));
}

#[test]
fn a_missing_context_needs_a_word_on_who_may_use_it() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&context("gh/acme", &[], false), &waits);
    for error in [check(&*place).unwrap_err(), deliver(&*place).unwrap_err()] {
        assert_eq!(
            error.message,
            "context `storefront-deploy` does not exist, and nothing says which projects may use it"
        );
        assert!(error.hint.unwrap().contains("`--restrict-to SLUG`"));
    }
    assert!(!circle.calls().iter().any(|call| call.starts_with("POST")));
}

#[test]
fn a_context_is_left_open_when_that_is_asked_for() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&context("github/acme", &[], true), &waits);
    let create = check(&*place).unwrap().create;
    assert_eq!(
        create.as_deref(),
        Some("creates the context, open to every project as asked")
    );
    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    circle.add_project("gh/acme/other");
    assert_eq!(circle.job("gh/acme/other", &MEMBERS), Ok(delivered()));
    let page = place.describe();
    assert!(
        page.starts_with("https://app.circleci.com/settings/organization/github/acme/contexts/"),
        "{page}"
    );
    assert_eq!(check(&*place).unwrap().warnings, Vec::<String>::new());
}

#[test]
fn a_lost_answer_makes_no_second_context_and_no_second_restriction() {
    for lost in 1..=2 {
        let (circle, waits) = (Circle::fresh(), Waits::default());
        circle.engine(|engine| engine.faults().add("circleci:POST", Fault::DropAnswer, lost));
        assert_eq!(deliver(&*circle.open(&restricted_context(), &waits)), Ok(Proof::Mask));
        let calls = circle.calls();
        assert_eq!(
            calls.iter().filter(|call| call.starts_with("POST")).count(),
            2,
            "{calls:#?}"
        );
        assert_eq!(circle.job("gh/acme/storefront", &MEMBERS), Ok(delivered()));
    }
}

#[test]
fn a_lost_answer_to_a_variable_is_written_again() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| engine.faults().add("circleci:PUT", Fault::DropAnswer, 3));
    assert_eq!(deliver(&*circle.open(&restricted_context(), &waits)), Ok(Proof::Mask));
    assert_eq!(waits.seconds(), [0, 1, 2, 4]);
}

#[test]
fn a_server_without_masks_is_proven_by_its_time_stamps() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| engine.circleci().faults().hide_values(true));
    let place = circle.open(&restricted_context(), &waits);
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    let (_, mark) = run(place.proof(&owner(), &key())).unwrap();
    assert_eq!(check(&*place).unwrap().holdings, Holdings::Opaque { mark });
    let unwritten = circle.open(&restricted_context(), &waits);
    assert_eq!(run(unwritten.proof(&owner(), &key())).unwrap().0, Proof::Accepted);
}

#[test]
fn a_context_in_use_keeps_its_restrictions_and_the_review_is_told() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let id = circle.add_context("storefront-deploy", &["OTHER"]);
    let place = circle.open(&restricted_context(), &waits);
    let state = check(&*place).unwrap();
    let open =
        "context `storefront-deploy` is open to every project of the organisation; any of their jobs can use the key";
    assert_eq!((state.create, state.warnings), (None, vec![open.to_owned()]));

    circle.add_project("gh/acme/other");
    circle.restrict(&id, "gh/acme/other");
    let differs = "context `storefront-deploy` is restricted to project `other`, and not to gh/acme/storefront as asked; \
                   that is left as it is";
    let state = check(&*place).unwrap();
    assert_eq!((state.create, state.warnings), (None, vec![differs.to_owned()]));
}

#[test]
fn an_empty_open_context_is_restricted_as_a_step_of_the_plan() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.add_context("storefront-deploy", &[]);
    let place = circle.open(&restricted_context(), &waits);
    let state = check(&*place).unwrap();
    let create = "restricts the context, which is empty, to gh/acme/storefront".to_owned();
    assert_eq!((state.create, state.warnings), (Some(create), Vec::new()));
    deliver(&*place).unwrap();
    circle.add_project("gh/acme/other");
    assert!(circle.job("gh/acme/other", &MEMBERS).is_err());
}

#[test]
fn restrictions_that_were_half_made_are_finished_while_the_context_is_empty() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.add_project("gh/acme/other");
    let both = context("gh/acme", &["gh/acme/storefront", "gh/acme/other"], false);
    let id = circle.add_context("storefront-deploy", &[]);
    circle.restrict(&id, "gh/acme/other");
    let place = circle.open(&both, &waits);
    assert!(check(&*place).unwrap().create.is_some());
    deliver(&*place).unwrap();
    for project in ["gh/acme/storefront", "gh/acme/other"] {
        assert_eq!(circle.job(project, &MEMBERS), Ok(delivered()));
    }
    let state = check(&*circle.open(&both, &waits)).unwrap();
    assert_eq!((state.create, state.warnings), (None, Vec::new()));
}

#[test]
fn a_context_that_others_began_to_use_meanwhile_is_not_touched() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&restricted_context(), &waits);
    check(&*place).unwrap();
    circle.add_context("storefront-deploy", &["OTHER"]);
    let error = deliver(&*place).unwrap_err();
    assert_eq!(
        error.message,
        "context `storefront-deploy` exists, but is not restricted as asked, so nothing was written to it: \
         others have come to use it since the plan was made"
    );
    assert!(circle.calls().iter().all(|call| call.starts_with("GET ")));
}

#[test]
fn the_context_is_found_by_its_exact_name_on_any_page() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    for number in 0..45 {
        circle.add_context(&format!("storefront-deploy-{number}"), &[]);
    }
    circle.add_context("Storefront-Deploy", &["OTHER"]);
    let place = circle.open(&restricted_context(), &waits);
    assert!(check(&*place).unwrap().create.is_some());
    circle.add_context("storefront-deploy", &["AWS_REGION"]);
    assert_eq!(check(&*place).unwrap().create, None);
}

#[test]
fn a_value_of_the_project_that_the_context_hides_is_mentioned() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("OTHER", "x"),
    ] {
        let body = serde_json::json!({ "name": name, "value": value });
        circle.call("POST", "/project/gh/acme/storefront/envvar", &body);
    }
    let warnings = check(&*circle.open(&restricted_context(), &waits)).unwrap().warnings;
    let mention = "project `gh/acme/storefront` has its own `AWS_ACCESS_KEY_ID` (xxxxMPLE), `AWS_SECRET_ACCESS_KEY`; \
                   the context wins where a job uses it";
    assert_eq!(warnings, [mention]);
}

#[test]
fn an_unknown_organisation_is_answered_with_the_known_ones() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let error = check(&*circle.open(&context("gh/acne", &[], true), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "looking for organisation `gh/acne`: the owner of the CircleCI token is not a member of it"
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("the token's owner is a member of `gh/acme`")
    );
}

#[test]
fn an_organisation_may_be_named_by_its_id_and_a_project_must_be_one_of_it() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let slug = circle.add_project("circleci/widgets/site");
    let organization = slug.rsplit_once('/').unwrap().0;
    assert_eq!(
        deliver(&*circle.open(&context(organization, &[&slug], false), &waits)),
        Ok(Proof::Mask)
    );
    let error = check(&*circle.open(&context("gh/acme", &[&slug], false), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        format!("project `{slug}` is not one of organisation `gh/acme`")
    );
}

#[test]
fn a_write_that_fails_in_the_middle_deletes_nothing_and_can_be_repeated() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| engine.circleci().faults().refuse_variable("AWS_SECRET_ACCESS_KEY", 4));
    let error = deliver(&*circle.open(&restricted_context(), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "writing `AWS_SECRET_ACCESS_KEY`: 500 Internal Server Error: Internal server error"
    );
    let place = circle.open(&restricted_context(), &waits);
    assert_eq!(
        check(&*place).unwrap().holdings,
        Holdings::Half {
            suffix: "MPLE".to_owned()
        }
    );
    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    assert!(!circle.calls().iter().any(|call| call.starts_with("DELETE")));
}
