//! Random policies of a resource: what is proven must be so for everybody, whatever the policies of the principal say.

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::Document;
use ciuser_policy::evaluate::Decision::{self, Allowed, Undetermined};
use ciuser_policy::evaluate::{Policies, PolicySet};
use ciuser_policy::request::{Principal, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::random::{outcomes, policy_of};
use crate::evaluate::everything;

/// What the policies may name. The accounts are the first that come to mind where one is made up.
const NAMED: [(&str, &str); 15] = [
    ("AWS", "*"),
    ("AWS", "000000000000"),
    ("AWS", "arn:aws:iam::000000000000:root"),
    ("AWS", "000000000001"),
    ("AWS", "arn:aws:iam::000000000000:user/z"),
    ("AWS", "arn:aws:iam::000000000000:user/ci/z"),
    ("AWS", "arn:aws:iam::000000000001:user/z"),
    ("AWS", "arn:aws:iam::000000000000:role/r"),
    ("AWS", "arn:aws:iam::000000000000:role/ci/r"),
    ("AWS", "arn:aws:sts::000000000000:assumed-role/r/z"),
    ("AWS", "arn:aws:sts::000000000000:federated-user/z"),
    ("AWS", "AIDAEXAMPLE"),
    ("Service", "ec2.amazonaws.com"),
    ("Service", "another-service.amazonaws.com"),
    ("Federated", "accounts.google.com"),
];

const ARNS: [&str; 12] = [
    "*:*:*:*:*:*",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::*:user/z",
    "arn:aws:iam::000000000000:*",
    "arn:aws:iam::000000000000:role/*",
    "arn:aws:iam::0000000000?0:role/*r",
    "arn:aws:iam::000000000002:*",
    "arn:aws:iam::*:root",
    "arn:aws:iam::${aws:PrincipalAccount}:user/z",
    "arn:aws:iam::000000000000:user/${aws:username}",
    "arn:aws:sts::*:federated-user/*",
    "arn:aws:sts::*:federated-user/z",
];

/// Everybody who is named, and others like them.
fn everybody() -> Vec<Principal> {
    let mut everybody = vec![
        Principal::Anonymous,
        Principal::Service("ec2.amazonaws.com".to_owned()),
        Principal::Service("another-service.amazonaws.com".to_owned()),
        Principal::Service("third-service.amazonaws.com".to_owned()),
        Principal::Federated("accounts.google.com".to_owned()),
        Principal::Federated("another-provider".to_owned()),
    ];
    for account in ["000000000000", "000000000001", "000000000002", "111122223333"] {
        let arn = |service: &str, name: &str| format!("arn:aws:{service}::{account}:{name}");
        for name in ["root", "user/z", "user/ci/z", "user/bob"] {
            everybody.push(Principal::from_arn(&arn("iam", name)).unwrap());
        }
        for (role, session) in [("r", "z"), ("r", "a"), ("ci/r", "z"), ("ci/r", "a"), ("q", "z")] {
            everybody.extend(Principal::session_of(&arn("iam", &format!("role/{role}")), session));
        }
        for (name, user) in [("z", "z"), ("z", "bob"), ("z", "ci/z"), ("bob", "z")] {
            everybody.push(Principal::FederatedUser {
                arn: arn("sts", &format!("federated-user/{name}")),
                user_arn: Some(arn("iam", &format!("user/{user}"))),
                account: account.to_owned(),
            });
        }
    }
    everybody
}

fn principals() -> impl Strategy<Value = Value> {
    subsequence(&NAMED[..], 1..=3).prop_map(|named| {
        let mut principals = json!({});
        for (kind, name) in named {
            match principals[kind].as_array_mut() {
                Some(names) => names.push(json!(name)),
                None => principals[kind] = json!([name]),
            }
        }
        principals
    })
}

fn condition() -> impl Strategy<Value = Value> {
    let of_arn = (
        select(
            &[
                "ArnLike",
                "ArnNotLike",
                "StringLike",
                "StringNotEqualsIfExists",
                "ArnLikeIfExists",
            ][..],
        ),
        subsequence(&ARNS[..], 1..=2),
    )
        .prop_map(|(operator, arns)| json!({operator: {"aws:PrincipalArn": arns}}));
    let is_absent = any::<bool>().prop_map(|absent| json!({"Null": {"aws:PrincipalArn": absent.to_string()}}));
    let of_number = (
        select(&["NumericEquals", "NumericNotEquals", "BoolIfExists"][..]),
        select(&["5", "true"][..]),
    )
        .prop_map(|(operator, value)| json!({operator: {"aws:PrincipalArn": value}}));
    prop_oneof![8 => of_arn, 2 => is_absent, 1 => of_number]
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![3 => Just("Allow"), 2 => Just("Deny")];
    let negated = proptest::bool::weighted(0.2);
    (effect, negated, principals(), proptest::option::of(condition())).prop_map(
        |(effect, negated, principals, condition)| {
            let element = if negated { "NotPrincipal" } else { "Principal" };
            let mut statement = json!({"Effect": effect, element: principals, "Action": "s3:*", "Resource": "*"});
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn policy() -> impl Strategy<Value = Document> {
    policy_of(statement())
}

/// Returns how the policy decides in each case in which nothing is allowed without it: the principal's own policies allow
/// nothing and that of the session everything or nothing, or all allow everything and the resource is of another account.
fn decisions(policy: &Document, request: &Request) -> Vec<Decision> {
    let all = Document::read(&everything()).unwrap();
    let [nothing, everything] = [None, Some(&all)].map(|policy| PolicySet::compile(policy.map(|all| ("all", all))));
    let resource = PolicySet::compile([("resource", policy)]);
    let with = |identity: &PolicySet, limit: &PolicySet| Policies {
        session: Some(limit.clone()),
        resource: Some(resource.clone()),
        ..Policies::of_identity(identity.clone())
    };
    let (unlimited, limited) = (with(&nothing, &everything), with(&nothing, &nothing));
    let bounded = Policies {
        boundary: Some(everything.clone()),
        ..unlimited.clone()
    };
    let mut decisions = Vec::new();
    // Which is allowed everything in its account.
    let is_root = matches!(request.principal(), Some(Principal::Root { .. }));
    for account in ["000000000000", "000000000001", "111122223333"] {
        let request = request.clone().in_account(account);
        decisions.push(limited.decide(&request));
        if !is_root {
            decisions.extend([&unlimited, &bounded].map(|policies| policies.decide(&request)));
        }
    }
    let elsewhere = request.clone().in_account("444455556666");
    let allowed = with(&everything, &everything);
    decisions.push(allowed.decide(&elsewhere));
    let bounded = Policies {
        boundary: Some(everything.clone()),
        ..allowed
    };
    decisions.push(bounded.decide(&elsewhere));
    decisions
}

/// Returns whether a session is of a role of its name, or of a user, in its account.
fn could_be(principal: Option<&Principal>) -> bool {
    match principal {
        Some(Principal::RoleSession { arn, role_arn, .. }) => {
            let name = arn.rsplit('/').next().unwrap();
            Principal::session_of(role_arn, name).as_ref() == principal
        }
        Some(Principal::FederatedUser { user_arn, account, .. }) => {
            let user_arn = user_arn.as_deref().unwrap();
            Principal::from_arn(user_arn).unwrap().account() == Some(account)
        }
        Some(_) => true,
        None => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_proven_or_shown_is_so_for_everybody(old in policy(), new in policy()) {
        // Whether there is a case that is so.
        let somewhere = |request: &Request, is_so: fn(Decision, Decision) -> bool| {
            let [of_old, of_new] = [&old, &new].map(|policy| decisions(policy, request));
            of_old.iter().zip(&of_new).any(|(old, new)| is_so(*old, *new))
        };
        match contains(&Grants::of([("old", &old)]), &Grants::of([("new", &new)])) {
            Containment::Proven => {
                for principal in everybody() {
                    let request = Request::new("s3:GetObject", "arn:aws:s3:::b/o").with_context(principal.context());
                    let request = request.by(principal);
                    let allows_more =
                        somewhere(&request, |old, new| new == Allowed && !matches!(old, Allowed | Undetermined));
                    prop_assert!(!allows_more, "{old}\n{new}\n{request:?}");
                }
            }
            Containment::NotProven(witness) if witness.confirmed => {
                let allows_more = somewhere(&witness.request, |old, new| new == Allowed && old != Allowed);
                prop_assert!(allows_more, "{old}\n{new}\n{witness:?}");
                prop_assert!(could_be(witness.request.principal()), "{old}\n{new}\n{witness:?}");
            }
            Containment::NotProven(_) => {}
            Containment::Undecided => prop_assert!(false, "undecided"),
        }
    }
}

/// A guard against policies of which nothing is proven, and proofs that are given up early. What is not confirmed depends on
/// variables, or on principals that are not understood.
#[test]
fn some_are_proven_and_most_others_shown() {
    let [proven, confirmed, unconfirmed] = outcomes(&policy(), 500);
    assert!(
        proven > 100 && confirmed > 3 * unconfirmed,
        "{proven} {confirmed} {unconfirmed}"
    );
}
