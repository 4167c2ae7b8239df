//! The reference that is checked in is the one that is recorded, and says what AWS documents.
//!
//! Where a test names a page, it is one of the Service Authorization Reference unless it says otherwise.

use ciuser_policy::catalogue::Catalogue;
use ciuser_policy::catalogue::reference::{AccessLevel, Action, AuthorizationReference, ConditionKey, ValueType};

use crate::catalogue::checksum;

const BLOB: &[u8] = include_bytes!("../../data/authorization-reference.tsv.zst");

fn recorded() -> toml::Table {
    include_str!("../../data/authorization-reference.toml").parse().unwrap()
}

fn reference() -> &'static AuthorizationReference {
    AuthorizationReference::embedded()
}

fn action(name: &str) -> Action {
    reference().action(name).unwrap()
}

fn key(name: &str) -> ConditionKey {
    reference().condition_key(name).unwrap()
}

/// The resource types that an action takes, with `*` where one is required.
fn taken(name: &str) -> Vec<String> {
    let taken = action(name).resources().map(|resource| {
        let required = if resource.is_required() { "*" } else { "" };
        format!("{}{required}", resource.resource_type().name())
    });
    taken.collect()
}

fn names(actions: impl IntoIterator<Item = Action>) -> Vec<String> {
    actions.into_iter().map(|action| action.to_string()).collect()
}

#[test]
fn the_blob_is_the_recorded_one() {
    let recorded = recorded();
    assert_eq!(recorded["sha256"], checksum(BLOB));
    let dependent: usize = reference()
        .actions()
        .map(|action| action.dependent_actions().count())
        .sum();
    for (name, count) in [
        ("services", reference().services().count()),
        ("actions", reference().actions().count()),
        ("resource-types", reference().resource_types().count()),
        ("condition-keys", reference().condition_keys().count()),
        ("dependent-actions", dependent),
    ] {
        assert_eq!(recorded[name].as_integer(), i64::try_from(count).ok(), "{name}");
    }
}

#[test]
fn the_reference_knows_its_recorded_sources() {
    let recorded: Vec<[String; 4]> = recorded()["source"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| ["package", "version", "as-of", "licence"].map(|key| source[key].as_str().unwrap().to_owned()))
        .collect();
    let known = reference()
        .sources()
        .map(|source| [source.package, source.version, source.as_of, source.licence].map(str::to_owned));
    assert_eq!(known, *recorded);
}

#[test]
fn services_and_their_actions_are_found_by_their_own_names_in_any_case() {
    for service in reference().services() {
        let found = reference().service(&service.prefix().to_uppercase()).unwrap();
        assert_eq!(found.prefix(), service.prefix());
        for action in service.actions() {
            let name = action.to_string();
            assert_eq!(name, format!("{}:{}", service.prefix(), action.name()));
            for spelling in [&name, &name.to_lowercase(), &name.to_uppercase()] {
                assert_eq!(
                    reference().action(spelling).unwrap().number(),
                    action.number(),
                    "{spelling}"
                );
            }
        }
    }
    assert!(reference().service("s4").is_none());
    for name in [
        "s3:GetObjects",
        "s4:GetObject",
        "GetObject",
        "s3:",
        ":GetObject",
        "s3:Get*",
        "",
    ] {
        assert!(reference().action(name).is_none(), "{name}");
    }
}

#[test]
fn numbers_of_actions_count_all_of_them() {
    let numbers: Vec<u32> = reference().actions().map(|action| action.number()).collect();
    let wanted: Vec<u32> = (0..).take(numbers.len()).collect();
    assert_eq!(numbers, wanted);
}

#[test]
fn condition_keys_are_found_by_their_own_names_in_any_case() {
    for key in reference().condition_keys() {
        let found = reference().condition_key(&key.name().to_uppercase()).unwrap();
        assert_eq!(found.name(), key.name());
    }
    assert!(reference().condition_key("s3:prefixes").is_none());
}

#[test]
fn a_key_with_a_variable_part_is_found_by_what_a_policy_writes() {
    for (written, name) in [
        ("aws:PrincipalTag/team", "aws:PrincipalTag/${TagKey}"),
        ("AWS:principaltag/a/b", "aws:PrincipalTag/${TagKey}"),
        ("aws:RequestTag/${TagKey}", "aws:RequestTag/${TagKey}"),
        ("s3:ExistingObjectTag/x", "s3:ExistingObjectTag/<key>"),
        ("oidc.circleci.com/org/ORG:sub", "${OidcProvider}:sub"),
        (
            "oidc.circleci.com/org/ORG:oidc.circleci.com/project-id",
            "oidc.circleci.com/org/${OrgId}:oidc.circleci.com/project-id",
        ),
        ("accounts.google.com:sub", "accounts.google.com:sub"),
        (
            "kms:EncryptionContext:app",
            "kms:EncryptionContext:${EncryptionContextKey}",
        ),
        ("kms:EncryptionContextKeys", "kms:EncryptionContextKeys"),
        ("events:Metadata/x", "events:Metadata/${MetadataKey}"),
        ("events:Metadata/x/Matcher", "events:Metadata/${MetadataKey}/Matcher"),
        (
            "codebuild:environment.environmentVariables/STAGE.value",
            "codebuild:environment.environmentVariables/${name}.value",
        ),
    ] {
        assert_eq!(key(written).name(), name, "{written}");
    }
    for written in [
        "aws:PrincipalTag/",
        "aws:PrincipalTag",
        "aws:PrincipalTagé",
        "codebuild:environment.environmentVariables/STAGE.values",
        "iam:sub",
        ":sub",
    ] {
        let found = reference().condition_key(written).map(|key| key.name());
        assert_eq!(found, None, "{written}");
    }
}

