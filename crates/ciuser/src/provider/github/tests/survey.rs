//! A survey of the sandbox's GitHub.

use crate::provider::CiSystem;
use crate::provider::rig::{Hub, ID, Waits, deliver, told};

const UNSEEN: &str = "repositories and organisations of GitHub that the token does not see, and secrets of Dependabot and \
                      Codespaces: GitHub does not list them here";

#[test]
fn every_level_is_looked_at_and_shows_names_and_the_id_in_the_variable() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for place in [
        "github:acme/storefront/production",
        "github-organization:acme,repositories=storefront",
    ] {
        deliver(&*hub.open(place, &waits)).unwrap();
    }
    hub.calls();

    let surveyed = hub.survey(CiSystem::Github, &waits);

    let of = |place: &str| {
        [
            format!("{place} AWS_ACCESS_KEY_ID hidden"),
            format!("{place} AWS_SECRET_ACCESS_KEY hidden"),
            format!("{place} AWS_ACCESS_KEY_ID {ID}"),
            format!("{place} AWS_DEFAULT_REGION other"),
            format!("{place} AWS_REGION other"),
        ]
    };
    let expected = [of("github-organization:acme"), of("github:acme/storefront/production")].concat();
    assert_eq!(told(&surveyed), (expected, vec![UNSEEN.to_owned()]));
    assert_eq!(surveyed.looked_at, 3);
    assert!(surveyed.sightings[0].shown.iter().all(|one| one.written.is_some()));
    assert!(hub.calls().iter().all(|call| call.starts_with("GET ")));
}

#[test]
fn where_the_owner_may_not_write_nothing_is_asked_and_that_is_told() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.github(fill).limit("storefront", false));
    let expected = "repositories of GitHub in which the owner of the token may not write (1): GitHub shows the names of \
                    secrets to those who may";
    let surveyed = hub.survey(CiSystem::Github, &waits);
    assert_eq!(
        told(&surveyed),
        (Vec::new(), vec![expected.to_owned(), UNSEEN.to_owned()])
    );
}

#[test]
fn more_repositories_than_a_page_holds_are_all_looked_at() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for number in 0..120 {
        hub.change(|engine, fill| engine.github(fill).add_repository(&format!("r{number}"), fill));
    }
    assert_eq!(hub.survey(CiSystem::Github, &waits).looked_at, 122);
}
