//! What a CI user should not have: passwords, MFA devices, SSH keys, certificates, service-specific credentials.

use crate::client::{Client, refused};

const CI: (&str, &str) = ("UserName", "ci");
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

fn with_user() -> Client {
    let mut client = Client::new();
    client.user("ci");
    client
}

#[test]
fn a_login_profile_lives_and_dies() {
    let mut client = with_user();
    let missing = refused(404, "NoSuchEntity", "Login Profile for User ci cannot be found.");
    assert_eq!(client.refused("GetLoginProfile", &[CI]), missing);
    let password = ("Password", "Correct-Horse-1");
    let created = client.ok("CreateLoginProfile", &[CI, password, ("PasswordResetRequired", "true")]);
    assert_eq!(
        created.names("LoginProfile"),
        ["UserName", "CreateDate", "PasswordResetRequired"]
    );
    assert_eq!(
        client
            .ok("GetLoginProfile", &[CI])
            .text("LoginProfile/PasswordResetRequired"),
        "true"
    );
    let expected = refused(409, "EntityAlreadyExists", "Login Profile for user ci already exists.");
    assert_eq!(client.refused("CreateLoginProfile", &[CI, password]), expected);
    client.ok("DeleteLoginProfile", &[CI]);
    assert_eq!(client.refused("DeleteLoginProfile", &[CI]), missing);
}

#[test]
fn a_weak_password_is_refused() {
    let mut client = with_user();
    let expected = refused(
        400,
        "PasswordPolicyViolation",
        "Password does not conform to the account password policy.",
    );
    for password in ["Short-1", "onlylowercaseletters", "lower-and-symbols"] {
        assert_eq!(
            client.refused("CreateLoginProfile", &[CI, ("Password", password)]),
            expected,
            "{password}"
        );
    }
}

#[test]
fn a_virtual_mfa_device_is_made_enabled_deactivated_and_deleted() {
    let mut client = with_user();
    let device = client.ok(
        "CreateVirtualMFADevice",
        &[("VirtualMFADeviceName", "phone"), ("Path", "/ci/")],
    );
    let serial = device.text("VirtualMFADevice/SerialNumber");
    assert!(serial.ends_with(":mfa/ci/phone"), "{serial}");
    let serial = ("SerialNumber", serial.as_str());
    let expected = refused(409, "EntityAlreadyExists", "MFA device already exists.");
    let again = [("VirtualMFADeviceName", "phone"), ("Path", "/ci/")];
    assert_eq!(client.refused("CreateVirtualMFADevice", &again), expected);
    assert!(client.ok("ListMFADevices", &[CI]).at("MFADevices/member").is_empty());

    let codes = [
        CI,
        serial,
        ("AuthenticationCode1", "123456"),
        ("AuthenticationCode2", "654321"),
    ];
    let same = [codes[0], codes[1], codes[2], ("AuthenticationCode2", "123456")];
    assert_eq!(
        client.refused("EnableMFADevice", &same).code,
        "InvalidAuthenticationCode"
    );
    client.ok("EnableMFADevice", &codes);
    let listed = client.ok("ListMFADevices", &[CI]);
    assert_eq!(
        listed.names("MFADevices/member"),
        ["UserName", "SerialNumber", "EnableDate"]
    );
    let expected = refused(
        409,
        "DeleteConflict",
        "Cannot delete entity, must delete MFA device first.",
    );
    assert_eq!(client.refused("DeleteUser", &[CI]), expected);
    assert_eq!(
        client.refused("DeleteVirtualMFADevice", &[serial]).code,
        "DeleteConflict"
    );

    client.ok("DeactivateMFADevice", &[CI, serial]);
    let message = format!("MFA Device with serial number {} does not exist.", serial.1);
    let expected = refused(404, "NoSuchEntity", &message);
    assert_eq!(client.refused("DeactivateMFADevice", &[CI, serial]), expected);
    client.ok("DeleteVirtualMFADevice", &[serial]);
    assert_eq!(client.refused("DeleteVirtualMFADevice", &[serial]), expected);
    client.ok("DeleteUser", &[CI]);
}

