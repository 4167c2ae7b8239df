//! What IAM and STS answer, as core's types.

use ciuser_core::name::{AccessKeyId, AccountId, Path, PolicyArn, PolicyName, Tag, UserName};
use ciuser_core::port::{Caller, Iam as _, IamErrorKind, KeyLastUsed, ManagedPolicy, NewUser, Sts as _, User};

use crate::fake::{Fake, iam, ok, refused, sts, user};

const USER: &str = "<User><Path>/ci/</Path><UserName>CI_USER</UserName><UserId>AIDAEXAMPLE</UserId><Arn>arn:aws:iam::111122223333:user/ci/CI_USER</Arn><CreateDate>2026-11-18T10:42:07Z</CreateDate><PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>arn:aws:iam::111122223333:policy/ci-boundary</PermissionsBoundaryArn></PermissionsBoundary><Tags><member><Key>env</Key><Value>production</Value></member><member><Key>aws:cloudformation:stack-name</Key><Value>s</Value></member></Tags></User>";

fn whole_user() -> User {
    User {
        name: user(),
        arn: "arn:aws:iam::111122223333:user/ci/CI_USER".parse().unwrap(),
        path: Path::new("/ci/").unwrap(),
        created: "2026-11-18T10:42:07Z".parse().unwrap(),
        tags: vec![Tag::new("env", "production").unwrap()],
        boundary: Some(PolicyArn::new("arn:aws:iam::111122223333:policy/ci-boundary").unwrap()),
    }
}

#[tokio::test]
async fn a_user_is_read_without_the_tags_that_nobody_can_ask_for() {
    let fake = Fake::new([ok("GetUser", USER)]);
    assert_eq!(iam(&fake, None).await.0.get_user(&user()).await.unwrap(), whole_user());
}

#[tokio::test]
async fn a_user_is_made_with_tags_and_boundary_in_the_same_call() {
    let fake = Fake::new([ok("CreateUser", USER)]);
    let new = NewUser {
        name: user(),
        path: Path::new("/ci/").unwrap(),
        tags: vec![Tag::new("env", "production").unwrap()],
        boundary: whole_user().boundary,
    };
    assert_eq!(iam(&fake, None).await.0.create_user(&new).await.unwrap(), whole_user());
    let [seen] = fake.seen().try_into().unwrap();
    let form: Vec<_> = seen.form.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        form,
        [
            "Action=CreateUser",
            "Path=/ci/",
            "PermissionsBoundary=arn:aws:iam::111122223333:policy/ci-boundary",
            "Tags.member.1.Key=env",
            "Tags.member.1.Value=production",
            "UserName=CI_USER",
            "Version=2010-05-08",
        ]
    );
    assert!(
        seen.header("user-agent").contains("app/ciuser-r-0123456789abcdef"),
        "{}",
        seen.header("user-agent")
    );
}

#[tokio::test]
async fn an_impossible_name_is_an_error() {
    let fake = Fake::new([ok("GetUser", &USER.replace(">CI_USER<", ">C I<"))]);
    let error = iam(&fake, None).await.0.get_user(&user()).await.unwrap_err();
    assert_eq!(error.kind, IamErrorKind::Other);
    assert_eq!(
        error.to_string(),
        "the answer cannot be used: `C I` is not a user name: 1 to 64 letters, digits and `+ = , . @ _ -`"
    );
}

#[tokio::test]
async fn documents_are_percent_decoded() {
    let inline = "<UserName>CI_USER</UserName><PolicyName>p</PolicyName><PolicyDocument>%7B%22a%22%3A%20%22b+c%25%C3%BC%22%7D</PolicyDocument>";
    let version = "<PolicyVersion><Document>%7B%22Version%22%3A%222012-10-17%22%7D</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>";
    let fake = Fake::new([ok("GetUserPolicy", inline), ok("GetPolicyVersion", version)]);
    let (iam, _) = iam(&fake, None).await;
    let document = iam
        .get_user_policy(&user(), &PolicyName::new("p").unwrap())
        .await
        .unwrap();
    assert_eq!(document, "{\"a\": \"b+c%ü\"}");
    let arn = PolicyArn::new("arn:aws:iam::aws:policy/AmazonS3FullAccess").unwrap();
    assert_eq!(
        iam.get_policy_version(&arn, "v1").await.unwrap(),
        "{\"Version\":\"2012-10-17\"}"
    );
}

