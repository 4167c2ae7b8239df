//! What people type finds what they mean.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::catalogue::search::{Matched, Scope, Searchable, search};

fn names(query: &str) -> Vec<&'static str> {
    search(query, Catalogue::embedded().policies(), Scope::default())
        .iter()
        .map(|hit| hit.policy.name)
        .collect()
}

#[test]
fn s3_finds_the_s3_policies_first() {
    let names = names("s3");
    let first: Vec<_> = names.iter().take(5).collect();
    assert!(first.contains(&&"AmazonS3FullAccess"), "{first:?}");
    assert!(first.contains(&&"AmazonS3ReadOnlyAccess"), "{first:?}");
}

#[test]
fn the_procedures_other_services_find_their_policies() {
    assert_eq!(names("CloudFront").first(), Some(&"CloudFrontFullAccess"));
    assert!(
        names("elastic beanstalk")
            .iter()
            .take(10)
            .any(|name| *name == "AdministratorAccess-AWSElasticBeanstalk")
    );
}

#[test]
fn of_several_words_each_must_be_found() {
    assert_eq!(names("s3 readonly").first(), Some(&"AmazonS3ReadOnlyAccess"));
    assert_eq!(names("s3 zebra"), Vec::<&str>::new());
}

#[test]
fn an_exact_name_comes_first() {
    assert_eq!(names("readonlyaccess").first(), Some(&"ReadOnlyAccess"));
}

#[test]
fn policies_of_services_roles_are_hidden_unless_asked_for() {
    let hidden = "AmazonECSServiceRolePolicy";
    assert!(!names(hidden).contains(&hidden));
    let found = search(hidden, Catalogue::embedded().policies(), Scope { all: true });
    assert_eq!(found.first().unwrap().policy.name, hidden);
}

#[test]
fn a_hit_says_why() {
    let found = search(
        "cloudfront:CreateInvalidation",
        Catalogue::embedded().policies(),
        Scope::default(),
    );
    let cloudfront = found
        .iter()
        .find(|hit| hit.policy.name == "CloudFrontFullAccess")
        .unwrap();
    assert_eq!(cloudfront.matched, Matched::Action("cloudfront:*".to_owned()));
    let found = search("job-function", Catalogue::embedded().policies(), Scope::default());
    assert_eq!(found.first().unwrap().matched, Matched::Path);
}

#[test]
fn of_policies_found_by_their_actions_those_with_the_whole_service_come_first() {
    let found = search("ecr", Catalogue::embedded().policies(), Scope::default());
    let first_by_action = found.iter().find(|hit| hit.matched != Matched::Name).unwrap();
    assert_eq!(first_by_action.matched, Matched::Action("ecr:*".to_owned()));
}

#[test]
fn without_words_everything_in_scope_is_found() {
    assert_eq!(
        search("", Catalogue::embedded().policies(), Scope { all: true }).len(),
        Catalogue::embedded().policies().len()
    );
}

struct Own;

impl Searchable for Own {
    fn name(&self) -> &str {
        "deploy-storefront"
    }
    fn path(&self) -> &str {
        "/ci/"
    }
    fn actions(&self) -> Vec<String> {
        vec!["s3:PutObject".to_owned()]
    }
}

#[test]
fn an_accounts_own_policies_are_searched_the_same_way() {
    for (query, matched) in [
        ("storefront", Matched::Name),
        ("/ci/", Matched::Path),
        ("s3", Matched::Action("s3:PutObject".to_owned())),
        ("deploy s3", Matched::Action("s3:PutObject".to_owned())),
    ] {
        let found = search(query, &[Own], Scope::default());
        assert_eq!(found.first().map(|hit| hit.matched.clone()), Some(matched), "{query}");
    }
}
