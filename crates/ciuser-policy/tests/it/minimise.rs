//! Shorter documents that mean the same.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::catalogue::reference::AuthorizationReference;
use ciuser_policy::contain::{Containment, Grants, contains};
use ciuser_policy::document::{Document, PolicyDocument};
use ciuser_policy::minimise::{Options, minimise};
use serde_json::{Value, json};

use crate::rewrite::{Dice, rewritten};

fn document(statements: &Value) -> PolicyDocument {
    PolicyDocument::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn minimised(statements: &Value, options: Options) -> Value {
    minimise(document(statements).document(), options).to_value()["Statement"].clone()
}

fn shortest(statements: &Value) -> Value {
    minimised(statements, Options::default())
}

fn allow(actions: Value, resources: Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

fn equal(one: &Document, other: &Document) -> bool {
    let [one, other] = [one, other].map(|document| Grants::of([("policy", document)]));
    contains(&one, &other) == Containment::Proven && contains(&other, &one) == Containment::Proven
}

#[test]
fn a_list_of_one_is_its_value_and_one_statement_needs_no_list() {
    assert_eq!(
        shortest(&json!([allow(json!(["s3:GetObject"]), json!(["*"]))])),
        allow(json!("s3:GetObject"), json!("*"))
    );
}

#[test]
fn what_a_wildcard_matches_need_not_be_listed() {
    let statements = json!([allow(
        json!(["s3:GetObject", "s3:Get*", "s3:getobjectacl", "s3:PutObject"]),
        json!(["arn:aws:s3:::b/*", "arn:aws:s3:::b/x"])
    )]);
    assert_eq!(
        shortest(&statements),
        allow(json!(["s3:Get*", "s3:PutObject"]), json!("arn:aws:s3:::b/*"))
    );
}

#[test]
fn a_pattern_and_the_rest_of_it_are_one() {
    let statements = json!([allow(
        json!(["s3:Get", "s3:Get?*"]),
        json!(["arn:aws:s3:::b", "arn:aws:s3:::b?", "arn:aws:s3:::b??*"])
    )]);
    assert_eq!(shortest(&statements), allow(json!("s3:Get*"), json!("arn:aws:s3:::b*")));
}

#[test]
fn statements_that_differ_in_one_list_are_one() {
    let statements = json!([
        allow(json!("s3:GetObject"), json!("arn:aws:s3:::a")),
        allow(json!("s3:PutObject"), json!("arn:aws:s3:::a")),
        allow(json!(["s3:PutObject", "s3:GetObject"]), json!("arn:aws:s3:::b"))
    ]);
    assert_eq!(
        shortest(&statements),
        allow(
            json!(["s3:GetObject", "s3:PutObject"]),
            json!(["arn:aws:s3:::a", "arn:aws:s3:::b"])
        )
    );
}

#[test]
fn conditions_that_mean_the_same_do_not_keep_statements_apart() {
    let under = |action: &str, condition: Value| json!({"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition});
    let statements = json!([
        under("s3:GetObject", json!({"StringEquals": {"aws:username": ["a", "b"]}})),
        under("s3:PutObject", json!({"StringEquals": {"aws:UserName": ["b", "a"]}}))
    ]);
    assert_eq!(shortest(&statements)["Action"], json!(["s3:GetObject", "s3:PutObject"]));
    let statements = json!([
        under("s3:GetObject", json!({"StringEquals": {"aws:username": "a"}})),
        under("s3:PutObject", json!({"StringEquals": {"aws:username": "b"}}))
    ]);
    assert_eq!(shortest(&statements).as_array().unwrap().len(), 2);
}

#[test]
fn a_statement_that_others_make_up_for_goes() {
    let statements = json!([
        allow(json!("s3:*"), json!("*")),
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    ]);
    assert_eq!(shortest(&statements), allow(json!("s3:*"), json!("*")));
}

/// Other policies may allow what this one only denies.
#[test]
fn a_denial_goes_only_beside_others_that_deny_all_of_it() {
    let deny = |action: Value| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
    for statements in [
        json!([allow(json!("s3:*"), json!("*")), deny(json!("ec2:RunInstances"))]),
        json!([deny(json!("iam:*")), {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}]),
    ] {
        assert_eq!(shortest(&statements), statements);
    }
    assert_eq!(
        shortest(&json!([deny(json!("iam:*")), deny(json!("s3:*"))])),
        deny(json!(["iam:*", "s3:*"]))
    );
    let narrower = json!({"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "arn:aws:iam::*:user/a"});
    assert_eq!(shortest(&json!([narrower, deny(json!("iam:*"))])), deny(json!("iam:*")));
    // What is denied anyway need not be allowed.
    assert_eq!(
        shortest(&json!([
            allow(json!("iam:CreateUser"), json!("*")),
            deny(json!("iam:*"))
        ])),
        deny(json!("iam:*"))
    );
}

#[test]
fn a_denial_that_denies_something_stays() {
    let statements =
        json!([allow(json!("s3:*"), json!("*")), {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]);
    assert_eq!(shortest(&statements), statements);
}

#[test]
fn not_elements_are_left_as_they_are() {
    let statements = json!([{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}, {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "NotResource": "arn:aws:s3:::b"}]);
    assert!(equal(
        document(&statements).document(),
        document(&shortest(&statements)).document()
    ));
}

#[test]
fn sids_go_unless_they_are_kept() {
    let named = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*"});
    let statements = json!([named("Read", "s3:GetObject"), named("Write", "s3:PutObject")]);
    assert_eq!(
        shortest(&statements),
        allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"))
    );
    let kept = Options {
        keep_sids: true,
        ..Options::default()
    };
    assert_eq!(minimised(&statements, kept), statements);
}

#[test]
fn known_actions_are_folded_only_when_asked_and_never_take_in_another_known_one() {
    let all: Vec<String> = AuthorizationReference::embedded()
        .expand("sqs:*")
        .map(|action| action.to_string())
        .collect();
    let statements = json!([allow(json!(all), json!("*"))]);
    assert_eq!(shortest(&statements)["Action"].as_array().unwrap().len(), all.len());
    let future = Options {
        allow_future: true,
        ..Options::default()
    };
    assert_eq!(minimised(&statements, future)["Action"], json!("sqs:*"));
    let but_one: Vec<&String> = all.iter().filter(|action| *action != "sqs:PurgeQueue").collect();
    let folded = minimised(&json!([allow(json!(but_one), json!("*"))]), future);
    let patterns: Vec<&str> = match &folded["Action"] {
        Value::Array(list) => list.iter().map(|value| value.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    };
    let mut matched: Vec<String> = patterns
        .iter()
        .flat_map(|pattern| AuthorizationReference::embedded().expand(pattern))
        .map(|action| action.to_string())
        .collect();
    matched.sort();
    matched.dedup();
    let mut wanted: Vec<String> = but_one.into_iter().cloned().collect();
    wanted.sort();
    assert_eq!(matched, wanted);
    assert!(patterns.len() < wanted.len() / 2, "{patterns:?}");
}

/// What ten of AWS's policies must come down to, in characters without white space: as it is, and with wildcards that may
/// match actions to come.
#[test]
fn ten_of_awss_policies_reach_their_sizes() {
    for (name, plain, future) in [
        ("AmazonS3FullAccess", 109, 109),
        ("CloudFrontFullAccess", 1_424, 1_288),
        ("AdministratorAccess-AWSElasticBeanstalk", 7_428, 6_786),
        ("AmazonEC2ContainerRegistryPowerUser", 487, 351),
        ("AmazonRoute53FullAccess", 757, 757),
        ("AmazonECS_FullAccess", 5_225, 3_933),
        ("AWSLambda_FullAccess", 1_167, 1_072),
        ("PowerUserAccess", 442, 348),
        ("AmazonSSMManagedInstanceCore", 772, 371),
        ("AWSCodeStarServiceRole", 2_810, 2_810),
    ] {
        let policy = PolicyDocument::parse(Catalogue::embedded().by_name(name).unwrap().document()).unwrap();
        let sizes = [false, true].map(|allow_future| {
            let options = Options {
                allow_future,
                ..Options::default()
            };
            minimise(policy.document(), options).size()
        });
        assert!(sizes[0] <= plain && sizes[1] <= future, "{name} {sizes:?}");
    }
}

#[test]
fn what_was_split_and_rewritten_comes_back_to_its_size() {
    let (mut back, mut policies) = (0, 0);
    for (seed, policy) in (1..).zip(Catalogue::embedded().policies()).step_by(37) {
        let original = PolicyDocument::parse(policy.document()).unwrap();
        let other = rewritten(&serde_json::from_str(policy.document()).unwrap(), &mut Dice::new(seed)).to_string();
        // What is split by whether a key is there is not put together again.
        if other.contains("\"Null\":{\"aws:RequestTag/rewritten\"") {
            continue;
        }
        let other = PolicyDocument::parse(&other).unwrap();
        let [short, shortest] = [&other, &original].map(|policy| minimise(policy.document(), Options::default()));
        assert!(equal(&short, original.document()), "{}", policy.name);
        assert!(equal(&shortest, original.document()), "{}", policy.name);
        assert!(shortest.size() <= original.size(), "{}", policy.name);
        let sizes = [&original, &other].map(PolicyDocument::size);
        println!("{} {sizes:?} {} {}", policy.name, short.size(), shortest.size());
        // Conditions that were split by value come back but in part.
        assert!(short.size() * 7 <= shortest.size() * 8, "{}", policy.name);
        policies += 1;
        back += usize::from(short.size() * 100 <= shortest.size() * 101);
    }
    assert!(back * 100 >= policies * 95, "{back} of {policies}");
}
