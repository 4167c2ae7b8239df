//! Stores and providers: the places that get an access key.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::name::{AccessKeyId, AccountId, Region, RunId, UserArn, UserName};
use crate::secret::{AccessKey, SecretAccessKey};
use crate::target::{ProviderSpec, StoreSpec};

/// Whose key is stored or delivered, and what else the target is told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// The account.
    pub account: AccountId,
    /// The user.
    pub user: UserName,
    /// The user's ARN.
    pub arn: UserArn,
    /// The region that the pipeline gets, if one is known.
    pub region: Option<Region>,
    /// The run that issued the key.
    pub run: RunId,
}

impl KeyOwner {
    /// Tells whether this is the user of that name in that account, as a place has written it down. IAM ignores case in
    /// the names of users.
    pub fn is(&self, account: &str, user: &str) -> bool {
        account == self.account.as_str() && user.eq_ignore_ascii_case(self.user.as_str())
    }
}

/// How well a target is known to hold the live value; strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Read back and equal.
    Value,
    /// The suffix that the target shows is equal.
    Mask,
    /// The target's own time stamp moved past our write.
    Timestamp,
    /// The API says nothing more than that it took the value.
    Accepted,
}

impl Proof {
    /// Tells whether this counts as proven.
    pub fn is_proven(self) -> bool {
        self != Proof::Accepted
    }

    /// Returns the word that output and journal use.
    pub fn word(self) -> &'static str {
        match self {
            Proof::Value => "value",
            Proof::Mask => "mask",
            Proof::Timestamp => "timestamp",
            Proof::Accepted => "accepted",
        }
    }
}

/// The target's own time stamp of what it holds, as it wrote it: told apart, never computed with.
pub type Mark = String;

/// What a target is known to hold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holdings {
    /// The place, or any value under our names, is not there.
    Nothing,
    /// This key, recorded there as this user's in this account.
    Key(AccessKeyId),
    /// This key, but the place does not say whose it is.
    Unattributed(AccessKeyId),
    /// A key id that ends so, and the target's time stamp.
    Masked {
        /// The last characters of the access key id.
        suffix: String,
        /// When it was written, in the target's own words.
        mark: Option<Mark>,
    },
    /// Half of a key: an id that ends so, without its secret.
    Half {
        /// The last characters of the access key id.
        suffix: String,
    },
    /// Values are there, but what they are cannot be known; only the time stamp can be compared.
    Opaque {
        /// When they were written, in the target's own words.
        mark: Option<Mark>,
    },
    /// Something that is not a key of this user: `what` says it without secrets.
    Foreign {
        /// What is there, as the review shows it.
        what: String,
    },
    /// The store is locked, and unlocking would have to ask.
    Locked,
}

/// What `check` found at a place, without changing anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceState {
    /// What it holds now.
    pub holdings: Holdings,
    /// What must be made before it can be written, as a plan line: "create context, restrict it to ...".
    pub create: Option<String>,
    /// What the review must say: unrestricted context, shadowed variable, plain text in a work tree.
    pub warnings: Vec<String>,
}

/// A place that keeps a secret for people and can give it back.
#[async_trait(?Send)]
pub trait Store {
    /// Looks at the place and proves that it can be written, without changing it. `unlock` false: ask nobody,
    /// answer [`Holdings::Locked`] instead; true: the passphrase may be asked for.
    async fn check(&self, owner: &KeyOwner, unlock: bool) -> Result<PlaceState, TargetError>;
    /// Keeps the key; putting the same key again changes nothing.
    async fn put(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError>;
    /// Returns the secret that is kept for this key id, read from the place anew.
    async fn get_back(&self, owner: &KeyOwner, id: &AccessKeyId) -> Result<Option<SecretAccessKey>, TargetError>;
    /// Reads back and returns the strongest proof that the place allows, with its time stamp; an error when what is
    /// there is not what was put. A store that cannot give the secret back says here what else is known.
    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
        self.get_back(owner, &key.id).await.and_then(|read| compared(read, key))
    }
    /// Takes away this user's key, if the place still holds exactly what was seen: looks again right before. Nothing
    /// there is fine; anything else is an error, and is left alone. What a person may want back (a file, an entry
    /// with its history) is kept as far as the kind of store allows.
    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError>;
    /// Returns how a person opens the place, as the closing lines show it. Never the secret.
    fn describe(&self) -> String;
    /// Returns by what the store's own programs read the key that was looked at or written last, where they have such.
    fn references(&self) -> Option<KeyReferences> {
        None
    }
}

