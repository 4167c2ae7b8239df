//! The description that says which key is there, and whose it is. It is read by people, too.

use ciuser_core::name::{AccessKeyId, AccountId, UserName};
use ciuser_core::port::KeyOwner;

/// Which key a secret belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) key: AccessKeyId,
    pub(super) user: UserName,
    pub(super) account: AccountId,
}

const BEGIN: &str = "access key ";
const USER: &str = " of user ";
const ACCOUNT: &str = " in AWS account ";
const END: &str = ", written by ciuser";

impl Note {
    /// Makes the note of a key.
    pub(super) fn of(owner: &KeyOwner, key: &AccessKeyId) -> Note {
        Note {
            key: key.clone(),
            user: owner.user.clone(),
            account: owner.account.clone(),
        }
    }

    /// Reads a description; `None` when somebody else wrote it.
    pub(super) fn read(description: &str) -> Option<Note> {
        let said = description.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
        let (key, rest) = said.split_once(USER)?;
        let (user, account) = rest.split_once(ACCOUNT)?;
        Some(Note {
            key: AccessKeyId::new(key).ok()?,
            user: UserName::new(user).ok()?,
            account: AccountId::new(account).ok()?,
        })
    }

    /// Tells whether the key is this user's.
    pub(super) fn is_of(&self, owner: &KeyOwner) -> bool {
        self.account == owner.account && self.user.same_as(&owner.user)
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Note { key, user, account } = self;
        write!(f, "{BEGIN}{key}{USER}{user}{ACCOUNT}{account}{END}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::{key, owner};

    #[test]
    fn a_note_is_read_as_it_was_written_and_nothing_else_is_one() {
        let note = Note::of(&owner(), &key().id);
        let text = note.to_string();
        assert_eq!(
            text,
            "access key AKIAIOSFODNN7EXAMPLE of user CI_USER in AWS account 111122223333, written by ciuser"
        );
        assert_eq!(Note::read(&text), Some(note));
        for other in [
            "",
            "deploys the shop",
            &text.replace("AKIA", "A-"),
            &format!("the {text}"),
        ] {
            assert_eq!(Note::read(other), None, "{other}");
        }
    }
}
