//! Listings are complete, or an error.

use ciuser_core::port::{AccessKeyStatus, Iam as _, IamErrorKind};

use crate::fake::{Fake, Reply, iam, ok, user};

fn user_page(numbers: std::ops::Range<usize>, marker: Option<&str>) -> Reply {
    let members: String = numbers
        .map(|n| format!("<member><Path>/</Path><UserName>u{n}</UserName><UserId>AIDA{n}</UserId><Arn>arn:aws:iam::111122223333:user/u{n}</Arn><CreateDate>2026-11-18T10:42:07Z</CreateDate></member>"))
        .collect();
    ok("ListUsers", &page("Users", &members, marker))
}

fn key_page(numbers: std::ops::Range<usize>, marker: Option<&str>) -> Reply {
    let members: String = numbers
        .map(|n| format!("<member><UserName>CI_USER</UserName><AccessKeyId>AKIAEXAMPLE{n:09}</AccessKeyId><Status>Inactive</Status><CreateDate>2026-11-18T10:42:07Z</CreateDate></member>"))
        .collect();
    ok("ListAccessKeys", &page("AccessKeyMetadata", &members, marker))
}

fn page(element: &str, members: &str, marker: Option<&str>) -> String {
    let end = marker.map_or_else(
        || "<IsTruncated>false</IsTruncated>".to_owned(),
        |marker| format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
    );
    format!("<{element}>{members}</{element}>{end}")
}

#[tokio::test]
async fn users_of_all_pages_are_listed() {
    let pages = [
        user_page(0..100, Some("m1")),
        user_page(100..200, Some("m2")),
        user_page(200..250, None),
    ];
    let fake = Fake::new(pages);
    let users = iam(&fake, None).await.0.list_users().await.unwrap();
    let names: Vec<_> = users.iter().map(|user| user.name.to_string()).collect();
    assert_eq!(names, (0..250).map(|n| format!("u{n}")).collect::<Vec<_>>());
    let markers: Vec<_> = fake
        .seen()
        .iter()
        .map(|seen| seen.form.get("Marker").cloned())
        .collect();
    assert_eq!(markers, [None, Some("m1".to_owned()), Some("m2".to_owned())]);
}

#[tokio::test]
async fn keys_of_all_pages_are_listed_with_the_servers_clock() {
    let fake = Fake::new([
        key_page(0..100, Some("m1")),
        key_page(100..200, Some("m2")),
        key_page(200..250, None),
    ]);
    let listed = iam(&fake, None).await.0.list_access_keys(&user()).await.unwrap();
    assert_eq!(listed.keys.len(), 250);
    assert_eq!(
        (listed.keys[249].id.as_str(), listed.keys[249].status),
        ("AKIAEXAMPLE000000249", AccessKeyStatus::Inactive)
    );
    assert_eq!(listed.date, Some("2026-11-18T10:42:07Z".parse().unwrap()));
}

#[tokio::test]
async fn a_marker_that_comes_twice_is_an_error() {
    let fake = Fake::new([
        user_page(0..1, Some("a")),
        user_page(1..2, Some("b")),
        user_page(2..3, Some("a")),
    ]);
    let error = iam(&fake, None).await.0.list_users().await.unwrap_err();
    assert_eq!(error.kind, IamErrorKind::Other);
    assert_eq!(
        error.to_string(),
        "the answer cannot be used: the listing goes round in a circle: a page marker came twice"
    );
    assert_eq!(fake.seen().len(), 3);
}

#[tokio::test]
async fn a_page_that_is_cut_off_without_a_marker_is_an_error() {
    let fake = Fake::new([ok("ListUsers", "<Users></Users><IsTruncated>true</IsTruncated>")]);
    let error = iam(&fake, None).await.0.list_users().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer cannot be used: the listing is cut off and does not say where it goes on"
    );
}

#[tokio::test]
async fn credentials_other_than_keys_are_listed_by_their_ids_over_all_pages() {
    let device = |serial: &str, marker| {
        let member = format!(
            "<member><UserName>CI_USER</UserName><SerialNumber>{serial}</SerialNumber>\
             <EnableDate>2026-11-18T10:42:07Z</EnableDate></member>"
        );
        ok("ListMFADevices", &page("MFADevices", &member, marker))
    };
    let phone = "arn:aws:iam::111122223333:mfa/phone";
    let fake = Fake::new([device(phone, Some("m1")), device("GAHT12345678", None)]);
    let devices = iam(&fake, None).await.0.list_mfa_devices(&user()).await.unwrap();
    let serials: Vec<_> = devices.iter().map(|device| device.as_str()).collect();
    assert_eq!(serials, [phone, "GAHT12345678"]);

    let member = "<member><UserName>CI_USER</UserName><SSHPublicKeyId>APKAEXAMPLE000000001</SSHPublicKeyId>\
                  <Status>Active</Status><UploadDate>2026-11-18T10:42:07Z</UploadDate></member>";
    let fake = Fake::new([ok("ListSSHPublicKeys", &page("SSHPublicKeys", member, None))]);
    let keys = iam(&fake, None).await.0.list_ssh_public_keys(&user()).await.unwrap();
    assert_eq!(keys, ["APKAEXAMPLE000000001".parse().unwrap()]);
}

#[tokio::test]
async fn the_members_of_a_group_are_listed_over_all_pages() {
    let group = "<Group><Path>/ciuser/</Path><GroupName>ciuser-CI_USER</GroupName><GroupId>AGPA1</GroupId>\
                 <Arn>arn:aws:iam::111122223333:group/ciuser/ciuser-CI_USER</Arn>\
                 <CreateDate>2026-11-18T10:42:07Z</CreateDate></Group>";
    let members = |name: &str, marker| {
        let member = format!(
            "<member><Path>/</Path><UserName>{name}</UserName><UserId>AIDA{name}</UserId>\
             <Arn>arn:aws:iam::111122223333:user/{name}</Arn><CreateDate>2026-11-18T10:42:07Z</CreateDate></member>"
        );
        ok("GetGroup", &format!("{group}{}", page("Users", &member, marker)))
    };
    let fake = Fake::new([members("CI_USER", Some("m1")), members("colleague", None)]);
    let group = "ciuser-CI_USER".parse().unwrap();
    let found = iam(&fake, None).await.0.list_users_in_group(&group).await.unwrap();
    assert_eq!(found, ["CI_USER".parse().unwrap(), "colleague".parse().unwrap()]);
}
