//! `delete`: what a deletion came to; `apply` and `resume` tell of one as `deletion`.

use ciuser_core::apply::{Outcome, Retired, RetiredTarget, Still};
use ciuser_core::name::{AccessKeyId, AccountId};
use serde::Serialize;

use super::run::{Place, Run, User};

/// What a deletion came to. `user` and `deletion` are missing when it failed before it began, or when an earlier
/// run had deleted the user already.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Deleted {
    #[serde(flatten)]
    run: Run,
    #[serde(flatten)]
    user: Option<DeletedUser>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DeletedUser {
    /// The user.
    user: User,
    /// What was deleted; null when nothing was, or not everything.
    deletion: Option<Deletion>,
}

/// What was deleted.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Deletion {
    /// Whether the user is deleted too, or only its keys.
    user_deleted: bool,
    /// The keys that are deleted.
    keys: Vec<AccessKeyId>,
    /// The targets that held one of them.
    targets: Vec<Formerly>,
}

/// A target that held a deleted key.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Formerly {
    #[serde(flatten)]
    target: Place,
    /// The key that it held.
    key: AccessKeyId,
    /// Whether it was taken away there.
    cleared: bool,
    /// Why it could not be taken away.
    error: Option<String>,
}

impl Deleted {
    /// Describes a run that deleted a user or its keys.
    pub(crate) fn of(account: &AccountId, outcome: &Outcome) -> Deleted {
        Deleted {
            run: Run::of(account, outcome),
            user: outcome.users.first().map(|user| DeletedUser {
                user: User::of(user),
                deletion: user.retired.as_ref().map(Deletion::of),
            }),
        }
    }
}

impl Deletion {
    pub(super) fn of(retired: &Retired) -> Deletion {
        Deletion {
            user_deleted: retired.user_deleted,
            keys: retired.keys.clone(),
            targets: retired.targets.iter().map(Formerly::of).collect(),
        }
    }
}

impl Formerly {
    fn of(target: &RetiredTarget) -> Formerly {
        let error = match &target.still {
            Still::Failed(why) => Some(why.clone()),
            Still::Cleared | Still::Holds => None,
        };
        Formerly {
            target: Place::of(&target.target),
            key: target.key.clone(),
            cleared: target.still == Still::Cleared,
            error,
        }
    }
}
