//! The value of an item: the JSON that a `credential_process` of the AWS CLI prints.
//!
//! Invariant: every buffer that the secret passes through is made once, in full size, and wiped.

use ciuser_core::name::AccessKeyId;
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

/// More than the longest id and a secret of a thousand characters take.
const LONGEST: usize = 2048;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Read {
    access_key_id: AccessKeyId,
    #[serde(deserialize_with = "secret")]
    secret_access_key: SecretAccessKey,
}

/// Writes the value.
pub(super) fn write(key: &AccessKey) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST));
    let value = Written {
        version: 1,
        access_key_id: key.id.as_str(),
        secret_access_key: key.secret.expose(),
    };
    // Writing into a vector cannot fail.
    let _ = serde_json::to_writer(&mut *text, &value);
    text
}

/// Reads the value; `None` when it is another.
pub(super) fn read(text: &[u8]) -> Option<AccessKey> {
    let read: Read = serde_json::from_slice(text).ok()?;
    Some(AccessKey {
        id: read.access_key_id,
        secret: read.secret_access_key,
    })
}

/// Takes the secret over before anything else can fail, so that it is wiped in any case.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretAccessKey, D::Error> {
    SecretAccessKey::new(String::deserialize(from)?).map_err(serde::de::Error::custom)
}
