//! Reads the inventory: as few calls as give complete facts, each of them reading only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ciuser_policy::nearest::nearest;

use super::{GroupContents, Inventory, OtherCredential, PolicyFound, Quotas, UserFacts, UserInventory};
use crate::name::{GroupName, Partition, Path, PolicyArn, RunId, UserName};
use crate::plan::Plan;
use crate::port::{
    Caller, Iam, IamError, Journal, JournalError, KeyOwner, ManagedPolicy, PlaceState, Scope, TargetError, Targets,
    UserSummary,
};
use crate::spec::{Attach, PolicyRef, Spec, UserSpec};
use crate::target::Target;

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

    pub(super) async fn facts_if_listed(
        &self,
        name: &UserName,
        listed: &[UserSummary],
    ) -> Result<Option<UserFacts>, GatherError> {
        match listed.iter().find(|there| there.name.same_as(name)) {
            Some(there) => self.facts(&there.name).await.map(Some),
            None => Ok(None),
        }
    }

    async fn facts(&self, name: &UserName) -> Result<UserFacts, GatherError> {
        let doing = || format!("reading user `{name}`");
        let user = self.iam.get_user(name).await.doing(doing)?;
        let mut inline = BTreeMap::new();
        for policy in self.iam.list_user_policies(name).await.doing(doing)? {
            let document = self.iam.get_user_policy(name, &policy).await.doing(doing)?;
            inline.insert(policy, document);
        }
        let mut facts = UserFacts {
            attached: self.iam.list_attached_user_policies(name).await.doing(doing)?,
            groups: self.iam.list_groups_for_user(name).await.doing(doing)?,
            keys: self.iam.list_access_keys(name).await.doing(doing)?.keys,
            other_credentials: self.other_credentials(name).await,
            inline,
            name: user.name,
            arn: user.arn,
            path: user.path,
            created: user.created,
            tags: user.tags,
            boundary: user.boundary,
        };
        facts.sort();
        Ok(facts)
    }

    /// Looks for what a CI user should not have. A kind that cannot be looked at is reported, not fatal:
    /// the caller may lack the permission, and emulators lack some of the calls.
    async fn other_credentials(&self, name: &UserName) -> Vec<OtherCredential> {
        let mut found = Vec::new();
        match self.iam.has_login_profile(name).await {
            Ok(true) => found.push(OtherCredential::ConsolePassword),
            Ok(false) => {}
            Err(error) => found.push(OtherCredential::Unchecked(
                "console password".to_owned(),
                error.to_string(),
            )),
        }
        type Found = Result<Option<OtherCredential>, IamError>;
        let listed: [(&str, Found); 4] = [
            (
                "MFA devices",
                self.iam
                    .list_mfa_devices(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::MfaDevices)),
            ),
            (
                "SSH public keys",
                self.iam
                    .list_ssh_public_keys(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::SshPublicKeys)),
            ),
            (
                "signing certificates",
                self.iam
                    .list_signing_certificates(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::SigningCertificates)),
            ),
            (
                "service-specific credentials",
                self.iam
                    .list_service_specific_credentials(name)
                    .await
                    .map(|ids| some(ids, OtherCredential::ServiceSpecificCredentials)),
            ),
        ];
        for (what, listed) in listed {
            match listed {
                Ok(credentials) => found.extend(credentials),
                Err(error) => found.push(OtherCredential::Unchecked(what.to_owned(), error.to_string())),
            }
        }
        found
    }

    pub(super) async fn own_group(
        &self,
        own: Option<&GroupName>,
        groups: &[(GroupName, Path)],
    ) -> Result<Option<Vec<PolicyArn>>, GatherError> {
        let Some(own) = own else { return Ok(None) };
        if !groups
            .iter()
            .any(|(name, path)| name.same_as(own) && *path == Path::own())
        {
            return Ok(None);
        }
        let attached = self.iam.list_attached_group_policies(own).await;
        let mut attached = attached.doing(|| format!("reading group `{own}`"))?;
        attached.sort();
        Ok(Some(attached))
    }

    pub(super) async fn group_contents(&self, group: &GroupName) -> Result<GroupContents, GatherError> {
        let doing = || format!("reading group `{group}`");
        let mut members = self.iam.list_users_in_group(group).await.doing(doing)?;
        let mut inline = self.iam.list_group_policies(group).await.doing(doing)?;
        members.sort();
        inline.sort();
        Ok(GroupContents { members, inline })
    }

    /// Finds groups that already carry just the wanted policies: one listing for the first policy, then each
    /// group that has it is looked at.
    async fn equal_groups(&self, wanted: &[PolicyArn]) -> Result<Vec<GroupName>, GatherError> {
        let Some(first) = wanted.first() else {
            return Ok(Vec::new());
        };
        let doing = || format!("looking for groups that have `{}`", first.policy_name());
        let mut equal = Vec::new();
        for group in self.iam.list_groups_for_policy(first).await.doing(doing)? {
            let attached = self.iam.list_attached_group_policies(&group).await.doing(doing)?;
            let same = attached.len() == wanted.len() && wanted.iter().all(|arn| attached.contains(arn));
            if same && self.iam.list_group_policies(&group).await.doing(doing)?.is_empty() {
                equal.push(group);
            }
        }
        equal.sort();
        Ok(equal)
    }

    async fn places(&self, targets: Vec<Target>, owner: &KeyOwner) -> Result<Vec<(Target, PlaceState)>, GatherError> {
        let mut places = Vec::new();
        for target in targets {
            let looked = self.look_at(&target, owner).await;
            let state = looked.map_err(|source| GatherError::Target {
                target: target.to_string(),
                source,
            })?;
            places.push((target, state));
        }
        Ok(places)
    }

    pub(super) async fn look_at(&self, target: &Target, owner: &KeyOwner) -> Result<PlaceState, TargetError> {
        match target {
            Target::Store(spec) => self.targets.store(spec)?.check(owner, self.unlock).await,
            Target::Provider(spec) => self.targets.provider(spec)?.check(owner).await,
        }
    }

    async fn policies(
        &self,
        spec: &Spec,
        partition: &Partition,
    ) -> Result<BTreeMap<PolicyRef, PolicyFound>, GatherError> {
        let mut found = BTreeMap::new();
        let mut listed: Option<Vec<ManagedPolicy>> = None;
        let asked = spec.users.iter().flat_map(|user| {
            user.policies
                .iter()
                .cloned()
                .chain(user.boundary.iter().cloned().map(PolicyRef::Arn))
        });
        for policy in asked {
            if let Entry::Vacant(place) = found.entry(policy) {
                let one = self.policy(place.key(), partition, &mut listed).await?;
                place.insert(one);
            }
        }
        Ok(found)
    }

    /// Resolves one policy. For an AWS managed policy the catalogue guesses the ARN, so that one `GetPolicy`
    /// confirms it; only when that fails are the policies listed, which takes pages.
    async fn policy(
        &self,
        policy: &PolicyRef,
        partition: &Partition,
        listed: &mut Option<Vec<ManagedPolicy>>,
    ) -> Result<PolicyFound, GatherError> {
        let doing = || format!("reading policy `{policy}`");
        let guess = match policy {
            PolicyRef::Arn(arn) => Some(arn.clone()),
            PolicyRef::Name(name) => catalogued_arn(name.as_str(), partition),
        };
        if let Some(arn) = guess {
            match self.iam.get_policy(&arn).await {
                Ok(there) => return Ok(exists(there)),
                Err(error) if error.is_no_such_entity() => {}
                Err(error) => return Err(error).doing(doing),
            }
        }
        if listed.is_none() {
            let mut all = self.iam.list_policies(false).await.doing(doing)?;
            all.extend(self.iam.list_policies(true).await.doing(doing)?);
            *listed = Some(all);
        }
        let all = listed.as_deref().unwrap_or_default();
        let wanted = match policy {
            PolicyRef::Arn(arn) => arn.policy_name(),
            PolicyRef::Name(name) => name.as_str(),
        };
        let named = matches!(policy, PolicyRef::Name(_));
        match all
            .iter()
            .find(|one| named && one.arn.policy_name().eq_ignore_ascii_case(wanted))
        {
            Some(there) => Ok(exists(self.iam.get_policy(&there.arn).await.doing(doing)?)),
            None => Ok(PolicyFound::Missing {
                nearest: nearest(wanted, all.iter().map(|policy| policy.arn.policy_name()))
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
            }),
        }
    }
}

