//! Variables of a project, in the sandbox.

use ciuser_core::port::{Holdings, PlaceState, Proof, Provider, TargetError};

use serde_json::json;

use super::rig::{Circle, ID, SECRET, Script, Waits, answer, items, key, owner, project, run};

fn check(place: &dyn Provider) -> Result<PlaceState, TargetError> {
    run(place.check(&owner()))
}

fn deliver(place: &dyn Provider) -> Result<Proof, TargetError> {
    run(async {
        place.write(&owner(), &key()).await?;
        Ok(place.proof(&owner(), &key()).await?.0)
    })
}

#[test]
fn a_key_is_written_proven_by_its_masks_and_found_again() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&project(), &waits);
    let before = PlaceState {
        holdings: Holdings::Nothing,
        create: None,
        warnings: Vec::new(),
    };
    assert_eq!(check(&*place), Ok(before.clone()));
    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    let job = circle.job("gh/acme/storefront", &[]).unwrap();
    assert!(job.contains(&("AWS_ACCESS_KEY_ID".to_owned(), ID.to_owned())));
    assert!(job.contains(&("AWS_SECRET_ACCESS_KEY".to_owned(), SECRET.to_owned())));
    assert_eq!(job.len(), 4);
    let suffix = "MPLE".to_owned();
    let holdings = Holdings::Masked { suffix, mark: None };
    assert_eq!(check(&*place), Ok(PlaceState { holdings, ..before }));
    assert_eq!(
        place.describe(),
        "https://app.circleci.com/settings/project/github/acme/storefront/environment-variables"
    );
}

#[test]
fn a_context_that_wins_over_the_project_is_warned_of() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.add_project("gh/acme/other");
    circle.add_context("usable", &["AWS_REGION", "AWS_SECRET_ACCESS_KEY", "OTHER"]);
    circle.add_context("harmless", &["OTHER"]);
    let elsewhere = circle.add_context("elsewhere", &["AWS_ACCESS_KEY_ID"]);
    circle.restrict(&elsewhere, "gh/acme/other");
    let ours = circle.add_context("ours", &["AWS_ACCESS_KEY_ID"]);
    circle.restrict(&ours, "gh/acme/storefront");
    let warnings = check(&*circle.open(&project(), &waits)).unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "context `usable` also sets `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`; where a job uses it, it wins over the \
             project's",
            "context `ours` also sets `AWS_ACCESS_KEY_ID` (xxxxalue); where a job uses it, it wins over the project's",
        ]
    );
}

#[test]
fn a_hundred_contexts_are_looked_at_and_more_are_admitted() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    for number in 0..101 {
        circle.add_context(&format!("context-{number}"), &[]);
    }
    let warnings = check(&*circle.open(&project(), &waits)).unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "only 100 of 101 contexts were looked at; where a job uses another one that sets the same names, it wins over \
          the project's"
        ]
    );
    let looked = circle
        .calls()
        .iter()
        .filter(|call| call.ends_with("/environment-variable"))
        .count();
    assert_eq!(looked, 100);
}

#[test]
fn a_lost_answer_is_written_again_because_the_same_name_replaces() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| {
        engine
            .faults()
            .add("circleci:POST", ciuser_sandbox::Fault::DropAnswer, 1)
    });
    assert_eq!(deliver(&*circle.open(&project(), &waits)), Ok(Proof::Mask));
    assert_eq!(circle.job("gh/acme/storefront", &[]).unwrap().len(), 4);
}

#[test]
fn a_project_that_is_not_there_is_an_error_that_helps() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let mut spec = project();
    if let ciuser_core::target::ProviderSpec::CircleciProject { project, .. } = &mut spec {
        *project = "gh/acme/storefrnt".to_owned();
    }
    let error = check(&*circle.open(&spec, &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "looking for project `gh/acme/storefrnt`: 404 Not Found: Project not found"
    );
    assert!(error.hint.unwrap().starts_with("check the slug"));
}

#[test]
fn a_cleared_project_loses_id_and_secret_and_keeps_all_else() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&project(), &waits);
    deliver(&*place).unwrap();
    let seen = check(&*place).unwrap().holdings;
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()));
    assert_eq!(check(&*place).unwrap().holdings, Holdings::Nothing);
    let left = circle.job("gh/acme/storefront", &[]).unwrap();
    let names: Vec<_> = left.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["AWS_DEFAULT_REGION", "AWS_REGION"]);
    assert_eq!(run(place.clear(&owner(), &seen)), Ok(()), "clear already");
}

#[test]
fn a_project_that_shows_another_key_is_not_cleared() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&project(), &waits);
    deliver(&*place).unwrap();
    let (suffix, mark) = ("ABCD".to_owned(), None);
    let error = run(place.clear(&owner(), &Holdings::Masked { suffix, mark })).unwrap_err();
    assert_eq!(error.message, "somebody else wrote there since it was looked at");
    assert_eq!(circle.job("gh/acme/storefront", &[]).unwrap().len(), 4);
}

#[test]
fn a_clearing_that_stopped_after_the_secret_is_brought_to_its_end() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&project(), &waits);
    deliver(&*place).unwrap();
    let secret = "/project/gh/acme/storefront/envvar/AWS_SECRET_ACCESS_KEY";
    circle.call("DELETE", secret, &serde_json::Value::Null);
    let half = check(&*place).unwrap().holdings;
    let suffix = "MPLE".to_owned();
    assert_eq!(half, Holdings::Half { suffix });
    assert_eq!(run(place.clear(&owner(), &half)), Ok(()));
    assert_eq!(check(&*place).unwrap().holdings, Holdings::Nothing);
}

#[test]
fn a_removal_that_something_on_the_way_answered_is_made_again() {
    let shown = |names: &[&str]| {
        let listed: Vec<_> = names
            .iter()
            .map(|name| json!({ "name": name, "value": "xxxxMPLE" }))
            .collect();
        items(&listed.into())
    };
    let both = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let page = answer(200, &[("content-type", "text/html")], "<html>Sign in</html>");
    let done = || answer(200, &[], r#"{"message":"ok"}"#);
    // The secret goes first, and is gone before the id goes.
    let left = || shown(&both[..1]);
    let answers = [shown(&both), page, shown(&both), done(), left(), done(), shown(&[])];
    let (script, waits) = (Script::of(answers), Waits::default());
    let (suffix, mark) = ("MPLE".to_owned(), None);
    let place = script.open(&project(), &waits);
    assert_eq!(run(place.clear(&owner(), &Holdings::Masked { suffix, mark })), Ok(()));
    assert_eq!(script.count("DELETE"), 3);
}
