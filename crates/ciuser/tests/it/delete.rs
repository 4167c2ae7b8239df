//! `ciuser delete`, from one end to the other.

use serde_json::json;

use crate::iam::{Iam, element};
use crate::program::Home;

const CI: (&str, &str) = ("UserName", "CI_USER");
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

/// A user with a key at two stores and two places, made by ciuser.
fn created() -> (Home, serde_json::Value) {
    let home = Home::new();
    let place = [
        "--deliver",
        "circleci-context:gh/acme/deploy",
        "--restrict-to",
        "gh/acme/storefront",
    ];
    let places = [
        "--deliver",
        "circleci-project:gh/acme/storefront",
        "--store",
        "kdbx",
        "--store",
        "csv:keys.csv",
    ];
    let user = [
        "create",
        "CI_USER",
        "--project",
        "storefront",
        "--for",
        "s3,cloudfront",
        "--attach",
        "group",
        "--yes",
    ];
    let document = home.json(0, &[user.as_slice(), &place, &places].concat());
    (home, document)
}

/// Gives the user everything that a user can have, and returns the serial number of its virtual MFA device.
fn laden(iam: &mut Iam) -> String {
    let device = iam.ok("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]);
    let serial = element(&device, "SerialNumber");
    let codes = [("AuthenticationCode1", "123456"), ("AuthenticationCode2", "654321")];
    iam.ok("EnableMFADevice", &[CI, ("SerialNumber", &serial), codes[0], codes[1]]);
    iam.ok("CreateLoginProfile", &[CI, ("Password", "Correct-Horse-1")]);
    iam.ok("CreateAccessKey", &[CI]);
    iam.ok(
        "UploadSSHPublicKey",
        &[CI, ("SSHPublicKeyBody", "ssh-rsa AAAAB3NzaC1yc2E ci")],
    );
    iam.ok("UploadSigningCertificate", &[CI, ("CertificateBody", CERTIFICATE)]);
    let service = ("ServiceName", "codecommit.amazonaws.com");
    iam.ok("CreateServiceSpecificCredential", &[CI, service]);
    iam.ok(
        "PutUserPolicy",
        &[CI, ("PolicyName", "deploy"), ("PolicyDocument", DOCUMENT)],
    );
    let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    iam.ok("AttachUserPolicy", &[CI, ("PolicyArn", policy)]);
    iam.ok("PutUserPermissionsBoundary", &[CI, ("PermissionsBoundary", policy)]);
    iam.ok("CreateGroup", &[("GroupName", "developers")]);
    iam.ok("AddUserToGroup", &[CI, ("GroupName", "developers")]);
    serial
}

#[test]
fn a_user_with_everything_attached_to_it_is_gone_and_so_is_its_key_everywhere() {
    let (home, created) = created();
    let mut iam = Iam::of(&home);
    let serial = laden(&mut iam);
    let mine = ["delete", "CI_USER", "--project", "storefront", "--clear"];
    let document = home.json(0, &[mine.as_slice(), &["--confirm", "CI_USER"]].concat());

    assert_eq!(iam.call("GetUser", &[CI]).unwrap_err(), "NoSuchEntity");
    let own_group = [("GroupName", "ciuser-CI_USER")];
    assert_eq!(iam.call("GetGroup", &own_group).unwrap_err(), "NoSuchEntity");
    assert!(iam.call("GetGroup", &[("GroupName", "developers")]).is_ok());
    let device = [("SerialNumber", serial.as_str())];
    assert_eq!(iam.call("DeleteVirtualMFADevice", &device).unwrap_err(), "NoSuchEntity");
    assert!(!home.path("keys.csv").exists());

    let key = &created["key"]["id"];
    let cleared =
        |kind: &str, place: &str| json!({ "kind": kind, "place": place, "key": key, "cleared": true, "error": null });
    let in_sandbox = |mut target: serde_json::Value| {
        target["at"] = json!("url=sandbox.localhost");
        target
    };
    let path = |name: &str| home.path(name).to_str().unwrap().to_owned();
    assert_eq!(
        document["deletion"]["targets"],
        json!([
            cleared("kdbx", &path("data/ciuser/sandbox/keys.kdbx")),
            cleared("csv", &path("keys.csv")),
            in_sandbox(cleared("circleci-context", "gh/acme/deploy")),
            in_sandbox(cleared("circleci-project", "gh/acme/storefront")),
        ])
    );
    assert_eq!(document["deletion"]["user_deleted"], json!(true));
    assert_eq!(document["deletion"]["keys"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&document["kind"], &document["changed"], &document["unfinished"]),
        (&json!("delete"), &json!(true), &json!([]))
    );
}

#[test]
fn nothing_is_deleted_without_the_name_whatever_else_is_said() {
    let (home, _) = created();
    let mine = ["delete", "CI_USER", "--project", "storefront"];
    for consent in [&["--yes"][..], &["--yes", "--confirm", "ci_user"], &["--no-input"]] {
        assert_eq!(home.ciuser(&[mine.as_slice(), consent].concat()).code, 4, "{consent:?}");
    }
    let plan = home.ciuser(&[mine.as_slice(), &["--dry-run", "--output", "json"]].concat());
    assert_eq!(plan.code, 0, "{plan:#?}");
    std::fs::write(home.path("plan.json"), &plan.stdout).unwrap();
    let applied = home.ciuser(&["apply", "plan.json", "--yes"]);
    assert_eq!(applied.code, 4, "{applied:#?}");
    assert!(
        applied
            .stderr
            .contains("this plan deletes user `CI_USER` or its keys, and its name was not typed"),
        "{}",
        applied.stderr
    );
    assert!(Iam::of(&home).call("GetUser", &[CI]).is_ok());
}

#[test]
fn the_user_of_another_project_is_refused() {
    let (home, _) = created();
    let ended = home.ciuser(&["delete", "CI_USER", "--confirm", "CI_USER"]);
    assert_eq!(ended.code, 4);
    assert!(
        ended
            .stderr
            .contains("user `CI_USER` belongs to project `storefront`, not to `default`"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_user_that_is_kept_gets_its_next_key_from_create() {
    let (home, created) = created();
    let mine = [
        "delete",
        "CI_USER",
        "--project",
        "storefront",
        "--keep-user",
        "--confirm",
        "CI_USER",
    ];
    let document = home.json(0, &mine);
    assert_eq!(document["deletion"]["user_deleted"], json!(false));
    assert_eq!(document["deletion"]["keys"], json!([created["key"]["id"]]));
    let held = document["deletion"]["targets"].as_array().unwrap().iter();
    assert!(held.clone().all(|target| target["cleared"] == json!(false)) && held.count() == 4);
    let again = home.json(0, &mine);
    assert_eq!(again["changed"], json!(false));

    let create = [
        "create",
        "CI_USER",
        "--project",
        "storefront",
        "--for",
        "s3,cloudfront",
        "--attach",
        "group",
        "--yes",
    ];
    let targets = ["--store", "kdbx", "--deliver", "circleci-context:gh/acme/deploy"];
    let next = home.json(0, &[create.as_slice(), &targets].concat());
    assert_eq!(next["key"]["issued"], json!(true));
    assert_ne!(next["key"]["id"], created["key"]["id"]);
}
