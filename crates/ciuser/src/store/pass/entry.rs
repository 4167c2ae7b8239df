//! The text of an entry: the secret in the first line, as `pass` has it, and what belongs to it in the lines below.
//!
//! Invariant: every buffer that the secret passes through is made once, in full size, and wiped.

use ciuser_core::name::{AccessKeyId, UserArn};
use ciuser_core::port::KeyOwner;
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use zeroize::Zeroizing;

const ID: &str = "access key id: ";
const USER: &str = "user: ";
const ACCOUNT: &str = "account: ";
const ARN: &str = "arn: ";
const REGION: &str = "region: ";
const RUN: &str = "run id: ";

/// An entry of ours.
pub(super) struct Entry {
    /// The account that it names.
    pub(super) account: String,
    /// The user that it names.
    pub(super) user: String,
    /// The key.
    pub(super) key: AccessKey,
}

impl Entry {
    /// Tells whether it holds this key of this user.
    pub(super) fn holds(&self, owner: &KeyOwner, key: &AccessKey) -> bool {
        owner.is(&self.account, &self.user) && self.key.id == key.id && self.key.secret.same_as(&key.secret)
    }
}

/// Writes the text.
pub(super) fn write(owner: &KeyOwner, key: &AccessKey) -> Zeroizing<Vec<u8>> {
    let region = owner.region.as_ref().map(|region| [REGION, region.as_str(), "\n"]);
    let parts = [
        ["", key.secret.expose(), "\n"],
        [ID, key.id.as_str(), "\n"],
        [USER, owner.user.as_str(), "\n"],
        [ACCOUNT, owner.account.as_str(), "\n"],
        [ARN, owner.arn.as_str(), "\n"],
        [RUN, owner.run.as_str(), "\n"],
    ];
    let parts = || parts.iter().chain(&region).flatten();
    let mut text = Zeroizing::new(Vec::with_capacity(parts().map(|part| part.len()).sum()));
    for part in parts() {
        text.extend_from_slice(part.as_bytes());
    }
    text
}

/// Reads the text; `None` when it is not an entry of ours. A person may have added lines.
pub(super) fn read(text: &[u8]) -> Option<Entry> {
    let text = std::str::from_utf8(text).ok()?;
    let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    Some(Entry {
        account: after(ACCOUNT)?.to_owned(),
        user: UserArn::new(after(ARN)?).ok()?.user_name().to_owned(),
        key: AccessKey {
            id: AccessKeyId::new(after(ID)?).ok()?,
            secret: SecretAccessKey::new(text.lines().next()?.to_owned()).ok()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::{SECRET, key, owner};

    #[test]
    fn the_first_line_is_the_secret_and_the_others_say_whose_it_is() {
        let text = write(&owner(), &key());
        let expected = format!(
            "{SECRET}\naccess key id: AKIAIOSFODNN7EXAMPLE\nuser: CI_USER\naccount: 111122223333\n\
             arn: arn:aws:iam::111122223333:user/CI_USER\nrun id: r-0707070707070707\nregion: eu-central-1\n"
        );
        assert_eq!(std::str::from_utf8(&text).unwrap(), expected);
        assert!(read(&text).unwrap().holds(&owner(), &key()));
    }

    #[test]
    fn lines_that_a_person_added_are_passed_over() {
        let mut text = write(&owner(), &key()).to_vec();
        text.extend_from_slice(b"url: https://console.aws.amazon.com/\n");
        assert!(read(&text).unwrap().holds(&owner(), &key()));
    }

    #[test]
    fn another_entry_is_not_taken_for_ours() {
        for other in ["my diary\n", "", "pass word\naccount: 1\n", "\n\n"] {
            assert!(read(other.as_bytes()).is_none(), "{other:?}");
        }
    }
}
