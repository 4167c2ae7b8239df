//! Why no plan is made: the spec does not fit the account, or what is there belongs to somebody else.

use crate::name::{AccessKeyId, AccountId, GroupName, PolicyArn, UserName};
use crate::spec::PolicyRef;

/// A reason to refuse. The text says what is wrong, [`Refusal::hint`] what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account is not the one that the spec names.
    #[error("this is account {found}, but the spec is for account {expected}")]
    OtherAccount {
        /// The caller's.
        found: AccountId,
        /// The spec's.
        expected: AccountId,
    },
    /// The name is taken, in another case.
    #[error("user `{asked}` cannot be made: IAM ignores case, and user `{there}` is there")]
    OtherCase {
        /// Asked for.
        asked: UserName,
        /// Found.
        there: UserName,
    },
    /// The user is not ours.
    #[error("user `{user}` exists and is not managed by ciuser: it has no tag `ciuser:project`")]
    NotManaged {
        /// The user.
        user: UserName,
    },
    /// The user is another project's.
    #[error("user `{user}` belongs to project `{owner}`, not to `{project}`")]
    OtherProject {
        /// The user.
        user: UserName,
        /// Whose it is.
        owner: String,
        /// Who asks.
        project: String,
    },
    /// A policy does not exist.
    #[error("policy `{policy}` does not exist in this account or partition")]
    NoSuchPolicy {
        /// Asked for.
        policy: PolicyRef,
        /// Nearest names.
        nearest: Vec<String>,
        /// What AWS made in its place, if it vanished.
        successor: Option<String>,
    },
    /// A policy cannot be attached to users.
    #[error("policy `{policy}` cannot be attached to a user: IAM keeps it for service-linked roles")]
    NotAttachable {
        /// The policy.
        policy: PolicyArn,
    },
    /// A group does not exist.
    #[error("group `{group}` does not exist in this account")]
    NoSuchGroup {
        /// Asked for.
        group: GroupName,
    },
    /// A group of that name exists that is not ours.
    #[error("group `{group}` exists outside the path `/ciuser/`; ciuser changes no group that it did not make")]
    ForeignGroup {
        /// The group.
        group: GroupName,
    },
    /// The user's name is too long for its own group's.
    #[error("user `{user}` has no room for a group `ciuser-{user}`")]
    GroupName {
        /// The user.
        user: UserName,
    },
    /// A quota would be exceeded.
    #[error("{what} of `{whose}` would be {count}; the quota of this account is {quota}")]
    Quota {
        /// What is counted.
        what: &'static str,
        /// Whose.
        whose: String,
        /// How many there would be.
        count: usize,
        /// How many are allowed.
        quota: usize,
    },
    /// Both slots for keys are taken.
    #[error("user `{user}` has {count} access keys ({keys}); the quota is {quota}, inactive ones included")]
    NoKeySlot {
        /// The user.
        user: UserName,
        /// How many.
        count: usize,
        /// Which.
        keys: String,
        /// How many are allowed.
        quota: usize,
    },
    /// A target holds something that is not this user's key.
    #[error("`{target}` holds {what}, which is not a key of user `{user}`")]
    Occupied {
        /// The user.
        user: UserName,
        /// The target.
        target: String,
        /// What it holds, without secrets.
        what: String,
    },
    /// There is no such user to rotate a key of.
    #[error("user `{user}` does not exist in account {account}")]
    NoSuchUser {
        /// The user.
        user: UserName,
        /// The account.
        account: AccountId,
    },
    /// The key to be replaced cannot be told.
    #[error("user `{user}` has no active access key to rotate")]
    NothingToRotate {
        /// The user.
        user: UserName,
    },
    /// A new key would have nowhere to go.
    #[error("user `{user}` has no target: the secret of a new key would be kept nowhere")]
    NoTarget {
        /// The user.
        user: UserName,
    },
    /// There is no such user to delete, and no target that holds a key of it.
    #[error("user `{user}` does not exist in account {account}: there is nothing to delete")]
    NoUserToDelete {
        /// The user.
        user: UserName,
        /// The account.
        account: AccountId,
    },
    /// The user to delete has another name.
    #[error("there is no user `{asked}`, but IAM ignores case, and user `{there}` is there")]
    NameInOtherCase {
        /// Asked for.
        asked: UserName,
        /// Found.
        there: UserName,
    },
    /// The user to delete is not ours.
    #[error("user `{user}` is not managed by ciuser: it has no tag `ciuser:project`")]
    DeletesUnmanaged {
        /// The user.
        user: UserName,
    },
    /// The caller would delete its own keys halfway.
    #[error("user `{user}` is the caller itself: its key would stop working before the rest is deleted")]
    CallerItself {
        /// The user.
        user: UserName,
    },
    /// A target that is to be cleared cannot be looked at.
    #[error("`{target}` cannot be cleared: {why}")]
    CannotClear {
        /// The target.
        target: String,
        /// What went wrong.
        why: String,
    },
    /// The key named to be replaced is not one of the user's.
    #[error("access key `{key}` is not an active key of user `{user}`")]
    NotItsKey {
        /// The user.
        user: UserName,
        /// The key.
        key: AccessKeyId,
    },
}

