//! Differences that are easily overlooked: each is there, so nothing may be proven.

use ciuser_policy::contain::{Containment, Grants, Witness, contains};
use ciuser_policy::document::Document;

fn grants(version: &str, statements: &[&str]) -> Grants {
    if statements.is_empty() {
        return Grants::default();
    }
    let text = format!(r#"{{"Version":"{version}","Statement":[{}]}}"#, statements.join(","));
    let document = Document::read(&text).unwrap();
    Grants::of([("policy", &document)])
}

/// Returns the request that shows that the new statements allow more.
fn shown(old: &[&str], new: &[&str]) -> Witness {
    match contains(&grants("2012-10-17", old), &grants("2012-10-17", new)) {
        Containment::NotProven(witness) => *witness,
        other => panic!("{old:?} {new:?} {other:?}"),
    }
}

/// As `shown`; the evaluator must say so, too.
fn confirmed(old: &[&str], new: &[&str]) -> Witness {
    let witness = shown(old, new);
    assert!(witness.confirmed, "{old:?} {new:?} {witness:?}");
    witness
}

fn statement(effect: &str, principal: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"{effect}",{principal}"Action":"s3:*","Resource":"*","Condition":{{{condition}}}}}"#)
}

fn allow(principal: &str, condition: &str) -> String {
    statement("Allow", principal, condition)
}