#[test]
fn an_ssh_key_lives_and_dies() {
    let mut client = with_user();
    let body = ("SSHPublicKeyBody", "ssh-rsa AAAAB3NzaC1yc2E ci");
    let uploaded = client.ok("UploadSSHPublicKey", &[CI, body]);
    let id = uploaded.text("SSHPublicKey/SSHPublicKeyId");
    assert!(id.starts_with("APKA"));
    assert_eq!(
        client
            .refused("UploadSSHPublicKey", &[CI, ("SSHPublicKeyBody", "x")])
            .code,
        "InvalidPublicKey"
    );
    let listed = client.ok("ListSSHPublicKeys", &[CI]);
    assert_eq!(
        listed.names("SSHPublicKeys/member"),
        ["UserName", "SSHPublicKeyId", "Status", "UploadDate"]
    );
    let expected = refused(
        409,
        "DeleteConflict",
        "Cannot delete entity, must remove referenced objects first.",
    );
    assert_eq!(client.refused("DeleteUser", &[CI]), expected);
    client.ok("DeleteSSHPublicKey", &[CI, ("SSHPublicKeyId", &id)]);
    let message = format!("The Public Key with id {id} cannot be found.");
    let expected = refused(404, "NoSuchEntity", &message);
    assert_eq!(
        client.refused("DeleteSSHPublicKey", &[CI, ("SSHPublicKeyId", &id)]),
        expected
    );
}

#[test]
fn a_user_has_two_certificates_at_most() {
    let mut client = with_user();
    let expected = refused(400, "MalformedCertificate", "Certificate no certificate is malformed.");
    assert_eq!(
        client.refused("UploadSigningCertificate", &[CI, ("CertificateBody", "no certificate")]),
        expected
    );
    let bodies: Vec<String> = ["A", "B", "C"].map(|letter| CERTIFICATE.replace("MIIB", letter)).into();
    client.ok("UploadSigningCertificate", &[CI, ("CertificateBody", &bodies[0])]);
    client.ok("UploadSigningCertificate", &[CI, ("CertificateBody", &bodies[1])]);
    let expected = refused(409, "LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2");
    assert_eq!(
        client.refused("UploadSigningCertificate", &[CI, ("CertificateBody", &bodies[2])]),
        expected
    );
    for id in client
        .ok("ListSigningCertificates", &[CI])
        .texts("Certificates/member/CertificateId")
    {
        client.ok("DeleteSigningCertificate", &[CI, ("CertificateId", &id)]);
    }
    let id = ("CertificateId", "NONEXISTENTCERTID12345678901");
    let expected = refused(
        404,
        "NoSuchEntity",
        "The Certificate with id NONEXISTENTCERTID12345678901 cannot be found.",
    );
    assert_eq!(client.refused("DeleteSigningCertificate", &[CI, id]), expected);
}

#[test]
fn a_service_specific_credential_shows_its_password_once() {
    let mut client = with_user();
    let service = ("ServiceName", "codecommit.amazonaws.com");
    let created = client.ok("CreateServiceSpecificCredential", &[CI, service]);
    let path = "ServiceSpecificCredential";
    assert!(created.text(&format!("{path}/ServiceUserName")).starts_with("ci-at-"));
    assert_eq!(created.text(&format!("{path}/ServicePassword")).len(), 44);
    let listed = client.ok("ListServiceSpecificCredentials", &[CI]);
    assert!(
        !listed
            .names("ServiceSpecificCredentials/member")
            .contains(&"ServicePassword")
    );
    assert_eq!(listed.names(""), ["ServiceSpecificCredentials"]);
    let other = ("ServiceName", "cassandra.amazonaws.com");
    assert!(
        client
            .ok("ListServiceSpecificCredentials", &[CI, other])
            .at("ServiceSpecificCredentials/member")
            .is_empty()
    );
    let id = created.text(&format!("{path}/ServiceSpecificCredentialId"));
    client.ok(
        "DeleteServiceSpecificCredential",
        &[CI, ("ServiceSpecificCredentialId", &id)],
    );
    client.ok("DeleteUser", &[CI]);
}
