//! Policy variables. IAM User Guide, "IAM policy elements: Variables and tags".

use ciuser_policy::evaluate::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny};
use ciuser_policy::request::Request;

use super::{context, decide, everything, statement};

const HOME: &str = r#""Action":"s3:*","Resource":"arn:aws:s3:::bucket/home/${aws:username}/*""#;

fn at(members: &str, resource: &str, given: &[(&str, &str)]) -> Decision {
    let request = Request::new("s3:GetObject", resource).with_context(context(given));
    decide(&[&statement("Allow", members)], &request)
}

#[test]
fn a_variable_stands_for_the_value_of_its_key_whatever_the_case_of_its_name() {
    let bob = [("aws:username", "bob")];
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home/bob/x", &bob), Allowed);
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home/eve/x", &bob), ImplicitDeny);
    let other_case = HOME.replace("aws:username", "AWS:UserName");
    assert_eq!(at(&other_case, "arn:aws:s3:::bucket/home/bob/x", &bob), Allowed);
}

#[test]
fn without_its_key_a_variable_matches_nothing_in_either_element() {
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home//x", &[]), ImplicitDeny);
    assert_eq!(
        at(
            &HOME.replace("\"Resource", "\"NotResource"),
            "arn:aws:s3:::bucket/home/bob/x",
            &[]
        ),
        Allowed
    );
    let several = [("aws:username", "bob"), ("aws:username", "eve")];
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home/bob/x", &several), ImplicitDeny);
}

#[test]
fn a_default_stands_in_for_an_absent_key() {
    let team = r#""Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*""#;
    assert_eq!(at(team, "arn:aws:s3:::b/none/x", &[]), Allowed);
    assert_eq!(
        at(team, "arn:aws:s3:::b/none/x", &[("aws:PrincipalTag/team", "red")]),
        ImplicitDeny
    );
    assert_eq!(
        at(team, "arn:aws:s3:::b/red/x", &[("aws:principaltag/Team", "red")]),
        Allowed
    );
}

/// Not documented; anything else would let whoever sets a tag widen what is allowed.
#[test]
fn wildcards_in_the_value_of_a_variable_are_only_characters() {
    let star = [("aws:username", "*")];
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home/eve/x", &star), ImplicitDeny);
    assert_eq!(at(HOME, "arn:aws:s3:::bucket/home/*/x", &star), Allowed);
}

#[test]
fn three_characters_can_be_meant_by_themselves() {
    let literal = r#""Action":"s3:*","Resource":"arn:aws:s3:::b/${*}${?}${$}""#;
    assert_eq!(at(literal, "arn:aws:s3:::b/*?$", &[]), Allowed);
    assert_eq!(at(literal, "arn:aws:s3:::b/xy$", &[]), ImplicitDeny);
}

#[test]
fn the_language_of_2008_has_no_variables() {
    for version in [r#""Version":"2008-10-17","#, ""] {
        let document = format!(r#"{{{version}"Statement":[{{"Effect":"Allow",{HOME}}}]}}"#);
        let request =
            |resource| Request::new("s3:GetObject", resource).with_context(context(&[("aws:username", "bob")]));
        assert_eq!(
            decide(&[&document], &request("arn:aws:s3:::bucket/home/bob/x")),
            ImplicitDeny
        );
        assert_eq!(
            decide(&[&document], &request("arn:aws:s3:::bucket/home/${aws:username}/x")),
            Allowed
        );
    }
}

#[test]
fn before_the_fifth_colon_there_are_no_variables() {
    let account = r#""Action":"s3:*","Resource":"arn:aws:sns:r:${aws:PrincipalAccount}:t""#;
    assert_eq!(
        at(
            account,
            "arn:aws:sns:r:111122223333:t",
            &[("aws:PrincipalAccount", "111122223333")]
        ),
        ImplicitDeny
    );
}

#[test]
fn conditions_have_variables_in_strings_and_arns() {
    let prefix = r#""Action":"*","Resource":"*","Condition":{"StringLike":{"s3:prefix":"${aws:username}/*"}}"#;
    assert_eq!(
        at(prefix, "*", &[("aws:username", "bob"), ("s3:prefix", "bob/x")]),
        Allowed
    );
    assert_eq!(at(prefix, "*", &[("s3:prefix", "bob/x")]), ImplicitDeny);
    let equal =
        r#""Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"${aws:username}"}}"#;
    assert_eq!(
        at(equal, "*", &[("aws:username", "bob"), ("aws:ResourceTag/owner", "bob")]),
        Allowed
    );
    let arn = r#""Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:${aws:PrincipalAccount}:*"}}"#;
    assert_eq!(
        at(
            arn,
            "*",
            &[("aws:PrincipalAccount", "1"), ("aws:SourceArn", "arn:aws:sns:r:1:t")]
        ),
        Allowed
    );
}

/// "Policy variables with no value": a negated operator holds.
#[test]
fn a_negated_condition_on_a_variable_without_value_holds() {
    let deny = statement(
        "Deny",
        r#""Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceTag/owner":"${aws:PrincipalTag/owner}"}}"#,
    );
    let request = |given: &[(&str, &str)]| Request::new("s3:GetObject", "*").with_context(context(given));
    assert_eq!(
        decide(&[&everything(), &deny], &request(&[("aws:ResourceTag/owner", "bob")])),
        ExplicitDeny
    );
    let same = [("aws:ResourceTag/owner", "bob"), ("aws:PrincipalTag/owner", "bob")];
    assert_eq!(decide(&[&everything(), &deny], &request(&same)), Allowed);
}