#[test]
fn the_global_keys_have_the_types_of_iams_documentation() {
    // IAM User Guide, "AWS global condition context keys".
    for (name, value_type) in [
        ("aws:TagKeys", ValueType::ArrayOfString),
        ("aws:PrincipalOrgPaths", ValueType::ArrayOfString),
        ("aws:CalledVia", ValueType::ArrayOfString),
        ("aws:PrincipalArn", ValueType::Arn),
        ("aws:SourceArn", ValueType::Arn),
        ("aws:SourceIp", ValueType::IpAddress),
        ("aws:SecureTransport", ValueType::Bool),
        ("aws:MultiFactorAuthAge", ValueType::Numeric),
        ("aws:CurrentTime", ValueType::Date),
        ("aws:EpochTime", ValueType::DateOrNumeric),
        ("aws:username", ValueType::String),
        ("ec2:SourceInstanceARN", ValueType::Arn),
        ("lambda:SourceFunctionArn", ValueType::Arn),
    ] {
        assert_eq!(
            (key(name).value_type(), key(name).is_global()),
            (value_type, true),
            "{name}"
        );
        assert_eq!(
            key(name).value_type().is_multivalued(),
            value_type == ValueType::ArrayOfString,
            "{name}"
        );
    }
    assert!(key("oidc.circleci.com/org/ORG:sub").is_global());
    assert!(
        reference()
            .condition_keys()
            .filter(|key| key.name().starts_with("aws:"))
            .all(|key| key.is_global())
    );
    assert!(!key("s3:prefix").is_global());
}

#[test]
fn a_key_that_services_type_differently_is_the_one_of_its_own_service() {
    assert_eq!(key("identitystore:UserId").value_type(), ValueType::String);
    let of_q = reference().service("q").unwrap().condition_keys();
    let of_q: Vec<_> = of_q
        .filter(|key| key.name() == "identitystore:UserId")
        .map(|key| key.value_type())
        .collect();
    assert_eq!(of_q, [ValueType::ArrayOfString]);
}

#[test]
fn s3_actions_are_as_documented() {
    assert_eq!(reference().service("s3").unwrap().name(), "Amazon S3");
    assert_eq!(action("s3:getobject").name(), "GetObject");
    assert_eq!(action("s3:GetObject").access_level(), AccessLevel::Read);
    assert_eq!(taken("s3:GetObject"), ["accesspointobject", "object"]);
    assert_eq!(action("s3:ListBucket").access_level(), AccessLevel::List);
    assert_eq!(taken("s3:PutBucketPolicy"), ["bucket*"]);
    assert_eq!(
        action("s3:PutBucketPolicy").access_level(),
        AccessLevel::PermissionsManagement
    );
    let keys: Vec<_> = action("s3:ListBucket").condition_keys().map(|key| key.name()).collect();
    for name in ["s3:prefix", "s3:delimiter", "s3:max-keys"] {
        assert!(keys.contains(&name), "{name}");
        assert!(action("s3:ListBucket").takes_condition_key(key(name)), "{name}");
        assert!(!action("s3:GetObject").takes_condition_key(key(name)), "{name}");
    }
    assert!(action("s3:GetObject").takes_condition_key(key("s3:ExistingObjectTag/x")));
    assert!(action("s3:GetObject").takes_condition_key(key("aws:SourceIp")));
}

#[test]
fn resource_types_have_arns_as_aws_writes_them() {
    let formats = |prefix: &str, name: &str| -> Vec<&str> {
        let mut types = reference().service(prefix).unwrap().resource_types();
        types
            .find(|known| known.name() == name)
            .unwrap()
            .arn_formats()
            .collect()
    };
    assert_eq!(formats("s3", "bucket"), ["arn:${Partition}:s3:::${BucketName}"]);
    assert_eq!(
        formats("s3", "object"),
        ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]
    );
    assert_eq!(
        formats("lex", "bot"),
        [
            "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
            "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}"
        ]
    );
    let mut all = reference()
        .resource_types()
        .flat_map(|resource_type| resource_type.arn_formats());
    assert!(all.all(|format| format.starts_with("arn:${Partition}:") && format.matches(':').count() >= 5));
}

#[test]
fn an_action_without_resource_types_says_so() {
    for name in ["s3:ListAllMyBuckets", "sts:GetCallerIdentity", "ec2:DescribeInstances"] {
        assert!(!action(name).takes_resources(), "{name}");
        assert_eq!(action(name).resources().count(), 0, "{name}");
    }
    assert!(action("s3:GetObject").takes_resources());
}

