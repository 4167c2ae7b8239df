//! What an age file says without being opened: the key id, and whose key it is.
//!
//! It is a stanza of the file's header under a name of our own. Every age program passes over stanzas that it does not
//! know, and the header is sealed with the file's key, so that whoever opens the file sees when somebody changed it.
//! Without being opened, a label is a claim and no more.

use std::cell::RefCell;
use std::collections::HashSet;

use age::{Decryptor, EncryptError, Identity, Recipient};
use age_core::format::{FileKey, Stanza};
use ciuser_core::name::AccessKeyId;
use ciuser_core::port::KeyOwner;
use sha2::{Digest as _, Sha256};

const TAG: &str = "ciuser-access-key";

/// What stands outside of the encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// The key.
    pub(super) id: AccessKeyId,
    /// The account that it belongs to.
    pub(super) account: String,
    /// The user that it belongs to.
    pub(super) user: String,
    /// A digest of whom the file is encrypted to, which age itself keeps to itself.
    pub(super) recipients: String,
}

impl Label {
    /// Labels a key of this user.
    pub(super) fn of(owner: &KeyOwner, id: &AccessKeyId, recipients: &[String]) -> Label {
        Label {
            id: id.clone(),
            account: owner.account.to_string(),
            user: owner.user.to_string(),
            recipients: digest_of(recipients),
        }
    }

    /// Reads the label of a file, armoured or not; `None` when it has none.
    pub(super) fn read(file: &[u8]) -> Option<Label> {
        let seen = Seen::default();
        let decryptor = Decryptor::new_buffered(age::armor::ArmoredReader::new(file)).ok()?;
        // It opens nothing, and is shown every stanza.
        let _ = decryptor.decrypt(std::iter::once(&seen as &dyn Identity));
        seen.0.into_inner()
    }

    /// Tells whether this is a label of that key of this user.
    pub(super) fn is_of(&self, owner: &KeyOwner, id: &AccessKeyId) -> bool {
        self.id == *id && owner.is(&self.account, &self.user)
    }
}

/// Digests the recipients, in whatever order they are named.
pub(super) fn digest_of(recipients: &[String]) -> String {
    let mut sorted: Vec<&str> = recipients.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    hex::encode(Sha256::digest(sorted.join("\n")))
}

impl Recipient for Label {
    fn wrap_file_key(&self, _: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let stanza = Stanza {
            tag: TAG.to_owned(),
            args: vec![
                self.id.to_string(),
                self.account.clone(),
                self.user.clone(),
                self.recipients.clone(),
            ],
            body: Vec::new(),
        };
        Ok((vec![stanza], HashSet::new()))
    }
}

/// An identity that opens nothing and notes the label.
#[derive(Default)]
struct Seen(RefCell<Option<Label>>);

impl Identity for Seen {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, age::DecryptError>> {
        if let (TAG, [id, account, user, recipients]) = (stanza.tag.as_str(), stanza.args.as_slice())
            && let Ok(id) = AccessKeyId::new(id.as_str())
        {
            self.0.replace(Some(Label {
                id,
                account: account.clone(),
                user: user.clone(),
                recipients: recipients.clone(),
            }));
        }
        None
    }
}
