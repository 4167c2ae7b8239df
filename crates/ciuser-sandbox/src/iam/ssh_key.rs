//! SSH public keys of users.

use sha2::{Digest, Sha256};

use crate::entropy;
use crate::iam::action::Call;
use crate::iam::page::Page;
use crate::iam::state::{Status, Upload};
use crate::iam::{quota, refusal};
use crate::wire::{AwsError, Xml};

pub(super) fn upload_ssh_public_key(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let body = call.params.text("SSHPublicKeyBody", 16_384)?;
    let user = call.state.user_mut(name, call.now)?;
    if !body.starts_with("ssh-rsa ") && !body.starts_with("-----BEGIN PUBLIC KEY-----") {
        return Err(refusal::invalid_public_key());
    }
    if user.ssh_keys.iter().any(|key| key.body == body) {
        return Err(refusal::duplicate_public_key());
    }
    if user.ssh_keys.len() >= quota::SSH_PUBLIC_KEYS_PER_USER {
        return Err(refusal::quota("SSHPublicKeysPerUser", quota::SSH_PUBLIC_KEYS_PER_USER));
    }
    let key = Upload {
        id: entropy::id("APKA", 17, call.entropy),
        body: body.to_owned(),
        uploaded: call.date,
    };
    xml.element("SSHPublicKey", |xml| {
        xml.text("UserName", &user.name);
        xml.text("SSHPublicKeyId", &key.id);
        xml.text("Fingerprint", &fingerprint(body));
        xml.text("SSHPublicKeyBody", body);
        xml.text("Status", Status::Active.as_str());
        xml.time("UploadDate", key.uploaded);
    });
    user.ssh_keys.push(key);
    Ok(())
}

pub(super) fn list_ssh_public_keys(call: &mut Call<'_>, xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.user_name_or_caller(64)?;
    let user = call.state.user(&name, call.now)?;
    let page = Page::of(user.ssh_keys.iter().collect(), call.params, |key: &&Upload| {
        key.id.clone()
    })?;
    xml.members("SSHPublicKeys", &page.items, |xml, key| {
        xml.text("UserName", &user.name);
        xml.text("SSHPublicKeyId", &key.id);
        xml.text("Status", Status::Active.as_str());
        xml.time("UploadDate", key.uploaded);
    });
    page.end(xml);
    Ok(())
}

pub(super) fn delete_ssh_public_key(call: &mut Call<'_>, _xml: &mut Xml) -> Result<(), AwsError> {
    let name = call.params.name("UserName", 64)?;
    let id = call.params.id("SSHPublicKeyId", 20)?;
    let user = call.state.user_mut(name, call.now)?;
    let at = user
        .ssh_keys
        .iter()
        .position(|key| key.id == id)
        .ok_or_else(|| refusal::no_such_ssh_key(id))?;
    user.ssh_keys.remove(at);
    Ok(())
}

/// Has the form of AWS's fingerprints, which are MD5; this one is the beginning of a SHA-256.
fn fingerprint(body: &str) -> String {
    Sha256::digest(body)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(":")
}
