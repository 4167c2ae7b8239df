//! What the user asked for, checked. Flags and `ciuser.toml` both become this one type.
//!
//! Invariants: a [`Spec`] cannot be wrong in itself: names fit IAM's rules, tags are unique ignoring case,
//! a user with a CI system's place has a store, no target is named twice. It holds no secret, only where secrets are found.
//! Whether it fits the account is the planner's question.

mod deletion;
mod entry;
mod file;

pub use deletion::{Clear, DeletionSpec};
pub use entry::{map_store_paths, read_provider, read_store};
pub use file::{Places, SpecFile, SpecFileError};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::{
    AccountId, GroupName, NameError, Partition, Path, PolicyArn, PolicyName, ProjectName, Region, Tag, TagKey, UserArn,
    UserName,
};
use crate::target::{ProviderSpec, StoreSpec, Target};

/// All that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Who owns what is named here.
    pub project: ProjectName,
    /// Refuses to run in any other account.
    pub account: Option<AccountId>,
    /// What the pipeline gets as its region.
    pub region: Option<Region>,
    /// Where secrets are sealed to.
    pub seal: SealSpec,
    /// The users.
    pub users: Vec<UserSpec>,
}

/// One user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSpec {
    /// The name.
    pub name: UserName,
    /// The path of a new user.
    pub path: Path,
    /// The managed policies.
    pub policies: Vec<PolicyRef>,
    /// Whether they are attached to the user or to a group that ciuser makes for it.
    pub attach: Attach,
    /// The groups that the user shall be in.
    pub groups: Vec<GroupName>,
    /// The inline policies: name and document.
    pub inline: BTreeMap<PolicyName, ciuser_policy::document::PolicyDocument>,
    /// Tags that shall be there. Others are left alone.
    pub tags: Vec<Tag>,
    /// Tag keys that shall not be there.
    pub untag: Vec<TagKey>,
    /// The permissions boundary.
    pub boundary: Option<PolicyArn>,
    /// The stores. Without any target the user's keys are left alone: none is issued.
    pub stores: Vec<StoreSpec>,
    /// The CI systems' places.
    pub deliver: Vec<ProviderSpec>,
}

/// A managed policy as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyRef {
    /// By ARN.
    Arn(PolicyArn),
    /// By name: AWS's policy of that name, or else the account's own.
    Name(PolicyName),
}

/// How managed policies reach the user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Attach {
    /// Attached to the user itself.
    #[default]
    Direct,
    /// Attached to a group under `/ciuser/` that the user is added to.
    Group,
}

/// Where secrets are sealed to until every target has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SealSpec {
    /// An age recipient; without one a fresh identity is made for each handover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The file of the age identity that opens it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// A spec that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No user.
    #[error("no user is named")]
    NoUser,
    /// One name for two users.
    #[error("user `{0}` is named twice; IAM ignores case in user names")]
    UserTwice(UserName),
    /// One key for two tags.
    #[error("tag `{key}` of user `{user}` is named twice; IAM ignores case in the tag keys of users")]
    TagTwice {
        /// The user.
        user: UserName,
        /// The key.
        key: TagKey,
    },
    /// A tag that is ciuser's own.
    #[error("tag `{key}` of user `{user}`: keys that begin with `ciuser:` are ciuser's own")]
    OwnTag {
        /// The user.
        user: UserName,
        /// The key.
        key: TagKey,
    },
    /// More tags than IAM allows, ours included.
    #[error("user `{user}` would have {count} tags with the two of ciuser; IAM allows 50")]
    TooManyTags {
        /// The user.
        user: UserName,
        /// How many.
        count: usize,
    },
    /// One place for two targets.
    #[error("target `{place}` of user `{user}` is named twice")]
    TargetTwice {
        /// The user.
        user: UserName,
        /// The target.
        place: String,
    },
    /// One place for two users.
    #[error(
        "users `{first}` and `{second}` would both be delivered to `{place}`; the second would overwrite the first"
    )]
    TargetShared {
        /// The first user.
        first: UserName,
        /// The second user.
        second: UserName,
        /// The target.
        place: String,
    },
    /// A CI system's place, and no store that gives the secret back.
    #[error("user `{0}` has no store that gives its secret back: it must be kept so before a CI system gets it")]
    NoStore(UserName),
    /// A context that is both restricted and open.
    #[error("context `{place}`: `open` contradicts `restrict-to` and `expression`")]
    OpenAndRestricted {
        /// The context.
        place: String,
    },
    /// A secret that nobody could open again.
    #[error("`[seal]` names a recipient and no identity: `resume` could not open what was sealed")]
    SealWithoutIdentity,
    /// A name that the import form of the CSV file cannot carry.
    #[error("user name `{0}` has a comma: `aws configure import` would read the wrong columns")]
    CommaInCsv(UserName),
}

