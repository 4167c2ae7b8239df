//! The plain text that is sealed: the key, and whose it is, so that a spool file alone is enough to go on from.
//!
//! Invariant: every buffer that the secret passes through is made once, in full size, and wiped.

use ciuser_core::name::{AccessKeyId, AccountId, Region, RunId, UserArn, UserName};
use ciuser_core::port::KeyOwner;
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

/// More than the longest names of IAM and a secret of several hundred characters take.
pub(super) const LONGEST: usize = 3000;

#[derive(Serialize)]
struct Written<'a> {
    account: &'a AccountId,
    user: &'a UserName,
    arn: &'a UserArn,
    id: &'a AccessKeyId,
    secret: &'a str,
    region: Option<&'a Region>,
    run: &'a RunId,
}

#[derive(Deserialize)]
struct Read {
    user: UserName,
    id: AccessKeyId,
    #[serde(deserialize_with = "secret")]
    secret: SecretAccessKey,
    run: RunId,
}

/// Writes the message. `None` when it is longer than [`LONGEST`].
pub(super) fn write(owner: &KeyOwner, key: &AccessKey) -> Option<Zeroizing<Vec<u8>>> {
    let KeyOwner {
        account,
        user,
        arn,
        region,
        run,
    } = owner;
    let secret = key.secret.expose();
    let message = Written {
        account,
        user,
        arn,
        id: &key.id,
        secret,
        region: region.as_ref(),
        run,
    };
    let mut buffer = Zeroizing::new(vec![0; LONGEST]);
    let mut rest = buffer.as_mut_slice();
    // A slice does not grow: what does not fit is an error, not a copy.
    serde_json::to_writer(&mut rest, &message).ok()?;
    let written = LONGEST - rest.len();
    buffer.truncate(written);
    Some(buffer)
}

/// Reads the key out of a message of this run and user; `None` when it is not such a message.
pub(super) fn read(message: &[u8], run: &RunId, user: &UserName) -> Option<AccessKey> {
    let message: Read = serde_json::from_slice(message).ok()?;
    let ours = message.run == *run && message.user.same_as(user);
    ours.then_some(AccessKey {
        id: message.id,
        secret: message.secret,
    })
}

/// Takes the secret over before anything else can fail, so that it is wiped in any case.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretAccessKey, D::Error> {
    SecretAccessKey::new(String::deserialize(from)?).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn owner() -> KeyOwner {
        KeyOwner {
            account: AccountId::new("111122223333").unwrap(),
            user: UserName::new("CI_USER").unwrap(),
            arn: UserArn::new("arn:aws:iam::111122223333:user/ci/CI_USER").unwrap(),
            region: Some(Region::new("eu-west-1").unwrap()),
            run: RunId::from_entropy([7; 8]),
        }
    }

    fn key(secret: String) -> AccessKey {
        let id = AccessKeyId::new("AKIAIOSFODNN7EXAMPLE").unwrap();
        AccessKey {
            id,
            secret: SecretAccessKey::new(secret).unwrap(),
        }
    }

    #[test]
    fn a_message_holds_the_key_and_whose_it_is() {
        let message = write(&owner(), &key(SECRET.to_owned())).unwrap();
        let expected = r#"{"account":"111122223333","user":"CI_USER","arn":"arn:aws:iam::111122223333:user/ci/CI_USER","id":"AKIAIOSFODNN7EXAMPLE","secret":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","region":"eu-west-1","run":"r-0707070707070707"}"#;
        assert_eq!(std::str::from_utf8(&message).unwrap(), expected);
        let user = UserName::new("ci_user").unwrap();
        assert_eq!(read(&message, &owner().run, &user).unwrap().secret.expose(), SECRET);
    }

    #[test]
    fn a_message_of_another_run_or_user_is_not_read() {
        let message = write(&owner(), &key(SECRET.to_owned())).unwrap();
        assert!(read(&message, &RunId::from_entropy([8; 8]), &owner().user).is_none());
        assert!(read(&message, &owner().run, &UserName::new("other").unwrap()).is_none());
    }

    #[test]
    fn a_message_that_would_not_fit_is_not_written() {
        assert!(write(&owner(), &key("s".repeat(LONGEST))).is_none());
    }

    #[test]
    fn the_longest_names_of_iam_leave_room_for_a_long_secret() {
        let (path, name) = ("p".repeat(510), "n".repeat(64));
        let longest = KeyOwner {
            user: UserName::new(name.as_str()).unwrap(),
            arn: UserArn::new(format!("arn:aws-us-gov:iam::111122223333:user/{path}/{name}")).unwrap(),
            ..owner()
        };
        let id = AccessKeyId::new("A".repeat(128)).unwrap();
        let secret = SecretAccessKey::new("s".repeat(1024)).unwrap();
        assert!(write(&longest, &AccessKey { id, secret }).is_some());
    }
}
