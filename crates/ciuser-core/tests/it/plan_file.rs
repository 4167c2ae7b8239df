//! The plan file: what was reviewed is what is read back, and nothing else is taken for a plan.

use ciuser_core::plan::{PlanFileError, read_plan, write_plan};

use crate::example::{applied, spec, spec_with, world};

#[test]
fn a_plan_file_is_read_back_whole() {
    let sim = applied();
    let run = sim.new_run();
    let everything = spec_with(|user| {
        user.attach = ciuser_core::spec::Attach::Group;
        user.boundary = Some("arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap());
        user.untag = vec!["team".parse().unwrap()];
    });
    for plan in [
        world().plan(&spec()),
        world().plan(&everything),
        sim.plan(&everything),
        sim.plan_rotation(&run, &spec(), None, true),
    ] {
        assert_eq!(read_plan(&write_plan(&plan).unwrap()).unwrap(), plan);
    }
}

#[test]
fn a_plan_file_says_what_it_is() {
    let text = write_plan(&world().plan(&spec())).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["format_version"], &json["kind"]), (&1.into(), &"plan".into()));
}

#[test]
fn what_is_not_a_plan_of_this_version_is_refused() {
    let text = write_plan(&world().plan(&spec())).unwrap();
    let refused = |text: &str| read_plan(text).unwrap_err().to_string();
    assert_eq!(
        refused(&text.replace("\"format_version\": 1", "\"format_version\": 2")),
        "plan file of format version 2, and this ciuser reads version 1"
    );
    assert_eq!(
        refused(&text.replace("\"kind\": \"plan\"", "\"kind\": \"create\"")),
        "this is a `create`, not a plan"
    );
    for damaged in ["", "{}", "not json", &text[..text.len() / 2]] {
        assert!(
            matches!(read_plan(damaged), Err(PlanFileError::Unreadable(_))),
            "{damaged}"
        );
    }
}

#[test]
fn a_name_that_was_made_wrong_in_a_plan_file_is_refused() {
    let text = write_plan(&world().plan(&spec())).unwrap();
    let error = read_plan(&text.replacen("\"user\": \"CI_USER\"", "\"user\": \"CI USER!\"", 1))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("not a plan file: `CI USER!` is not a user name: 1 to 64 letters"),
        "{error}"
    );
}
