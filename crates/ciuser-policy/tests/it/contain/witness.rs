//! What a witness says.

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::PolicyDocument;
use ciuser_policy::evaluate::Layer;

fn policy(statements: &str) -> PolicyDocument {
    PolicyDocument::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)).unwrap()
}

#[test]
fn the_statements_that_allow_the_witness_are_named_those_of_the_boundary_too() {
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
    assert_eq!(witness.request.action(), "s3:putobject");
    let allowed_by: Vec<_> = witness
        .allowed_by
        .iter()
        .map(|at| (at.layer, at.policy.as_str(), at.index, at.sid.as_deref()))
        .collect();
    assert_eq!(
        allowed_by,
        [
            (Layer::Identity, "new", 1, Some("Write")),
            (Layer::Boundary, "boundary", 0, None)
        ]
    );
}

#[test]
fn a_witness_has_values_that_are_understood_where_there_are_such() {
    let conditions = [
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "aws:SourceIp"),
        (r#""NumericLessThan":{"s3:max-keys":"10"}"#, "s3:max-keys"),
        (
            r#""DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}"#,
            "aws:CurrentTime",
        ),
    ];
    for (condition, key) in conditions {
        let old = policy(r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#);
        let new = policy(&format!(
            r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{{condition}}}}}"#
        ));
        let (old, new) = (
            Grants::of([("old", old.document())]),
            Grants::of([("new", new.document())]),
        );
        let Containment::NotProven(witness) = contains(&old, &new) else {
            panic!("it grants more");
        };
        assert!(witness.confirmed, "{witness:?}");
        assert_eq!(witness.request.context().values(key).len(), 1, "{witness:?}");
    }
}
