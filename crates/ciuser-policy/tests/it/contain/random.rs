//! Random policies of a small world, whose requests are tried one by one: what is proven must be so.

use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::Document;
use ciuser_policy::evaluate::Decision::Allowed;
use ciuser_policy::evaluate::PolicySet;
use ciuser_policy::request::{Context, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::properties_of_decisions::{decisions_are_consistent, hold_for, proofs_hold};

const ACTIONS: [&str; 9] = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:?etObject",
    "s3:*Object",
    "s3:PutObject",
    "ec2:*",
    "ec2:Run*",
];
const RESOURCES: [&str; 9] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::ab",
    "arn:aws:s3:::?b",
    "arn:aws:*:*:*:ab",
    "arn:aws:s3*",
    "arn:aws:s3:::${k}",
    "arn:aws:s3:::a${k}",
];
const TEXTS: [&str; 7] = ["a", "b", "ab", "", "a*", "*b", "${v}"];
const NUMBERS: [&str; 4] = ["1", "2", "2.0", "3"];
const DATES: [&str; 3] = ["2025", "2026-01-01T00:00:00Z", "1767225600"];
const NETWORKS: [&str; 3] = ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"];
const ARNS: [&str; 3] = ["arn:aws:sns:*:1:t", "arn:aws:sns:r:1:*", "arn:aws:sns:r:1:t"];

/// Values that requests have: those that tell the policies' values apart.
const GIVEN: [&str; 24] = [
    "a",
    "A",
    "Ab",
    "b",
    "ab",
    "",
    "aab",
    "a*",
    "*b",
    "c",
    "1",
    "2",
    "2.5",
    "3",
    "4",
    "2025",
    "2025-06",
    "2026",
    "10.0.0.1",
    "10.1.0.1",
    "2001:db8::1",
    "arn:aws:sns:r:1:t",
    "arn:aws:sns:x:1:t",
    "true",
];
const REQUESTED: [(&str, &str); 10] = [
    ("s3:GetObject", "arn:aws:s3:::ab"),
    ("s3:GetObject", "arn:aws:s3:::a"),
    ("s3:GetObject", "arn:aws:s3:r:1:ab"),
    ("s3:PutObject", "arn:aws:s3:::ab"),
    ("s3:PutObject", "arn:aws:s3:::aab"),
    ("s3:GetBucket", "arn:aws:s3:::bb"),
    ("s3:ListBuckets", "*"),
    ("ec2:RunInstances", "arn:aws:ec2:r:1:instance/i"),
    ("ec2:Stop", "*"),
    ("iam:PassRole", "arn:aws:iam::1:role/x"),
];

fn condition() -> impl Strategy<Value = Value> {
    let of = |operators: &'static [&'static str], values: &'static [&'static str]| {
        (select(operators), subsequence(values, 1..=2))
            .prop_map(|(operator, values)| (operator.to_owned(), json!(values)))
    };
    let kinds = prop_oneof![
        4 => of(&["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"], &TEXTS),
        2 => of(&["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"], &NUMBERS),
        1 => of(&["DateLessThan", "DateEquals", "DateGreaterThan", "DateNotEquals"], &DATES),
        1 => of(&["IpAddress", "NotIpAddress"], &NETWORKS),
        1 => of(&["ArnLike", "ArnNotEquals"], &ARNS),
        1 => of(&["Bool"], &["true", "false"]),
        1 => of(&["StringMatches"], &TEXTS),
    ];
    let plain = (kinds, any::<bool>(), select(&["k", "j"][..])).prop_map(|((operator, values), if_exists, key)| {
        let operator = if if_exists {
            format!("{operator}IfExists")
        } else {
            operator
        };
        json!({operator: {key: values}})
    });
    let of_set = of(
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringLike",
            "ForAllValues:StringNotLike",
            "ForAnyValue:StringNotEquals",
        ],
        &TEXTS,
    );
    let of_set = of_set.prop_map(|(operator, values)| json!({operator: {"s": values}}));
    let null =
        (select(&["k", "s"][..]), any::<bool>()).prop_map(|(key, absent)| json!({"Null": {key: absent.to_string()}}));
    let plain_on_set = select(&TEXTS[..]).prop_map(|text| json!({"StringEquals": {"s": text}}));
    prop_oneof![4 => plain, 3 => of_set, 1 => null, 1 => plain_on_set]
}

fn statement() -> impl Strategy<Value = Value> {
    let conditions = proptest::collection::vec(condition(), 0..=2);
    let actions = (any::<bool>(), subsequence(&ACTIONS[..], 1..=2));
    let resources = (proptest::bool::weighted(0.2), subsequence(&RESOURCES[..], 1..=2));
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    (effect, actions, resources, conditions).prop_map(
        |(effect, (not_action, actions), (not_resource, resources), conditions)| {
            let mut statement = json!({"Effect": effect});
            let not_action = not_action && actions.len() == 2;
            statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            let mut merged = json!({});
            for condition in conditions {
                for (operator, keys) in condition.as_object().unwrap() {
                    merged[operator] = keys.clone();
                }
            }
            if merged != json!({}) {
                statement["Condition"] = merged;
            }
            statement
        },
    )
}

