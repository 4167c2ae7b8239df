"""Everything that a user can sign in or sign with: access keys first, then what a CI user must not have."""

from conversations.users import user
from conversations.words import DATE, Form, conflict, iam, invalid, listing, no, no_user, tags, unique

ADA = iam("CreateUser", {"User": user("ada")}, UserName="ada")
ADA_LEAVES = iam("DeleteUser", UserName="ada")


def key(kept, status="Active", **more):
    """Stands for an access key; the id of a new one is kept."""
    return {"UserName": "ada", "AccessKeyId": kept, "Status": status, "CreateDate": DATE} | more


def new_key(name):
    """Makes an access key and keeps its id."""
    secret = {"SecretAccessKey": Form(r"[A-Za-z0-9+/]{40}")}
    return iam("CreateAccessKey", {"AccessKey": key(unique("AKIA", 16, name), **secret)}, UserName="ada")


NO_KEY = no("NoSuchEntity", "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.")
UNUSED = {"ServiceName": "N/A", "Region": "N/A"}

ACCESS_KEYS = [
    ADA,
    new_key("first"),
    iam("ListAccessKeys", listing("AccessKeyMetadata", [key("$first")]), UserName="ada"),
    iam("ListAccessKeys", no_user("nobody"), UserName="nobody"),
    iam("UpdateAccessKey", UserName="ada", AccessKeyId="$first", Status="Inactive"),
    iam("UpdateAccessKey", NO_KEY, UserName="ada", AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Active"),
    iam(
        "UpdateAccessKey",
        invalid("status", "satisfy enum value set"),
        UserName="ada",
        AccessKeyId="$first",
        Status="Asleep",
    ),
    iam("ListAccessKeys", listing("AccessKeyMetadata", [key("$first", "Inactive")]), UserName="ada"),
    iam("GetAccessKeyLastUsed", {"UserName": "ada", "AccessKeyLastUsed": UNUSED}, AccessKeyId="$first"),
    iam(
        "GetAccessKeyLastUsed",
        no(
            "AccessDenied",
            "User: arn:aws:iam::$account:user/sandbox-admin is not authorized to perform iam:GetAccessKeyLastUsed "
            "on resource: access key AKIAIOSFODNN7EXAMPLE",
        ),
        AccessKeyId="AKIAIOSFODNN7EXAMPLE",
    ),
    new_key("second"),
    iam("CreateAccessKey", no("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"), UserName="ada"),
    iam("CreateAccessKey", no_user("nobody"), UserName="nobody"),
    iam("DeleteAccessKey", UserName="ada", AccessKeyId="$first"),
    iam("DeleteAccessKey", UserName="ada", AccessKeyId="$second"),
    iam("DeleteAccessKey", NO_KEY, UserName="ada", AccessKeyId="AKIAIOSFODNN7EXAMPLE"),
    ADA_LEAVES,
]

PASSWORD = {"LoginProfile": {"UserName": "ada", "CreateDate": DATE, "PasswordResetRequired": True}}
NO_PASSWORD = no("NoSuchEntity", "Login Profile for User ada cannot be found.")

LOGIN_PROFILE = [
    ADA,
    iam("GetLoginProfile", NO_PASSWORD, UserName="ada"),
    iam(
        "CreateLoginProfile",
        no("PasswordPolicyViolation", "Password does not conform to the account password policy."),
        UserName="ada",
        Password="short",
    ),
    iam("CreateLoginProfile", PASSWORD, UserName="ada", Password="Correct-Horse-1", PasswordResetRequired=True),
    iam(
        "CreateLoginProfile",
        no("EntityAlreadyExists", "Login Profile for user ada already exists."),
        UserName="ada",
        Password="Correct-Horse-1",
    ),
    iam("GetLoginProfile", PASSWORD, UserName="ada"),
    iam("DeleteUser", conflict("Cannot delete entity, must delete login profile first."), UserName="ada"),
    iam("DeleteLoginProfile", UserName="ada"),
    iam("DeleteLoginProfile", NO_PASSWORD, UserName="ada"),
    ADA_LEAVES,
]

PHONE = "arn:aws:iam::$account:mfa/ci/phone"
NEW_PHONE = {"SerialNumber": PHONE, "Tags": tags(kind="test")}
NO_PHONE = no("NoSuchEntity", f"MFA Device with serial number {PHONE} does not exist.")
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}

