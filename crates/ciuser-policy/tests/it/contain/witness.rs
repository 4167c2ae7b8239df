//! What a witness says.

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::PolicyDocument;
use ciuser_policy::evaluate::Layer;

fn policy(statements: &str) -> PolicyDocument {
    PolicyDocument::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)).unwrap()
}

#[test]
fn the_statements_that_allow_the_witness_are_named() {
    let old = policy(r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#);
    let new = policy(
        r#"[{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"},
            {"Sid":"Write","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]"#,
    );
    let boundary = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    let old = Grants::of([("old", old.document())]);
    let new = Grants::of([("new", new.document())]).within(boundary.document());
    let Containment::NotProven(witness) = contains(&old, &new) else {
        panic!("it grants more");
    };
    assert!(witness.request.action().eq_ignore_ascii_case("s3:PutObject"));
    let allowed_by: Vec<_> = witness
        .allowed_by
        .iter()
        .map(|at| (at.layer, at.policy.as_str(), at.index, at.sid.as_deref()))
        .collect();
    assert_eq!(allowed_by, [(Layer::Identity, "new", 1, Some("Write"))]);
}