fn policy() -> impl Strategy<Value = Document> {
    policy_of(statement())
}

/// Makes policies of a few statements.
pub(super) fn policy_of(statement: impl Strategy<Value = Value>) -> impl Strategy<Value = Document> {
    proptest::collection::vec(statement, 1..=3).prop_map(|statements| {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        Document::read(&document.to_string()).unwrap()
    })
}

fn request() -> impl Strategy<Value = Request> {
    let one = || proptest::option::weighted(0.8, select(&GIVEN[..]));
    (
        select(&REQUESTED[..]),
        one(),
        one(),
        one(),
        subsequence(&GIVEN[..10], 0..=3),
    )
        .prop_map(|((action, resource), k, j, v, s)| {
            let mut context = Context::default();
            for (key, value) in [("k", k), ("j", j), ("v", v)] {
                if let Some(value) = value {
                    context.add(key, value);
                }
            }
            for value in s {
                context.add("s", value);
            }
            Request::new(action, resource).with_context(context)
        })
}

fn grants(policy: &Document) -> Grants {
    Grants::of([("policy", policy)])
}

fn set(policies: &[&Document]) -> PolicySet {
    PolicySet::compile(policies.iter().map(|policy| ("policy", *policy)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_proven_holds_for_every_request_that_is_tried(
        old in policy(),
        new in policy(),
        requests in proptest::collection::vec(request(), 40),
    ) {
        for request in &requests {
            decisions_are_consistent(&old, &new, request);
        }
        proofs_hold(&old, &new, &requests);
    }

    #[test]
    fn a_policy_is_within_itself_and_within_more_of_the_same(one in policy(), more in policy()) {
        prop_assert_eq!(contains(&grants(&one), &grants(&one)), Containment::Proven);
        let allowing = one.statements.iter().all(|s| s.effect.value.as_str() == "Allow")
            && more.statements.iter().all(|s| s.effect.value.as_str() == "Allow");
        if allowing {
            let both = Grants::of([("one", &one), ("more", &more)]);
            prop_assert_eq!(contains(&both, &grants(&one)), Containment::Proven);
        }
    }

    #[test]
    fn a_statement_that_denies_never_allows_more(one in policy(), other in policy(), requests in proptest::collection::vec(request(), 20)) {
        let denying = other.to_string().replace("\"Allow\"", "\"Deny\"");
        let denying = Document::read(&denying).unwrap();
        let fewer = Grants::of([("one", &one), ("denying", &denying)]);
        prop_assert_eq!(contains(&grants(&one), &fewer), Containment::Proven);
        let (alone, both) = (set(&[&one]), set(&[&one, &denying]));
        for request in requests {
            prop_assert!(both.decide(&request) != Allowed || alone.decide(&request) == Allowed);
        }
    }

    #[test]
    fn order_never_matters(one in policy(), other in policy(), requests in proptest::collection::vec(request(), 20)) {
        let (forth, back) = (set(&[&one, &other]), set(&[&other, &one]));
        for request in requests {
            prop_assert_eq!(forth.decide(&request), back.decide(&request));
        }
        let both = |first: &Document, second: &Document| Grants::of([("a", first), ("b", second)]);
        prop_assert_eq!(contains(&both(&one, &other), &both(&other, &one)), Containment::Proven);
    }

    #[test]
    fn a_boundary_takes_away_and_never_adds(one in policy(), boundary in policy()) {
        let within = grants(&one).within(&boundary);
        prop_assert_eq!(contains(&grants(&one), &within), Containment::Proven);
        prop_assert_eq!(contains(&grants(&boundary), &within), Containment::Proven);
    }
}

/// Compares pairs of policies. Returns how often it is proven, a witness confirmed, and one not.
pub(super) fn outcomes(policy: &impl Strategy<Value = Document>, pairs: usize) -> [usize; 3] {
    let mut runner = TestRunner::deterministic();
    let mut outcomes = [0; 3];
    for _ in 0..pairs {
        let [old, new] = [(), ()].map(|()| policy.new_tree(&mut runner).unwrap().current());
        let outcome = match contains(&grants(&old), &grants(&new)) {
            Containment::Proven => 0,
            Containment::NotProven(witness) if witness.confirmed => 1,
            Containment::NotProven(_) => 2,
            Containment::Undecided => panic!("undecided"),
        };
        outcomes[outcome] += 1;
    }
    outcomes
}

/// Those that are not depend on what is not understood, or on keys that have to do with each other.
#[test]
fn nine_of_ten_witnesses_are_confirmed() {
    let [proven, confirmed, unconfirmed] = outcomes(&policy(), 1_000);
    assert!(
        proven > 100 && confirmed > 9 * unconfirmed,
        "{proven} {confirmed} {unconfirmed}"
    );
}

#[test]
fn the_seeds_of_the_fuzz_target_are_cases_that_hold() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/decision");
    let mut cases = 0;
    for seed in std::fs::read_dir(seeds).unwrap() {
        cases += usize::from(hold_for(&std::fs::read_to_string(seed.unwrap().path()).unwrap()));
    }
    assert_eq!(cases, 4);
}
