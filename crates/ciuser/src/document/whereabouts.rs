//! `key-verify` and `key-where`: what holds which key.

use ciuser_core::name::{AccessKeyId, AccountId, UserName};
use ciuser_core::port::{AccessKeyStatus, KeyLastUsed, ListedKey, Proof, Unseen};
use ciuser_core::whereabouts::{Agreement, Located, LocatedKey, Seen, State, Verified, VerifiedUser};
use jiff::Timestamp;
use serde::Serialize;

use super::run::Place;

/// Every target of a spec, proven anew. Nothing was written.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyVerify {
    /// The account.
    account: AccountId,
    /// Whether nothing is to be done about any target: the exit code is 0 then, and 5 else.
    fine: bool,
    /// The users, in the order of the spec.
    users: Vec<User>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct User {
    /// Its name.
    name: UserName,
    /// Its targets, stores first.
    targets: Vec<Target>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Target {
    #[serde(flatten)]
    target: Place,
    /// How it stands.
    state: State,
    /// The key that it holds, as far as that is known.
    key: Option<AccessKeyId>,
    /// When that key was made; null also when it is not there any more.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    key_created: Option<Timestamp>,
    /// How well it is known to hold it; null when it does not.
    proof: Option<Proof>,
    /// What is wrong, or what else is to be known. The text is for people and may change.
    note: Option<String>,
    /// What to do next.
    hint: Option<String>,
    /// What the target says of itself, such as what it shadows.
    warnings: Vec<String>,
}

impl KeyVerify {
    /// Describes what became of users' targets.
    pub(crate) fn of(account: &AccountId, users: &[VerifiedUser]) -> KeyVerify {
        let all = || users.iter().flat_map(|user| &user.targets);
        KeyVerify {
            account: account.clone(),
            fine: all().all(|target| target.state.is_fine()),
            users: users.iter().map(User::of).collect(),
        }
    }
}

impl User {
    fn of(user: &VerifiedUser) -> User {
        User {
            name: user.user.clone(),
            targets: user
                .targets
                .iter()
                .map(|target| Target::of(target, &user.keys))
                .collect(),
        }
    }
}

impl Target {
    fn of(verified: &Verified, keys: &[ListedKey]) -> Target {
        let listed = keys.iter().find(|key| Some(&key.id) == verified.key.as_ref());
        Target {
            target: Place::of(&verified.target),
            state: verified.state,
            key: verified.key.clone(),
            key_created: listed.map(|key| key.created),
            proof: verified.proof,
            note: verified.note.clone(),
            hint: verified.hint.clone(),
            warnings: verified.warnings.clone(),
        }
    }
}

/// Where keys are.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeyWhere {
    /// The account.
    account: AccountId,
    /// Whose keys they are; null when IAM does not know the key.
    user: Option<UserName>,
    /// The keys that were looked for.
    keys: Vec<Key>,
    /// How many places were looked at.
    looked_at: usize,
    /// What was not looked at, or shows nothing: a key may be there, too.
    not_looked_at: Vec<NotLookedAt>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Key {
    /// Its id.
    id: AccessKeyId,
    /// Whether it may be used; null when it is not there any more.
    status: Option<AccessKeyStatus>,
    /// When it was made.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    created: Option<Timestamp>,
    /// When it was last used; null also when the caller may not know.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    last_used: Option<Timestamp>,
    /// The service that it was last used for.
    last_used_service: Option<String>,
    /// The region that it was last used in.
    last_used_region: Option<String>,
    /// The places that hold it.
    places: Vec<Holder>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Holder {
    #[serde(flatten)]
    place: Place,
    /// How it is known.
    seen: Seen,
    /// What is known of the secret beside the id.
    secret: Agreement,
    /// The variable that holds the id, where it has another name than is expected.
    variable: Option<String>,
    /// When it was written, in the place's own words.
    written: Option<String>,
    /// When this machine delivered the key there.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date-time")))]
    delivered: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NotLookedAt {
    /// What.
    what: String,
    /// Why. The text is for people and may change.
    why: String,
}

impl KeyWhere {
    /// Describes what a search came to.
    pub(crate) fn of(account: &AccountId, located: &Located) -> KeyWhere {
        KeyWhere {
            account: account.clone(),
            user: located.user.clone(),
            keys: located.keys.iter().map(Key::of).collect(),
            looked_at: located.looked_at,
            not_looked_at: located.unseen.iter().map(NotLookedAt::of).collect(),
        }
    }
}

impl Key {
    fn of(key: &LocatedKey) -> Key {
        let used = |what: fn(&KeyLastUsed) -> Option<String>| key.used.as_ref().and_then(what);
        Key {
            id: key.id.clone(),
            status: key.listed.as_ref().map(|listed| listed.status),
            created: key.listed.as_ref().map(|listed| listed.created),
            last_used: key.used.as_ref().and_then(|used| used.at),
            last_used_service: used(|used| used.service.clone()),
            last_used_region: used(|used| used.region.clone()),
            places: key.places.iter().map(Holder::of).collect(),
        }
    }
}

impl Holder {
    fn of(place: &ciuser_core::whereabouts::Place) -> Holder {
        Holder {
            place: Place::of(&place.target),
            seen: place.seen,
            secret: place.secret,
            variable: place.variable.clone(),
            written: place.written.clone(),
            delivered: place.delivered,
        }
    }
}

impl NotLookedAt {
    fn of(unseen: &Unseen) -> NotLookedAt {
        NotLookedAt {
            what: unseen.what.clone(),
            why: unseen.why.clone(),
        }
    }
}