/// Returns the ARNs of the managed policies that the user shall have, as far as they exist.
pub(crate) fn wanted(user: &UserSpec, policies: &BTreeMap<PolicyRef, PolicyFound>) -> Vec<PolicyArn> {
    let mut arns: Vec<PolicyArn> = Vec::new();
    for policy in &user.policies {
        if let Some(PolicyFound::Exists { arn, .. }) = policies.get(policy)
            && !arns.contains(arn)
        {
            arns.push(arn.clone());
        }
    }
    arns
}

fn some<T>(ids: Vec<T>, kind: fn(Vec<T>) -> OtherCredential) -> Option<OtherCredential> {
    (!ids.is_empty()).then(|| kind(ids))
}

fn exists(policy: ManagedPolicy) -> PolicyFound {
    // AWS announces the end of a managed policy in its description, and nowhere else in the API.
    let deprecated = policy
        .description
        .filter(|text| text.to_lowercase().contains("deprecat"));
    let reserved = ["/aws-service-role/", "/root-task/"]
        .iter()
        .any(|path| policy.path.as_str().starts_with(path));
    PolicyFound::Exists {
        attachable: policy.attachable && !(policy.arn.is_aws_managed() && reserved),
        arn: policy.arn,
        default_version: policy.default_version,
        deprecated,
    }
}

/// Returns the ARN of the policy of AWS that has this name.
pub(super) fn catalogued_arn(name: &str, partition: &Partition) -> Option<PolicyArn> {
    let policy = ciuser_policy::catalogue::Catalogue::embedded().by_name(name)?;
    PolicyArn::new(policy.arn(partition.as_str())).ok()
}
