//! Which documents IAM accepts, and what is said of those that it does not: the place and our words, IAM's words, the hint.

use ciuser_policy::document::{DocumentError, PolicyDocument, PolicyKind, faults};

const LEGACY: &str = "The policy failed legacy parsing";
const SYNTAX: &str = "Syntax errors in policy.";

/// A document with these statements.
fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// What IAM says of a policy whose statements are these; nothing if it accepts it.
fn iam_says(kind: PolicyKind, statements: &str) -> Option<String> {
    PolicyDocument::parse_as(&document(statements), kind)
        .err()
        .map(|error| error.iam_message().into_owned())
}

fn shown(error: &DocumentError) -> String {
    let hint = error.hint().map(|hint| format!(" -- {hint}")).unwrap_or_default();
    format!("{}: {error}{hint}", error.place())
}

#[test]
fn a_document_may_lack_a_version_and_have_one_statement_without_a_list() {
    let text = r#"{"Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":["arn:aws:s3:::a","*"]}}"#;
    assert_eq!(PolicyDocument::parse(text).unwrap().text(), text);
}

#[test]
fn what_is_odd_and_accepted_is_accepted() {
    for statements in [
        r#"{"Effect":"Allow","Action":"iam: not a name ","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"s3.s:x","Resource":["*","arn:aws:nothing"],"Condition":{}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Nonsense":{}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"a":[]}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":[10,"20"]},"Bool":{"x":true}}}"#,
        r#"{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"","Effect":"Deny","Action":"*","Resource":"*"}"#,
    ] {
        assert_eq!(iam_says(PolicyKind::Managed, statements), None, "{statements}");
    }
}