impl Refusal {
    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Refusal::OtherAccount { .. } => "check `--profile`, or the `[account]` of the spec".to_owned(),
            Refusal::OtherCase { there, .. } => format!("use the name `{there}`, or choose another"),
            Refusal::NotManaged { .. } => {
                "`--adopt` takes it over: the tag becomes a step of the plan, and no key is made".to_owned()
            }
            Refusal::OtherProject { owner, .. } => format!("`--project {owner}` works on it as that project"),
            Refusal::NoSuchPolicy {
                successor: Some(successor),
                ..
            } => {
                format!("AWS withdrew it; its successor is `{successor}` (ciuser does not substitute it by itself)")
            }
            Refusal::NoSuchPolicy { nearest, .. } if !nearest.is_empty() => {
                let names: Vec<_> = nearest.iter().map(|name| format!("`{name}`")).collect();
                format!("did you mean {}?", names.join(" or "))
            }
            Refusal::NoSuchPolicy { .. } => "`ciuser policies search WORD` lists what there is".to_owned(),
            Refusal::NotAttachable { .. } => "`ciuser policies search WORD` hides such policies".to_owned(),
            Refusal::NoSuchGroup { .. } => {
                "make the group first, or use `--attach group`, which makes one of its own".to_owned()
            }
            Refusal::ForeignGroup { group } => format!("name it with `--group {group}`, or use `--attach direct`"),
            Refusal::GroupName { .. } => "use a shorter user name, or `--attach direct`".to_owned(),
            Refusal::Quota { .. } => "remove some, or ask AWS to raise the quota".to_owned(),
            Refusal::NoKeySlot { user, .. } => {
                format!("`ciuser key list {user}` shows when each was last used; delete the one that nobody uses")
            }
            Refusal::Occupied { target, .. } => {
                format!("`--overwrite {target}` overwrites it; the review shows what is lost")
            }
            Refusal::NoSuchUser { user, .. } => format!("`ciuser create {user}` makes it"),
            Refusal::NothingToRotate { user } => format!("`ciuser create {user}` issues its first key"),
            Refusal::NoTarget { .. } => "name a store, and the CI system's places that get the key".to_owned(),
            Refusal::NoUserToDelete { .. } => "check the name, and the account that `--profile` leads to".to_owned(),
            Refusal::NameInOtherCase { there, .. } => format!("`ciuser delete {there}` deletes that one"),
            Refusal::DeletesUnmanaged { .. } => {
                "`--unmanaged` deletes it all the same, with all that it has".to_owned()
            }
            Refusal::CallerItself { .. } => "use the credentials of another user or of a role".to_owned(),
            Refusal::CannotClear { .. } => {
                "without `--clear` its key is deleted all the same, and what the target holds is worth nothing"
                    .to_owned()
            }
            Refusal::NotItsKey { user, .. } => format!("`ciuser key list {user}` shows its keys"),
        })
    }
}
