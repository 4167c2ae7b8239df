use std::collections::BTreeMap;

use ciuser_sandbox::circleci::JobError;

use super::Circle;

const STOREFRONT: &str = "gh/acme/storefront";

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_later_context_beats_an_earlier_one_and_any_beats_the_project() {
    let mut circle = Circle::fresh();
    circle.put_project_variable(STOREFRONT, "A", "project");
    circle.put_project_variable(STOREFRONT, "B", "project");
    circle.put_project_variable(STOREFRONT, "C", "project");
    let (first, second) = (circle.context("first"), circle.context("second"));
    circle.put_variable(&first, "B", "first");
    circle.put_variable(&first, "C", "first");
    circle.put_variable(&second, "C", "second");
    let job = |contexts: &[&str]| circle.state.job_environment(STOREFRONT, contexts).unwrap();
    assert_eq!(
        job(&[]),
        environment(&[("A", "project"), ("B", "project"), ("C", "project")])
    );
    assert_eq!(
        job(&["first", "second"]),
        environment(&[("A", "project"), ("B", "first"), ("C", "second")])
    );
    assert_eq!(
        job(&["second", "first"]),
        environment(&[("A", "project"), ("B", "first"), ("C", "first")])
    );
}

#[test]
fn a_restricted_context_is_for_jobs_of_the_named_projects_only() {
    let mut circle = Circle::fresh();
    let backend = circle.add_project("gh/acme/backend");
    let context = circle.context("deploy");
    let project = circle.project_id(STOREFRONT);
    circle.restrict(&context, "project", &project);
    let refused = Err(JobError::Unauthorized("deploy".to_owned()));
    assert_eq!(
        circle.state.job_environment(STOREFRONT, &["deploy"]),
        Ok(BTreeMap::new())
    );
    assert_eq!(circle.state.job_environment(&backend, &["deploy"]), refused);
    let project = circle.project_id(&backend);
    circle.restrict(&context, "project", &project);
    assert_eq!(circle.state.job_environment(&backend, &["deploy"]), Ok(BTreeMap::new()));
}

#[test]
fn a_restriction_that_is_not_evaluated_lets_no_job_in() {
    let mut circle = Circle::fresh();
    let context = circle.context("deploy");
    circle.restrict(&context, "expression", "true");
    let refused = Err(JobError::Unauthorized("deploy".to_owned()));
    assert_eq!(circle.state.job_environment(STOREFRONT, &["deploy"]), refused);
}

#[test]
fn unknown_projects_and_contexts_stop_a_job() {
    let mut circle = Circle::fresh();
    circle.context("deploy");
    let other = circle.add_project("gh/other/shop");
    assert_eq!(
        circle.state.job_environment("gh/acme/none", &[]),
        Err(JobError::NoSuchProject("gh/acme/none".to_owned()))
    );
    assert_eq!(
        circle.state.job_environment(&other, &["deploy"]),
        Err(JobError::NoSuchContext("deploy".to_owned()))
    );
}
