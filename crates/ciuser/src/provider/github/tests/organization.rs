//! An organisation, in the sandbox.

use ciuser_core::port::{Holdings, Proof};

use crate::provider::rig::{Hub, ID, Waits, check, deliver, held, spec};

const SELECTED: &str = "github-organization:acme,repositories=storefront";

fn gets_it(hub: &Hub, repository: &str) -> bool {
    let job = hub.change(|engine, fill| engine.github(fill).job(repository, None));
    (job.secrets.len(), job.variables.len()) == (2, 3)
}

#[test]
fn only_the_selected_repositories_get_the_key() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.github(fill).add_repository("other", fill));
    let place = hub.open(SELECTED, &waits);
    let state = check(&*place).unwrap();
    assert_eq!((state.holdings, state.warnings), (Holdings::Nothing, Vec::new()));
    assert_eq!(deliver(&*place), Ok(Proof::Timestamp));
    assert!(gets_it(&hub, "storefront"));
    assert!(!gets_it(&hub, "other"));
    assert!(matches!(held(&*place), Holdings::Masked { suffix, .. } if suffix == ID));
    assert_eq!(
        place.describe(),
        "https://hub.example.com/organizations/acme/settings/secrets/actions"
    );
}

#[test]
fn the_review_says_when_a_write_gives_the_key_to_others() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    hub.change(|engine, fill| engine.github(fill).add_repository("other", fill));
    deliver(&*hub.open(SELECTED, &waits)).unwrap();
    let warnings = |spelt: &str| check(&*hub.open(spelt, &waits)).unwrap().warnings;
    assert_eq!(warnings(SELECTED), Vec::<String>::new());
    assert_eq!(
        warnings("github-organization:acme,repositories=acme/other"),
        ["`AWS_SECRET_ACCESS_KEY` can be used by acme/storefront now; writing it gives it to acme/other, as asked"]
    );
    assert_eq!(
        warnings("github-organization:acme,visibility=private"),
        [
            "`AWS_SECRET_ACCESS_KEY` can be used by acme/storefront now; writing it gives it to private repositories, as asked"
        ]
    );
    deliver(&*hub.open("github-organization:acme,visibility=private", &waits)).unwrap();
    assert!(gets_it(&hub, "other"));
    assert_eq!(
        warnings("github-organization:acme,visibility=all"),
        [
            "jobs of every repository of organisation `acme` can use the key, of public ones too",
            "`AWS_SECRET_ACCESS_KEY` can be used by private repositories now; writing it gives it to all repositories, as \
             asked",
        ]
    );
}

#[test]
fn a_repository_that_sets_the_names_itself_is_told() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    deliver(&*hub.open("github:acme/storefront", &waits)).unwrap();
    assert_eq!(
        check(&*hub.open(SELECTED, &waits)).unwrap().warnings,
        [
            "repository `acme/storefront` sets `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, \
             `AWS_DEFAULT_REGION` itself; there it wins over the organisation"
        ]
    );
}

#[test]
fn a_repository_of_others_is_refused_before_anything_is_asked() {
    let (hub, waits) = (Hub::fresh(), Waits::default());
    let error = check(&*hub.open("github-organization:acme,repositories=else/storefront", &waits)).unwrap_err();
    assert_eq!(
        error.message,
        "repository `else/storefront` is not one of organisation `acme`"
    );
    assert_eq!(hub.calls(), Vec::<String>::new());
}

#[test]
fn who_may_use_the_key_must_be_said_and_said_once() {
    let refused = |spelt: &str| {
        let spelling = ciuser_core::target::Spelling::of_provider(spelt).unwrap();
        ciuser_core::spec::read_provider(spelling.into_entry()).unwrap_err()
    };
    assert_eq!(
        refused("github-organization:acme"),
        "nothing says which repositories may use it: name them as `repositories`, or set `visibility`"
    );
    assert_eq!(
        refused("github-organization:acme,visibility=all,repositories=storefront"),
        "`repositories` are for `visibility = \"selected\"`, the default, only"
    );
    assert_eq!(spec(SELECTED).contradiction(), None);
}
