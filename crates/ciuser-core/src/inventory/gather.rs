//! Reads the inventory: as few calls as give complete facts, each of them reading only.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::policy::wanted;
use super::{Inventory, PolicyFound, Quotas, UserInventory};
use crate::name::{GroupName, Partition, Path, PolicyArn, RunId};
use crate::plan::Plan;
use crate::port::{Caller, Iam, IamError, Journal, JournalError, KeyOwner, Scope, TargetError, Targets, UserSummary};
use crate::spec::{Attach, PolicyRef, Spec, UserSpec};

/// What reading needs.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// IAM.
    pub iam: &'a dyn Iam,
    /// Opens targets.
    pub targets: &'a dyn Targets,
    /// Knows what was delivered before.
    pub journal: &'a dyn Journal,
    /// Endpoint and account.
    pub scope: &'a Scope,
    /// The run that reads.
    pub run: &'a RunId,
    /// Whether a locked store may ask for its passphrase.
    pub unlock: bool,
}

/// Why the inventory could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// An IAM call failed.
    #[error("{doing}: {source}")]
    Iam {
        /// What it was for.
        doing: String,
        /// What IAM said.
        source: IamError,
    },
    /// A target could not be looked at.
    #[error("looking at `{target}`: {source}")]
    Target {
        /// The target.
        target: String,
        /// What went wrong.
        source: TargetError,
    },
    /// The journal could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The answer of STS made no sense.
    #[error(transparent)]
    Name(#[from] crate::name::NameError),
}

pub(super) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, GatherError>;
}

impl<T> Doing<T> for Result<T, IamError> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, GatherError> {
        self.map_err(|source| GatherError::Iam { doing: what(), source })
    }
}

/// Reads all that a plan for the spec depends on.
///
/// # Errors
/// The first call, target or journal that could not be read.
pub async fn gather(reader: Reader<'_>, caller: &Caller, spec: &Spec) -> Result<Inventory, GatherError> {
    let partition = Partition::of_arn(&caller.arn)?;
    let listed = reader
        .iam
        .list_users()
        .await
        .doing(|| "listing the users of the account".to_owned())?;
    let summary = reader
        .iam
        .get_account_summary()
        .await
        .doing(|| "reading the account's quotas".to_owned())?;
    let groups = if spec
        .users
        .iter()
        .any(|user| user.attach == Attach::Group || !user.groups.is_empty())
    {
        reader
            .iam
            .list_groups()
            .await
            .doing(|| "listing the groups of the account".to_owned())?
    } else {
        Vec::new()
    };
    let policies = reader.policies(spec, &partition).await?;
    let account = Account {
        spec,
        caller,
        partition: &partition,
        users: listed,
        groups,
        policies,
        equal_groups: RefCell::default(),
    };
    let mut users = Vec::new();
    for user in &spec.users {
        users.push(reader.user(user, &account).await?);
    }
    let Account { groups, policies, .. } = account;
    Ok(Inventory {
        caller: caller.clone(),
        quotas: Quotas::from_summary(&summary),
        partition,
        users,
        policies,
        groups,
    })
}

/// Reads again what a plan depends on, so that its fingerprints can be compared.
///
/// # Errors
/// The first call, target or journal that could not be read.
pub async fn gather_again(reader: Reader<'_>, plan: &Plan) -> Result<Vec<UserInventory>, GatherError> {
    let listed = reader
        .iam
        .list_users()
        .await
        .doing(|| "listing the users of the account".to_owned())?;
    let groups = if plan.users.iter().any(|user| user.own_group.is_some()) {
        reader
            .iam
            .list_groups()
            .await
            .doing(|| "listing the groups of the account".to_owned())?
    } else {
        Vec::new()
    };
    let mut users = Vec::new();
    for user in &plan.users {
        let facts = reader.facts_if_listed(&user.user, &listed).await?;
        let own_group = reader.own_group(user.own_group.as_ref(), &groups).await?;
        let own_group_contents = match &user.own_group {
            Some(group) if own_group.is_some() && user.retirement().is_some() => {
                Some(reader.group_contents(group).await?)
            }
            _ => None,
        };
        let places = reader.places(user.key.touched(), &plan.owner(user, reader.run)).await?;
        let known = reader.journal.known(reader.scope, &user.user)?;
        users.push(UserInventory {
            facts,
            own_group,
            own_group_contents,
            equal_groups: Vec::new(),
            places,
            known,
        });
    }
    Ok(users)
}

/// What was read once for the whole account.
struct Account<'a> {
    spec: &'a Spec,
    caller: &'a Caller,
    partition: &'a Partition,
    users: Vec<UserSummary>,
    groups: Vec<(GroupName, Path)>,
    policies: BTreeMap<PolicyRef, PolicyFound>,
    /// Groups that carry exactly these policies: users of one file mostly ask for the same.
    equal_groups: RefCell<BTreeMap<Vec<PolicyArn>, Vec<GroupName>>>,
}

impl Account<'_> {
    /// Finds groups that already carry just the policies that a user shall get; asked once for each set of them.
    async fn equal_groups(&self, reader: &Reader<'_>, user: &UserSpec) -> Result<Vec<GroupName>, GatherError> {
        if user.attach != Attach::Direct || !user.groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted = wanted(user, &self.policies);
        wanted.sort();
        let known = self.equal_groups.borrow().get(&wanted).cloned();
        match known {
            Some(known) => Ok(known),
            None => {
                let found = reader.equal_groups(&wanted).await?;
                self.equal_groups.borrow_mut().insert(wanted, found.clone());
                Ok(found)
            }
        }
    }
}

impl Reader<'_> {
    async fn user(&self, user: &UserSpec, account: &Account<'_>) -> Result<UserInventory, GatherError> {
        let facts = self.facts_if_listed(&user.name, &account.users).await?;
        let arn = match &facts {
            Some(facts) => facts.arn.clone(),
            None => user.new_arn(account.partition, &account.caller.account)?,
        };
        let owner = KeyOwner {
            account: account.caller.account.clone(),
            user: facts.as_ref().map_or(&user.name, |facts| &facts.name).clone(),
            arn,
            region: account.spec.region.clone(),
            run: self.run.clone(),
        };
        let own_group = user.own_group().filter(|_| user.attach == Attach::Group);
        let equal_groups = match facts {
            None => account.equal_groups(self, user).await?,
            Some(_) => Vec::new(),
        };
        Ok(UserInventory {
            own_group: self.own_group(own_group.as_ref(), &account.groups).await?,
            own_group_contents: None,
            equal_groups,
            places: self.places(user.targets(), &owner).await?,
            known: self.journal.known(self.scope, &user.name)?,
            facts,
        })
    }
}
