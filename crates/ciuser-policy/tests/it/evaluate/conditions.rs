//! Operators, one by one.

use ciuser_policy::document::Document;
use ciuser_policy::evaluate::Decision::{self, Allowed, ImplicitDeny, Undetermined};
use ciuser_policy::evaluate::PolicySet;
use ciuser_policy::request::Request;
use ciuser_policy::unsettled::{AnyValueIfExists, EmptyValue, OperatorCase, SeveralValues, Unsettled};

use super::{context, decide, statement};

const HOLDS: Decision = Allowed;
const FAILS: Decision = ImplicitDeny;

fn document(condition: &str) -> String {
    statement(
        "Allow",
        &format!(r#""Action":"*","Resource":"*","Condition":{{{condition}}}"#),
    )
}

/// Decides by a statement with this condition.
fn under(condition: &str, given: &[(&str, &str)]) -> Decision {
    let request = Request::new("s3:GetObject", "*").with_context(context(given));
    decide(&[&document(condition)], &request)
}

fn under_reading(unsettled: Unsettled, condition: &str, given: &[(&str, &str)]) -> Decision {
    let policy = Document::read(&document(condition)).unwrap();
    let set = PolicySet::compile_with([("policy", &policy)], unsettled);
    set.decide(&Request::new("s3:GetObject", "*").with_context(context(given)))
}

/// Checks an operator with one value of policy and request.
fn check(operator: &str, cases: &[(&str, &str, Decision)]) {
    for (policy, request, decision) in cases {
        let condition = format!(r#""{operator}":{{"k":"{policy}"}}"#);
        assert_eq!(
            under(&condition, &[("k", request)]),
            *decision,
            "{operator} {policy} {request}"
        );
    }
}

#[test]
fn strings_are_equal_with_their_case_and_without_wildcards() {
    check(
        "StringEquals",
        &[
            ("a", "a", HOLDS),
            ("a", "A", FAILS),
            ("a*", "ab", FAILS),
            ("a*", "a*", HOLDS),
            ("", "", HOLDS),
        ],
    );
    check("StringNotEquals", &[("a", "a", FAILS), ("a", "A", HOLDS)]);
    check("StringEqualsIgnoreCase", &[("Äb", "äB", HOLDS), ("a", "b", FAILS)]);
    check("StringNotEqualsIgnoreCase", &[("a", "A", FAILS), ("a", "b", HOLDS)]);
}

#[test]
fn string_like_takes_both_wildcards_and_a_star_takes_everything() {
    check(
        "StringLike",
        &[
            ("a*", "a", HOLDS),
            ("a*c", "a:b/c", HOLDS),
            ("a?c", "abc", HOLDS),
            ("a?c", "ac", FAILS),
            ("*", "", HOLDS),
            ("a*", "line\nbreak", FAILS),
            ("*break", "line\nbreak", HOLDS),
            ("A*", "abc", FAILS),
        ],
    );
    check("StringNotLike", &[("a*", "abc", FAILS), ("a*", "b", HOLDS)]);
}

/// IAM User Guide, "Amazon Resource Name (ARN) condition operators": `ArnEquals` and `ArnLike` behave identically.
#[test]
fn arns_are_compared_part_by_part_under_both_names() {
    for operator in ["ArnLike", "ArnEquals"] {
        check(
            operator,
            &[
                ("arn:aws:sns:*:1:t*", "arn:aws:sns:r:1:topic", HOLDS),
                ("arn:aws:sns:*:t", "arn:aws:sns:r:1:t", Undetermined),
                ("arn:aws:sns:*:1:t", "arn:aws:sns:r:x:1:t", FAILS),
                ("arn:aws:sns:r:1:*", "arn:aws:sns:r:1:a:b", HOLDS),
                ("arn:aws:sns:r:1:t", "not an arn", FAILS),
            ],
        );
    }
    check(
        "ArnNotLike",
        &[
            ("arn:aws:sns:*:1:t*", "arn:aws:sns:r:1:topic", FAILS),
            ("arn:aws:sns:*:1:x", "arn:aws:sns:r:1:t", HOLDS),
        ],
    );
}

#[test]
fn numbers_are_compared_by_value() {
    check(
        "NumericEquals",
        &[
            ("10", "10.0", HOLDS),
            ("10", "11", FAILS),
            ("10", "ten", FAILS),
            ("ten", "10", Undetermined),
        ],
    );
    check("NumericNotEquals", &[("10", "10", FAILS), ("10", "11", HOLDS)]);
    check(
        "NumericLessThan",
        &[("10", "9.5", HOLDS), ("10", "10", FAILS), ("-1", "-2", HOLDS)],
    );
    check("NumericLessThanEquals", &[("10", "10", HOLDS), ("10", "10.1", FAILS)]);
    check("NumericGreaterThan", &[("10", "10", FAILS), ("9", "10", HOLDS)]);
    check("NumericGreaterThanEquals", &[("10", "10", HOLDS), ("10", "9", FAILS)]);
}

#[test]
fn dates_are_instants_in_any_of_their_forms() {
    check(
        "DateGreaterThan",
        &[
            ("2026-01-01", "2026-01-01T00:00:01Z", HOLDS),
            ("2026-01-01", "2026", FAILS),
        ],
    );
    check(
        "DateLessThan",
        &[
            ("2026-01-01T00:00:00Z", "1767225599", HOLDS),
            ("2026-01-01T00:00:00Z", "1767225600", FAILS),
        ],
    );
    check(
        "DateEquals",
        &[
            ("1767225600", "2026-01-01T01:00:00+01:00", HOLDS),
            ("1767225600", "never", FAILS),
        ],
    );
    check(
        "DateNotEquals",
        &[
            ("2026-01-01", "2026-01-01T00:00Z", FAILS),
            ("2026-01-01", "2026-01-02", HOLDS),
        ],
    );
    check("DateLessThanEquals", &[("2026", "2026-01-01T00:00:00Z", HOLDS)]);
    check("DateGreaterThanEquals", &[("2026", "2025-12-31T23:59:59.999Z", FAILS)]);
}

#[test]
fn addresses_are_in_ranges_of_their_own_version() {
    check(
        "IpAddress",
        &[
            ("203.0.113.0/24", "203.0.113.9", HOLDS),
            ("203.0.113.0/24", "203.0.114.9", FAILS),
            ("203.0.113.9", "203.0.113.9", HOLDS),
            ("0.0.0.0/0", "::1", FAILS),
            ("2001:db8::/32", "2001:db8::1", HOLDS),
            ("1.2.3.4", "AWS Internal", FAILS),
        ],
    );
    check(
        "NotIpAddress",
        &[
            ("203.0.113.0/24", "203.0.113.9", FAILS),
            ("203.0.113.0/24", "::1", HOLDS),
        ],
    );
}

#[test]
fn booleans_ignore_case_and_may_be_written_as_json_booleans() {
    check(
        "Bool",
        &[
            ("true", "TRUE", HOLDS),
            ("False", "false", HOLDS),
            ("true", "false", FAILS),
            ("true", "yes", FAILS),
            ("yes", "true", Undetermined),
        ],
    );
    assert_eq!(under(r#""Bool":{"k":true}"#, &[("k", "true")]), HOLDS);
    assert_eq!(under(r#""NumericEquals":{"k":5}"#, &[("k", "5")]), HOLDS);
}

#[test]
fn binary_values_are_compared_as_they_are_encoded() {
    check(
        "BinaryEquals",
        &[("QmluYXJ5", "QmluYXJ5", HOLDS), ("QmluYXJ5", "qmluyxj5", FAILS)],
    );
}

#[test]
fn one_of_several_values_is_enough_and_none_may_match_under_negation() {
    assert_eq!(under(r#""StringEquals":{"k":["a","b"]}"#, &[("k", "b")]), HOLDS);
    assert_eq!(under(r#""StringNotEquals":{"k":["a","b"]}"#, &[("k", "b")]), FAILS);
    assert_eq!(under(r#""StringNotEquals":{"k":["a","b"]}"#, &[("k", "c")]), HOLDS);
    assert_eq!(under(r#""NumericNotEquals":{"k":["1","2"]}"#, &[("k", "2")]), FAILS);
    assert_eq!(
        under(r#""DateNotEquals":{"k":["2025","2026"]}"#, &[("k", "2026")]),
        FAILS
    );
}

#[test]
fn all_keys_and_all_operators_must_hold() {
    let both = r#""StringEquals":{"a":"1","b":"2"},"Bool":{"c":"true"}"#;
    assert_eq!(under(both, &[("a", "1"), ("b", "2"), ("c", "true")]), HOLDS);
    assert_eq!(under(both, &[("a", "1"), ("b", "3"), ("c", "true")]), FAILS);
    assert_eq!(under(both, &[("a", "1"), ("b", "2")]), FAILS);
}

#[test]
fn keys_ignore_case_also_behind_a_slash() {
    assert_eq!(
        under(
            r#""StringEquals":{"aws:RequestTag/Team":"x"}"#,
            &[("AWS:requesttag/TEAM", "x")]
        ),
        HOLDS
    );
}

#[test]
fn an_absent_key_fails_what_asks_for_a_value_and_holds_what_asks_for_another_one() {
    for operator in [
        "StringEquals",
        "StringLike",
        "NumericLessThan",
        "DateEquals",
        "Bool",
        "IpAddress",
        "ArnLike",
        "BinaryEquals",
    ] {
        let value = match operator {
            "NumericLessThan" => "1",
            "DateEquals" => "2026",
            "Bool" => "true",
            "IpAddress" => "1.2.3.4",
            "ArnLike" => "arn:aws:sns:r:1:t",
            _ => "x",
        };
        assert_eq!(
            under(&format!(r#""{operator}":{{"k":"{value}"}}"#), &[]),
            FAILS,
            "{operator}"
        );
        assert_eq!(
            under(&format!(r#""{operator}IfExists":{{"k":"{value}"}}"#), &[]),
            HOLDS,
            "{operator}"
        );
    }
    for (operator, value) in [
        ("StringNotEquals", "x"),
        ("StringNotLike", "x*"),
        ("NumericNotEquals", "1"),
        ("DateNotEquals", "2026"),
        ("NotIpAddress", "1.2.3.4"),
        ("ArnNotLike", "arn:aws:sns:r:1:t"),
    ] {
        assert_eq!(
            under(&format!(r#""{operator}":{{"k":"{value}"}}"#), &[]),
            HOLDS,
            "{operator}"
        );
    }
}

#[test]
fn if_exists_asks_for_the_value_of_a_key_that_is_there() {
    assert_eq!(under(r#""StringEqualsIfExists":{"k":"a"}"#, &[("k", "b")]), FAILS);
    assert_eq!(under(r#""StringNotEqualsIfExists":{"k":"a"}"#, &[("k", "a")]), FAILS);
}

#[test]
fn null_asks_whether_the_key_is_absent() {
    assert_eq!(under(r#""Null":{"k":"true"}"#, &[]), HOLDS);
    assert_eq!(under(r#""Null":{"k":"true"}"#, &[("k", "x")]), FAILS);
    assert_eq!(under(r#""Null":{"k":"false"}"#, &[]), FAILS);
    assert_eq!(under(r#""Null":{"k":false}"#, &[("k", "x")]), HOLDS);
    assert_eq!(under(r#""Null":{"k":"maybe"}"#, &[]), Undetermined);
    assert_eq!(under(r#""NullIfExists":{"k":"true"}"#, &[]), Undetermined);
}

#[test]
fn whether_an_empty_value_is_null_is_left_open() {
    for (reading, decision) in [
        (EmptyValue::Unknown, Undetermined),
        (EmptyValue::Absent, HOLDS),
        (EmptyValue::Present, FAILS),
    ] {
        let unsettled = Unsettled {
            empty_value: reading,
            ..Unsettled::default()
        };
        assert_eq!(
            under_reading(unsettled, r#""Null":{"k":"true"}"#, &[("k", "")]),
            decision,
            "{reading:?}"
        );
    }
}

/// IAM User Guide, "Set operators for multivalued context keys".
#[test]
fn for_all_values_holds_when_every_value_does_and_when_there_is_none() {
    let tags = r#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#;
    for (given, decision) in [
        (&[][..], HOLDS),
        (&[("aws:TagKeys", "a")][..], HOLDS),
        (&[("aws:TagKeys", "a"), ("aws:TagKeys", "b")][..], HOLDS),
        (&[("aws:TagKeys", "a"), ("aws:TagKeys", "c")][..], FAILS),
        (&[("aws:TagKeys", "")][..], HOLDS),
    ] {
        assert_eq!(under(tags, given), decision, "{given:?}");
    }
    let others = r#""ForAllValues:StringNotEquals":{"k":["a","b"]}"#;
    assert_eq!(under(others, &[("k", "c"), ("k", "d")]), HOLDS);
    assert_eq!(under(others, &[("k", "c"), ("k", "a")]), FAILS);
}

#[test]
fn for_any_value_holds_when_one_value_does_and_not_when_there_is_none() {
    let tags = r#""ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}"#;
    for (given, decision) in [
        (&[][..], FAILS),
        (&[("aws:TagKeys", "c"), ("aws:TagKeys", "b")][..], HOLDS),
        (&[("aws:TagKeys", "c")][..], FAILS),
        (&[("aws:TagKeys", "")][..], FAILS),
    ] {
        assert_eq!(under(tags, given), decision, "{given:?}");
    }
    let others = r#""ForAnyValue:StringNotEquals":{"k":["a","b"]}"#;
    assert_eq!(under(others, &[("k", "a"), ("k", "c")]), HOLDS);
    assert_eq!(under(others, &[("k", "a"), ("k", "b")]), FAILS);
    assert_eq!(under(others, &[]), FAILS);
}

/// "...IfExists" says of every operator that it holds without the key, "ForAnyValue" that it does not.
#[test]
fn whether_any_value_of_a_key_that_need_not_exist_may_be_none_is_left_open() {
    let condition = r#""ForAnyValue:StringEqualsIfExists":{"k":"a"}"#;
    for (reading, decision) in [
        (AnyValueIfExists::Unknown, Undetermined),
        (AnyValueIfExists::Match, HOLDS),
        (AnyValueIfExists::NoMatch, FAILS),
    ] {
        let unsettled = Unsettled {
            any_value_if_exists: reading,
            ..Unsettled::default()
        };
        assert_eq!(under_reading(unsettled, condition, &[]), decision, "{reading:?}");
        assert_eq!(under_reading(unsettled, condition, &[("k", "a")]), HOLDS, "{reading:?}");
        assert_eq!(under_reading(unsettled, condition, &[("k", "b")]), FAILS, "{reading:?}");
    }
}

#[test]
fn a_plain_operator_that_meets_several_values_is_left_open() {
    let condition = r#""StringEquals":{"k":"a"}"#;
    let given = [("k", "a"), ("k", "b")];
    assert_eq!(under(condition, &given), Undetermined);
    let unsettled = Unsettled {
        several_values: SeveralValues::NoMatch,
        ..Unsettled::default()
    };
    assert_eq!(under_reading(unsettled, condition, &given), FAILS);
}

#[test]
fn an_operator_that_is_not_known_is_not_understood() {
    assert_eq!(under(r#""StringMatches":{"k":"a"}"#, &[("k", "a")]), Undetermined);
    assert_eq!(
        under(r#""ForSomeValues:StringEquals":{"k":"a"}"#, &[("k", "a")]),
        Undetermined
    );
    assert_eq!(
        under(r#""StringMatches":{"k":"a"},"Bool":{"b":"true"}"#, &[("b", "false")]),
        FAILS
    );
}

#[test]
fn whether_operators_have_a_case_is_left_open() {
    let condition = r#""stringequals":{"k":"a"}"#;
    assert_eq!(under(condition, &[("k", "a")]), Undetermined);
    let unsettled = Unsettled {
        operator_case: OperatorCase::Ignored,
        ..Unsettled::default()
    };
    assert_eq!(under_reading(unsettled, condition, &[("k", "a")]), HOLDS);
    assert_eq!(
        under_reading(
            unsettled,
            r#""foranyvalue:stringequalsifexists":{"k":"a"}"#,
            &[("k", "a")]
        ),
        HOLDS
    );
}