#[test]
fn each_fault_of_an_identity_policy_has_the_message_that_iam_answers() {
    for (members, message) in [
        ("", SYNTAX),
        (r#""Effect":"Permit","Action":"s3:*","Resource":"*""#, SYNTAX),
        (r#""Effect":"Allow","Actions":"s3:*","Resource":"*""#, SYNTAX),
        (
            r#""Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*""#,
            SYNTAX,
        ),
        (r#""Effect":"Allow","Action":[1],"Resource":"*""#, SYNTAX),
        (r#""Effect":"Allow","Action":"s3:*","Resource":[null]"#, SYNTAX),
        (r#""Effect":"Allow","Action":"s3:*","Resource":"*","Sid":1"#, SYNTAX),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]"#,
            SYNTAX,
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":"x"}"#,
            SYNTAX,
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"a":{}}}"#,
            SYNTAX,
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLikes":{"a":"b"}}"#,
            SYNTAX,
        ),
        (
            r#""Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*""#,
            SYNTAX,
        ),
        (r#""Effect":"allow","Action":"s3:*","Resource":"*""#, LEGACY),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3::bucket""#,
            LEGACY,
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:sqs:eu-west-1:<ACCOUNT_ID>:q""#,
            LEGACY,
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateLessThan":{"a":"soon"}}"#,
            LEGACY,
        ),
        (
            r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*""#,
            "Policy document should not specify a principal.",
        ),
        (
            r#""Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*""#,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
             [0-9A-Za-z]*",
        ),
        (
            r#""Effect":"Allow","Resource":"*""#,
            "Policy statement must contain actions.",
        ),
        (
            r#""Effect":"Allow","Action":[],"Resource":"*""#,
            "Policy statement must contain actions.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"""#,
            "Resource  must be in ARN format or \"*\".",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"a:b""#,
            "Partition \"b\" is not valid for resource \"arn:b:*:*:*:*\".",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"a:b:c:d:e:f:g:h""#,
            "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\".",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:*:*:*:*x*""#,
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:iam:us-east-1::user/x""#,
            "IAM resource arn:aws:iam:us-east-1::user/x cannot contain region information.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:us-east-1::x""#,
            "Resource arn:aws:s3:us-east-1::x can not contain region information.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:iam:::x""#,
            "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, \
             instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, \
             access-report/.",
        ),
        (
            r#""Effect":"Allow","Action":"","Resource":"*""#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:Get:x","Resource":"*""#,
            "Actions/Condition can contain only one colon.",
        ),
        (
            r#""Effect":"Allow","Action":"*:Create*","Resource":"*""#,
            "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.",
        ),
        (
            r#""Effect":"Allow","Action":"a a:x","Resource":"*""#,
            "Vendor a a is not valid",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*""#,
            "Policy statement must contain resources.",
        ),
        (
            r#""Effect":"Allow","Action":"s3:*","Resource":[]"#,
            "Policy statement must contain resources.",
        ),
    ] {
        let statement = format!("{{{members}}}");
        assert_eq!(
            iam_says(PolicyKind::Managed, &statement).as_deref(),
            Some(message),
            "{members}"
        );
    }
}

#[test]
fn each_fault_of_the_document_itself_has_the_message_that_iam_answers() {
    let good = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    let old = "Policy document must be version 2012-10-17 or greater.";
    for (kind, text, message) in [
        (PolicyKind::Managed, "nonsense".to_owned(), SYNTAX),
        (PolicyKind::Managed, "null".to_owned(), SYNTAX),
        (PolicyKind::Managed, r#"{"Version":"2012-10-17"}"#.to_owned(), SYNTAX),
        (
            PolicyKind::Managed,
            r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
            SYNTAX,
        ),
        (
            PolicyKind::Managed,
            r#"{"Version":"2012-10-17","Statement":[1]}"#.to_owned(),
            SYNTAX,
        ),
        (
            PolicyKind::Managed,
            format!(r#"{{"Version":"2013-10-17","Statement":{good}}}"#),
            SYNTAX,
        ),
        (
            PolicyKind::Managed,
            format!(r#"{{"Version":"2012-10-17","Id":[],"Statement":{good}}}"#),
            SYNTAX,
        ),
        (
            PolicyKind::Managed,
            format!(r#"{{"Version":"2012-10-17","Conditions":{{}},"Statement":{good}}}"#),
            SYNTAX,
        ),
        (PolicyKind::Managed, format!(r#"{{"Statement":{good}}}"#), old),
        (
            PolicyKind::Managed,
            format!(r#"{{"Version":"2008-10-17","Statement":{good}}}"#),
            old,
        ),
        (PolicyKind::Identity, format!("\n{}", document(good)), LEGACY),
        (
            PolicyKind::Identity,
            format!(r#"{{"Statement":{good},"Version":"2012-10-17"}}"#),
            LEGACY,
        ),
        (
            PolicyKind::Identity,
            document(good).replace("s3:*", "s3:\u{2603}"),
            "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
        ),
    ] {
        let error = PolicyDocument::parse_as(&text, kind).unwrap_err();
        assert_eq!(error.iam_message(), message, "{text}");
    }
    let late_with_list = format!(r#"{{"Statement":[{good}],"Version":"2012-10-17"}}"#);
    assert!(PolicyDocument::parse(&late_with_list).is_ok());
    let old_and_inline = format!(r#"{{"Version":"2008-10-17","Statement":{good}}}"#);
    assert!(PolicyDocument::parse(&old_and_inline).is_ok());
}

/// Each rule has its turn with the whole document.
#[test]
fn iam_names_the_fault_whose_rule_comes_first() {
    let unique = "Statement IDs (SID) in a single policy must be unique.";
    let actions = "Policy statement must contain actions.";
    let partition = "Partition \"error\" is not valid for resource \"arn:error:s3:::a\".";
    for (statements, message) in [
        (r#"{"Effect":"allow"},{"Effect":"Permit"}"#, SYNTAX),
        (
            r#"{"Effect":"Deny"},{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
            actions,
        ),
        (
            r#"{"Sid":"a","Effect":"Allow","Action":"x"},{"Sid":"a","Effect":"Allow"}"#,
            unique,
        ),
        (r#"{"Effect":"Allow","Resource":"arn:aws:s3::a"}"#, LEGACY),
        (r#"{"Effect":"Allow","Resource":"arn:error:s3:::a"}"#, actions),
        (
            r#"{"Effect":"Allow","Action":"x","Resource":"arn:error:s3:::a"}"#,
            partition,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":["arn:error:s3:::a","arn:aws:s3::a"]}"#,
            partition,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:error:s3:::a"},{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3::a"}"#,
            partition,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3::a"},{"Effect":"Allow","Action":"s3:*","Resource":"arn:error:s3:::a"}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:error:s3:::a","Condition":{"DateEquals":{"a":"x"}}}"#,
            LEGACY,
        ),
        (
            r#"{"Effect":"Allow","Action":"x"}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"x","Resource":"*"},{"Effect":"Allow","Action":"a:b:c","Resource":"*"}"#,
            "Actions/Condition can contain only one colon.",
        ),
    ] {
        assert_eq!(
            iam_says(PolicyKind::Managed, statements).as_deref(),
            Some(message),
            "{statements}"
        );
    }
    let old_and_in_lower_case = r#"{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}"#;
    let error = PolicyDocument::parse_as(old_and_in_lower_case, PolicyKind::Managed).unwrap_err();
    assert_eq!(
        error.iam_message(),
        "Policy document must be version 2012-10-17 or greater."
    );
}

/// The first message was recorded; the others are those that users report.
#[test]
fn each_fault_of_a_trust_policy_has_the_message_that_iam_answers() {
    let recorded = r#"
        {"Version":"2012-10-17","Statement":[{"Action":"sts:AssumeRole","Principal":"*","Effect":"Allow",}]}"#;
    let says = |text: &str| {
        PolicyDocument::parse_as(text, PolicyKind::Trust)
            .unwrap_err()
            .iam_message()
            .into_owned()
    };
    assert_eq!(says(recorded), "This policy contains invalid Json");
    let who = r#""Principal":{"Service":"ec2.amazonaws.com"}"#;
    let good = format!(r#"{{"Effect":"Allow",{who},"Action":"sts:AssumeRole"}}"#);
    assert_eq!(iam_says(PolicyKind::Trust, &good), None);
    assert!(PolicyDocument::parse_as(&document(&good).replace("2012", "2008"), PolicyKind::Trust).is_ok());
    assert_eq!(
        says(&format!(" {}", document(&good))),
        "JSON strings must not have leading spaces"
    );
    assert_eq!(says(&document("")), "Could not parse the policy: Statement is empty!");
    assert_eq!(
        says(&document(&good).replace("2012", "2013")),
        "The policy must contain a valid version string"
    );
    let repeated = good.replace("{\"Effect", "{\"Sid\":\"a b\",\"Effect");
    assert_eq!(
        iam_says(PolicyKind::Trust, &format!("{repeated},{repeated}")).as_deref(),
        Some("The Statement Ids in the policy are not unique")
    );
    for (from, to, message) in [
        ("\"Effect\":\"Allow\",", "", "Missing required field Effect"),
        ("Allow", "allow", "Invalid effect: allow"),
        (",\"Action\":\"sts:AssumeRole\"", "", "Missing required field Action"),
        (
            "sts:AssumeRole",
            "*",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            "\"Action\"",
            "\"Resource\":\"*\",\"Action\"",
            "Has prohibited field Resource",
        ),
        (
            "\"Action\"",
            "\"NotResource\":\"*\",\"Action\"",
            "AssumeRole policy must not contain resources.",
        ),
        ("\"Action\"", "\"Id\":1,\"Action\"", SYNTAX),
        (&format!("{who},"), "", "Missing required field Principal"),
        (
            who,
            "\"Principal\":{}",
            "Missing required field Principal cannot be empty!",
        ),
        (
            who,
            "\"Principal\":\"*\"",
            "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".",
        ),
        (
            "ec2.amazonaws.com",
            "ec2",
            "Invalid principal in policy: \"SERVICE\":\"ec2\"",
        ),
        (
            "\"Service\"",
            "\"CanonicalUser\"",
            "Invalid principal in policy: \"CanonicalUser\"",
        ),
        (
            r#""Service":"ec2.amazonaws.com""#,
            r#""Federated":"arn:aws:iam//1:oidc-provider/x""#,
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (
            "\"Principal\"",
            "\"NotPrincipal\"",
            "Allow with NotPrincipal is not allowed.",
        ),
    ] {
        let statement = good.replacen(from, to, 1);
        assert_eq!(
            iam_says(PolicyKind::Trust, &statement).as_deref(),
            Some(message),
            "{statement}"
        );
    }
    let denied = good.replace("Allow", "Deny").replace("Principal", "NotPrincipal");
    assert_eq!(
        iam_says(PolicyKind::Trust, &denied).as_deref(),
        Some("AssumeRole policy must not contain NotPrincipal field.")
    );
}

#[test]
fn a_policy_of_a_resource_names_principals_and_perhaps_no_resource() {
    for (statement, message) in [
        (
            r#"{"Sid":"a b","Effect":"Allow","Principal":"*","Action":"ecr:*"},{"Sid":"a b","Effect":"Deny","Principal":"*","Action":"ecr:*"}"#,
            None,
        ),
        (
            r#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"execute-api:/*"}"#,
            None,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
            Some("Missing required field Principal"),
        ),
        (
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"},"Action":"s3:*","Resource":"*"}"#,
            Some("Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/*\""),
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"GetObject","Resource":"*"}"#,
            Some("Policy has invalid action"),
        ),
        (
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":[]}"#,
            Some("Policy has invalid resource"),
        ),
    ] {
        assert_eq!(
            iam_says(PolicyKind::Resource, statement).as_deref(),
            message,
            "{statement}"
        );
    }
}

#[test]
fn policies_of_organisations_have_rules_of_their_own_and_one_message() {
    let message = Some("The provided policy document does not meet the requirements of the specified policy type.");
    let full = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
    for (kind, statement, message) in [
        (
            PolicyKind::ServiceControl,
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
            None,
        ),
        (PolicyKind::ServiceControl, full, message),
        (
            PolicyKind::ServiceControl,
            r#"{"Effect":"Allow","Action":"*"}"#,
            message,
        ),
        (PolicyKind::ResourceControl, full, None),
        (
            PolicyKind::ResourceControl,
            r#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","NotResource":"arn:aws:s3:::a"}"#,
            None,
        ),
        (
            PolicyKind::ResourceControl,
            r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#,
            message,
        ),
        (
            PolicyKind::ResourceControl,
            r#"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*"}"#,
            message,
        ),
        (
            PolicyKind::ResourceControl,
            r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#,
            message,
        ),
        (
            PolicyKind::ResourceControl,
            r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
            message,
        ),
    ] {
        assert_eq!(iam_says(kind, statement).as_deref(), message, "{statement}");
    }
    let old = document(full).replace("2012", "2008");
    assert!(PolicyDocument::parse_as(&old, PolicyKind::ResourceControl).is_err());
}

#[test]
fn everything_that_is_wrong_is_said_with_its_place_and_a_hint() {
    let text = r#"{
    "version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Read it",
            "Effect": "Alow",
            "Actions": "s3:*",
            "Action": ["GetObject", "*:List*", "s3:*"],
            "Resource": ["bucket", "arn:awss:s3:::b", "arn:aws:s3:eu-west-1::b"],
            "Condition": {"ForAnyValue:StringLik": {"é": "x"}, "DateLessThan": {"b": "soon"}}
        },
        {"Sid": "Read it", "Effect": "Deny", "Principal": "*", "NotAction": "s3:*"},
        7
    ]
}"#;
    let all: Vec<String> = faults(text, PolicyKind::Managed).iter().map(shown).collect();
    assert_eq!(
        all,
        [
            "line 2, column 5: unknown element `version` in the document -- did you mean `Version`?",
            "line 6, column 23: statement `Read it`: `Effect` must be `Allow` or `Deny`, not `Alow` -- did you mean `Allow`?",
            "line 7, column 13: statement `Read it`: unknown element `Actions` -- did you mean `Action`?",
            "line 10, column 27: statement `Read it`: unknown condition operator `ForAnyValue:StringLik` -- did you mean `ForAnyValue:StringLike`?",
            "line 13, column 9: statement 3: it is not a JSON object",
            "line 1, column 1: `Version` must be `2012-10-17` in this kind of policy -- write `\"Version\": \"2012-10-17\"`; then `${...}` is a variable",
            "line 10, column 86: statement `Read it`: `soon` is neither a date nor a number of seconds -- write it as `2026-11-29T12:00:00Z`",
            "line 12, column 46: statement `Read it`: `Principal` is not allowed in this kind of policy -- leave `Principal` out: such a policy is about those who have it",
            "line 5, column 20: statement `Read it`: `Sid` has other characters than letters and digits -- write it as `Readit`",
            "line 12, column 17: statement `Read it`: `Sid` has other characters than letters and digits -- write it as `Readit`",
            "line 12, column 17: statement `Read it`: the `Sid` `Read it` is there twice",
            "line 9, column 26: statement `Read it`: `bucket` is no resource: it is neither an ARN nor `*` -- write an ARN, as in `arn:aws:s3:::bucket/*`, or `*`",
            "line 9, column 36: statement `Read it`: `arn:awss:s3:::b` is no resource: there is no partition `awss` -- did you mean `aws`?",
            "line 9, column 55: statement `Read it`: `arn:aws:s3:eu-west-1::b` is no resource: ARNs of `s3` have no region -- leave the region out: `::`",
            "line 8, column 24: statement `Read it`: `GetObject` is no action: it does not begin with a service and a colon -- put the service in front, as in `s3:GetObject`",
            "line 8, column 37: statement `Read it`: `*:List*` is no action: its service has a wildcard -- name each service, or write `*` alone",
            "line 12, column 9: statement `Read it`: neither `Resource` nor `NotResource` names a resource -- `*` means all of them",
        ]
    );
}

#[test]
fn what_cannot_be_parsed_is_said_with_its_place() {
    for (text, message) in [
        (
            "{\n \"Version\": \"2012-10-17\",\n}",
            "line 3, column 1: the document is not valid JSON: key must be a string",
        ),
        ("[]", "line 1, column 1: the document is not a JSON object"),
        (
            r#"{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}"#,
            "line 1, column 32: the key `Effect` is repeated: readers of JSON differ in which of the two counts",
        ),
        (
            "{\"Id\":\"☃\"}",
            "line 1, column 8: the document has the character U+2603, which IAM does not take -- write it as `\\u2603`",
        ),
    ] {
        assert_eq!(shown(&PolicyDocument::parse(text).unwrap_err()), message);
    }
}
