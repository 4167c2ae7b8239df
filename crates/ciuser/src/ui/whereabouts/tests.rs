//! What a person reads of where keys are.

use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::port::{KeyLastUsed, ListedKey, Proof};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, Target, VariableNames};
use ciuser_core::whereabouts::State;

use super::*;
use crate::ui::{Color, Manner, Output};

const NOW: &str = "2026-11-24T10:00:00Z";

fn ui() -> Ui {
    Ui::new(Manner {
        flags: String::new(),
        output: Output::Human,
        color: Color::Never,
        quiet: false,
        unicode: true,
        no_input: true,
    })
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn id(text: &str) -> AccessKeyId {
    AccessKeyId::new(text).unwrap()
}

fn listed(text: &str) -> ListedKey {
    ListedKey {
        id: id(text),
        status: AccessKeyStatus::Active,
        created: "2026-08-26T10:00:00Z".parse().unwrap(),
    }
}

fn csv() -> Target {
    Target::Store(StoreSpec::Csv {
        path: "/keys.csv".to_owned(),
        format: CsvFormat::Import,
    })
}

fn project() -> Target {
    Target::Provider(ProviderSpec::CircleciProject {
        project: "gh/acme/storefront".to_owned(),
        url: None,
        names: VariableNames::default(),
    })
}

fn place(target: Target, seen: Seen, secret: Agreement) -> Place {
    Place {
        target,
        seen,
        secret,
        variable: None,
        written: None,
        delivered: Some("2026-11-01T12:34:56Z".parse().unwrap()),
    }
}

#[test]
fn every_target_has_a_line_that_says_how_it_stands() {
    let of = |target, state, key: Option<&str>, proof| Verified {
        target,
        state,
        key: key.map(id),
        proof,
        note: None,
        hint: None,
        warnings: Vec::new(),
    };
    let live = "AKIAIOSFODNN7EXAMPLE";
    let user = VerifiedUser {
        user: UserName::new("CI_USER").unwrap(),
        keys: vec![listed(live)],
        targets: vec![
            of(csv(), State::Proven, Some(live), Some(Proof::Value)),
            of(project(), State::Stale, Some("AKIAI44QH8DHBEXAMPLE"), None),
            of(project(), State::Missing, None, None),
        ],
    };
    insta::assert_snapshot!(plain(&ui().verified_table(&user, NOW.parse().unwrap())), @r"
      CI_USER
      state    holds                 age   proof  target
      proven   AKIAIOSFODNN7EXAMPLE  90 d  value  csv:/keys.csv
      stale    AKIAI44QH8DHBEXAMPLE  -     -      circleci-project:gh/acme/storefront
      missing  -                     -     -      circleci-project:gh/acme/storefront
    ");
}

#[test]
fn a_key_has_a_heading_and_a_line_for_each_place() {
    let live = id("AKIAIOSFODNN7EXAMPLE");
    let remapped = Place {
        variable: Some("DEPLOY_KEY".to_owned()),
        written: Some("2026-11-02T08:00:00.123Z, 2026-11-03T08:00:00.456Z".to_owned()),
        delivered: None,
        ..place(project(), Seen::Mask, Agreement::Other)
    };
    let key = LocatedKey {
        listed: Some(listed(live.as_str())),
        used: Some(KeyLastUsed {
            at: Some("2026-11-24T07:30:00Z".parse().unwrap()),
            service: Some("s3".to_owned()),
            region: None,
            user: None,
        }),
        places: vec![place(csv(), Seen::Value, Agreement::Same), remapped],
        id: live,
    };
    let gone = LocatedKey {
        id: id("AKIAI44QH8DHBEXAMPLE"),
        listed: None,
        used: None,
        places: Vec::new(),
    };
    let now = NOW.parse().unwrap();
    let both = format!("{}\n{}", ui().located_key(&key, now), ui().located_key(&gone, now));
    insta::assert_snapshot!(plain(&both), @r"
      AKIAIOSFODNN7EXAMPLE  Active, 90 d old, last used 2 h ago for s3
      known by  secret    written               place
      its id    the same  2026-11-01 12:34 UTC  csv:/keys.csv
      mask      another   2026-11-03 08:00 UTC  circleci-project:gh/acme/storefront as `DEPLOY_KEY`
      AKIAI44QH8DHBEXAMPLE  IAM does not know it: it is deleted, or another account's
      no place that was looked at holds it
    ");
}

#[test]
fn places_that_disagree_are_named() {
    let key = |text: &str, places| LocatedKey {
        id: id(text),
        listed: None,
        used: None,
        places,
    };
    let fine = key("AKIAIOSFODNN7EXAMPLE", vec![place(csv(), Seen::Value, Agreement::Same)]);
    let torn = key(
        "AKIAI44QH8DHBEXAMPLE",
        vec![place(project(), Seen::Mask, Agreement::Other)],
    );
    let half = key(
        "AKIAI44QH8DHBEXAMPLE",
        vec![place(project(), Seen::Mask, Agreement::Missing)],
    );
    assert_eq!(disagreements(std::slice::from_ref(&fine)), Vec::<String>::new());
    assert_eq!(
        disagreements(&[fine, torn]),
        [
            "places hold different keys of the user: AKIAIOSFODNN7EXAMPLE in 1, AKIAI44QH8DHBEXAMPLE in 1",
            "`circleci-project:gh/acme/storefront` holds AKIAI44QH8DHBEXAMPLE with another secret than the others: jobs \
             fail there",
        ]
    );
    assert_eq!(
        disagreements(&[half]),
        ["`circleci-project:gh/acme/storefront` holds AKIAI44QH8DHBEXAMPLE without its secret: jobs fail there"]
    );
}
