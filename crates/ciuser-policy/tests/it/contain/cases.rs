//! Comparisons whose answer can be read off the policies.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::contain::{Containment, Grants, Witness, contains, grants_nothing};
use ciuser_policy::document::Document;

use crate::evaluate::{everything, statement};

fn document(text: &str) -> Document {
    Document::read(text).unwrap()
}

fn grants(text: &str) -> Grants {
    Grants::of([("policy", &document(text))])
}

fn managed(names: &[&str]) -> Grants {
    let policies: Vec<_> = names
        .iter()
        .map(|name| (*name, document(Catalogue::embedded().by_name(name).unwrap().document())))
        .collect();
    Grants::of(policies.iter().map(|(name, policy)| (*name, policy)))
}

/// Holds a policy of some statements.
fn of(statements: &[String]) -> Grants {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    grants(&text)
}

/// Returns the request that shows a difference; it must be confirmed.
fn witness(old: &Grants, new: &Grants) -> Witness {
    match contains(old, new) {
        Containment::NotProven(witness) if witness.confirmed => *witness,
        other => panic!("{other:?}"),
    }
}

/// Compares statements that allow, given by what else they say.
fn within(old: &[&str], new: &[&str]) -> Containment {
    let side = |members: &[&str]| {
        let documents: Vec<_> = members
            .iter()
            .map(|members| document(&statement("Allow", members)))
            .collect();
        Grants::of(documents.iter().map(|policy| ("policy", policy)))
    };
    contains(&side(old), &side(new))
}

const DEPLOY: &str = r#""Action":["s3:ListBucket","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload",
    "cloudfront:CreateInvalidation"],"Resource":"*""#;

#[test]
fn what_a_static_site_needs_is_within_two_of_awss_policies_and_not_within_one() {
    let deploy = grants(&statement("Allow", DEPLOY));
    assert_eq!(
        contains(&managed(&["AmazonS3FullAccess", "CloudFrontFullAccess"]), &deploy),
        Containment::Proven
    );
    let witness = witness(&managed(&["AmazonS3FullAccess"]), &deploy);
    assert_eq!(witness.request.action(), "cloudfront:CreateInvalidation");
    assert_eq!(
        witness.request.resource(),
        "arn:aws:cloudfront::111122223333:distribution/some-distributionid"
    );
}

