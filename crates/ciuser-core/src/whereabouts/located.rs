//! What a search for keys came to.

use jiff::Timestamp;
use serde::Serialize;

use crate::name::{AccessKeyId, UserName};
use crate::port::{KeyLastUsed, ListedKey, Mark, Unseen};
use crate::target::Target;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One key.
    Key(AccessKeyId),
    /// Every key of a user.
    User(UserName),
}

/// How a place is known to hold a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// It shows the whole id.
    Value,
    /// The end of the id that it shows is equal.
    Mask,
    /// It shows that nobody wrote there since this machine delivered the key.
    Timestamp,
    /// This machine delivered the key, and what is there now cannot be seen.
    Record,
}

/// What is known of the secret beside the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// It is the key's, as far as the place shows it.
    Same,
    /// It is another one.
    Other,
    /// There is none.
    Missing,
    /// It could not be compared.
    Unknown,
}

/// A place that holds a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub target: Target,
    /// How it is known.
    pub seen: Seen,
    /// What is known of the secret.
    pub secret: Agreement,
    /// The variable that holds the id, where it is not the one that is expected.
    pub variable: Option<String>,
    /// When it was written, in the place's own words.
    pub written: Option<Mark>,
    /// When this machine delivered the key there.
    pub delivered: Option<Timestamp>,
}

/// A key, and the places that hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedKey {
    /// The key.
    pub id: AccessKeyId,
    /// What IAM says of it; nothing when it is not there any more.
    pub listed: Option<ListedKey>,
    /// When it was last used, if IAM says so.
    pub used: Option<KeyLastUsed>,
    /// The places.
    pub places: Vec<Place>,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Whose keys they are, if that is known.
    pub user: Option<UserName>,
    /// The keys.
    pub keys: Vec<LocatedKey>,
    /// How many places were looked at.
    pub looked_at: usize,
    /// What was not looked at, or shows nothing.
    pub unseen: Vec<Unseen>,
}