MFA = [
    ADA,
    iam(
        "CreateVirtualMFADevice",
        {"VirtualMFADevice": NEW_PHONE},
        VirtualMFADeviceName="phone",
        Path="/ci/",
        Tags=tags(kind="test"),
    ),
    iam(
        "CreateVirtualMFADevice",
        no("EntityAlreadyExists", "MFA device already exists."),
        VirtualMFADeviceName="phone",
        Path="/ci/",
    ),
    iam("ListMFADevices", listing("MFADevices", []), UserName="ada"),
    iam("ListMFADevices", no_user("nobody"), UserName="nobody"),
    iam(
        "EnableMFADevice",
        no("InvalidAuthenticationCode", "Authentication code for device is not valid."),
        UserName="ada",
        SerialNumber=PHONE,
        AuthenticationCode1="123456",
        AuthenticationCode2="123456",
    ),
    iam("EnableMFADevice", UserName="ada", SerialNumber=PHONE, **CODES),
    iam(
        "EnableMFADevice",
        no("EntityAlreadyExists", "MFA Device is already in use."),
        UserName="ada",
        SerialNumber=PHONE,
        **CODES,
    ),
    iam(
        "ListMFADevices",
        listing("MFADevices", [{"UserName": "ada", "SerialNumber": PHONE, "EnableDate": DATE}]),
        UserName="ada",
    ),
    iam("DeleteUser", conflict("Cannot delete entity, must delete MFA device first."), UserName="ada"),
    iam("DeleteVirtualMFADevice", conflict("MFA VirtualDevice in use. Must deactivate first."), SerialNumber=PHONE),
    iam("DeactivateMFADevice", UserName="ada", SerialNumber=PHONE),
    iam("DeactivateMFADevice", NO_PHONE, UserName="ada", SerialNumber=PHONE),
    iam("DeleteVirtualMFADevice", SerialNumber=PHONE),
    iam("DeleteVirtualMFADevice", NO_PHONE, SerialNumber=PHONE),
    ADA_LEAVES,
]

PUBLIC_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDtest ada@example.com"
SSH_KEY = {"UserName": "ada", "SSHPublicKeyId": unique("APKA", keep="ssh"), "Status": "Active", "UploadDate": DATE}
NEW_SSH_KEY = SSH_KEY | {"Fingerprint": Form("([0-9a-f]{2}:){15}[0-9a-f]{2}"), "SSHPublicKeyBody": PUBLIC_KEY}
REFERENCED = conflict("Cannot delete entity, must remove referenced objects first.")

SSH_KEYS = [
    ADA,
    iam(
        "UploadSSHPublicKey",
        no("InvalidPublicKey", "The provided SSH public key is invalid."),
        UserName="ada",
        SSHPublicKeyBody="no key",
    ),
    iam("UploadSSHPublicKey", {"SSHPublicKey": NEW_SSH_KEY}, UserName="ada", SSHPublicKeyBody=PUBLIC_KEY),
    iam(
        "UploadSSHPublicKey",
        no("DuplicateSSHPublicKey", "The provided SSH public key already exists for the user."),
        UserName="ada",
        SSHPublicKeyBody=PUBLIC_KEY,
    ),
    iam("ListSSHPublicKeys", listing("SSHPublicKeys", [SSH_KEY]), UserName="ada"),
    iam("ListSSHPublicKeys", no_user("nobody"), UserName="nobody"),
    iam("DeleteUser", REFERENCED, UserName="ada"),
    iam("DeleteSSHPublicKey", UserName="ada", SSHPublicKeyId="$ssh"),
    iam(
        "DeleteSSHPublicKey",
        no("NoSuchEntity", "The Public Key with id $ssh cannot be found."),
        UserName="ada",
        SSHPublicKeyId="$ssh",
    ),
    ADA_LEAVES,
]

PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCARygAwIBAgIBADANBgkqhkiG9w0BAQUFADAA\n-----END CERTIFICATE-----"
CERTIFICATE = {
    "UserName": "ada",
    "CertificateId": unique("", 32, "certificate"),
    "CertificateBody": PEM,
    "Status": "Active",
    "UploadDate": DATE,
}

CERTIFICATES = [
    ADA,
    iam("UploadSigningCertificate", {"Certificate": CERTIFICATE}, UserName="ada", CertificateBody=PEM),
    iam(
        "UploadSigningCertificate",
        no("DuplicateCertificate", "The certificate already exists."),
        UserName="ada",
        CertificateBody=PEM,
    ),
    iam(
        "UploadSigningCertificate",
        no("MalformedCertificate", "Certificate none is malformed."),
        UserName="ada",
        CertificateBody="none",
    ),
    iam("ListSigningCertificates", listing("Certificates", [CERTIFICATE]), UserName="ada"),
    iam("ListSigningCertificates", no_user("nobody"), UserName="nobody"),
    iam("DeleteUser", REFERENCED, UserName="ada"),
    iam("DeleteSigningCertificate", UserName="ada", CertificateId="$certificate"),
    iam(
        "DeleteSigningCertificate",
        no("NoSuchEntity", "The Certificate with id $certificate cannot be found."),
        UserName="ada",
        CertificateId="$certificate",
    ),
    ADA_LEAVES,
]

CODECOMMIT = "codecommit.amazonaws.com"
SERVICE_CREDENTIAL = {
    "UserName": "ada",
    "ServiceSpecificCredentialId": unique("ACCA", keep="credential"),
    "ServiceName": CODECOMMIT,
    "ServiceUserName": "ada-at-$account",
    "Status": "Active",
    "CreateDate": DATE,
}

SERVICE_CREDENTIALS = [
    ADA,
    iam(
        "CreateServiceSpecificCredential",
        {"ServiceSpecificCredential": SERVICE_CREDENTIAL | {"ServicePassword": Form(".{44}")}},
        UserName="ada",
        ServiceName=CODECOMMIT,
    ),
    iam(
        "CreateServiceSpecificCredential",
        no("NoSuchEntity", "No such service s3.amazonaws.com is supported for Service Specific Credentials"),
        UserName="ada",
        ServiceName="s3.amazonaws.com",
    ),
    # AWS says whether this listing is truncated only if a page was asked for.
    iam("ListServiceSpecificCredentials", {"ServiceSpecificCredentials": [SERVICE_CREDENTIAL]}, UserName="ada"),
    iam(
        "ListServiceSpecificCredentials",
        {"ServiceSpecificCredentials": []},
        UserName="ada",
        ServiceName="cassandra.amazonaws.com",
    ),
    iam("ListServiceSpecificCredentials", no_user("nobody"), UserName="nobody"),
    iam("DeleteUser", REFERENCED, UserName="ada"),
    iam("DeleteServiceSpecificCredential", UserName="ada", ServiceSpecificCredentialId="$credential"),
    iam(
        "DeleteServiceSpecificCredential",
        no("NoSuchEntity", "No such credential $credential exists"),
        UserName="ada",
        ServiceSpecificCredentialId="$credential",
    ),
    ADA_LEAVES,
]

CONVERSATIONS = {
    "access_keys": ACCESS_KEYS,
    "a_console_password": LOGIN_PROFILE,
    "a_virtual_mfa_device": MFA,
    "an_ssh_public_key": SSH_KEYS,
    "a_signing_certificate": CERTIFICATES,
    "a_service_specific_credential": SERVICE_CREDENTIALS,
}