/// By what the programs of a store read the two halves of a key. Neither says anything of the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyReferences {
    /// Reads the id.
    pub access_key_id: String,
    /// Reads the secret.
    pub secret_access_key: String,
}

/// Compares what was read back with what was put.
///
/// # Errors
/// When it is not the same, or is not there.
pub fn compared(read: Option<SecretAccessKey>, put: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError> {
    match read {
        Some(secret) if secret.same_as(&put.secret) => Ok((Proof::Value, None)),
        Some(_) => Err(TargetError::new("what was read back is not what was stored")),
        None => Err(TargetError::new("the key could not be read back")),
    }
}

/// A CI system's place that uses the secret. It never gives it back.
#[async_trait(?Send)]
pub trait Provider {
    /// Looks at the place: token, place, holdings, restriction, shadowing. Changes nothing.
    async fn check(&self, owner: &KeyOwner) -> Result<PlaceState, TargetError>;
    /// Looks at what the place holds and at nothing around it, in as few calls as that takes.
    async fn holdings(&self, owner: &KeyOwner) -> Result<Holdings, TargetError> {
        Ok(self.check(owner).await?.holdings)
    }
    /// Makes the place if it is missing: creates, restricts, reads the restriction back. Idempotent.
    async fn create_place(&self) -> Result<(), TargetError>;
    /// Writes id, secret and region; idempotent by key id; never deletes first.
    async fn write(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(), TargetError>;
    /// Reads back and returns the strongest proof that the API allows, with the target's time stamp;
    /// an error when what is there is not what was written.
    async fn proof(&self, owner: &KeyOwner, key: &AccessKey) -> Result<(Proof, Option<Mark>), TargetError>;
    /// Takes away id and secret, if the place still holds exactly what was seen: looks again right before, and reads
    /// back that they are gone. Nothing there is fine; anything else is an error, and is left alone. The secret goes
    /// first: an id tells whose it is, a secret does not. The region stays, which others may use, and so does the place.
    async fn clear(&self, owner: &KeyOwner, seen: &Holdings) -> Result<(), TargetError>;
    /// Returns where a person sees the place. Never the secret.
    fn describe(&self) -> String;
}

/// Opens targets from their description.
pub trait Targets {
    /// Opens a store. Touches nothing yet.
    fn store(&self, spec: &StoreSpec) -> Result<Box<dyn Store + '_>, TargetError>;
    /// Opens a provider. Sends nothing yet.
    fn provider(&self, spec: &ProviderSpec) -> Result<Box<dyn Provider + '_>, TargetError>;
}

/// Why a target could not be looked at, written or proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TargetError {
    /// What went wrong, in the form of the style guide; the place is named by the caller.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// True when nothing was wrong but an answer from a person is missing: the run is refused, not failed.
    pub needs_person: bool,
}

impl TargetError {
    /// Makes an error without a hint.
    pub fn new(message: impl Into<String>) -> TargetError {
        TargetError {
            message: message.into(),
            hint: None,
            needs_person: false,
        }
    }

    /// Says what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> TargetError {
        self.hint = Some(hint.into());
        self
    }

    /// Says that a person is needed.
    #[must_use]
    pub fn needing_person(mut self) -> TargetError {
        self.needs_person = true;
        self
    }
}