#[tokio::test]
async fn a_policy_is_read_with_its_description() {
    let policy = "<Policy><PolicyName>AmazonS3FullAccess</PolicyName><PolicyId>ANPA</PolicyId><Arn>arn:aws:iam::aws:policy/AmazonS3FullAccess</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId><AttachmentCount>0</AttachmentCount><IsAttachable>true</IsAttachable><Description>Provides full access</Description><UpdateDate>2021-09-27T20:16:37Z</UpdateDate></Policy>";
    let fake = Fake::new([ok("GetPolicy", policy)]);
    let arn = PolicyArn::new("arn:aws:iam::aws:policy/AmazonS3FullAccess").unwrap();
    let expected = ManagedPolicy {
        arn: arn.clone(),
        path: Path::root(),
        default_version: "v2".to_owned(),
        attachable: true,
        description: Some("Provides full access".to_owned()),
        updated: Some("2021-09-27T20:16:37Z".parse().unwrap()),
    };
    assert_eq!(iam(&fake, None).await.0.get_policy(&arn).await.unwrap(), expected);
}

#[tokio::test]
async fn a_key_that_was_never_used_has_neither_date_nor_service_nor_region() {
    let never = "<UserName>CI_USER</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>";
    let once = "<UserName>CI_USER</UserName><AccessKeyLastUsed><LastUsedDate>2026-11-18T10:42:00Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed>";
    let fake = Fake::new([ok("GetAccessKeyLastUsed", never), ok("GetAccessKeyLastUsed", once)]);
    let (iam, _) = iam(&fake, None).await;
    let key = AccessKeyId::new("AKIAEXAMPLEEXAMPLE01").unwrap();
    let nothing = KeyLastUsed {
        at: None,
        service: None,
        region: None,
        user: Some(UserName::new("CI_USER").unwrap()),
    };
    assert_eq!(iam.get_access_key_last_used(&key).await.unwrap(), nothing);
    let used = KeyLastUsed {
        at: Some("2026-11-18T10:42:00Z".parse().unwrap()),
        service: Some("s3".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user: nothing.user.clone(),
    };
    assert_eq!(iam.get_access_key_last_used(&key).await.unwrap(), used);
}

#[tokio::test]
async fn no_login_profile_means_no_console_password() {
    let profile =
        "<LoginProfile><UserName>CI_USER</UserName><CreateDate>2026-11-18T10:42:07Z</CreateDate></LoginProfile>";
    let missing = refused(404, "NoSuchEntity", "Login Profile for User CI_USER cannot be found.");
    let fake = Fake::new([missing, ok("GetLoginProfile", profile)]);
    let (iam, _) = iam(&fake, None).await;
    assert_eq!(iam.has_login_profile(&user()).await, Ok(false));
    assert_eq!(iam.has_login_profile(&user()).await, Ok(true));
}

#[tokio::test]
async fn quotas_keep_iams_names() {
    let summary = "<SummaryMap><entry><key>AttachedPoliciesPerUserQuota</key><value>10</value></entry><entry><key>SomethingNew</key><value>7</value></entry></SummaryMap>";
    let fake = Fake::new([ok("GetAccountSummary", summary)]);
    let figures = iam(&fake, None).await.0.get_account_summary().await.unwrap();
    let expected = [
        ("AttachedPoliciesPerUserQuota".to_owned(), 10),
        ("SomethingNew".to_owned(), 7),
    ];
    assert_eq!(figures, expected.into());
}

#[tokio::test]
async fn the_caller_is_read() {
    let caller = "<Arn>arn:aws:sts::111122223333:assumed-role/Admin/me</Arn><UserId>AROA:me</UserId><Account>111122223333</Account>";
    let fake = Fake::new([ok("GetCallerIdentity", caller)]);
    let expected = Caller {
        account: AccountId::new("111122223333").unwrap(),
        arn: "arn:aws:sts::111122223333:assumed-role/Admin/me".to_owned(),
    };
    assert_eq!(sts(&fake, None).await.get_caller_identity().await.unwrap(), expected);
}
