//! Condition keys: what a request has for them.

use super::Me;

/// Lets the caller do something to a user under a condition.
fn when(condition: &str) -> Me {
    let statement = format!(r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{condition}}}"#);
    Me::with(&statement)
}

#[test]
fn every_request_has_who_asks_when_and_from_where() {
    let mut me = Me::new();
    let account = me.admin.account();
    let id = me.admin.ok("GetUser", &[("UserName", "me")]).text("User/UserId");
    let tag = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "web")];
    me.admin.ok("TagUser", &[&[("UserName", "me")], &tag[..]].concat());
    let cases = [
        (r#"{"StringEquals":{"aws:username":"me"}}"#.to_owned(), true),
        (r#"{"StringEquals":{"aws:username":"you"}}"#.to_owned(), false),
        (format!(r#"{{"StringEquals":{{"aws:userid":"{id}"}}}}"#), true),
        (
            format!(r#"{{"ArnEquals":{{"aws:PrincipalArn":"arn:aws:iam::{account}:user/me"}}}}"#),
            true,
        ),
        (
            format!(r#"{{"StringEquals":{{"aws:PrincipalAccount":"{account}"}}}}"#),
            true,
        ),
        (
            format!(r#"{{"StringEquals":{{"aws:ResourceAccount":"{account}"}}}}"#),
            true,
        ),
        (r#"{"StringEquals":{"aws:PrincipalType":"User"}}"#.to_owned(), true),
        (r#"{"StringEquals":{"aws:PrincipalTag/team":"web"}}"#.to_owned(), true),
        (r#"{"StringEquals":{"aws:PrincipalTag/team":"api"}}"#.to_owned(), false),
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-11-23T10:00:00Z"}}"#.to_owned(),
            true,
        ),
        (
            r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-11-24"}}"#.to_owned(),
            false,
        ),
        (r#"{"NumericLessThan":{"aws:EpochTime":"1795428001"}}"#.to_owned(), true),
        (
            r#"{"NumericLessThan":{"aws:EpochTime":"1795428000"}}"#.to_owned(),
            false,
        ),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#.to_owned(), true),
        (r#"{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#.to_owned(), true),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#.to_owned(), false),
        (
            r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#.to_owned(),
            true,
        ),
        (
            r#"{"Bool":{"aws:ViaAWSService":"false","aws:PrincipalIsAWSService":"false"}}"#.to_owned(),
            true,
        ),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#.to_owned(), false),
        (
            r#"{"Null":{"aws:MultiFactorAuthPresent":"true","aws:PrincipalOrgID":"true"}}"#.to_owned(),
            true,
        ),
        (r#"{"Null":{"aws:UserAgent":"true"}}"#.to_owned(), true),
    ];
    for (condition, may) in cases {
        let statement = format!(r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{condition}}}"#);
        me.admin.put_policy("me", &statement);
        assert_eq!(me.may("ListUsers", &[]), may, "{condition}");
    }
}

#[test]
fn the_user_agent_is_what_the_client_calls_itself() {
    let mut me = when(r#"{"StringLike":{"aws:UserAgent":"aws-cli/*"}}"#);
    me.denied("ListUsers", &[]);
    let key = me.key.clone();
    let answer = me.admin.acting_as(&key, |client| {
        let mut request = client.request("iam", "2010-05-08", "ListUsers", &[]);
        let name = http::HeaderValue::from_static("aws-cli/2.31.0");
        request.headers_mut().insert(http::header::USER_AGENT, name);
        client.send(&request)
    });
    answer.unwrap();
}

#[test]
fn a_user_has_its_tags_under_both_names() {
    for key in ["aws:ResourceTag/env", "iam:ResourceTag/env"] {
        let mut me = when(&format!(r#"{{"StringEquals":{{"{key}":"test"}}}}"#));
        let tag = [("Tags.member.1.Key", "Env"), ("Tags.member.1.Value", "test")];
        me.admin
            .ok("CreateUser", &[&[("UserName", "tagged")], &tag[..]].concat());
        me.admin.user("bare");
        me.ok("DeleteUser", &[("UserName", "tagged")]);
        me.denied("DeleteUser", &[("UserName", "bare")]);
        me.denied("CreateUser", &[&[("UserName", "new")], &tag[..]].concat());
    }
}

#[test]
fn a_policy_has_its_tags_under_the_general_name_only() {
    for (key, may) in [("aws:ResourceTag/env", true), ("iam:ResourceTag/env", false)] {
        let mut me = when(&format!(r#"{{"StringEquals":{{"{key}":"test"}}}}"#));
        let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        let policy = [("PolicyName", "p"), ("PolicyDocument", document)];
        let tag = [("Tags.member.1.Key", "env"), ("Tags.member.1.Value", "test")];
        let made = me.admin.ok("CreatePolicy", &[policy, tag].concat());
        let arn = made.text("Policy/Arn");
        assert_eq!(me.may("GetPolicy", &[("PolicyArn", &arn)]), may, "{key}");
    }
}

#[test]
fn the_tags_of_a_request_can_be_prescribed() {
    let mut me = when(
        r#"{"StringEquals":{"aws:RequestTag/project":"storefront"},"ForAllValues:StringEquals":{"aws:TagKeys":["project","env"]}}"#,
    );
    let tag = |number: u32, key: &str, value: &str| {
        [
            (format!("Tags.member.{number}.Key"), key.to_owned()),
            (format!("Tags.member.{number}.Value"), value.to_owned()),
        ]
    };
    let mut creates = |tags: &[[(String, String); 2]]| {
        let tags = tags.concat();
        let mut params: Vec<(&str, &str)> = tags
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        params.push(("UserName", "ada"));
        me.may("CreateUser", &params)
    };
    assert!(!creates(&[]));
    assert!(!creates(&[tag(1, "project", "other")]));
    assert!(!creates(&[tag(1, "project", "storefront"), tag(2, "owner", "me")]));
    assert!(creates(&[tag(1, "project", "storefront"), tag(2, "env", "test")]));
}

#[test]
fn the_tags_that_are_removed_have_keys_only() {
    let mut me = when(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["env"]},"Null":{"aws:TagKeys":"false"}}"#);
    me.admin.user("ada");
    let user = ("UserName", "ada");
    me.ok("UntagUser", &[user, ("TagKeys.member.1", "env")]);
    me.denied(
        "UntagUser",
        &[user, ("TagKeys.member.1", "env"), ("TagKeys.member.2", "owner")],
    );
}

#[test]
fn which_policies_are_attached_can_be_prescribed() {
    let mut me = when(r#"{"ArnLike":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AmazonS3*"}}"#);
    me.admin.user("ada");
    me.admin.ok("CreateGroup", &[("GroupName", "team")]);
    for (policy, may) in [("AmazonS3FullAccess", true), ("AdministratorAccess", false)] {
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        for (operation, holder) in [
            ("AttachUserPolicy", ("UserName", "ada")),
            ("DetachUserPolicy", ("UserName", "ada")),
            ("AttachGroupPolicy", ("GroupName", "team")),
            ("DetachGroupPolicy", ("GroupName", "team")),
        ] {
            assert_eq!(
                me.may(operation, &[holder, ("PolicyArn", &arn)]),
                may,
                "{operation} {policy}"
            );
        }
    }
}

#[test]
fn users_can_be_left_to_somebody_who_must_give_them_a_boundary() {
    // IAM User Guide, "Delegating responsibility to others using permissions boundaries".
    let boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    let mut me = when(&format!(
        r#"{{"StringEquals":{{"iam:PermissionsBoundary":"{boundary}"}}}}"#
    ));
    let with = |arn| ("PermissionsBoundary", arn);
    let user = ("UserName", "ada");
    me.denied("CreateUser", &[user]);
    me.denied(
        "CreateUser",
        &[user, with("arn:aws:iam::aws:policy/AdministratorAccess")],
    );
    me.ok("CreateUser", &[user, with(boundary)]);
    let arn = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess");
    me.ok("AttachUserPolicy", &[user, arn]);
    me.denied(
        "PutUserPermissionsBoundary",
        &[user, with("arn:aws:iam::aws:policy/AdministratorAccess")],
    );

    me.admin.user("free");
    me.denied("AttachUserPolicy", &[("UserName", "free"), arn]);
    me.ok("PutUserPermissionsBoundary", &[("UserName", "free"), with(boundary)]);
}

#[test]
fn the_service_of_a_credential_can_be_prescribed() {
    let mut me = when(r#"{"StringEquals":{"iam:ServiceSpecificCredentialServiceName":"codecommit.amazonaws.com"}}"#);
    me.admin.user("ada");
    let user = ("UserName", "ada");
    let of = |service| ("ServiceName", service);
    let credential = "ServiceSpecificCredential/ServiceSpecificCredentialId";
    let made = me
        .ok(
            "CreateServiceSpecificCredential",
            &[user, of("codecommit.amazonaws.com")],
        )
        .text(credential);
    me.denied(
        "CreateServiceSpecificCredential",
        &[user, of("cassandra.amazonaws.com")],
    );
    let other = me
        .admin
        .ok(
            "CreateServiceSpecificCredential",
            &[user, of("cassandra.amazonaws.com")],
        )
        .text(credential);
    me.denied(
        "DeleteServiceSpecificCredential",
        &[user, ("ServiceSpecificCredentialId", &other)],
    );
    me.ok(
        "DeleteServiceSpecificCredential",
        &[user, ("ServiceSpecificCredentialId", &made)],
    );
}
