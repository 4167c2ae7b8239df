//! The ids of the credentials that a CI user should not have.
//!
//! Lengths are the most that the IAM API allows; the least is left to the service, which is asked for them and never
//! told a new one.

use super::checked::checked_name;

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

checked_name! {
    /// The serial number of an MFA device: an ARN, unless it is a hardware token (IAM API, `serialNumberType`).
    MfaSerialNumber, "the serial number of an MFA device", "up to 256 letters, digits and `+ = / : , . @ _ -`", |t| {
        (1..=256).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=/:,.@-".contains(&b))
    }
}
checked_name! {
    /// The id of an SSH public key, `APKA...` (IAM API, `publicKeyIdType`).
    SshPublicKeyId, "the id of an SSH public key", "up to 128 letters, digits and `_`", |t| is_word(t, 128)
}
checked_name! {
    /// The id of a signing certificate (IAM API, `certificateIdType`).
    CertificateId, "the id of a signing certificate", "up to 128 letters, digits and `_`", |t| is_word(t, 128)
}
checked_name! {
    /// The id of a service-specific credential, `ACCA...` (IAM API, `serviceSpecificCredentialId`).
    ServiceSpecificCredentialId, "the id of a service-specific credential", "up to 128 letters, digits and `_`", |t| {
        is_word(t, 128)
    }
}

impl MfaSerialNumber {
    /// Tells whether the device is a virtual one, which outlives its deactivation and must be deleted by itself.
    pub fn is_virtual(&self) -> bool {
        // `arn:PARTITION:iam::ACCOUNT:mfa/NAME`; a passkey is `...:u2f/user/...`, a hardware token no ARN at all.
        let resource = self
            .as_str()
            .strip_prefix("arn:")
            .and_then(|arn| arn.splitn(5, ':').nth(4));
        resource.is_some_and(|resource| resource.starts_with("mfa/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_under_mfa_is_virtual() {
        let is_virtual = |serial: &str| MfaSerialNumber::new(serial).unwrap().is_virtual();
        assert!(is_virtual("arn:aws:iam::111122223333:mfa/CI_USER"));
        assert!(is_virtual("arn:aws-us-gov:iam::111122223333:mfa/ci/phone"));
        assert!(!is_virtual("arn:aws:iam::111122223333:u2f/user/CI_USER/key-ABCDEF"));
        assert!(!is_virtual("GAHT12345678"));
    }
}
