//! A survey of the sandbox's GitLab.

use crate::provider::CiSystem;
use crate::provider::rig::{Hub, ID, Waits, deliver, told};

const UNSEEN: &str = "groups and projects of GitLab of which the owner of the token is no maintainer: GitLab shows variables \
                      to maintainers only";

#[test]
fn values_are_seen_each_scope_for_itself_and_hidden_ones_are_not() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    for place in ["gitlab-group:acme,hidden=true", "gitlab:acme/storefront:production"] {
        deliver(&*hub.open(place, &waits)).unwrap();
    }
    hub.calls();

    let surveyed = hub.survey(CiSystem::Gitlab, &waits);

    let of = |place: &str, secret: &str| {
        [
            format!("{place} AWS_ACCESS_KEY_ID {ID}"),
            format!("{place} AWS_SECRET_ACCESS_KEY {secret}"),
            format!("{place} AWS_REGION other"),
            format!("{place} AWS_DEFAULT_REGION other"),
        ]
    };
    let expected = [
        of("gitlab-group:acme", "hidden"),
        of("gitlab:acme/storefront:production", "a secret"),
    ];
    assert_eq!(told(&surveyed), (expected.concat(), vec![UNSEEN.to_owned()]));
    assert_eq!(surveyed.looked_at, 2);
    assert!(hub.calls().iter().all(|call| call.starts_with("GET ")));
}

#[test]
fn only_what_the_owner_maintains_is_looked_at() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.gitlab(fill).demote("acme/storefront"));
    let surveyed = hub.survey(CiSystem::Gitlab, &waits);
    assert_eq!(
        (surveyed.looked_at, told(&surveyed)),
        (1, (Vec::new(), vec![UNSEEN.to_owned()]))
    );
}
