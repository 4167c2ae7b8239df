//! The region decides the partition, and with it endpoint and signature.

use ciuser_core::port::{Iam as _, Sts as _};

use crate::fake::{Fake, iam, refused, sts, user};

#[tokio::test]
async fn iam_is_asked_in_the_partition_of_the_region() {
    for (region, host, signed_for) in [
        (None, "iam.amazonaws.com", "us-east-1"),
        (Some("eu-west-1"), "iam.amazonaws.com", "us-east-1"),
        (Some("cn-northwest-1"), "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (Some("us-gov-east-1"), "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        (
            Some("eusc-de-east-1"),
            "iam.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1",
        ),
    ] {
        let fake = Fake::new([refused(404, "NoSuchEntity", "no")]);
        iam(&fake, region).await.0.get_user(&user()).await.unwrap_err();
        let seen = &fake.seen()[0];
        assert_eq!((seen.uri.scheme_str(), seen.uri.host()), (Some("https"), Some(host)));
        let scope = format!("/{signed_for}/iam/aws4_request");
        assert!(
            seen.header("authorization").contains(&scope),
            "{}",
            seen.header("authorization")
        );
    }
}

#[tokio::test]
async fn sts_is_asked_in_the_region_itself() {
    for (region, host) in [
        (None, "sts.us-east-1.amazonaws.com"),
        (Some("eu-west-1"), "sts.eu-west-1.amazonaws.com"),
        (Some("cn-northwest-1"), "sts.cn-northwest-1.amazonaws.com.cn"),
        (Some("us-gov-east-1"), "sts.us-gov-east-1.amazonaws.com"),
    ] {
        let fake = Fake::new([refused(403, "AccessDenied", "no")]);
        sts(&fake, region).await.get_caller_identity().await.unwrap_err();
        assert_eq!(fake.seen()[0].uri.host(), Some(host));
    }
}
