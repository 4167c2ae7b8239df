//! The plain text of an age file: a profile as `~/.aws/credentials` has it, with comments that say whose it is.
//!
//! Invariant: every buffer that the secret passes through is made once, in full size, and wiped.

use ciuser_core::name::{AccessKeyId, UserArn};
use ciuser_core::port::KeyOwner;
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use zeroize::Zeroizing;

const ACCOUNT: &str = "# account: ";
const ARN: &str = "# arn: ";
const RUN: &str = "# run id: ";
const ID: &str = "aws_access_key_id = ";
const SECRET: &str = "aws_secret_access_key = ";
const REGION: &str = "region = ";

/// What a file holds once it is open.
pub(super) struct Kept {
    /// The account that it names.
    pub(super) account: String,
    /// The user that it names.
    pub(super) user: String,
    /// The key.
    pub(super) key: AccessKey,
}

/// Writes the text.
pub(super) fn write(owner: &KeyOwner, key: &AccessKey) -> Zeroizing<Vec<u8>> {
    let region = owner.region.as_ref().map(|region| [REGION, region.as_str(), "\n"]);
    let parts = [
        [ACCOUNT, owner.account.as_str(), "\n"],
        [ARN, owner.arn.as_str(), "\n"],
        [RUN, owner.run.as_str(), "\n"],
        ["[", owner.user.as_str(), "]\n"],
        [ID, key.id.as_str(), "\n"],
        [SECRET, key.secret.expose(), "\n"],
    ];
    let parts = || parts.iter().chain(&region).flatten();
    let mut text = Zeroizing::new(Vec::with_capacity(parts().map(|part| part.len()).sum()));
    for part in parts() {
        text.extend_from_slice(part.as_bytes());
    }
    text
}

/// Reads the text; `None` when it is another.
pub(super) fn read(text: &[u8]) -> Option<Kept> {
    let text = std::str::from_utf8(text).ok()?;
    let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    Some(Kept {
        account: after(ACCOUNT)?.to_owned(),
        user: UserArn::new(after(ARN)?).ok()?.user_name().to_owned(),
        key: AccessKey {
            id: AccessKeyId::new(after(ID)?).ok()?,
            secret: SecretAccessKey::new(after(SECRET)?.to_owned()).ok()?,
        },
    })
}
