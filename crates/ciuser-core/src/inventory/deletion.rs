//! Reads what exists of a user that is to be deleted.
//!
//! A target that cannot be looked at is no reason to leave a key alive: it is reported, and the planner judges.

use super::gather::Doing as _;
use super::{GatherError, Reader, UserFacts, UserInventory};
use crate::name::{AccessKeyId, Partition, UserArn};
use crate::port::{Caller, KeyLastUsed, KeyOwner, TargetError};
use crate::spec::{DeletionSpec, own_group_of};
use crate::target::Target;

/// What exists of a user that is to be deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletionInventory {
    /// Who is asking.
    pub caller: Caller,
    /// The user's ARN; the one it would have had if it is gone.
    pub arn: UserArn,
    /// The user, its own group, its targets and what the journal knows of them.
    pub user: UserInventory,
    /// The targets that could not be looked at, and why.
    pub unseen: Vec<(Target, TargetError)>,
    /// When each key was last used, as far as IAM tells.
    pub last_used: Vec<(AccessKeyId, KeyLastUsed)>,
}

/// Reads all that the plan of a deletion depends on.
///
/// # Errors
/// The first call that failed, or a journal that cannot be read.
pub async fn gather_deletion(
    reader: Reader<'_>,
    caller: &Caller,
    spec: &DeletionSpec,
) -> Result<DeletionInventory, GatherError> {
    let listed = reader.iam.list_users().await;
    let listed = listed.doing(|| "listing the users of the account".to_owned())?;
    let facts = reader.facts_if_listed(&spec.user, &listed).await?;
    let (own_group, own_group_contents) = match &facts {
        Some(facts) if !spec.keep_user => reader.own_group_of(facts).await?,
        _ => (None, None),
    };
    let name = facts.as_ref().map_or(&spec.user, |facts| &facts.name);
    let arn = match &facts {
        Some(facts) => facts.arn.clone(),
        None => {
            let partition = Partition::of_arn(&caller.arn)?;
            UserArn::new(format!("arn:{partition}:iam::{}:user/{name}", caller.account))?
        }
    };
    let owner = KeyOwner {
        account: caller.account.clone(),
        user: name.clone(),
        arn: arn.clone(),
        region: None,
        run: reader.run.clone(),
    };
    let known = reader.journal.known(reader.scope, name)?;
    let mut targets = spec.targets.clone();
    for known in &known {
        if !targets.iter().any(|target| target.same_place(&known.target)) {
            targets.push(known.target.clone());
        }
    }
    let (mut places, mut unseen) = (Vec::new(), Vec::new());
    for target in targets {
        match reader.look_at(&target, &owner).await {
            Ok(state) => places.push((target, state)),
            Err(error) => unseen.push((target, error)),
        }
    }
    let last_used = reader.last_used(facts.as_ref()).await;
    Ok(DeletionInventory {
        caller: caller.clone(),
        arn,
        user: UserInventory {
            facts,
            own_group,
            own_group_contents,
            equal_groups: Vec::new(),
            places,
            known,
        },
        unseen,
        last_used,
    })
}

type OwnGroup = (Option<Vec<crate::name::PolicyArn>>, Option<super::GroupContents>);

impl Reader<'_> {
    async fn own_group_of(&self, facts: &UserFacts) -> Result<OwnGroup, GatherError> {
        let Some(own) = own_group_of(&facts.name) else {
            return Ok((None, None));
        };
        let groups = self.iam.list_groups().await;
        let groups = groups.doing(|| "listing the groups of the account".to_owned())?;
        let attached = self.own_group(Some(&own), &groups).await?;
        let contents = match &attached {
            Some(_) => Some(self.group_contents(&own).await?),
            None => None,
        };
        Ok((attached, contents))
    }

    /// A courtesy to the reviewer: a caller without the permission can delete all the same.
    async fn last_used(&self, facts: Option<&UserFacts>) -> Vec<(AccessKeyId, KeyLastUsed)> {
        let mut used = Vec::new();
        for key in facts.map(|facts| facts.keys.as_slice()).unwrap_or_default() {
            if let Ok(last) = self.iam.get_access_key_last_used(&key.id).await {
                used.push((key.id.clone(), last));
            }
        }
        used
    }
}
