//! Reads users that somebody made, and asks for them as they are.
//!
//! Invariant: the plan from such a user to its own spec has no step but the one that adopts it. Its keys are left
//! alone: nobody knows where their secrets are.

use ciuser_policy::document::{DocumentError, PolicyDocument};
use ciuser_policy::nearest::nearest;

use super::gather::Doing as _;
use super::policy::catalogued_arn;
use super::{GatherError, Reader, UserFacts};
use crate::name::{AccessKeyId, GroupName, Partition, PolicyArn, PolicyName, ProjectName, Tag, TagKey, UserName};
use crate::spec::{Attach, PolicyRef, UserSpec, own_group_of};

/// A user that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingUser {
    /// What there is of it.
    pub facts: UserFacts,
    /// The policies of the group that ciuser made for it, if it did and the user is in it.
    pub own_group: Option<Vec<PolicyArn>>,
}

/// Why a user cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExistingUserError {
    /// It could not be read.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// There is no such user.
    #[error("there is no user `{user}` in this account")]
    Missing {
        /// The name that was asked for.
        user: UserName,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// A document that IAM has and that is not understood.
    #[error("inline policy `{policy}` of user `{user}`: {source}")]
    Document {
        /// The user.
        user: UserName,
        /// The policy.
        policy: PolicyName,
        /// What is wrong with it.
        source: DocumentError,
    },
}

/// Reads these users, and nothing of what their keys open.
///
/// # Errors
/// The first user that is not there, or call that failed.
pub async fn gather_existing(reader: Reader<'_>, names: &[UserName]) -> Result<Vec<ExistingUser>, ExistingUserError> {
    let listed = reader.iam.list_users().await;
    let listed = listed.doing(|| "listing the users of the account".to_owned())?;
    let mut users = Vec::new();
    for name in names {
        let Some(facts) = reader.facts_if_listed(name, &listed).await? else {
            let near = nearest(name.as_str(), listed.iter().map(|user| user.name.as_str()));
            return Err(ExistingUserError::Missing {
                user: name.clone(),
                nearest: near.into_iter().map(str::to_owned).collect(),
            });
        };
        let own_group = reader.joined_own_group(&facts).await?;
        users.push(ExistingUser { facts, own_group });
    }
    Ok(users)
}

impl Reader<'_> {
    async fn joined_own_group(&self, facts: &UserFacts) -> Result<Option<Vec<PolicyArn>>, GatherError> {
        let Some(own) = joined(facts) else { return Ok(None) };
        let groups = self.iam.list_groups().await;
        let groups = groups.doing(|| "listing the groups of the account".to_owned())?;
        self.own_group(Some(&own), &groups).await
    }
}

/// Returns the group under the name that ciuser would give it, if the user is in it.
fn joined(facts: &UserFacts) -> Option<GroupName> {
    own_group_of(&facts.name).filter(|own| facts.groups.iter().any(|group| group.same_as(own)))
}

impl ExistingUser {
    /// Tells whether the user has the tag of a project: if not, it is to be adopted.
    pub fn is_managed(&self) -> bool {
        self.facts.tag(&TagKey::project()).is_some()
    }

    /// Returns the project that manages the user, if one does.
    pub fn project(&self) -> Option<ProjectName> {
        ProjectName::new(self.facts.tag(&TagKey::project())?).ok()
    }

    /// Returns the spec that asks for the user as it is, its keys left alone.
    ///
    /// # Errors
    /// An inline policy that is not understood.
    pub fn as_spec(&self) -> Result<UserSpec, ExistingUserError> {
        let facts = &self.facts;
        // Policies of its own beside those of the group: then the group is one like any other.
        let own_group = self.own_group.as_ref().filter(|_| facts.attached.is_empty());
        let (attach, policies) = match own_group {
            Some(policies) => (Attach::Group, policies),
            None => (Attach::Direct, &facts.attached),
        };
        let own = joined(facts).filter(|_| own_group.is_some());
        let foreign = |group: &&GroupName| !own.as_ref().is_some_and(|own| own.same_as(group));
        let mut inline = std::collections::BTreeMap::new();
        for (name, text) in &facts.inline {
            let document = PolicyDocument::parse(text).map_err(|source| ExistingUserError::Document {
                user: facts.name.clone(),
                policy: name.clone(),
                source,
            })?;
            inline.insert(name.clone(), document);
        }
        Ok(UserSpec {
            name: facts.name.clone(),
            path: facts.path.clone(),
            policies: policies.iter().map(by_name_if_sure).collect(),
            attach,
            groups: facts.groups.iter().filter(foreign).cloned().collect(),
            inline,
            tags: facts.tags.iter().filter(|tag| is_the_users(tag)).cloned().collect(),
            untag: Vec::new(),
            boundary: facts.boundary.clone(),
            stores: Vec::new(),
            deliver: Vec::new(),
        })
    }
}

/// A name is read as AWS's policy of that name; every other policy is named by its ARN.
fn by_name_if_sure(arn: &PolicyArn) -> PolicyRef {
    let partition = Partition::new(arn.partition()).ok();
    let named = partition.and_then(|partition| catalogued_arn(arn.policy_name(), &partition));
    let name = PolicyName::new(arn.policy_name())
        .ok()
        .filter(|_| named.as_ref() == Some(arn));
    name.map_or_else(|| PolicyRef::Arn(arn.clone()), PolicyRef::Name)
}

/// Tells whether a tag is about the user: not ours, and not a key's description, which the console keeps as a tag
/// under the key's id.
fn is_the_users(tag: &Tag) -> bool {
    let describes_a_key = tag.key.as_str().starts_with("AKIA") && AccessKeyId::new(tag.key.as_str()).is_ok();
    !tag.key.is_own() && !describes_a_key
}