impl Spec {
    /// Checks the spec against itself.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn checked(self) -> Result<Spec, SpecError> {
        if self.users.is_empty() {
            return Err(SpecError::NoUser);
        }
        if self.seal.recipient.is_some() && self.seal.identity.is_none() {
            return Err(SpecError::SealWithoutIdentity);
        }
        for (place, user) in self.users.iter().enumerate() {
            user.check()?;
            for earlier in self.users.iter().take(place) {
                check_pair(earlier, user)?;
            }
        }
        Ok(self)
    }

    /// Makes sure that no place is named twice, once all that was left open has been filled in: a region or a server that
    /// one target says and another one leaves to the environment.
    ///
    /// # Errors
    /// The first place that is.
    pub fn check_places(&self) -> Result<(), SpecError> {
        for (place, user) in self.users.iter().enumerate() {
            user.check_places()?;
            for earlier in self.users.iter().take(place) {
                check_shared(earlier, user)?;
            }
        }
        Ok(())
    }
}

/// Returns the name of the group that ciuser makes for a user, if it is short enough.
pub(crate) fn own_group_of(user: &UserName) -> Option<GroupName> {
    GroupName::new(format!("ciuser-{user}")).ok()
}

fn check_pair(first: &UserSpec, second: &UserSpec) -> Result<(), SpecError> {
    if first.name.same_as(&second.name) {
        return Err(SpecError::UserTwice(second.name.clone()));
    }
    check_shared(first, second)
}

/// Refuses two users whose keys would go to one place that keeps one.
fn check_shared(first: &UserSpec, second: &UserSpec) -> Result<(), SpecError> {
    let shared = first.targets().into_iter().find(|target| {
        let keeps_many = matches!(target, Target::Store(store) if store.keeps_many());
        !keeps_many && second.targets().iter().any(|other| other.same_place(target))
    });
    match shared {
        Some(target) => Err(SpecError::TargetShared {
            first: first.name.clone(),
            second: second.name.clone(),
            place: target.to_string(),
        }),
        None => Ok(()),
    }
}

impl UserSpec {
    /// Returns all targets, stores first.
    pub fn targets(&self) -> Vec<Target> {
        let stores = self.stores.iter().cloned().map(Target::Store);
        stores
            .chain(self.deliver.iter().cloned().map(Target::Provider))
            .collect()
    }

    /// Returns the name of the group that `attach = "group"` makes for this user.
    pub fn own_group(&self) -> Option<GroupName> {
        own_group_of(&self.name)
    }

    /// Returns the ARN that the user will have once it is made.
    ///
    /// # Errors
    /// When path and name together are longer than an ARN may be.
    pub fn new_arn(&self, partition: &Partition, account: &AccountId) -> Result<UserArn, NameError> {
        UserArn::new(format!("arn:{partition}:iam::{account}:user{}{}", self.path, self.name))
    }

    fn check(&self) -> Result<(), SpecError> {
        self.check_tags()?;
        self.check_targets()
    }

    fn check_tags(&self) -> Result<(), SpecError> {
        let keys: Vec<&TagKey> = self.tags.iter().map(|tag| &tag.key).chain(&self.untag).collect();
        for (place, key) in keys.iter().enumerate() {
            if key.is_own() {
                return Err(SpecError::OwnTag {
                    user: self.name.clone(),
                    key: (*key).clone(),
                });
            }
            if keys.iter().skip(place + 1).any(|other| other.same_as(key)) {
                return Err(SpecError::TagTwice {
                    user: self.name.clone(),
                    key: (*key).clone(),
                });
            }
        }
        let count = self.tags.len() + 2;
        if count > 50 {
            return Err(SpecError::TooManyTags {
                user: self.name.clone(),
                count,
            });
        }
        Ok(())
    }

    fn check_targets(&self) -> Result<(), SpecError> {
        if !self.stores.iter().any(StoreSpec::gives_back) && !self.deliver.is_empty() {
            return Err(SpecError::NoStore(self.name.clone()));
        }
        self.check_places()?;
        for target in self.targets() {
            match &target {
                Target::Provider(ProviderSpec::CircleciContext {
                    restrict_to,
                    expression,
                    open: true,
                    ..
                }) if !restrict_to.is_empty() || expression.is_some() => {
                    return Err(SpecError::OpenAndRestricted {
                        place: target.to_string(),
                    });
                }
                Target::Store(StoreSpec::Csv {
                    format: crate::target::CsvFormat::Import,
                    ..
                }) if self.name.as_str().contains(',') => {
                    return Err(SpecError::CommaInCsv(self.name.clone()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_places(&self) -> Result<(), SpecError> {
        let targets = self.targets();
        let mut twice = targets.iter().enumerate().filter(|(place, target)| {
            let mut others = targets.iter().skip(place + 1);
            others.any(|other| other.same_place(target))
        });
        match twice.next() {
            Some((_, target)) => Err(SpecError::TargetTwice {
                user: self.name.clone(),
                place: target.to_string(),
            }),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for PolicyRef {
    type Err = crate::name::NameError;
    fn from_str(text: &str) -> Result<PolicyRef, Self::Err> {
        if text.starts_with("arn:") {
            PolicyArn::new(text).map(PolicyRef::Arn)
        } else {
            PolicyName::new(text).map(PolicyRef::Name)
        }
    }
}

impl std::fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PolicyRef::Arn(arn) => arn.fmt(f),
            PolicyRef::Name(name) => name.fmt(f),
        }
    }
}
