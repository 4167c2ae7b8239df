//! X.509 signing certificates of users. Only the outer form of a certificate is checked.

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{Status, Upload, User};
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn upload_signing_certificate(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let body = call.params.text("CertificateBody", 16_384)?;
    let user = call.state.user_mut(&name, call.now)?;
    let pem = body.trim();
    if !pem.starts_with("-----BEGIN CERTIFICATE-----") || !pem.ends_with("-----END CERTIFICATE-----") {
        return Err(refusal::malformed_certificate(body));
    }
    if user.certificates.iter().any(|certificate| certificate.body == body) {
        return Err(refusal::duplicate_certificate());
    }
    if user.certificates.len() >= quota::SIGNING_CERTIFICATES_PER_USER {
        return Err(refusal::quota(
            "CertificatesPerUser",
            quota::SIGNING_CERTIFICATES_PER_USER,
        ));
    }
    let certificate = Upload {
        id: entropy::id("", 32, call.entropy),
        body: body.to_owned(),
        uploaded: call.date,
    };
    xml.element("Certificate", |xml| write(xml, user, &certificate));
    user.certificates.push(certificate);
    Ok(())
}

pub(super) fn list_signing_certificates(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user(&name, call.now)?;
    let page = Page::of(
        user.certificates.iter().collect(),
        call.params,
        |certificate: &&Upload| certificate.id.clone(),
    )?;
    xml.members("Certificates", &page.items, |xml, certificate| {
        write(xml, user, certificate)
    });
    page.end(xml);
    Ok(())
}

pub(super) fn delete_signing_certificate(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let id = call.params.id("CertificateId", 24)?;
    let name = call.user_name_or_caller(128)?;
    let user = call.state.user_mut(&name, call.now)?;
    let at = user.certificates.iter().position(|certificate| certificate.id == id);
    user.certificates
        .remove(at.ok_or_else(|| refusal::no_such_certificate(id))?);
    Ok(())
}

fn write(xml: &mut Xml, user: &User, certificate: &Upload) {
    xml.text("UserName", &user.name);
    xml.text("CertificateId", &certificate.id);
    xml.text("CertificateBody", &certificate.body);
    xml.text("Status", Status::Active.as_str());
    xml.time("UploadDate", certificate.uploaded);
}
