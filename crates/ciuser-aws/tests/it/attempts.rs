//! How often a request goes out.

use ciuser_core::name::{GroupName, Path, PolicyArn};
use ciuser_core::port::{Iam as _, IamErrorKind, NewUser, Reached, Sts as _};
use ciuser_core::secret::{AccessKey, SecretAccessKey};

use crate::fake::{Fake, Reply, iam, ok, refused, sts, user};

fn key_answer() -> Reply {
    ok(
        "CreateAccessKey",
        "<AccessKey><UserName>CI_USER</UserName><AccessKeyId>AKIAEXAMPLEEXAMPLE01</AccessKeyId><Status>Active</Status><SecretAccessKey>wJalrXUtnFEMI/K7MDENG</SecretAccessKey><CreateDate>2026-11-18T10:42:07Z</CreateDate></AccessKey>",
    )
}

#[tokio::test]
async fn create_access_key_goes_out_once_when_it_may_have_been_carried_out() {
    let broken = Reply::Answer(502, "<html>bad gateway</html>".to_owned());
    let unreadable = Reply::Answer(200, "not xml".to_owned());
    let Reply::Answer(_, whole) = key_answer() else {
        panic!()
    };
    let cut_off = |mark: &str| {
        let end = whole.find(mark).unwrap() + mark.len() + 8;
        Reply::Answer(200, whole.get(..end).unwrap().to_owned())
    };
    let cut = [cut_off("<SecretAccessKey>"), cut_off("</SecretAccessKey>")];
    let others = [Reply::Lost, refused(500, "ServiceFailure", "oops"), broken, unreadable];
    for reply in others.into_iter().chain(cut) {
        let fake = Fake::new([reply.clone()]);
        let (iam, pauses) = iam(&fake, None).await;
        let error = iam.create_access_key(&user()).await.unwrap_err();
        assert_eq!(error.reached, Reached::Unknown, "{reply:?}");
        assert_eq!((fake.seen().len(), pauses.0.borrow().len()), (1, 0), "{reply:?}");
    }
}

#[tokio::test]
async fn create_access_key_goes_out_again_only_when_surely_not_carried_out() {
    let throttled = refused(400, "Throttling", "Rate exceeded");
    let fake = Fake::new([Reply::NotSent, throttled, Reply::NotSent, key_answer()]);
    let (iam, pauses) = iam(&fake, None).await;
    let key = iam.create_access_key(&user()).await.unwrap();
    assert_eq!(
        (key.id.as_str(), key.secret.expose()),
        ("AKIAEXAMPLEEXAMPLE01", "wJalrXUtnFEMI/K7MDENG")
    );
    assert_eq!(fake.actions(), ["CreateAccessKey"; 4]);
    assert_eq!(*pauses.0.borrow(), [1, 2, 4]);
    assert!(
        fake.seen().iter().all(|seen| seen.fresh),
        "every one on a connection of its own"
    );
}

/// A proxy's 429 has no code of IAM's, and says as clearly that nothing was done.
#[tokio::test]
async fn too_many_requests_are_asked_again() {
    let busy = Reply::Answer(429, "<html>too many</html>".to_owned());
    let summary = ok("GetAccountSummary", "<SummaryMap></SummaryMap>");
    let fake = Fake::new([busy.clone(), busy.clone(), summary]);
    let (reading, _) = iam(&fake, None).await;
    assert!(reading.get_account_summary().await.is_ok());
    assert_eq!(fake.actions(), ["GetAccountSummary"; 3]);

    let fake = Fake::new([busy.clone(), key_answer()]);
    let (creating, pauses) = iam(&fake, None).await;
    assert!(creating.create_access_key(&user()).await.is_ok());
    assert_eq!(*pauses.0.borrow(), [1]);

    let fake = Fake::new([busy]);
    let (refused, _) = iam(&fake, None).await;
    let error = refused.get_account_summary().await.unwrap_err();
    assert_eq!(
        (error.kind, error.reached),
        (IamErrorKind::Throttling, Reached::Refused)
    );
    assert_eq!(error.message, "too many requests (HTTP 429)");
}

#[tokio::test]
async fn create_access_key_stops_after_five_attempts() {
    let fake = Fake::new([Reply::NotSent]);
    let (iam, pauses) = iam(&fake, None).await;
    let error = iam.create_access_key(&user()).await.unwrap_err();
    assert_eq!((error.kind, error.reached), (IamErrorKind::NoAnswer, Reached::NotSent));
    assert_eq!(
        (fake.seen().len(), pauses.0.borrow().as_slice()),
        (5, [1, 2, 4, 8].as_slice())
    );
}

#[tokio::test]
async fn a_refusal_is_not_sent_again() {
    let fake = Fake::new([refused(
        409,
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )]);
    let (iam, _) = iam(&fake, None).await;
    let error = iam.create_access_key(&user()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.reached),
        (IamErrorKind::LimitExceeded, Reached::Refused)
    );
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn creating_users_and_groups_goes_out_once_too() {
    let fake = Fake::new([Reply::Lost]);
    let (iam, _) = iam(&fake, None).await;
    let new = NewUser {
        name: user(),
        path: Path::root(),
        tags: Vec::new(),
        boundary: None,
    };
    assert_eq!(iam.create_user(&new).await.unwrap_err().reached, Reached::Unknown);
    let group = GroupName::new("deployers").unwrap();
    assert_eq!(
        iam.create_group(&group, &Path::own()).await.unwrap_err().reached,
        Reached::Unknown
    );
    assert_eq!(fake.actions(), ["CreateUser", "CreateGroup"]);
    assert!(fake.seen().iter().all(|seen| seen.fresh));
}

#[tokio::test]
async fn reads_and_idempotent_writes_go_out_again_after_any_accident() {
    let accidents = [
        Reply::Lost,
        refused(503, "ServiceUnavailable", "later"),
        refused(400, "Throttling", "Rate exceeded"),
    ];
    let answer = Reply::Answer(
        200,
        "<AttachUserPolicyResponse><ResponseMetadata/></AttachUserPolicyResponse>".to_owned(),
    );
    let fake = Fake::new(accidents.into_iter().chain([Reply::NotSent, answer]));
    let (iam, _) = iam(&fake, None).await;
    let policy = PolicyArn::new("arn:aws:iam::aws:policy/AmazonS3FullAccess").unwrap();
    iam.attach_user_policy(&user(), &policy).await.unwrap();
    assert_eq!(fake.actions(), ["AttachUserPolicy"; 5]);
    assert!(fake.seen().iter().all(|seen| !seen.fresh));
}

#[tokio::test]
async fn a_key_is_tried_once_with_nothing_but_the_key() {
    let fake = Fake::new([refused(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    )]);
    let sts = sts(&fake, None).await;
    let key = AccessKey {
        id: "AKIAEXAMPLEEXAMPLE01".parse().unwrap(),
        secret: SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG".to_owned()).unwrap(),
    };
    let error = sts
        .get_caller_identity_with(&key, Some(&"eu-west-1".parse().unwrap()))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.reached),
        (IamErrorKind::InvalidClientTokenId, Reached::Refused)
    );
    let [seen] = fake.seen().try_into().unwrap();
    assert_eq!(seen.uri.host(), Some("sts.eu-west-1.amazonaws.com"));
    assert!(
        seen.header("authorization")
            .contains("Credential=AKIAEXAMPLEEXAMPLE01/")
    );
    assert!(seen.header("authorization").contains("/eu-west-1/sts/aws4_request"));
}
