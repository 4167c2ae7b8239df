//! `key-list`: a user's access keys.

use ciuser_core::name::{AccessKeyId, AccountId, UserName};
use ciuser_core::port::{AccessKeyStatus, Known, ListedKey, Proof};
use jiff::Timestamp;
use serde::Serialize;

use super::run::Place;

/// The access keys of a user.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyList {
    /// The account.
    account: AccountId,
    /// The user.
    user: NamedUser,
    /// Its keys, in IAM's order.
    keys: Vec<Listed>,
}

/// The user that the keys belong to.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NamedUser {
    /// Its name, as it was asked for.
    name: UserName,
}

/// One access key.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Listed {
    /// Its id.
    id: AccessKeyId,
    /// Whether it may be used.
    status: AccessKeyStatus,
    /// When it was made.
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date-time")))]
    created: Timestamp,
    /// When it was last used; null also when the caller may not know.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    last_used: Option<Timestamp>,
    /// Where this machine knows it to be.
    targets: Vec<Holder>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Holder {
    #[serde(flatten)]
    target: Place,
    /// How well the target was known to hold the key when it was written.
    proof: Proof,
}

impl KeyList {
    /// Describes the keys of a user.
    pub(crate) fn of(account: &AccountId, user: &UserName, keys: Vec<Listed>) -> KeyList {
        KeyList {
            account: account.clone(),
            user: NamedUser { name: user.clone() },
            keys,
        }
    }
}

impl Listed {
    /// Describes one key, its last use, and the targets that hold it.
    pub(crate) fn of(key: &ListedKey, last_used: Option<Timestamp>, holders: &[&Known]) -> Listed {
        Listed {
            id: key.id.clone(),
            status: key.status,
            created: key.created,
            last_used,
            targets: holders
                .iter()
                .filter_map(|known| {
                    Some(Holder {
                        target: Place::of(&known.target),
                        proof: known.proof?,
                    })
                })
                .collect(),
        }
    }
}
