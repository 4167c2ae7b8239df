//! An access key as it is kept: id, secret and the user's ARN, in one piece.

use ciuser_core::name::{AccessKeyId, UserArn};
use ciuser_core::port::{Holdings, KeyOwner};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What was read of a place.
pub(super) struct Record {
    pub(super) key: AccessKey,
    /// Whose key it is; a record that a person wrote may not say it.
    pub(super) user: Option<String>,
}

/// The form of `credential_process`, which AWS's own tools read, and whose key it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Form<T> {
    #[serde(default = "version")]
    version: u8,
    access_key_id: T,
    secret_access_key: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_arn: Option<T>,
}

fn version() -> u8 {
    1
}

impl Record {
    /// Makes a record of what was read, if it is an access key.
    pub(super) fn new(id: &str, secret: String, user: Option<String>) -> Option<Record> {
        // The secret is taken over first: whatever the id is, it is wiped.
        let secret = SecretAccessKey::new(secret).ok()?;
        let id = AccessKeyId::new(id).ok()?;
        let key = AccessKey { id, secret };
        Some(Record { key, user })
    }

    /// Reads the JSON of a record.
    pub(super) fn of_json(text: &str) -> Option<Record> {
        let form: Form<String> = serde_json::from_str(text).ok()?;
        Record::new(&form.access_key_id, form.secret_access_key, form.user_arn)
    }

    /// Tells whether it holds this very key of this very user.
    pub(super) fn is(&self, owner: &KeyOwner, key: &AccessKey) -> bool {
        let same_key = self.key.id == key.id && self.key.secret.same_as(&key.secret);
        same_key && matches!(holdings(owner, Some(self)), Holdings::Key(_))
    }
}

/// Writes the JSON of a record.
pub(super) fn json(owner: &KeyOwner, key: &AccessKey) -> Zeroizing<String> {
    let form = Form {
        version: version(),
        access_key_id: key.id.as_str(),
        secret_access_key: key.secret.expose(),
        user_arn: Some(owner.arn.as_str()),
    };
    // Large enough from the start: growing would leave copies of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(1024 + key.secret.expose().len()));
    // Writing texts into memory does not fail.
    let _ = serde_json::to_writer(&mut *text, &form);
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *text)).unwrap_or_default())
}

/// Says what a place is to a user; `None` for something that is not a record.
pub(super) fn holdings(owner: &KeyOwner, record: Option<&Record>) -> Holdings {
    let Some(Record { key, user }) = record else {
        let what = "something that is not an access key".to_owned();
        return Holdings::Foreign { what };
    };
    match user {
        None => Holdings::Unattributed(key.id.clone()),
        Some(arn) if is_of(owner, arn) => Holdings::Key(key.id.clone()),
        Some(arn) => Holdings::Foreign {
            what: format!("the key {} of `{}`", key.id, shown(arn)),
        },
    }
}

/// A user may have moved to another path since.
fn is_of(owner: &KeyOwner, arn: &str) -> bool {
    UserArn::new(arn).is_ok_and(|arn| {
        let same_user = arn.user_name().eq_ignore_ascii_case(owner.user.as_str());
        same_user && arn.account() == owner.account.as_str()
    })
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use ciuser_core::name::UserName;

    use super::*;
    use crate::rig::{ID, SECRET, key, owner};

    #[test]
    fn a_record_is_what_credential_process_reads_and_says_whose_it_is() {
        assert_eq!(
            *json(&owner(), &key()),
            format!(
                r#"{{"Version":1,"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}","UserArn":"{}"}}"#,
                owner().arn
            )
        );
        let read = Record::of_json(&json(&owner(), &key())).unwrap();
        assert!(read.is(&owner(), &key()));
        assert_eq!(holdings(&owner(), Some(&read)), Holdings::Key(key().id));
    }

    #[test]
    fn a_record_without_a_user_is_nobodys() {
        let read = Record::of_json(&format!(r#"{{"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}"}}"#));
        assert_eq!(holdings(&owner(), read.as_ref()), Holdings::Unattributed(key().id));
        assert!(!read.unwrap().is(&owner(), &key()));
    }

    #[test]
    fn a_record_of_another_user_or_account_is_foreign_and_shows_no_secret() {
        for arn in [
            "arn:aws:iam::111122223333:user/OTHER",
            "arn:aws:iam::999988887777:user/CI_USER",
            "nobody\n\u{1b}[31m",
        ] {
            let record = Record::new(ID, SECRET.to_owned(), Some(arn.to_owned()));
            let what = format!("the key {ID} of `{}`", shown(arn));
            assert_eq!(holdings(&owner(), record.as_ref()), Holdings::Foreign { what });
        }
    }

    #[test]
    fn a_user_that_was_moved_or_is_written_in_another_case_is_the_same() {
        let arn = "arn:aws:iam::111122223333:user/old/path/ci_user".to_owned();
        let record = Record::new(ID, SECRET.to_owned(), Some(arn)).unwrap();
        assert!(record.is(&owner(), &key()));
        let other = KeyOwner {
            user: UserName::new("CI_USER2").unwrap(),
            ..owner()
        };
        assert!(!record.is(&other, &key()));
    }

    #[test]
    fn what_is_no_key_is_no_record() {
        for text in [
            "",
            "my diary",
            "{}",
            r#"{"AccessKeyId":"x","SecretAccessKey":"y"}"#,
            "[1]",
        ] {
            assert!(Record::of_json(text).is_none(), "{text}");
        }
    }
}