#[test]
fn a_witness_is_an_action_that_there_is_on_a_resource_that_it_takes() {
    let witness = witness(
        &grants(&statement("Allow", r#""Action":"ec2:*","Resource":"*""#)),
        &grants(&everything()),
    );
    let action =
        ciuser_policy::catalogue::reference::AuthorizationReference::embedded().action(witness.request.action());
    assert!(action.is_some(), "{witness:?}");
}

/// A list of known actions would not see these.
#[test]
fn actions_that_aws_does_not_have_yet_count() {
    let all_known = r#""Action":["account:Accept*","account:Close*","account:Delete*","account:Disable*","account:Enable*","account:Get*",
        "account:List*","account:Put*","account:Send*","account:Start*","account:Update*"],"Resource":"*""#;
    let all = r#""Action":"account:*","Resource":"*""#;
    assert!(matches!(within(&[all_known], &[all]), Containment::NotProven(_)));
    assert_eq!(within(&[all], &[all_known]), Containment::Proven);
}

#[test]
fn a_union_of_statements_covers_what_none_of_them_does() {
    let of = |name: &str| format!(r#""Action":"s3:*","Resource":"arn:aws:s3:::{name}""#);
    assert_eq!(
        within(
            &[&of("a*"), &of("b*")],
            &[r#""Action":"s3:*","Resource":["arn:aws:s3:::ab*","arn:aws:s3:::ba*"]"#]
        ),
        Containment::Proven
    );
    assert!(matches!(
        within(&[&of("a*"), &of("b*")], &[&of("*")]),
        Containment::NotProven(_)
    ));
    let under = |condition: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{condition}}}"#);
    let yes_and_no = [under(r#""Bool":{"k":"true"}"#), under(r#""Bool":{"k":"false"}"#)];
    let either = under(r#""Bool":{"k":["true","false"]}"#);
    assert_eq!(
        within(&[&yes_and_no[0], &yes_and_no[1]], &[&either]),
        Containment::Proven
    );
    let there_and_absent = [under(r#""Null":{"k":"true"}"#), under(r#""Null":{"k":"false"}"#)];
    assert_eq!(
        within(
            &[&there_and_absent[0], &there_and_absent[1]],
            &[r#""Action":"*","Resource":"*""#]
        ),
        Containment::Proven
    );
}

#[test]
fn numbers_dates_and_addresses_are_ranges() {
    let under = |operator: &str, value: &str| {
        format!(r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"k":{value}}}}}"#)
    };
    for (old, new, proven) in [
        (("NumericLessThan", "10"), ("NumericLessThanEquals", "9.5"), true),
        (("NumericLessThan", "10"), ("NumericLessThanEquals", "10"), false),
        (("NumericNotEquals", "3"), ("NumericGreaterThan", "3"), true),
        (
            ("DateGreaterThan", "\"2026-01-01\""),
            ("DateGreaterThan", "\"2026-06-01T00:00:00Z\""),
            true,
        ),
        (
            ("DateGreaterThan", "\"2026-06-01\""),
            ("DateGreaterThan", "\"1767225600\""),
            false,
        ),
        (
            ("IpAddress", "\"10.0.0.0/8\""),
            ("IpAddress", "[\"10.1.0.0/16\",\"10.2.3.4\"]"),
            true,
        ),
        (
            ("IpAddress", "[\"10.0.0.0/9\",\"10.128.0.0/9\"]"),
            ("IpAddress", "\"10.0.0.0/8\""),
            true,
        ),
        (("IpAddress", "\"10.0.0.0/9\""), ("IpAddress", "\"10.0.0.0/8\""), false),
        (
            ("NotIpAddress", "\"10.0.0.0/8\""),
            ("IpAddress", "\"192.0.2.0/24\""),
            true,
        ),
        (("IpAddress", "\"0.0.0.0/0\""), ("IpAddress", "\"::/0\""), false),
    ] {
        let outcome = within(&[&under(old.0, old.1)], &[&under(new.0, new.1)]);
        assert_eq!(outcome == Containment::Proven, proven, "{old:?} {new:?} {outcome:?}");
    }
}

#[test]
fn set_operators_are_exact() {
    let under = |conditions: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{conditions}}}"#);
    let all = |values: &str| under(&format!(r#""ForAllValues:StringEquals":{{"k":{values}}}"#));
    let any = |values: &str| under(&format!(r#""ForAnyValue:StringEquals":{{"k":{values}}}"#));
    for (old, new, proven) in [
        (all(r#"["a","b"]"#), all(r#"["a"]"#), true),
        (all(r#"["a"]"#), all(r#"["a","b"]"#), false),
        (any(r#"["a","b"]"#), any(r#"["a"]"#), true),
        (any(r#"["a"]"#), any(r#"["a","b"]"#), false),
        // None at all is all of them, and not one of them.
        (any(r#"["a","b"]"#), all(r#"["a","b"]"#), false),
        (
            any(r#"["a"]"#),
            under(r#""ForAllValues:StringEquals":{"k":"a"},"Null":{"k":"false"}"#),
            false,
        ),
        (all(r#"["a"]"#), under(r#""StringEquals":{"k":"a"}"#), false),
        (
            any(r#"["a"]"#),
            under(r#""ForAnyValue:StringEquals":{"k":"a"},"ForAllValues:StringEquals":{"k":["a","b"]}"#),
            true,
        ),
    ] {
        let outcome = within(&[&old], &[&new]);
        assert_eq!(outcome == Containment::Proven, proven, "{old} {new} {outcome:?}");
    }
}

#[test]
fn a_key_that_is_missing_or_has_several_values_is_taken_at_its_word() {
    let under = |conditions: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{conditions}}}"#);
    let null = |is_missing: bool| under(&format!(r#""Null":{{"k":"{is_missing}"}}"#));
    for (old, new) in [(true, false), (false, true)] {
        let outcome = within(&[&null(old)], &[&null(new)]);
        assert!(matches!(outcome, Containment::NotProven(_)), "{outcome:?}");
    }
    for value in [
        r#""StringEquals":{"k":"a"}"#,
        r#""ForAnyValue:StringEquals":{"k":"a"},"ForAnyValue:StringLike":{"k":"b?"}"#,
    ] {
        let possible = under(&format!(r#"{value},"Null":{{"k":"false"}}"#));
        let shown = self::witness(&Grants::default(), &grants(&statement("Allow", &possible)));
        assert_eq!(shown.request.context().values("k")[0], "a", "{value}");
        let impossible = under(&format!(r#"{value},"Null":{{"k":"true"}}"#));
        let outcome = grants_nothing(&grants(&statement("Allow", &impossible)));
        assert_eq!(outcome, Containment::Proven, "{value}");
    }
    // Of a key that has one value at most, it is one of the two; of others it may be both.
    for (key, proven) in [("aws:username", true), ("aws:TagKeys", false)] {
        let all = |values: &str| {
            let all = format!(r#""ForAllValues:StringEquals":{{"{key}":{values}}}"#);
            under(&format!(r#"{all},"Null":{{"{key}":"false"}}"#))
        };
        let outcome = within(&[&all(r#""a""#), &all(r#""b""#)], &[&all(r#"["a","b"]"#)]);
        assert_eq!(outcome == Containment::Proven, proven, "{key} {outcome:?}");
    }
    let both = under(r#""ForAnyValue:StringEquals":{"k":"a"},"ForAnyValue:StringLike":{"k":"b?"}"#);
    let witness = witness(&Grants::default(), &grants(&statement("Allow", &both)));
    assert_eq!(witness.request.context().values("k").len(), 2, "{witness:?}");
    // What serves for two conditions is there once.
    let three = r#""ForAnyValue:StringEquals":{"k":"7"},"ForAnyValue:StringEqualsIgnoreCase":{"k":"7"},
        "ForAnyValue:StringLike":{"k":"b?"}"#;
    let witness = self::witness(&Grants::default(), &grants(&statement("Allow", &under(three))));
    let values = witness.request.context().values("k");
    assert_eq!(values.len(), 2, "{values:?}");
}

/// `"Service": "*"` is no service of that name.
#[test]
fn nobody_who_is_shown_is_called_by_a_wildcard() {
    for kind in ["Service", "Federated"] {
        let members = format!(r#""Principal":{{"{kind}":"*"}},"Action":"s3:*","Resource":"*""#);
        let Containment::NotProven(witness) = grants_nothing(&of_resource(&members)) else {
            panic!("{kind}");
        };
        let shown = format!("{:?}", witness.request.principal());
        assert!(!shown.contains('*'), "{shown}");
    }
}

/// Where there are principals, their ARN is theirs and every other key is a key; elsewhere the ARN is one as well.
#[test]
fn the_principals_arn_is_a_key_like_others_where_nobody_is_named() {
    let of = |principal: &str, key: &str, pattern: &str| {
        let condition = format!(r#""Condition":{{"StringLike":{{"{key}":"{pattern}"}}}}"#);
        of_resource(&format!(r#"{principal}"Action":"s3:*","Resource":"*",{condition}"#))
    };
    for (principal, key) in [("", "aws:PrincipalArn"), (r#""Principal":"*","#, "aws:SourceIdentity")] {
        let of = |pattern: &str| of(principal, key, pattern);
        assert_eq!(contains(&of("a*"), &of("ab*")), Containment::Proven, "{key}");
        let outcome = contains(&of("ab*"), &of("a*"));
        assert!(
            matches!(outcome, Containment::NotProven(witness) if witness.confirmed),
            "{key}"
        );
    }
}

#[test]
fn what_a_variable_stands_for_may_be_who_asks() {
    let arn = "arn:aws:iam::111122223333:user/";
    let own = format!(r#""Condition":{{"StringEquals":{{"aws:PrincipalArn":"{arn}${{aws:username}}"}}}}"#);
    let members = format!(r#""Principal":{{"AWS":"{arn}bob"}},"Action":"s3:*","Resource":"*",{own}"#);
    assert!(matches!(
        grants_nothing(&of_resource(&members)),
        Containment::NotProven(_)
    ));
}

#[test]
fn a_variable_is_the_same_everywhere_and_nothing_in_particular() {
    let at = |resource: &str| format!(r#""Action":"s3:*","Resource":"arn:aws:s3:::b/{resource}""#);
    for (old, new, proven) in [
        ("${aws:username}/*", "${aws:username}/x", true),
        ("${aws:username}/*", "${AWS:UserName}/x", true),
        ("*/x", "${aws:username}/x", true),
        ("?/x", "${aws:username}/x", false),
        ("${aws:username}/*", "${aws:userid}/x", false),
        ("${aws:username}/*", "*/x", false),
        ("${aws:username}/*", "bob/x", false),
        ("bob/*", "${aws:username}/x", false),
        ("/x", "${aws:username}/x", false),
        ("${k, 'a'}", "${k, 'a'}", true),
        ("${k, 'a'}", "${k, 'b'}", false),
    ] {
        match within(&[&at(old)], &[&at(new)]) {
            Containment::Proven => assert!(proven, "{old} {new}"),
            Containment::NotProven(witness) if witness.confirmed => assert!(!proven, "{old} {new} {witness:?}"),
            other => panic!("{old} {new} {other:?}"),
        }
    }
}

/// What stands in the place of a variable is called after it.
#[test]
fn what_a_variable_stands_for_is_shown() {
    let home = grants(&statement(
        "Allow",
        r#""Action":"nobody:*","Resource":"arn:aws:s3:::b/${aws:username}/x""#,
    ));
    let witness = witness(&Grants::default(), &home);
    assert_eq!(witness.request.resource(), "arn:aws:s3:::b/some-username/x");
    assert_eq!(witness.request.context().values("aws:username"), ["some-username"]);
}

/// Several patterns with variables, on both sides, for one value.
#[test]
fn a_variable_may_stand_for_nothing_and_for_several_letters() {
    let under = |conditions: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{conditions}}}"#);
    for [one, other] in [
        ["ab${v}", "a${w}b${v}"],
        ["ab${v}", "${w}b${v}"],
        ["ab${w}", "${v}"],
        ["${v}acb", "a${w}b"],
    ] {
        for [equal, like] in [[one, other], [other, one]] {
            let both = under(&format!(
                r#""StringEquals":{{"k":"{equal}"}},"StringLike":{{"k":"{like}"}}"#
            ));
            let outcome = grants_nothing(&grants(&statement("Allow", &both)));
            assert!(matches!(outcome, Containment::NotProven(_)), "{equal} {like}");
        }
    }
    let old = under(r#""StringLike":{"k":["a?","${v}x"]}"#);
    let new = under(r#""StringLike":{"k":["ab","a?"]}"#);
    assert_eq!(within(&[&old], &[&new]), Containment::Proven);
}

#[test]
fn a_character_that_no_policy_has_counts_and_so_do_the_other_case_a_colon_and_nothing() {
    let under = |conditions: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{conditions}}}"#);
    let is = |operator: &str, values: &str| under(&format!(r#""{operator}":{{"k":{values}}}"#));
    for (old, new, proven) in [
        (is("StringEquals", r#""z""#), is("StringLike", r#""?""#), false),
        (is("StringEquals", r#"["z","y"]"#), is("StringLike", r#""?""#), false),
        (
            is("StringEquals", r#""a""#),
            is("StringEqualsIgnoreCase", r#""a""#),
            false,
        ),
        (
            is("StringEquals", r#"["a","A"]"#),
            is("StringEqualsIgnoreCase", r#""a""#),
            true,
        ),
        (
            is("ArnLike", r#""arn:aws:s3:?:1:x""#),
            is("StringLike", r#""arn:aws:s3:?:1:x""#),
            false,
        ),
    ] {
        match within(&[&old], &[&new]) {
            Containment::Proven => assert!(proven, "{old} {new}"),
            Containment::NotProven(witness) if witness.confirmed => assert!(!proven, "{old} {new} {witness:?}"),
            other => panic!("{old} {new} {other:?}"),
        }
    }
    // An empty value may count as none, so it is not shown where there must be one.
    let there = under(r#""StringLike":{"k":"*"},"Null":{"k":"false"}"#);
    let witness = witness(&Grants::default(), &grants(&statement("Allow", &there)));
    assert_ne!(witness.request.context().values("k"), [""]);
}

/// Each of them is met or not yet: together that makes more situations than are looked at, if those of a list that is matched
/// whatever comes were told apart.
#[test]
fn many_patterns_for_the_middle_of_a_text_are_decided() {
    let middles = |of: fn(char) -> String| {
        let resources: Vec<_> = ('a'..='s')
            .map(|letter| format!(r#""arn:aws:s3:::*{}*""#, of(letter)))
            .collect();
        format!(r#""Action":"s3:*","Resource":[{}]"#, resources.join(","))
    };
    let (short, long) = (
        middles(|letter| letter.to_string()),
        middles(|letter| format!("{letter}x{letter}")),
    );
    assert_eq!(within(&[&short], &[&long]), Containment::Proven);
    assert!(matches!(within(&[&long], &[&short]), Containment::NotProven(_)));
}

/// The value of the variable may be just what is denied.
#[test]
fn a_denial_of_old_may_meet_a_variable_of_new() {
    let old = document(
        r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::secret"}]}"#,
    );
    let new = statement("Allow", r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::${k}""#);
    assert!(matches!(
        contains(&Grants::of([("old", &old)]), &grants(&new)),
        Containment::NotProven(_)
    ));
    let other = statement(
        "Allow",
        r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::public-${k}""#,
    );
    assert_eq!(
        contains(&Grants::of([("old", &old)]), &grants(&other)),
        Containment::Proven
    );
}

#[test]
fn what_is_not_understood_is_the_same_on_both_sides() {
    let under = |condition: &str| format!(r#""Action":"*","Resource":"*","Condition":{{{condition}}}"#);
    let strange = under(r#""StringMatches":{"k":["a","b"]}"#);
    let strange_reordered = under(r#""StringMatches":{"k":["b","a"]}"#);
    assert_eq!(within(&[&strange], &[&strange_reordered]), Containment::Proven);
    assert_eq!(
        within(&[r#""Action":"*","Resource":"*""#], &[&strange]),
        Containment::Proven
    );
    match within(&[&strange], &[r#""Action":"*","Resource":"*""#]) {
        Containment::NotProven(_) => {}
        other => panic!("{other:?}"),
    }
    match within(&[&strange], &[&under(r#""StringMatches":{"k":"c"}"#)]) {
        Containment::NotProven(witness) => assert!(!witness.confirmed),
        other => panic!("{other:?}"),
    }
    // Beside what is understood it is no reason to hold that nobody asks so, of one value or of several.
    for understood in [
        r#""StringEquals":{"k":"a"}"#,
        r#""ForAnyValue:StringEquals":{"k":"a"},"ForAnyValue:StringLike":{"k":"b?"}"#,
    ] {
        let both = under(&format!(r#"{understood},"StringMatches":{{"k":"c"}}"#));
        let outcome = grants_nothing(&grants(&statement("Allow", &both)));
        assert!(matches!(outcome, Containment::NotProven(_)), "{understood}");
    }
}

#[test]
fn groups_add_up_and_boundaries_limit() {
    let s3 = statement("Allow", r#""Action":"s3:*","Resource":"*""#);
    let ec2 = statement("Allow", r#""Action":"ec2:*","Resource":"*""#);
    let both = document(&statement("Allow", r#""Action":["s3:*","ec2:*"],"Resource":"*""#));
    let groups = [document(&s3), document(&ec2)];
    let of_groups = Grants::of(groups.iter().map(|policy| ("group", policy)));
    assert_eq!(
        contains(&of_groups, &Grants::of([("both", &both)])),
        Containment::Proven
    );
    let bound = of_groups.clone().within(&document(&s3));
    assert_eq!(contains(&grants(&s3), &bound), Containment::Proven);
    assert_eq!(contains(&bound, &grants(&s3)), Containment::Proven);
    let witness = witness(&bound, &of_groups);
    assert!(witness.request.action().starts_with("ec2:"), "{witness:?}");
}

#[test]
fn a_question_is_a_limit() {
    let passing = |service: &str| {
        document(&statement(
            "Allow",
            &format!(
                r#""Action":"iam:PassRole","Resource":"arn:*:iam::*:role/*","Condition":{{"StringEqualsIfExists":{{"iam:PassedToService":"{service}"}}}}"#
            ),
        ))
    };
    let beanstalk = || managed(&["AdministratorAccess-AWSElasticBeanstalk"]);
    assert!(matches!(
        grants_nothing(&beanstalk().within(&passing("ec2.amazonaws.com"))),
        Containment::NotProven(_)
    ));
    assert_eq!(
        grants_nothing(&managed(&["AmazonS3FullAccess"]).within(&passing("ec2.amazonaws.com"))),
        Containment::Proven
    );
    assert_eq!(grants_nothing(&Grants::default()), Containment::Proven);
}

fn of_resource(members: &str) -> Grants {
    let text = statement("Allow", members);
    let policy = document(&text);
    Grants::of([("policy", &policy)])
}

#[test]
fn principals_of_resource_policies_are_compared_as_who_they_are() {
    let on_bucket = |principal: &str| {
        of_resource(&format!(
            r#""Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#
        ))
    };
    let account = r#"{"AWS":"111122223333"}"#;
    for (old, new, proven) in [
        (r#""*""#, account, true),
        (r#"{"AWS":"*"}"#, r#""*""#, true),
        (r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, account, true),
        (account, r#"{"AWS":"444455556666"}"#, false),
        (r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#, account, false),
        // To be named is more than to be trusted by one's account.
        (account, r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#, false),
        (
            r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#,
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
            false,
        ),
        (
            r#"{"Service":["a.amazonaws.com","b.amazonaws.com"]}"#,
            r#"{"Service":"b.amazonaws.com"}"#,
            true,
        ),
        (r#"{"Service":"*"}"#, r#"{"Service":"b.amazonaws.com"}"#, true),
        (r#"{"Service":"b.amazonaws.com"}"#, r#"{"Service":"*"}"#, false),
        (
            r#"{"Federated":"b.amazonaws.com"}"#,
            r#"{"Service":"b.amazonaws.com"}"#,
            false,
        ),
    ] {
        let outcome = contains(&on_bucket(old), &on_bucket(new));
        assert_eq!(outcome == Containment::Proven, proven, "{old} {new} {outcome:?}");
    }
}

#[test]
fn a_condition_on_the_principals_arn_is_about_the_principal() {
    let bucket = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    let everyone = |arn: &str| {
        of_resource(&format!(
            r#""Principal":"*",{bucket},"Condition":{{"ArnLike":{{"aws:PrincipalArn":"{arn}"}}}}"#
        ))
    };
    let named = |arn: &str| of_resource(&format!(r#""Principal":{{"AWS":"{arn}"}},{bucket}"#));
    let bob = "arn:aws:iam::111122223333:user/bob";
    assert_eq!(contains(&named(bob), &everyone(bob)), Containment::Proven);
    let role = "arn:aws:iam::111122223333:role/r";
    assert_eq!(contains(&everyone(role), &named(role)), Containment::Proven);
    // A session of an account's root may be limited (`sts:AssumeRoot`): to be named is more than to have its account trusted.
    let of_root = everyone("arn:aws:iam::111122223333:root");
    witness(&named("111122223333"), &of_root);
    // The sessions that a user gets by federation are named with it, and have ARNs of their own.
    let federated = self::witness(&everyone(bob), &named(bob));
    let arn = federated.request.context().values("aws:PrincipalArn");
    assert!(arn[0].contains(":federated-user/"), "{federated:?}");
    assert_eq!(
        contains(
            &everyone("arn:aws:iam::111122223333:role/*"),
            &everyone("arn:aws:iam::111122223333:role/r")
        ),
        Containment::Proven
    );
    let witness = witness(&named(bob), &everyone("arn:aws:iam::*:user/*"));
    assert_ne!(witness.request.context().values("aws:PrincipalArn"), [bob]);
}

/// The ARN of a session does not say the path of its role.
#[test]
fn a_session_that_is_named_may_be_of_a_role_with_any_path() {
    let statement = |effect: &str, arn: &str, condition: &str| {
        format!(r#"{{"Effect":"{effect}","Principal":{{"AWS":"{arn}"}},"Action":"s3:*","Resource":"*"{condition}}}"#)
    };
    let session = "arn:aws:sts::111122223333:assumed-role/r/s";
    let with_path = "arn:aws:iam::111122223333:role/team/r";
    let condition = format!(r#","Condition":{{"ArnLike":{{"aws:PrincipalArn":"{with_path}"}}}}"#);
    assert!(matches!(
        grants_nothing(&of(&[statement("Allow", session, &condition)])),
        Containment::NotProven(_)
    ));
    let but_for = |role: &str| of(&[statement("Allow", session, ""), statement("Deny", role, "")]);
    let without_path = "arn:aws:iam::111122223333:role/r";
    assert!(matches!(
        contains(&but_for(with_path), &but_for(without_path)),
        Containment::NotProven(_)
    ));
    assert_eq!(
        contains(&of(&[statement("Allow", session, "")]), &but_for(with_path)),
        Containment::Proven
    );
}

/// The ARN of a session names its role, but for the path, and that of a federated user's does not name the user.
#[test]
fn a_session_is_of_no_role_of_another_name_and_of_no_user_of_another_account() {
    let statement = |effect: &str, arn: &str| {
        format!(r#"{{"Effect":"{effect}","Principal":{{"AWS":"{arn}"}},"Action":"s3:*","Resource":"*"}}"#)
    };
    let session = "arn:aws:sts::111122223333:assumed-role/r/s";
    let federated = "arn:aws:sts::111122223333:federated-user/f";
    for (one, denied, may_be) in [
        (session, "arn:aws:iam::111122223333:role/q", false),
        (session, "arn:aws:iam::444455556666:role/r", false),
        (session, "arn:aws:iam::111122223333:role/p/r", true),
        (federated, "arn:aws:iam::444455556666:user/bob", false),
        (federated, "arn:aws:iam::111122223333:user/bob", true),
    ] {
        let all = statement("Allow", one);
        let outcome = contains(&of(&[all.clone(), statement("Deny", denied)]), &of(&[all]));
        match outcome {
            Containment::Proven => assert!(!may_be, "{one} {denied}"),
            Containment::NotProven(witness) if witness.confirmed => assert!(may_be, "{one} {denied} {witness:?}"),
            other => panic!("{one} {denied} {other:?}"),
        }
    }
}

/// Whoever comes to mind first is denied, by name or with the whole account; somebody else is not.
#[test]
fn somebody_who_is_not_named_is_found_beside_those_who_are() {
    let shown = |denied: &str, arn: &str| {
        let statement = |effect: &str, principal: &str, condition: &str| {
            format!(
                r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"s3:*","Resource":"*"{condition}}}"#
            )
        };
        let users = format!(r#","Condition":{{"ArnLike":{{"aws:PrincipalArn":"{arn}"}}}}"#);
        let new = of(&[statement("Allow", "*", &users), statement("Deny", denied, "")]);
        let witness = witness(&Grants::default(), &new);
        witness.request.context().values("aws:PrincipalArn").join(" ")
    };
    let nobody = "arn:aws:iam::111122223333:user/nobody";
    let of_one_account = "arn:aws:iam::111122223333:user/*";
    let first = shown(nobody, of_one_account);
    assert_ne!(shown(&first, of_one_account), first);
    let account = |arn: &str| arn.split(':').nth(4).unwrap().to_owned();
    let first = account(&shown(nobody, "arn:aws:iam::*:user/*"));
    assert_ne!(account(&shown(&first, "arn:aws:iam::*:user/*")), first);
}

/// Names that are made up are none of those that are named.
#[test]
fn another_one_is_another_one() {
    let statement = |effect: &str, kind: &str, name: &str| {
        format!(r#"{{"Effect":"{effect}","Principal":{{"{kind}":"{name}"}},"Action":"s3:*","Resource":"*"}}"#)
    };
    for (kind, all, one) in [
        ("Service", "*", "another-service.amazonaws.com"),
        ("Federated", "*", "another-provider"),
        (
            "AWS",
            "arn:aws:iam::111122223333:role/r",
            "arn:aws:sts::111122223333:assumed-role/r/another-session",
        ),
        (
            "AWS",
            "arn:aws:sts::111122223333:federated-user/f",
            "arn:aws:iam::111122223333:user/another-user",
        ),
    ] {
        let new = of(&[statement("Allow", kind, all), statement("Deny", kind, one)]);
        let Containment::NotProven(witness) = grants_nothing(&new) else {
            panic!("{one}");
        };
        let shown = format!("{:?}", witness.request.principal());
        assert!(shown.contains("another-another-"), "{shown}");
    }
}

/// Its root user is excepted with an account, its users are not.
#[test]
fn those_of_an_account_who_are_not_named_are_not_all_alike() {
    let all = |effect: &str, element: &str| {
        format!(r#"{{"Effect":"{effect}","{element}":{{"AWS":"111122223333"}},"Action":"s3:*","Resource":"*"}}"#)
    };
    let allow = all("Allow", "Principal");
    let old = of(&[allow.clone(), all("Deny", "NotPrincipal")]);
    let witness = witness(&old, &of(&[allow]));
    assert_eq!(witness.request.context().values("aws:PrincipalType"), ["User"]);
}

/// Names are not empty, nor is a path, and a session is of the partition of its role or user.
#[test]
fn somebody_who_is_shown_could_be() {
    let shown = |principal: &str, condition: &str| {
        let members = format!(
            r#""Principal":{{"AWS":"{principal}"}},"Action":"s3:*","Resource":"*","Condition":{{{condition}}}"#
        );
        let witness = witness(&Grants::default(), &of_resource(&members));
        witness.request.context().values("aws:PrincipalArn").join(" ")
    };
    let is = |operator: &str, arn: &str| format!(r#""{operator}":{{"aws:PrincipalArn":"{arn}"}}"#);
    let [bob, role] = ["user/bob", "role/r"].map(|name| format!("arn:aws:iam::111122223333:{name}"));
    // What is between the slashes of a path may be a slash.
    assert_eq!(
        shown("arn:aws:sts::111122223333:assumed-role/r/s", &is("ArnNotLike", &role)),
        "arn:aws:iam::111122223333:role///r"
    );
    assert_eq!(
        shown(&bob, &is("ArnNotLike", &bob)),
        "arn:aws:sts::111122223333:federated-user/z"
    );
    assert_eq!(
        shown("111122223333", &is("ArnLike", "arn:aws:iam::111122223333:user/ci/*")),
        "arn:aws:iam::111122223333:user/ci/z"
    );
    // An account begins with some digit.
    let none = (0..10)
        .map(|digit| format!(r#""arn:*:*::{digit}*:*""#))
        .collect::<Vec<_>>();
    let (all, none) = (is("ArnLike", "*:*:*:*:*:*"), none.join(","));
    let of_no_account = format!(
        r#""Principal":"*","Action":"s3:*","Resource":"*","Condition":{{{all},"ArnNotLike":{{"aws:PrincipalArn":[{none}]}}}}"#
    );
    assert_eq!(grants_nothing(&of_resource(&of_no_account)), Containment::Proven);
}

fn conditional(statements: &[(&str, &str)]) -> Grants {
    let statements: Vec<_> = statements
        .iter()
        .map(|(action, condition)| {
            format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*","Condition":{{{condition}}}}}"#)
        })
        .collect();
    of(&statements)
}

/// A plain operator on several values is not decided, and the values may be the same one twice.
#[test]
fn a_value_may_come_twice() {
    let old = conditional(&[
        ("s3:*", r#""StringNotEquals":{"m":"b"}"#),
        ("s3:*", r#""ForAnyValue:StringEquals":{"m":"a"}"#),
    ]);
    let new = conditional(&[(
        "s3:*",
        r#""ForAllValues:StringEqualsIgnoreCase":{"m":"A"},"ForAnyValue:StringEqualsIgnoreCase":{"m":"A"}"#,
    )]);
    let witness = witness(&old, &new);
    assert_eq!(witness.request.context().values("m"), ["A", "A"]);
}

/// Whether a plain operator holds for several values is left open, and whether empty ones are null.
#[test]
fn several_values_may_all_be_empty() {
    let of_all = ("ec2:*", r#""ForAllValues:StringEquals":{"m":"a"}"#);
    let old = conditional(&[("s3:*", r#""Null":{"m":"false"}"#), of_all]);
    let new = conditional(&[("s3:*", r#""StringEquals":{"m":"a"}"#), of_all]);
    let Containment::NotProven(witness) = contains(&old, &new) else {
        panic!("proven")
    };
    assert_eq!(witness.request.context().values("m"), ["", ""]);
}