#[test]
fn an_action_may_take_many_resource_types_with_keys_of_their_own() {
    let taken = taken("ec2:RunInstances");
    assert_eq!(taken.len(), 18);
    for required in ["image*", "instance*", "subnet*"] {
        assert!(taken.iter().any(|name| name == required), "{required}");
    }
    let mut resources = action("ec2:RunInstances").resources();
    let image = resources
        .find(|resource| resource.resource_type().name() == "image")
        .unwrap();
    assert!(image.condition_keys().any(|key| key.name() == "ec2:ImageType"));
    assert!(action("ec2:RunInstances").takes_condition_key(key("ec2:ImageType")));
}

#[test]
fn passing_a_role_is_a_write_on_the_role() {
    assert_eq!(action("iam:PassRole").access_level(), AccessLevel::Write);
    assert_eq!(taken("iam:PassRole"), ["role*"]);
    assert!(action("iam:PassRole").takes_condition_key(key("iam:PassedToService")));
    assert_eq!(key("iam:PassedToService").value_type(), ValueType::String);
    assert_eq!(action("iam:TagUser").access_level(), AccessLevel::Tagging);
    assert_eq!(AccessLevel::PermissionsManagement.name(), "Permissions management");
}

#[test]
fn an_action_names_the_actions_that_it_depends_on() {
    // "Actions defined by AWS Lambda": CreateFunction needs iam:PassRole for the function's role.
    let needed = names(action("lambda:CreateFunction").dependent_actions());
    assert!(needed.contains(&"iam:PassRole".to_owned()), "{needed:?}");
    assert_eq!(names(action("s3:GetObject").dependent_actions()), Vec::<String>::new());
}

#[test]
fn the_actions_of_the_procedures_policies_exist() {
    for name in [
        "AmazonS3FullAccess",
        "CloudFrontFullAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
    ] {
        for pattern in Catalogue::embedded().by_name(name).unwrap().actions() {
            assert!(reference().expand(&pattern).next().is_some(), "{name}: {pattern}");
        }
    }
}

/// Says by trying everything whether a pattern covers a text, both in lower case.
fn covers(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => covers(rest, text) || (!text.is_empty() && covers(pattern, &text[1..])),
        ([b'?', rest @ ..], [_, after @ ..]) => covers(rest, after),
        ([wanted, rest @ ..], [byte, after @ ..]) => wanted == byte && covers(rest, after),
        _ => false,
    }
}

#[test]
fn a_pattern_expands_to_the_actions_that_it_covers() {
    let all: Vec<String> = reference().actions().map(|action| action.to_string()).collect();
    for pattern in [
        "*",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:GetObject",
        "s3:Get?bject",
        "s3:*Object*Acl",
        "s3*:GetObject",
        "s?:*Object",
        "s3*",
        "*Object",
        "iam:*:*",
        "s3:",
        "",
        "nothing:*",
    ] {
        let wanted = pattern.to_lowercase();
        let wanted: Vec<String> = all
            .iter()
            .filter(|name| covers(wanted.as_bytes(), name.to_lowercase().as_bytes()))
            .cloned()
            .collect();
        assert_eq!(names(reference().expand(pattern)), wanted, "{pattern}");
    }
    assert_eq!(names(reference().expand("s3:getobjectacl")), ["s3:GetObjectAcl"]);
    assert_eq!(reference().expand("*").count(), all.len());
}

#[test]
fn slips_are_suggested() {
    let first = |name| reference().nearest_action(name).first().map(ToString::to_string);
    assert_eq!(first("s3:GetObjects").as_deref(), Some("s3:GetObject"));
    assert_eq!(first("S3:getobjct").as_deref(), Some("s3:GetObject"));
    assert_eq!(
        first("cloudfornt:CreateInvalidation").as_deref(),
        Some("cloudfront:CreateInvalidation")
    );
    assert_eq!(
        first("s3:CreateInvalidation").as_deref(),
        Some("cloudfront:CreateInvalidation")
    );
    assert_eq!(
        first("cloudfornt:CreateInvalidatoin").as_deref(),
        Some("cloudfront:CreateInvalidation")
    );
    assert_eq!(first("s3:Zebra"), None);
    assert_eq!(first("zebra:TagResource"), None);
    assert_eq!(first("GetObject"), None);
    let service = |prefix| {
        reference()
            .nearest_service(prefix)
            .first()
            .map(|service| service.prefix())
    };
    assert_eq!(service("cloudfornt"), Some("cloudfront"));
    assert_eq!(service("zebra"), None);
    let key = |name| reference().nearest_condition_key(name).first().map(|key| key.name());
    assert_eq!(key("s3:prefx"), Some("s3:prefix"));
    assert_eq!(key("aws:SourceIP4"), Some("aws:SourceIp"));
    assert_eq!(key("aws:PrincipleTag/team"), Some("aws:PrincipalTag/${TagKey}"));
}
