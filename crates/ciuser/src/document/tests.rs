//! The shapes that scripts rely on, as whole texts: the order is part of what a person reads.

use ciuser_core::apply::{Failure, Outcome, Retired, RetiredTarget, Still, TargetOutcome, UserOutcome};
use ciuser_core::name::{AccessKeyId, AccountId, RunId, UserArn, UserName};
use ciuser_core::port::{KeyReferences, Known, Proof};
use ciuser_core::target::{CsvFormat, ProviderSpec, StoreSpec, Target, VariableNames};

use super::*;

fn account() -> AccountId {
    AccountId::new("111122223333").unwrap()
}

fn key() -> AccessKeyId {
    AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap()
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

/// A run that wrote a project, and found a store right.
fn outcome() -> Outcome {
    Outcome {
        run: RunId::from_entropy([7; 8]),
        users: vec![UserOutcome {
            user: UserName::new("CI_USER").unwrap(),
            arn: UserArn::new("arn:aws:iam::111122223333:user/CI_USER").unwrap(),
            changed: true,
            key: Some(key()),
            issued: false,
            targets: vec![TargetOutcome {
                target: project(),
                proof: Some(Proof::Mask),
                describe: "not for scripts".to_owned(),
                references: None,
                error: None,
            }],
            retired: None,
            unfinished: Vec::new(),
            for_person: Vec::new(),
        }],
        failure: None,
    }
}

fn known() -> Vec<Known> {
    let known = |target, key| Known {
        target,
        key,
        proof: Some(Proof::Value),
        at: "2026-01-02T03:04:05Z".parse().unwrap(),
        mark: None,
    };
    let other = AccessKeyId::new("AKIAI44QH8DHBEXAMPLE").unwrap();
    vec![known(csv(), key()), known(project(), other)]
}

fn text<T: serde::Serialize>(kind: Kind, body: T) -> String {
    serde_json::to_string(&Document::new(kind, body)).unwrap()
}

#[test]
fn create_has_the_shape_that_scripts_rely_on() {
    let expected = concat!(
        r#"{"format_version":1,"kind":"create","run":"r-0707070707070707","changed":true,"account":"111122223333","#,
        r#""unfinished":[],"user":{"name":"CI_USER","arn":"arn:aws:iam::111122223333:user/CI_USER"},"#,
        r#""key":{"id":"AKIAIOSFODNN7EXAMPLE","issued":false},"targets":["#,
        r#"{"kind":"circleci-project","place":"gh/acme/storefront","proof":"mask","proven":true,"error":null},"#,
        r#"{"kind":"csv","place":"/keys.csv","proof":"value","proven":true,"proven_at":"2026-01-02T03:04:05Z"}]}"#,
    );
    assert_eq!(
        text(Kind::Create, OneUser::of(&account(), &outcome(), &known())),
        expected
    );
}

#[test]
fn a_store_with_references_has_them_where_scripts_find_them() {
    let mut outcome = outcome();
    outcome.users[0].targets[0].references = Some(KeyReferences {
        access_key_id: "op://v/i/a".to_owned(),
        secret_access_key: "op://v/i/s".to_owned(),
    });
    let expected =
        r#""proven":true,"references":{"access_key_id":"op://v/i/a","secret_access_key":"op://v/i/s"},"error":null}"#;
    let shown = text(Kind::Create, OneUser::of(&account(), &outcome, &[]));
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn a_run_that_failed_before_it_began_has_an_error_and_no_user() {
    let outcome = Outcome {
        users: Vec::new(),
        failure: Some(Failure::refused("the store is locked").with_hint("unlock it")),
        ..outcome()
    };
    let expected = concat!(
        r#"{"format_version":1,"kind":"key-rotate","run":"r-0707070707070707","changed":false,"#,
        r#""account":"111122223333","unfinished":[],"#,
        r#""error":{"message":"the store is locked","notes":[],"hint":"unlock it"}}"#,
    );
    assert_eq!(text(Kind::KeyRotate, OneUser::of(&account(), &outcome, &[])), expected);
}

#[test]
fn resume_has_a_document_of_its_own_for_each_run() {
    let carried_on = Outcome {
        users: Vec::new(),
        ..outcome()
    };
    let runs = vec![
        Resumed::busy(&RunId::from_entropy([1; 8])),
        Resumed::went(AllUsers::of(&account(), &carried_on, &[])),
    ];
    let expected = concat!(
        r#"{"format_version":1,"kind":"resume","account":"111122223333","runs":["#,
        r#"{"run":"r-0101010101010101","busy":true},"#,
        r#"{"format_version":1,"kind":"resume","run":"r-0707070707070707","changed":false,"#,
        r#""account":"111122223333","unfinished":[],"users":[]}],"unfinished_elsewhere":[]}"#,
    );
    let resume = Resume {
        account: account(),
        runs,
        unfinished_elsewhere: Vec::new(),
    };
    assert_eq!(text(Kind::Resume, resume), expected);
}

#[test]
fn an_error_says_message_notes_and_hint() {
    let failures = [Failure::untouched("creating user `x`: AccessDenied").with_note("nothing is left")];
    let expected = concat!(
        r#"{"format_version":1,"kind":"error","errors":["#,
        r#"{"message":"creating user `x`: AccessDenied","notes":["nothing is left"],"hint":null}]}"#,
    );
    assert_eq!(text(Kind::Error, Errors::of(&failures)), expected);
}

#[test]
fn delete_says_what_is_gone_and_who_holds_the_key_still() {
    let target = |target, still| RetiredTarget {
        target,
        key: key(),
        still,
        describe: "not for scripts".to_owned(),
    };
    let mut outcome = outcome();
    outcome.users[0].targets.clear();
    outcome.users[0].retired = Some(Retired {
        user_deleted: true,
        keys: vec![key()],
        targets: vec![
            target(csv(), Still::Cleared),
            target(project(), Still::Failed("it is locked".to_owned())),
        ],
    });
    let expected = concat!(
        r#"{"format_version":1,"kind":"delete","run":"r-0707070707070707","changed":true,"account":"111122223333","#,
        r#""unfinished":[],"user":{"name":"CI_USER","arn":"arn:aws:iam::111122223333:user/CI_USER"},"#,
        r#""deletion":{"user_deleted":true,"keys":["AKIAIOSFODNN7EXAMPLE"],"targets":["#,
        r#"{"kind":"csv","place":"/keys.csv","key":"AKIAIOSFODNN7EXAMPLE","cleared":true,"error":null},"#,
        r#"{"kind":"circleci-project","place":"gh/acme/storefront","key":"AKIAIOSFODNN7EXAMPLE","cleared":false,"#,
        r#""error":"it is locked"}]}}"#,
    );
    assert_eq!(text(Kind::Delete, Deleted::of(&account(), &outcome)), expected);
}
