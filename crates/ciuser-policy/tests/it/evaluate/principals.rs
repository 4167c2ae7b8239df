//! `Principal` and `NotPrincipal`. IAM User Guide, "AWS JSON policy elements".

use ciuser_policy::evaluate::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny, Undetermined};
use ciuser_policy::request::{Principal, Request};

use super::{set, statement};

const BOB: &str = "arn:aws:iam::111122223333:user/bob";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/job-1";

fn who(arn: &str) -> Principal {
    Principal::from_arn(arn).unwrap()
}

fn decide(statements: &[(&str, &str)], principal: Principal) -> Decision {
    let documents: Vec<String> = statements
        .iter()
        .map(|(effect, element)| statement(effect, &format!(r#"{element},"Action":"*","Resource":"*""#)))
        .collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let request = Request::new("s3:GetObject", "*").by(principal);
    set(&documents).decide(&request)
}

fn allowed(element: &str, principal: Principal) -> Decision {
    decide(&[("Allow", element)], principal)
}

#[test]
fn an_account_may_be_written_as_its_number_or_as_its_root() {
    for account in ["111122223333", "arn:aws:iam::111122223333:root"] {
        let element = format!(r#""Principal":{{"AWS":"{account}"}}"#);
        assert_eq!(allowed(&element, who(BOB)), Allowed, "{account}");
        assert_eq!(allowed(&element, who(SESSION)), Allowed, "{account}");
        assert_eq!(
            allowed(&element, who("arn:aws:iam::444455556666:user/bob")),
            ImplicitDeny,
            "{account}"
        );
    }
}

#[test]
fn a_role_stands_for_its_sessions_and_a_session_for_itself() {
    let role = r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/deploy"}"#;
    assert_eq!(allowed(role, who(SESSION)), Allowed);
    assert_eq!(
        allowed(role, who("arn:aws:sts::111122223333:assumed-role/other/job-1")),
        ImplicitDeny
    );
    let session = format!(r#""Principal":{{"AWS":"{SESSION}"}}"#);
    assert_eq!(allowed(&session, who(SESSION)), Allowed);
    assert_eq!(
        allowed(&session, who("arn:aws:sts::111122223333:assumed-role/deploy/job-2")),
        ImplicitDeny
    );
}

/// "If a resource-based policy grants permission to the ARN of the IAM user who federated": a session's ARN does not say who.
#[test]
fn a_user_stands_for_the_federated_sessions_that_it_got() {
    let federated = |user: Option<&str>| Principal::FederatedUser {
        arn: "arn:aws:sts::111122223333:federated-user/app".to_owned(),
        user_arn: user.map(str::to_owned),
        account: "111122223333".to_owned(),
    };
    let bob = format!(r#""Principal":{{"AWS":"{BOB}"}}"#);
    assert_eq!(allowed(&bob, federated(Some(BOB))), Allowed);
    assert_eq!(
        allowed(&bob, federated(Some("arn:aws:iam::111122223333:user/eve"))),
        ImplicitDeny
    );
    assert_eq!(allowed(&bob, federated(None)), Undetermined);
    let all_but_bob = [("Allow", r#""Principal":"*""#), ("Deny", bob.as_str())];
    assert_eq!(decide(&all_but_bob, federated(Some(BOB))), ExplicitDeny);
    assert_eq!(decide(&all_but_bob, federated(None)), Undetermined);
    let of_another_account = r#""Principal":{"AWS":"arn:aws:iam::444455556666:user/bob"}"#;
    assert_eq!(allowed(of_another_account, federated(None)), ImplicitDeny);
}

#[test]
fn everyone_is_written_in_two_ways() {
    for element in [r#""Principal":"*""#, r#""Principal":{"AWS":"*"}"#] {
        assert_eq!(allowed(element, who(BOB)), Allowed);
        assert_eq!(allowed(element, Principal::Anonymous), Allowed);
    }
}

#[test]
fn services_and_providers_are_named_in_full() {
    let lambda = || Principal::Service("lambda.amazonaws.com".to_owned());
    assert_eq!(
        allowed(
            r#""Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}"#,
            lambda()
        ),
        Allowed
    );
    assert_eq!(
        allowed(r#""Principal":{"Service":"ec2.amazonaws.com"}"#, lambda()),
        ImplicitDeny
    );
    let provider = || Principal::Federated("cognito-identity.amazonaws.com".to_owned());
    assert_eq!(
        allowed(
            r#""Principal":{"Federated":"cognito-identity.amazonaws.com"}"#,
            provider()
        ),
        Allowed
    );
    assert_eq!(
        allowed(
            r#""Principal":{"Service":"cognito-identity.amazonaws.com"}"#,
            provider()
        ),
        ImplicitDeny
    );
}

#[test]
fn part_of_a_name_or_an_unknown_kind_is_not_understood() {
    assert_eq!(
        allowed(r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/*"}"#, who(BOB)),
        Undetermined
    );
    assert_eq!(allowed(r#""Principal":{"Alien":"x"}"#, who(BOB)), Undetermined);
    assert_eq!(
        decide(
            &[
                ("Allow", r#""Principal":"*""#),
                ("Deny", r#""Principal":{"AWS":"AIDAEXAMPLE"}"#)
            ],
            who(BOB)
        ),
        Undetermined
    );
}

#[test]
fn nobody_known_is_not_decided() {
    let document = statement("Allow", r#""Principal":"*","Action":"*","Resource":"*""#);
    let request = Request::new("s3:GetObject", "*");
    assert_eq!(set(&[&document]).decide(&request), Undetermined);
}

/// "Specifying NotPrincipal with Deny": whoever is exempt must be named with his account, a session with its role too.
#[test]
fn exempt_from_a_deny_is_who_is_named_with_his_account() {
    let everyone = ("Allow", r#""Principal":"*""#);
    let deny = |named: &str| format!(r#""NotPrincipal":{{"AWS":{named}}}"#);
    let named = deny(&format!(r#"["{BOB}","111122223333"]"#));
    assert_eq!(decide(&[everyone, ("Deny", &named)], who(BOB)), Allowed);
    assert_eq!(
        decide(&[everyone, ("Deny", &named)], who("arn:aws:iam::111122223333:user/eve")),
        ExplicitDeny
    );
    let alone = deny(&format!(r#""{BOB}""#));
    assert_eq!(decide(&[everyone, ("Deny", &alone)], who(BOB)), ExplicitDeny);
    let role = "arn:aws:iam::111122223333:role/deploy";
    let session = deny(&format!(r#"["{SESSION}","{role}","arn:aws:iam::111122223333:root"]"#));
    assert_eq!(decide(&[everyone, ("Deny", &session)], who(SESSION)), Allowed);
    assert_eq!(
        decide(
            &[everyone, ("Deny", &session)],
            who("arn:aws:sts::111122223333:assumed-role/deploy/job-2")
        ),
        ExplicitDeny
    );
}

#[test]
fn an_allow_for_all_others_leaves_open_who_is_named_in_part() {
    let element = format!(r#""NotPrincipal":{{"AWS":"{BOB}"}}"#);
    assert_eq!(allowed(&element, who(BOB)), Undetermined);
    assert_eq!(allowed(&element, who("arn:aws:iam::444455556666:user/eve")), Allowed);
    assert_eq!(allowed(r#""NotPrincipal":"*""#, who(BOB)), ImplicitDeny);
}

#[test]
fn principals_are_read_from_their_arns() {
    assert_eq!(
        who(SESSION).principal_arn().unwrap(),
        "arn:aws:iam::111122223333:role/deploy"
    );
    assert_eq!(who(BOB).context().values("aws:username"), ["bob"]);
    assert_eq!(
        who("arn:aws:iam::111122223333:user/ci/bob")
            .context()
            .values("aws:username"),
        ["bob"]
    );
    for arn in [
        "bob",
        "arn:aws:iam::111122223333:group/x",
        "arn:aws:s3:::bucket",
        "arn:aws:sts::1:assumed-role/x",
    ] {
        assert!(Principal::from_arn(arn).is_err(), "{arn}");
    }
}