fn deny(principal: &str, condition: &str) -> String {
    statement("Deny", principal, condition)
}

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn aws(principal: &str) -> String {
    format!(r#""Principal":{{"AWS":"{principal}"}},"#)
}

#[test]
fn instants_after_the_year_9999() {
    let all = allow("", "");
    let seconds = r#""DateLessThan":{"aws:EpochTime":"1893456000000"}"#;
    confirmed(&[&all, &deny("", seconds)], &[&all]);
    confirmed(&[], &[&allow("", seconds)]);
    let later = r#""DateGreaterThan":{"aws:EpochTime":"1893456000000"}"#;
    confirmed(
        &[&allow("", r#""DateGreaterThan":{"aws:EpochTime":"1893456000001"}"#)],
        &[&allow("", later)],
    );
}

/// The value of `${aws:username}` may come in another case than that of the key.
#[test]
fn a_variable_where_case_makes_no_difference() {
    let is = |operator: &str| allow("", &format!(r#""{operator}":{{"s3:prefix":"${{aws:username}}/"}}"#));
    let witness = confirmed(&[&is("StringEquals")], &[&is("StringEqualsIgnoreCase")]);
    assert_eq!(witness.request.context().values("s3:prefix"), ["SOME-USERNAME/"]);
    let no_more = contains(
        &grants("2012-10-17", &[&is("StringEqualsIgnoreCase")]),
        &grants("2012-10-17", &[&is("StringEquals")]),
    );
    assert_eq!(no_more, Containment::Proven);
}

#[test]
fn signs_that_are_letters() {
    let is = |operator: &str, values: &str| allow("", &format!(r#""{operator}":{{"s3:prefix":{values}}}"#));
    confirmed(
        &[&is("StringEquals", r#"["k","K"]"#)],
        &[&is("StringEqualsIgnoreCase", r#""k""#)],
    );
    confirmed(
        &[&is("StringEquals", r#"["å","Å"]"#)],
        &[&is("StringEqualsIgnoreCase", r#""Å""#)],
    );
}

#[test]
fn variables_in_the_arn_of_somebody_who_is_not_named() {
    let is = |operator: &str, arn: &str| format!(r#""{operator}":{{"aws:PrincipalArn":"{arn}"}}"#);
    shown(
        &[],
        &[&allow(
            r#""Principal":"*","#,
            &is("StringEquals", "${aws:ResourceTag/owner}"),
        )],
    );
    let own = is("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/deploy");
    shown(&[], &[&allow(&aws("111122223333"), &own)]);
    let team = is("ArnLike", "arn:aws:iam::111122223333:role/${aws:PrincipalTag/team}");
    let named = deny(&aws("arn:aws:iam::111122223333:role/some-team"), "");
    shown(&[], &[&allow(&aws("111122223333"), &team), &named]);
    let others = is("ArnNotLike", "arn:aws:iam::*:user/${aws:PrincipalTag/team}");
    shown(&[], &[&allow(&aws("111122223333"), &others)]);
}

/// No ARN is a number, so that it is not five holds of all.
#[test]
fn numbers_asked_of_an_arn() {
    let user = r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"}"#;
    let all = r#""Principal":"*","#;
    let asked = |operator: &str, value: &str| format!(r#"{user},"{operator}":{{"aws:PrincipalArn":"{value}"}}"#);
    confirmed(&[], &[&allow(all, &asked("NumericNotEquals", "5"))]);
    confirmed(
        &[],
        &[&allow(all, user), &deny(all, r#""Bool":{"aws:PrincipalArn":"true"}"#)],
    );
    let never = contains(
        &Grants::default(),
        &grants("2012-10-17", &[&allow(all, &asked("NumericEquals", "5"))]),
    );
    assert_eq!(never, Containment::Proven);
}

/// The service authorization reference has these as keys of one value.
#[test]
fn keys_whose_type_is_not_what_aws_lists() {
    for key in [
        "cognito-identity.amazonaws.com:amr",
        "cloudformation:ImportResourceTypes",
        "s3-outposts:RequestObjectTagKeys",
        "saml:cn",
    ] {
        let is = |quantifier: &str| allow("", &format!(r#""{quantifier}:StringEquals":{{"{key}":"one"}}"#));
        confirmed(&[&is("ForAllValues")], &[&is("ForAnyValue")]);
    }
}

/// AWS lists it as a key of one value for one service, and of several for others.
#[test]
fn a_key_of_which_services_say_different_things() {
    let is = |quantifier: &str| {
        allow(
            "",
            &format!(r#""{quantifier}:StringEquals":{{"identitystore:UserId":"u1"}}"#),
        )
    };
    confirmed(&[&is("ForAllValues")], &[&is("ForAnyValue")]);
}

/// A variable may stand for several parts of an ARN.
#[test]
fn a_variable_before_the_last_part_of_an_arn() {
    let like = r#""ArnLike":{"aws:PrincipalArn":"arn:${aws:PrincipalTag/p}:*:*:*:b/bob"},"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*"}"#;
    shown(
        &[&allow(&aws("444455556666"), "")],
        &[&allow(&aws("arn:aws:iam::111122223333:user/x:b/bob"), like)],
    );
}

/// What is not understood may be the very user, whom her own policies then need not let.
#[test]
fn principals_that_are_not_understood() {
    let user = r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/*"}"#;
    let with_id = r#""Principal":{"AWS":["111122223333","AIDAEXAMPLE"]},"#;
    shown(&[&allow(&aws("111122223333"), user)], &[&allow(with_id, user)]);
    shown(&[], &[&allow(&aws("arn:aws:sts::111122223333:self"), "")]);
}

/// "The `NotPrincipal` element with a `Deny` effect will always deny any IAM principal that has a permissions boundary."
#[test]
fn whoever_has_a_boundary_is_denied_by_not_principal() {
    let own = allow(&aws(ALICE), &format!(r#""ArnEquals":{{"aws:PrincipalArn":"{ALICE}"}}"#));
    let others = deny(&format!(r#""NotPrincipal":{{"AWS":["111122223333","{ALICE}"]}},"#), "");
    let witness = confirmed(&[&own, &others], &[&own]);
    assert!(witness.has_boundary);
    let without = confirmed(&[], &[&own, &others]);
    assert!(!without.has_boundary);
}

/// Without an account in its pattern, an ARN condition is not understood; its variables are such in one language only.
#[test]
fn what_is_not_understood_in_another_language() {
    let short = allow("", r#""ArnLike":{"aws:SourceArn":"${aws:ResourceTag/source}"}"#);
    let plain = allow("", r#""ArnLike":{"aws:SourceArn":"bucket"}"#);
    let compared = |statement: &str| {
        let [old, new] = ["2008-10-17", "2012-10-17"].map(|version| grants(version, &[statement]));
        contains(&old, &new)
    };
    assert!(matches!(compared(&short), Containment::NotProven(_)));
    assert_eq!(compared(&plain), Containment::Proven);
}

#[test]
fn what_an_incomplete_arn_denies() {
    let queues =
        |effect: &str, resource: &str| format!(r#"{{"Effect":"{effect}","Action":"sqs:*","Resource":"{resource}"}}"#);
    let (all, here) = (queues("Allow", "*"), queues("Deny", "arn:aws:sqs:eu-west-1"));
    confirmed(
        &[&all, &here],
        &[&queues("Allow", "arn:aws:sqs:eu-west-1:111122223333:queue")],
    );
}

/// A request that cannot be is none that the evaluator has a say in.
#[test]
fn somebody_of_an_account_and_of_another() {
    let other = allow(
        &aws("111122223333"),
        r#""StringEquals":{"aws:PrincipalAccount":"444455556666"}"#,
    );
    assert!(!shown(&[], &[&other]).confirmed);
}
