//! What closes a context: projects, conditions, groups; and what it has room for.

use ciuser_core::port::{PlaceState, Proof, Provider, TargetError};
use ciuser_core::target::ProviderSpec;
use serde_json::json as body;

use super::rig::{Circle, Script, Waits, context, items, json, key, owner, restricted_context, run};

const MAIN: &str = r#"pipeline.git.branch == "main""#;

fn only_where(restrict_to: &[&str], condition: &str) -> ProviderSpec {
    let mut spec = context("gh/acme", restrict_to, false);
    if let ProviderSpec::CircleciContext { expression, .. } = &mut spec {
        *expression = Some(condition.to_owned());
    }
    spec
}

fn check(place: &dyn Provider) -> Result<PlaceState, TargetError> {
    run(place.check(&owner()))
}

fn deliver(place: &dyn Provider) -> Result<Proof, TargetError> {
    run(async {
        place.create_place().await?;
        place.write(&owner(), &key()).await?;
        Ok(place.proof(&owner(), &key()).await?.0)
    })
}

/// Returns type and value of each restriction of our context.
fn restrictions(circle: &Circle) -> Vec<(String, String)> {
    let contexts = circle.call("GET", "/context?owner-slug=gh/acme", &body!(null));
    let id = contexts["items"][0]["id"].as_str().unwrap();
    let listed = circle.call("GET", &format!("/context/{id}/restrictions"), &body!(null));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let listed = listed["items"].as_array().unwrap().iter();
    listed
        .map(|one| (text(&one["restriction_type"]), text(&one["restriction_value"])))
        .collect()
}

#[test]
fn a_condition_is_made_read_back_and_then_as_it_should_be() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let spec = only_where(&["gh/acme/storefront"], MAIN);
    let place = circle.open(&spec, &waits);
    let create = format!("creates the context, restricted to gh/acme/storefront where `{MAIN}`");
    assert_eq!(check(&*place).unwrap().create, Some(create));
    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    let [project, condition] = restrictions(&circle).try_into().unwrap();
    assert_eq!(project.0, "project");
    assert_eq!(condition, ("expression".to_owned(), MAIN.to_owned()));
    let state = check(&*circle.open(&spec, &waits)).unwrap();
    assert_eq!((state.create, state.warnings), (None, Vec::new()));
}

#[test]
fn a_condition_alone_closes_a_context() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let place = circle.open(&only_where(&[], MAIN), &waits);
    let create = format!("creates the context, restricted to jobs where `{MAIN}`");
    assert_eq!(check(&*place).unwrap().create, Some(create));
    deliver(&*place).unwrap();
    assert_eq!(restrictions(&circle), [("expression".to_owned(), MAIN.to_owned())]);
    let state = check(&*circle.open(&context("gh/acme", &[], false), &waits)).unwrap();
    assert_eq!(state.warnings, Vec::<String>::new(), "it is not open");
}

#[test]
fn another_condition_than_was_asked_for_is_left_and_the_review_is_told() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    deliver(&*circle.open(&only_where(&[], MAIN), &waits)).unwrap();
    let state = check(&*circle.open(&only_where(&[], "not job.ssh.enabled"), &waits)).unwrap();
    let differs = format!(
        "context `storefront-deploy` is restricted to expression `{MAIN}`, and not to jobs where \
         `not job.ssh.enabled` as asked; that is left as it is"
    );
    assert_eq!((state.create, state.warnings), (None, vec![differs]));
}

#[test]
fn a_group_is_mentioned_and_closes_a_context_to_no_project() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let id = circle.add_context("storefront-deploy", &["OTHER"]);
    let group = "11111111-2222-4333-8444-555555555555";
    let restriction = body!({ "restriction_type": "group", "restriction_value": group });
    circle.call("POST", &format!("/context/{id}/restrictions"), &restriction);
    let state = check(&*circle.open(&restricted_context(), &waits)).unwrap();
    assert_eq!(
        state.warnings,
        [
            "context `storefront-deploy` is open to every project of the organisation; any of their jobs can use the key"
                .to_owned(),
            format!(
                "only members of `{group}` may change context `storefront-deploy`, or start jobs that use it"
            ),
        ]
    );
}

#[test]
fn a_context_without_room_is_refused_before_anything_is_written() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    let others: Vec<String> = (0..97).map(|number| format!("OTHER_{number}")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    circle.add_context("storefront-deploy", &others);
    let error = check(&*circle.open(&restricted_context(), &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "the context has 97 variables, and 4 more would be needed; CircleCI allows 100"
    );
    let waits = Waits::default();
    let many: Vec<_> = (0..500)
        .map(|id| body!({ "id": id.to_string(), "name": format!("c{id}") }))
        .collect();
    let organization = body!([{ "id": "o1", "slug": "gh/acme" }]);
    let script = Script::of([json(200, &organization), items(&many.into())]);
    let error = check(&*script.open(&context("gh/acme", &[], true), &waits)).unwrap_err();
    assert_eq!(error.message, "the organisation has 500 contexts; CircleCI allows 500");
}

#[test]
fn a_lost_answer_to_a_condition_makes_no_second_one() {
    let (circle, waits) = (Circle::fresh(), Waits::default());
    circle.engine(|engine| {
        engine
            .faults()
            .add("circleci:POST", ciuser_sandbox::Fault::DropAnswer, 3)
    });
    let place = circle.open(&only_where(&["gh/acme/storefront"], MAIN), &waits);
    assert_eq!(deliver(&*place), Ok(Proof::Mask));
    assert_eq!(restrictions(&circle).len(), 2);
}
